#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "sys/fs.h"
#include "sys/tempfile.h"

static enum fs_kind kind(const char *path)
{
	struct fs_stat st;
	assert_int_equal(fs_stat(AT_FDCWD, path, &st), 0);
	return st.kind;
}

static void kinds(void **state)
{
	(void)state;
	sandbox_write("f", "abc");
	assert_int_equal(mkdir("d", 0777), 0);
	assert_int_equal(symlink("f", "to_file"), 0);
	assert_int_equal(symlink("nothing", "dangling"), 0);
	assert_int_equal(mkfifo("pipe", 0666), 0);
	assert_int_equal(kind("f"), FS_FILE);
	assert_int_equal(kind("d"), FS_DIRECTORY);
	assert_int_equal(kind("to_file"), FS_FILE);
	assert_int_equal(kind("dangling"), FS_LINK);
	assert_int_equal(kind("pipe"), FS_OTHER);
	assert_int_equal(kind("none"), FS_MISSING);
	assert_int_equal(kind("f/below"), FS_MISSING);
	assert_true(fs_exists("dangling"));
	assert_false(fs_exists("none"));
	struct fs_stat st;
	assert_int_equal(fs_stat(AT_FDCWD, "f", &st), 0);
	assert_int_equal(st.size, 3);
}

static void whole_files(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	assert_int_equal(fs_read_file("none", 10, &text), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(fs_write_atomic("new", "hello", 5, 0666), 0);
	assert_int_equal(fs_read_file("new", 5, &text), 0);
	assert_string_equal(text.buf, "hello");
	assert_int_equal(fs_read_file("new", 4, &text), -1);
	assert_int_equal(errno, EFBIG);
	assert_string_equal(text.buf, "hello");
	strbuf_reset(&text);
	assert_int_equal(fs_read_tail("new", 3, &text), 0);
	assert_string_equal(text.buf, "llo");
	strbuf_reset(&text);
	assert_int_equal(fs_read_file("/proc/self/stat", 100000, &text), 0);
	assert_true(text.len > 10);
	assert_int_equal(fs_read_file(".", 10, &text), -1);
	assert_int_equal(errno, EISDIR);
	strbuf_release(&text);
}

/* Nothing but a regular file is opened, and none of it is waited for. */
static void regular_files_only(void **state)
{
	(void)state;
	static const char *const others[] = {"pipe", "folder", "link", "/dev/null"};
	struct strbuf text = STRBUF_INIT;
	sandbox_write("f", "abc");
	assert_int_equal(mkfifo("pipe", 0666), 0);
	assert_int_equal(mkdir("folder", 0777), 0);
	assert_int_equal(symlink("f", "link"), 0);
	for (size_t i = 0; i < CW_ARRAY_LEN(others); i++) {
		assert_int_equal(fs_open_regular(others[i], O_RDONLY, 0), -1);
		assert_int_equal(fs_open_regular(others[i], O_WRONLY, 0), -1);
		assert_int_equal(fs_open_regular(others[i], O_RDWR | O_CREAT, 0666), -1);
		assert_int_equal(fs_read_regular(others[i], 100, &text), -1);
		assert_int_equal(text.len, 0);
	}
	assert_int_equal(fs_read_regular("f", 100, &text), 0);
	assert_string_equal(text.buf, "abc");
	assert_int_equal(fs_read_regular("f", 2, &text), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(fs_read_regular("none", 100, &text), -1);
	assert_int_equal(errno, ENOENT);
	int fd = fs_open_regular("made", O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	close(fd);
	assert_int_equal(kind("made"), FS_FILE);
	strbuf_release(&text);
}

static void atomic_write_leaves_the_old_file(void **state)
{
	(void)state;
	sandbox_write("f", "old");
	struct tempfile t;
	assert_int_equal(tempfile_open(&t, "f", 0666), 0);
	assert_int_equal(fs_write_all(t.fd, "partial", 7), 0);
	char *text = sandbox_read("f");
	assert_string_equal(text, "old");
	free(text);
	tempfile_drop(&t);
	tempfile_drop(&t); /* again is fine */
	assert_int_equal(fs_write_atomic("none/f", "x", 1, 0666), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(mkdir("dir", 0777), 0);
	assert_int_equal(fs_write_atomic("dir", "x", 1, 0666), -1);
	struct strbuf list = STRBUF_INIT;
	assert_int_equal(unlink("f"), 0);
	assert_int_equal(rmdir("dir"), 0);
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(rmdir(*state), 0); /* nothing was left behind */
	assert_int_equal(mkdir(*state, 0777), 0);
	assert_int_equal(chdir(*state), 0);
	strbuf_release(&list);
}

static void folders(void **state)
{
	(void)state;
	assert_int_equal(fs_make_dirs(AT_FDCWD, "a/b/c"), 0);
	assert_int_equal(fs_make_dirs(AT_FDCWD, "a/b/c"), 0);
	assert_int_equal(fs_make_dirs(AT_FDCWD, "a//b/./d/"), 0);
	assert_int_equal(kind("a/b/d"), FS_DIRECTORY);
	assert_int_equal(fs_make_parents(AT_FDCWD, "x/y/file"), 0);
	assert_int_equal(kind("x/y"), FS_DIRECTORY);
	assert_int_equal(kind("x/y/file"), FS_MISSING);
	assert_int_equal(fs_make_parents(AT_FDCWD, "file"), 0);
	assert_int_equal(fs_make_parents(AT_FDCWD, "/file"), 0);
	sandbox_write("f", "");
	assert_int_equal(fs_make_dirs(AT_FDCWD, "f/x"), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(symlink("x", "link"), 0);
	assert_int_equal(fs_make_dirs(AT_FDCWD, "link/z"), 0);
	assert_int_equal(kind("x/z"), FS_DIRECTORY);
	assert_false(fs_is_network("a/b/missing/file"));
	assert_false(fs_is_network("missing"));
}

static void trees_go_and_links_stay_unfollowed(void **state)
{
	(void)state;
	assert_int_equal(fs_make_dirs(AT_FDCWD, "keep"), 0);
	sandbox_write("keep/precious", "1");
	assert_int_equal(fs_make_dirs(AT_FDCWD, "t/a/b"), 0);
	sandbox_write("t/a/new\nline", "");
	sandbox_write("t/a/b/\xff", "");
	assert_int_equal(symlink("../../keep", "t/a/link"), 0);
	assert_int_equal(mkfifo("t/pipe", 0666), 0);
	assert_int_equal(fs_remove_tree(AT_FDCWD, "t"), 0);
	assert_int_equal(kind("t"), FS_MISSING);
	assert_int_equal(kind("keep/precious"), FS_FILE);
	assert_int_equal(symlink("keep", "l"), 0);
	assert_int_equal(fs_remove_tree(AT_FDCWD, "l"), 0);
	assert_int_equal(kind("keep/precious"), FS_FILE);
	assert_false(fs_exists("l"));
	assert_int_equal(fs_remove_tree(AT_FDCWD, "nothing"), 0);
}

static void deep_tree_goes(void **state)
{
	(void)state;
	enum { DEPTH = 3000 };
	assert_int_equal(mkdir("deep", 0777), 0);
	int fd = open("deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < DEPTH; i++) {
		assert_int_equal(mkdirat(fd, "d", 0777), 0);
		int file = openat(fd, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
		close(file);
		int next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(fd);
		fd = next;
	}
	close(fd);
	assert_int_equal(fs_remove_tree(AT_FDCWD, "deep"), 0);
	assert_false(fs_exists("deep"));
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(kinds),
		IN_SANDBOX(whole_files),
		IN_SANDBOX(regular_files_only),
		IN_SANDBOX(atomic_write_leaves_the_old_file),
		IN_SANDBOX(folders),
		IN_SANDBOX(trees_go_and_links_stay_unfollowed),
		IN_SANDBOX(deep_tree_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
