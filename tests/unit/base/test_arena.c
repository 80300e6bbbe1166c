#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void alignment_is_kept(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < 5000; i++) {
		size_t align = (size_t)1 << (i % 5);
		char *p = arena_alloc(&a, i % 37, align);
		assert_int_equal((uintptr_t)p % align, 0);
		memset(p, 0xa5, i % 37);
	}
	arena_release(&a);
	assert_int_equal(a.total, 0);
}

/* What was allocated keeps its bytes and does not overlap. */
static void objects_are_apart(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	enum { N = 20000 };
	uint32_t **v = calloc(N, sizeof(*v));
	for (uint32_t i = 0; i < N; i++) {
		v[i] = ARENA_ARRAY(&a, uint32_t, i % 50 + 1);
		for (uint32_t k = 0; k <= i % 50; k++) {
			assert_int_equal(v[i][k], 0);
			v[i][k] = i;
		}
	}
	for (uint32_t i = 0; i < N; i++) {
		for (uint32_t k = 0; k <= i % 50; k++) {
			assert_int_equal(v[i][k], i);
		}
	}
	free(v);
	arena_release(&a);
}

static void large_objects_have_their_block(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *small = arena_strdup(&a, "small");
	char *large = arena_alloc(&a, 5 << 20, 1);
	memset(large, 'x', 5 << 20);
	assert_string_equal(small, "small");
	size_t total = a.total;
	arena_alloc(&a, 100, 1);
	assert_true(a.total - total <= 1 << 20);
	arena_release(&a);
}

static void pop_frees_what_came_since(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct arena_mark empty = arena_mark(&a);
	char *kept = arena_strdup(&a, "kept");
	struct arena_mark mark = arena_mark(&a);
	size_t total = a.total;
	char *gone = arena_strdup(&a, "gone");
	for (int i = 0; i < 1000; i++) {
		arena_alloc(&a, 1000, 8);
	}
	assert_true(a.total > total);
	arena_pop(&a, mark);
	assert_int_equal(a.total, total);
	assert_string_equal(kept, "kept");
	assert_ptr_equal(arena_strdup(&a, "next"), gone);
	arena_pop(&a, empty);
	assert_int_equal(a.total, 0);
	assert_string_equal(arena_strdup(&a, "again"), "again");
	arena_release(&a);
}

static void copies_end_in_nul(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	assert_memory_equal(arena_memdup0(&a, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_memdup0(&a, NULL, 0), "");
	struct strview s = arena_sv(&a, (struct strview){"hello there", 5});
	assert_int_equal(s.n, 5);
	assert_string_equal(s.p, "hello");
	assert_string_equal(arena_printf(&a, "%s %d", "n", 12), "n 12");
	char *big = arena_printf(&a, "%100000d", 7);
	assert_int_equal(strlen(big), 100000);
	arena_release(&a);
	arena_release(&a); /* twice is fine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alignment_is_kept),
		cmocka_unit_test(objects_are_apart),
		cmocka_unit_test(large_objects_have_their_block),
		cmocka_unit_test(pop_frees_what_came_since),
		cmocka_unit_test(copies_end_in_nul),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
