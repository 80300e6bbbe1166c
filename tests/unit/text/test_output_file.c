#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "text/output_file.h"
#include "text_kit.h"

/* Entries of the folder, without . and .. */
static int entries(void)
{
	DIR *dir = opendir(".");
	int n = -2;
	while (readdir(dir)) {
		n++;
	}
	closedir(dir);
	return n;
}

static int write_text(const char *path, const char *text)
{
	return output_file_write(&text_kit_tool, path, text, strlen(text));
}

static void appears_whole(void **state)
{
	(void)state;
	struct output_file o;
	int before = entries();
	assert_int_equal(output_file_open(&o, &text_kit_tool, "a file"), 0);
	strbuf_addstr(&o.data, "new");
	assert_int_not_equal(access("a file", F_OK), 0);
	assert_int_equal(output_file_commit(&o), 0);
	sandbox_assert("a file", "new");
	assert_int_equal(entries(), before + 1);
	mode_t mask = umask(027);
	assert_int_equal(write_text("a file", "again"), 0);
	umask(mask);
	sandbox_assert("a file", "again");
	struct stat st;
	assert_int_equal(stat("a file", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(entries(), before + 1);
}

static void abandoned_leaves_nothing(void **state)
{
	(void)state;
	struct output_file o;
	assert_int_equal(write_text("kept", "old"), 0);
	int before = entries();
	assert_int_equal(output_file_open(&o, &text_kit_tool, "kept"), 0);
	strbuf_addstr(&o.data, "new");
	output_file_abandon(&o);
	sandbox_assert("kept", "old");
	assert_int_equal(entries(), before);
}

static void streams(void **state)
{
	(void)state;
	struct output_file o;
	assert_int_equal(output_file_open(&o, &text_kit_tool, "large"), 0);
	for (int i = 0; i < 100000; i++) {
		strbuf_addstr(&o.data, "0123456789");
		assert_int_equal(output_file_pump(&o), 0);
		assert_true(o.data.cap < 1 << 20);
	}
	assert_int_equal(output_file_commit(&o), 0);
	struct stat st;
	assert_int_equal(stat("large", &st), 0);
	assert_int_equal(st.st_size, 1000000);
}

static void follows_links(void **state)
{
	(void)state;
	assert_int_equal(mkdir("dir", 0777), 0);
	assert_int_equal(write_text("dir/target", "old"), 0);
	assert_int_equal(symlink("dir/target", "link"), 0);
	assert_int_equal(write_text("link", "new"), 0);
	sandbox_assert("dir/target", "new");
	struct stat st;
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void devices_stay(void **state)
{
	(void)state;
	struct stat st;
	assert_int_equal(write_text("/dev/null", "x"), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(write_text("/dev/full", "x"), -1);
}

static void refuses(void **state)
{
	(void)state;
	assert_int_equal(write_text("none/file", "x"), -1);
	assert_int_equal(write_text(".", "x"), -1);
	assert_int_equal(write_text("", "x"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appears_whole),
		cmocka_unit_test(abandoned_leaves_nothing),
		cmocka_unit_test(streams),
		cmocka_unit_test(follows_links),
		cmocka_unit_test(devices_stay),
		cmocka_unit_test(refuses),
	};
	return cmocka_run_group_tests(tests, sandbox_enter, sandbox_leave);
}
