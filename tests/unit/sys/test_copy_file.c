/* Copies, and the digests of what is copied. */
#include "sys/copy_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "sys/fs.h"
#include "sys/sha256_file.h"

static void check_copy(size_t n)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	for (size_t i = 0; i < n; i++) {
		strbuf_addch(&a, (char)(i * 7 + i / 251));
	}
	assert_int_equal(fs_write_atomic("copy.from", a.buf, a.len, 0600), 0);
	assert_int_equal(copy_file("copy.from", "copy.to"), 0);
	assert_int_equal(fs_read_file("copy.to", n + 1, &b), 0);
	assert_int_equal(b.len, n);
	assert_memory_equal(a.buf, b.buf, n);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void test_copy(void **state)
{
	(void)state;
	check_copy(0);
	check_copy(1);
	check_copy(300000);
	unlink("copy.to");
	assert_int_equal(copy_file("copy.none", "copy.to"), -1);
	assert_int_equal(copy_file(".", "copy.to"), -1);
	assert_int_equal(mkfifo("copy.fifo", 0600), 0);
	assert_int_equal(copy_file("copy.fifo", "copy.to"), -1);
	assert_int_equal(copy_file("copy.from", "copy.none/to"), -1);
	assert_false(fs_exists("copy.to"));
	/* files of /proc say that they are empty, and are not */
	struct strbuf b = STRBUF_INIT;
	assert_int_equal(copy_file("/proc/self/status", "copy.to"), 0);
	assert_int_equal(fs_read_file("copy.to", 1 << 20, &b), 0);
	assert_true(b.len > 0);
	strbuf_release(&b);
	unlink("copy.fifo");
	unlink("copy.from");
	unlink("copy.to");
}

static void check_sum(const char *text, const char *hex)
{
	char found[65];
	unsigned char bytes[32];
	assert_int_equal(fs_write_atomic("sum.test", text, strlen(text), 0600), 0);
	assert_int_equal(sha256_file("sum.test", found), 0);
	assert_string_equal(found, hex);
	sha256_bytes(text, strlen(text), bytes);
	for (size_t i = 0; i < 32; i++) {
		char two[3];
		snprintf(two, sizeof(two), "%02x", bytes[i]);
		assert_memory_equal(two, hex + 2 * i, 2);
	}
	unlink("sum.test");
}

static void test_sums(void **state)
{
	(void)state;
	check_sum("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_sum("abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy), cmocka_unit_test(test_sums)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
