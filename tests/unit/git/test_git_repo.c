/* What git knows of a folder, against a repository made by the git program. */
#include "git/git_repo.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/fs.h"

/* For tests/lsan.supp: leaks of libgit2 are known by their callers. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

static char dir[64];
extern char **environ;

/* Runs git in the folder; its exit status. */
static int git(const char *a, const char *b, const char *c, const char *d)
{
	const char *words[] = {"git", "-c", "user.name=x", "-c", "user.email=x@y", "-C",
		dir, a, b, c, d, NULL};
	char *argv[CW_ARRAY_LEN(words)];
	pid_t pid;
	int status = -1;
	memcpy(argv, words, sizeof(argv));
	if (posix_spawnp(&pid, "git", NULL, NULL, argv, environ) != 0) {
		return -1;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(fs_write_atomic(path, text, strlen(text), 0644), 0);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/cw-test-git-XXXXXX");
	if (!mkdtemp(dir)) {
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return fs_remove_tree(AT_FDCWD, dir);
}

static void test_no_repository(void **state)
{
	(void)state;
	assert_null(git_repo_open(dir));
	assert_null(git_repo_open("/nowhere/at/all"));
}

static void test_commit_remote_dirty(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	if (git("init", "-q", NULL, NULL) != 0) {
		skip();
	}
	struct git_repo *r = git_repo_open(dir);
	assert_non_null(r);
	git_repo_commit(r, &sb);
	git_repo_remote(r, &sb);
	assert_int_equal(sb.len, 0); /* nothing yet */
	git_repo_free(r);
	put("a", "text\n");
	git("add", "a", NULL, NULL);
	git("commit", "-q", "-m", "first");
	git("remote", "add", "origin", "https://me:secret@example.org/x.git");
	r = git_repo_open(dir);
	git_repo_commit(r, &sb);
	assert_int_equal(sb.len, 40);
	strbuf_reset(&sb);
	git_repo_remote(r, &sb);
	assert_string_equal(sb.buf, "https://me@example.org/x.git");
	assert_int_equal(git_repo_dirty(r), 0);
	put("untracked", "x");
	assert_int_equal(git_repo_dirty(r), 0);
	put("a", "other\n");
	assert_int_equal(git_repo_dirty(r), 1);
	git_repo_free(r);
	strbuf_release(&sb);
}

static void test_clean_blobs(void **state)
{
	struct stat st;
	struct timespec old[2] = {{1000, 5}, {1000, 5}};
	struct digest d, e;
	char path[128];
	(void)state;
	if (git("init", "-q", NULL, NULL) != 0) {
		skip();
	}
	snprintf(path, sizeof(path), "%s/a", dir);
	put("a", "text\n");
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	git("add", "a", NULL, NULL);
	assert_int_equal(stat(path, &st), 0);
	int64_t ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	struct git_repo *r = git_repo_open(dir);
	char *real = realpath(path, NULL);
	assert_true(git_repo_clean_blob(r, real, st.st_size, ns, st.st_ino, &d));
	assert_int_equal(git_blob_of_file(r, path, &e), 0);
	assert_true(digest_eq(d, e));
	/* git hash-object of "text\n" begins with 8e27be7d */
	assert_memory_equal(&d, "\x8e\x27\xbe\x7d", 4);
	assert_false(git_repo_clean_blob(r, real, st.st_size + 1, ns, st.st_ino, &d));
	assert_false(git_repo_clean_blob(r, real, st.st_size, ns + 1, st.st_ino, &d));
	assert_false(git_repo_clean_blob(r, "/etc/passwd", 1, 1, 1, &d));
	free(real);
	git_repo_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_repository, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_commit_remote_dirty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clean_blobs, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
