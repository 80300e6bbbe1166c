#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "sys/clock.h"
#include "sys/loop.h"

/* Timers that start themselves again, many at one moment: none may be overlooked. */
struct again {
	struct loop *loop;
	unsigned calls;
};

static void once_more(void *ctx)
{
	struct again *a = ctx;
	a->calls++;
	loop_add_timer(
		a->loop, clock_monotonic_ns(&clock_real) + NS_PER_MS, once_more, a);
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void timers_that_add_timers_are_waited_for(void **state)
{
	(void)state;
	struct loop *loop = loop_new();
	struct again a[3];
	uint64_t first = loop_add_timer(loop, INT64_MAX - 1, nothing, NULL);
	for (int i = 0; i < 3; i++) {
		a[i] = (struct again){loop, 0};
		loop_add_timer(loop, 0, once_more, &a[i]);
	}
	loop_remove(loop, first); /* a place before the others is free now */
	int64_t begin = clock_monotonic_ns(&clock_real);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(loop_turn(loop, begin + 60 * NS_PER_S), 0);
	}
	assert_true(clock_monotonic_ns(&clock_real) - begin < 30 * NS_PER_S);
	for (int i = 0; i < 3; i++) {
		assert_true(a[i].calls > 10);
	}
	loop_free(loop);
}

/* What is due at once is not waited behind: there may be something to do after it. */
static void a_turn_ends_with_its_first_timers(void **state)
{
	(void)state;
	struct loop *loop = loop_new();
	int64_t begin = clock_monotonic_ns(&clock_real);
	loop_add_timer(loop, 0, nothing, NULL);
	assert_int_equal(loop_turn(loop, begin + 60 * NS_PER_S), 0);
	assert_true(clock_monotonic_ns(&clock_real) - begin < 30 * NS_PER_S);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_turn_ends_with_its_first_timers),
		cmocka_unit_test(timers_that_add_timers_are_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
