/* The words of --rerun-triggers. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static unsigned triggers(const char *words)
{
	struct strview bad;
	return plan_triggers(sv_from(words), &bad);
}

static void test_lists(void **state)
{
	(void)state;
	assert_int_equal(triggers("mtime"), TRIGGER_MTIME);
	assert_int_equal(
		triggers("mtime,checksum,input,params,code,software"), TRIGGER_ALL);
	assert_int_equal(triggers("code,code"), TRIGGER_CODE);
	/* as people write lists */
	assert_int_equal(triggers("input, params"), TRIGGER_INPUT | TRIGGER_PARAMS);
	assert_int_equal(triggers("software-env"), TRIGGER_SOFTWARE);
	assert_int_equal(triggers("mtime,"), TRIGGER_MTIME);
}

static void test_what_is_no_trigger(void **state)
{
	struct strview bad;
	(void)state;
	assert_int_equal(plan_triggers(SV("mtime,colour,code"), &bad), 0);
	assert_true(sv_eq_str(bad, "colour"));
	assert_int_equal(plan_triggers(SV("Mtime"), &bad), 0);
	assert_true(sv_eq_str(bad, "Mtime"));
	assert_int_equal(plan_triggers(SV(""), &bad), 0);
	assert_int_equal(bad.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists), cmocka_unit_test(test_what_is_no_trigger)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
