/* Threads that read files. */
#include "state/hasher.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/fs.h"

enum { FILES = 200 };

static char dir[64];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/cw-test-hasher-XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return chdir("/") == 0 ? fs_remove_tree(AT_FDCWD, dir) : -1;
}

static void put_all(struct hasher *h)
{
	for (uint64_t i = 0; i < FILES; i++) {
		char name[32];
		struct known_file known;
		snprintf(name, sizeof(name), "f%u", (unsigned)i);
		assert_int_equal(fs_write_atomic(name, name, strlen(name), 0644), 0);
		assert_int_equal(content_look(name, &known), 0);
		hasher_put(h, i, name, 0, &known);
	}
}

static void test_all_come_back_once(void **state)
{
	bool seen[FILES] = {false};
	struct known_file known;
	uint64_t tag;
	(void)state;
	struct hasher *h = hasher_new(3);
	assert_false(hasher_take(h, true, &tag, &known)); /* nothing to wait for */
	for (int round = 0; round < 2; round++) {
		memset(seen, 0, sizeof(seen));
		put_all(h);
		for (int i = 0; i < FILES; i++) {
			char name[32];
			assert_true(hasher_take(h, true, &tag, &known));
			assert_true(tag < FILES && !seen[tag]);
			seen[tag] = true;
			snprintf(name, sizeof(name), "f%u", (unsigned)tag);
			assert_int_equal(known.content.kind, CONTENT_BYTES);
			assert_true(digest_eq(
				known.content.digest, hash128(name, strlen(name))));
		}
		assert_false(hasher_take(h, true, &tag, &known));
		assert_false(hasher_take(h, false, &tag, &known));
	}
	hasher_free(h);
}

static void test_freed_in_the_middle(void **state)
{
	(void)state;
	hasher_free(NULL);
	struct hasher *h = hasher_new(2);
	put_all(h);
	hasher_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_come_back_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_freed_in_the_middle, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
