#include "abc/prior.h"

#include <math.h>

#include "abc/constraint.h"
#include "abc_kit.h"

/* Expected densities are scipy's. */
static void test_densities(void **state)
{
	struct prior normal = {.kind = PRIOR_NORMAL, .a = 1, .b = 2};
	struct prior lognormal = {.kind = PRIOR_LOGNORMAL, .a = 0.3, .b = 0.7};
	struct prior exponential = {.kind = PRIOR_EXPONENTIAL, .a = 2.5};
	struct prior gamma = {.kind = PRIOR_GAMMA, .a = 2.5, .b = 1.5};
	struct prior beta = {.kind = PRIOR_BETA, .a = 2.5, .b = 0.7};
	struct prior uniform = {.kind = PRIOR_UNIFORM, .a = -1, .b = 3};
	(void)state;

	assert_close(prior_logpdf(&normal, 2.5), -1.893335713764618, 1e-14);
	assert_close(prior_logpdf(&lognormal, 1.7), -1.1471667282750446, 1e-14);
	assert_close(prior_logpdf(&exponential, 0.4), -0.083709268125845, 1e-13);
	assert_close(prior_logpdf(&gamma, 3.2), -1.6869527593681422, 1e-13);
	assert_close(prior_logpdf(&beta, 0.3), -1.3591020131569618, 1e-13);
	assert_close(prior_logpdf(&uniform, 3), -log(4), 1e-15);
	assert_true(prior_logpdf(&uniform, 3.0000001) == -HUGE_VAL);
	assert_true(prior_logpdf(&lognormal, 0) == -HUGE_VAL);
	assert_true(prior_logpdf(&gamma, -1) == -HUGE_VAL);
	assert_true(prior_logpdf(&beta, 1) == -HUGE_VAL);
	assert_true(prior_logpdf(&exponential, -1e-9) == -HUGE_VAL);
	assert_true(prior_logpdf(&uniform, (double)NAN) == -HUGE_VAL);
}

static void test_discrete(void **state)
{
	double value[] = {1, 2.5, 7}, prob[] = {1, 2, 1};
	struct prior table = {
		.kind = PRIOR_DISCRETE, .value = value, .prob = prob, .count = 3};
	struct prior randint = {.kind = PRIOR_RANDINT, .a = -2, .b = 2};
	struct prior fixed = {.kind = PRIOR_FIXED, .a = 4};
	unsigned count[5] = {0};
	struct stream s;
	(void)state;

	assert_null(prior_fault(&table));
	assert_close(prior_logpdf(&table, 2.5), log(0.5), 1e-15);
	assert_true(prior_logpdf(&table, 2) == -HUGE_VAL);
	assert_int_equal(prior_index(&table, 7), 2);
	assert_int_equal(prior_index(&table, 8), -1);
	assert_int_equal(prior_count(&randint), 5);
	assert_int_equal(prior_index(&randint, 1), 3);
	assert_int_equal(prior_index(&randint, 1.5), -1);
	assert_true(prior_value(&randint, 4) == 2);
	assert_close(prior_logpdf(&randint, 0), -log(5), 1e-15);
	assert_true(prior_logpdf(&fixed, 4) == 0 && prior_count(&fixed) == 1);
	assert_true(prior_logpdf(&fixed, 5) == -HUGE_VAL);
	stream_init(&s, 1, STREAM_PROPOSE, 0, 0);
	for (int i = 0; i < 40000; i++) {
		count[(int)prior_draw(&randint, &s) + 2]++;
	}
	for (int i = 0; i < 5; i++) {
		assert_true(count[i] > 7600 && count[i] < 8400);
	}
	memset(count, 0, sizeof(count));
	for (int i = 0; i < 40000; i++) {
		count[prior_index(&table, prior_draw(&table, &s))]++;
	}
	assert_true(count[1] > 19500 && count[1] < 20500);
}

static void test_faults(void **state)
{
	struct prior p = {.kind = PRIOR_UNIFORM, .a = 1, .b = 1};
	(void)state;

	assert_string_equal(prior_fault(&p), "the upper bound must lie above the lower");
	p = (struct prior){.kind = PRIOR_RANDINT, .a = 0.5, .b = 3};
	assert_string_equal(prior_fault(&p), "the bounds must be integers");
	p = (struct prior){.kind = PRIOR_NORMAL, .a = 0, .b = HUGE_VAL};
	assert_string_equal(prior_fault(&p), "the numbers must be finite");
	p = (struct prior){.kind = PRIOR_NORMAL, .a = 0, .b = 1};
	assert_null(prior_fault(&p));
}

static int64_t lookup(void *ctx, struct strview name)
{
	(void)ctx;
	return sv_eq_str(name, "a") ? 0 : sv_eq_str(name, "b") ? 1 : -1;
}

static bool holds(const char *text, double a, double b)
{
	const char *fault = NULL;
	struct strview at;
	struct constraint c;
	double theta[2] = {a, b};
	bool result;

	if (constraint_compile(&c, sv_from(text), lookup, NULL, &fault, &at)) {
		fail_msg("%s: %s", text, fault);
	}
	result = constraint_holds(&c, theta);
	constraint_release(&c);
	return result;
}

static void test_constraints(void **state)
{
	(void)state;
	assert_true(holds("a < b", 1, 2));
	assert_false(holds("a < b", 2, 2));
	assert_true(holds("a <= b", 2, 2));
	assert_true(holds("a + b <= 1", 0.5, 0.5));
	assert_false(holds("a + b <= 1", 0.5, 0.6));
	assert_true(holds("2 * a - 3 * (b + 1) > -4.5e0", 1, 0.1));
	assert_true(holds("0 < a < b < 3", 1, 2));
	assert_false(holds("0 < a < b < 2", 1, 2));
	assert_true(holds("-a >= - b / 2", 1, 2));
	assert_true(holds("a - b - 1 > 0", 5, 2));
	assert_true(holds("8 / a / b < 2.1", 2, 2));
	assert_false(holds("a / b < 1", 0, 0)); /* NaN */
}

static void expect_fault(const char *text, const char *fault, const char *at)
{
	const char *got = NULL;
	struct strview where = {0};
	struct constraint c;

	assert_int_equal(
		constraint_compile(&c, sv_from(text), lookup, NULL, &got, &where), -1);
	assert_string_equal(got, fault);
	if (!sv_eq_str(where, at)) {
		fail_msg("%s: at \"" SV_FMT "\"", text, SV_ARG(where));
	}
}

static void test_constraint_faults(void **state)
{
	char deep[400];
	(void)state;

	expect_fault("a < c", "no such parameter", "c");
	expect_fault(
		"a + b", "a constraint needs a comparison, as in \"a < b\"", "a + b");
	expect_fault("a < ", "the expression ends too early", " ");
	expect_fault("(a < b)", "no comparison inside parentheses", "<");
	expect_fault("a < b)", "a parenthesis is closed that was not opened", ")");
	expect_fault("(a + b < 1", "no comparison inside parentheses", "<");
	expect_fault("a b < 1", "here an operator (+ - * / < <= > >=) must stand", "b");
	expect_fault("a < *b", "here a number or a parameter must stand", "*");
	expect_fault("a < 1.2.3", "this is no number", "1.2.3");
	expect_fault("", "the expression ends too early", "");
	memset(deep, '(', 300);
	memcpy(deep + 300, "a < b", 6);
	expect_fault(deep, "the expression is nested too deeply", "(");
}

/* The cheap question has the answer of the density. */
static void test_supports(void **state)
{
	const struct prior priors[] = {
		{.kind = PRIOR_UNIFORM, .a = -1, .b = 3},
		{.kind = PRIOR_NORMAL, .a = 1, .b = 2},
		{.kind = PRIOR_LOGNORMAL, .a = 0.3, .b = 0.7},
		{.kind = PRIOR_EXPONENTIAL, .a = 2.5},
		{.kind = PRIOR_GAMMA, .a = 2.5, .b = 1.5},
		{.kind = PRIOR_BETA, .a = 2.5, .b = 0.7},
		{.kind = PRIOR_RANDINT, .a = 0, .b = 3},
		{.kind = PRIOR_FIXED, .a = 1},
	};
	const double x[] = {-HUGE_VAL, -1.0000000000000002, -1, -0.5, 0, 0.5, 1, 2, 3,
		3.0000000000000004, HUGE_VAL, (double)NAN};
	(void)state;

	for (size_t i = 0; i < CW_ARRAY_LEN(priors); i++) {
		for (size_t k = 0; k < CW_ARRAY_LEN(x); k++) {
			assert_int_equal(prior_supports(&priors[i], x[k]),
				prior_logpdf(&priors[i], x[k]) > -HUGE_VAL);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_densities),
		cmocka_unit_test(test_supports),
		cmocka_unit_test(test_discrete),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_constraints),
		cmocka_unit_test(test_constraint_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
