/* Looking at files: stamps, digests, trees, what changes meanwhile. */
#include "state/content.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/fs.h"

static char dir[64];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/cw-test-content-XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return chdir("/") == 0 ? fs_remove_tree(AT_FDCWD, dir) : -1;
}

static void put(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	close(fd);
}

static struct known_file look(const char *path, int64_t most)
{
	struct known_file f;
	assert_int_equal(content_look(path, &f), 0);
	content_read(path, most, &f);
	return f;
}

static void test_same_bytes_same_content(void **state)
{
	(void)state;
	put("a", "hello", 5);
	put("b", "hello", 5);
	put("c", "hallo", 5);
	struct known_file a = look("a", 0), b = look("b", 0), c = look("c", 0);
	assert_int_equal(a.content.kind, CONTENT_BYTES);
	assert_int_equal(a.stamp.size, 5);
	assert_true(content_eq(a.content, b.content));
	assert_false(content_eq(a.content, c.content));
	struct digest whole = hash128("hello", 5);
	assert_true(digest_eq(a.content.digest, whole));
}

static void test_sizes_around_the_buffers(void **state)
{
	static const size_t sizes[] = {
		0, 1, 8191, 8192, 8193, 262143, 262144, 262145, 600000};
	char *text = xmalloc(600000);
	(void)state;
	memset(text, 'x', 600000);
	for (size_t i = 0; i < CW_ARRAY_LEN(sizes); i++) {
		put("f", text, sizes[i]);
		struct known_file f = look("f", 0);
		assert_int_equal(f.content.kind, CONTENT_BYTES);
		assert_true(digest_eq(f.content.digest, hash128(text, sizes[i])));
	}
	free(text);
}

static void test_large_and_odd_files_count_by_stamp(void **state)
{
	(void)state;
	put("large", "0123456789", 10);
	assert_int_equal(look("large", 9).content.kind, CONTENT_STAMP);
	assert_int_equal(look("large", 10).content.kind, CONTENT_BYTES);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(look("fifo", 0).content.kind, CONTENT_STAMP);
	struct known_file none;
	assert_int_equal(content_look("nothing", &none), -1);
}

static void test_changed_meanwhile_is_not_taken(void **state)
{
	struct known_file f;
	(void)state;
	put("f", "before", 6);
	assert_int_equal(content_look("f", &f), 0);
	put("f", "behind it", 9);
	content_read("f", 0, &f);
	assert_int_equal(f.content.kind, CONTENT_STAMP);
}

static void test_trees(void **state)
{
	(void)state;
	assert_int_equal(mkdir("t", 0755), 0);
	assert_int_equal(mkdir("t/sub", 0755), 0);
	put("t/b", "1", 1);
	put("t/a", "2", 1);
	put("t/sub/x", "3", 1);
	struct known_file one = look("t", 0);
	assert_int_equal(one.content.kind, CONTENT_TREE);
	/* the same again, made in another order */
	assert_int_equal(mkdir("u", 0755), 0);
	put("u/a", "2", 1);
	assert_int_equal(mkdir("u/sub", 0755), 0);
	put("u/sub/x", "3", 1);
	put("u/b", "1", 1);
	assert_true(content_eq(one.content, look("u", 0).content));
	/* a name, a byte, a link */
	assert_int_equal(rename("u/b", "u/c"), 0);
	assert_false(content_eq(one.content, look("u", 0).content));
	put("t/sub/x", "4", 1);
	struct known_file two = look("t", 0);
	assert_false(content_eq(one.content, two.content));
	assert_int_equal(symlink("nowhere", "t/link"), 0);
	assert_false(content_eq(look("t", 0).content, two.content));
	/* an entry more changes the stamp, also where times are coarse */
	struct known_file before = look("t", 0);
	put("t/empty", "", 0);
	assert_false(stamp_eq(before.stamp, look("t", 0).stamp));
}

static void test_links_are_followed(void **state)
{
	(void)state;
	put("real", "text", 4);
	assert_int_equal(symlink("real", "link"), 0);
	assert_true(content_eq(look("real", 0).content, look("link", 0).content));
	assert_int_equal(symlink("gone", "dangling"), 0);
	struct known_file f;
	assert_int_equal(content_look("dangling", &f), -1);
}

static void test_words(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	content_text((struct content){{0xabc, 0x1}, CONTENT_BYTES}, &sb);
	assert_string_equal(sb.buf, "xxh3:0000000000000abc0000000000000001");
	strbuf_reset(&sb);
	content_text((struct content){{12, 34}, CONTENT_STAMP}, &sb);
	assert_string_equal(sb.buf, "size:12");
	strbuf_reset(&sb);
	content_text((struct content){{0, 0}, CONTENT_NONE}, &sb);
	assert_string_equal(sb.buf, "unknown");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_same_bytes_same_content, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_sizes_around_the_buffers, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_large_and_odd_files_count_by_stamp, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_changed_meanwhile_is_not_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trees, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links_are_followed, setup, teardown),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
