#include "base/hashmap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void set_gives_what_was_there(void **state)
{
	(void)state;
	struct hashmap m;
	hashmap_init(&m);
	assert_int_equal(hashmap_get(&m, 0), HASHMAP_NONE);
	assert_int_equal(hashmap_set(&m, 0, 5), HASHMAP_NONE);
	assert_int_equal(hashmap_set(&m, UINT64_MAX, 6), HASHMAP_NONE);
	assert_int_equal(hashmap_set(&m, 0, 7), 5);
	assert_int_equal(hashmap_get(&m, 0), 7);
	assert_int_equal(hashmap_get(&m, UINT64_MAX), 6);
	assert_int_equal(hashmap_get(&m, 1), HASHMAP_NONE);
	assert_int_equal(m.count, 2);
	hashmap_release(&m);
	assert_int_equal(hashmap_get(&m, 0), HASHMAP_NONE);
}

/* Keys in a row, keys far apart, keys that differ in the high bits only. */
static void many_keys(void **state)
{
	(void)state;
	const uint64_t steps[] = {1, 4096, UINT64_C(1) << 40};
	for (size_t s = 0; s < CW_ARRAY_LEN(steps); s++) {
		struct hashmap m;
		hashmap_init(&m);
		enum { N = 200000 };
		for (uint32_t i = 0; i < N; i++) {
			assert_int_equal(hashmap_set(&m, i * steps[s], i), HASHMAP_NONE);
		}
		assert_int_equal(m.count, N);
		assert_true(m.count <= m.cap / 4 * 3);
		for (uint32_t i = 0; i < N; i++) {
			assert_int_equal(hashmap_get(&m, i * steps[s]), i);
		}
		assert_int_equal(hashmap_get(&m, N * steps[s]), HASHMAP_NONE);
		hashmap_release(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_gives_what_was_there),
		cmocka_unit_test(many_keys),
	};
	return cmocka_run_group_tests_name("hashmap", tests, NULL, NULL);
}
