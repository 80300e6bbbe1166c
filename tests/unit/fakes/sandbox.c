#include "fakes/sandbox.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "sys/fs.h"

int sandbox_enter(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/cw-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir) || chdir(dir) < 0) {
		perror(dir);
		return -1;
	}
	*state = dir;
	return 0;
}

int sandbox_leave(void **state)
{
	char *dir = *state;
	int rc = chdir("/");
	if (fs_remove_tree(AT_FDCWD, dir) < 0) {
		perror(dir);
		rc = -1;
	}
	free(dir);
	return rc;
}

void sandbox_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fclose(f) < 0) {
		perror(path);
		abort();
	}
}

char *sandbox_read(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	if (fs_read_file(path, 1u << 30, &text) < 0) {
		strbuf_release(&text);
		return NULL;
	}
	char *copy = xmemdup0(text.buf, text.len);
	strbuf_release(&text);
	return copy;
}

void sandbox_assert(const char *path, const char *expected)
{
	char *text = sandbox_read(path);
	if (expected) {
		assert_non_null(text);
		assert_string_equal(text, expected);
	} else {
		assert_null(text);
	}
	free(text);
}
