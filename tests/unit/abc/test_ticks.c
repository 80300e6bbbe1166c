#include "abc/ticks.h"

#include <math.h>

#include "abc_kit.h"

/* Labels that are long enough to differ from their neighbours, and no longer. */
static void test_labels(void **state)
{
	static const struct {
		double x, step;
		const char *label;
	} cases[] = {
		{0, 1, "0"},
		{5, 5, "5"},
		{-0.25, 0.25, "-0.25"},
		{150, 50, "150"},
		{12500, 2500, "12500"},
		{20000, 10000, "20000"},
		{500000, 500000, "5e5"},
		{1500000, 500000, "1.5e6"},
		{2500000, 500000, "2.5e6"},
		{100002, 2, "100002"},
		{1.2e-6, 2e-7, "1.2e-6"},
		{0.05, 0.05, "0.05"},
		{1e300, 1e300, "1e300"},
	};
	char label[TICKS_LABEL_SIZE];
	(void)state;

	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		ticks_label(cases[i].x, cases[i].step, label);
		assert_string_equal(label, cases[i].label);
	}
}

/* No two ticks of an axis have one label. */
static void test_labels_differ(void **state)
{
	static const double from[] = {0, -1000, 100000, 1e-7, -3.3e9, 0.999};
	static const double length[] = {1, 3e6, 10, 1e-8, 1e9, 0.002};
	double tick[TICKS_MOST];
	(void)state;

	for (size_t i = 0; i < CW_ARRAY_LEN(from); i++) {
		size_t n = ticks_linear(from[i], from[i] + length[i], 5, false, tick);
		char last[TICKS_LABEL_SIZE] = "", label[TICKS_LABEL_SIZE];

		assert_in_range(n, 2, TICKS_MOST);
		for (size_t k = 0; k < n; k++) {
			ticks_label(tick[k], tick[1] - tick[0], label);
			assert_string_not_equal(label, last);
			memcpy(last, label, sizeof(last));
		}
	}
}

static void test_stride(void **state)
{
	double tick[TICKS_MOST];
	size_t n = ticks_linear(0, 1e6, 5, false, tick);
	(void)state;

	assert_int_equal(n, 6);
	assert_int_equal(ticks_stride(tick, n, 200e-6, 30), 1); /* 40 points apart */
	assert_int_equal(ticks_stride(tick, n, 100e-6, 30), 2);
	assert_int_equal(ticks_stride(tick, 1, 100e-6, 30), 1);
	n = ticks_linear(-0.3, 3.3, 5, true, tick);
	assert_int_equal(n, 4);
	assert_true(tick[0] == 0);
	n = ticks_log(0.8, 13, tick);
	assert_int_equal(n, 3); /* 1, 5, 10 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_labels_differ),
		cmocka_unit_test(test_stride),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
