#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct pair {
	int a, b;
};

static void grows_and_keeps(void **state)
{
	(void)state;
	VEC(int) v = {0};
	for (int i = 0; i < 100000; i++) {
		vec_push(&v, i);
		assert_true(v.n <= v.cap);
	}
	assert_int_equal(v.n, 100000);
	for (int i = 0; i < 100000; i++) {
		assert_int_equal(v.v[i], i);
	}
	assert_true(v.cap < 200000);
	vec_release(&v);
	assert_null(v.v);
	assert_int_equal(v.n + v.cap, 0);
}

static void pops_from_the_end(void **state)
{
	(void)state;
	VEC(struct pair) v = {0};
	vec_push(&v, (struct pair){1, 2});
	vec_push(&v, (struct pair){3, 4});
	assert_int_equal(vec_last(&v).a, 3);
	assert_int_equal(vec_pop(&v).b, 4);
	assert_int_equal(v.n, 1);
	struct pair *p = vec_add(&v);
	assert_int_equal(p->a + p->b, 0);
	p->a = 9;
	assert_int_equal(vec_last(&v).a, 9);
	vec_clear(&v);
	assert_int_equal(v.n, 0);
	assert_true(v.cap >= 2);
	vec_release(&v);
}

static void reserve_moves_once(void **state)
{
	(void)state;
	VEC(char) v = {0};
	vec_reserve(&v, 1000);
	char *p = v.v;
	for (int i = 0; i < 1000; i++) {
		vec_push(&v, 'x');
	}
	assert_ptr_equal(v.v, p);
	vec_release(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_keeps),
		cmocka_unit_test(pops_from_the_end),
		cmocka_unit_test(reserve_moves_once),
	};
	return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
