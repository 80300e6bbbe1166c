#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text/axis.h"
#include "text/plot_name.h"

/* The labels of an axis in a row. */
static void assert_labels(const struct axis *a, const char *labels)
{
	struct axis_tick ticks[AXIS_TICKS_MAX];
	struct strbuf got = STRBUF_INIT;
	size_t n = axis_ticks(a, ticks);
	for (size_t i = 0; i < n; i++) {
		char label[AXIS_LABEL_MAX];
		if (ticks[i].major) {
			axis_label(a, ticks[i].value, label);
			strbuf_addf(&got, "%s ", label);
		}
	}
	assert_string_equal(got.buf, labels);
	strbuf_release(&got);
}

static void linear(void **state)
{
	(void)state;
	struct axis a = axis_linear(0, 0.037, 6);
	assert_labels(&a, "0.00 0.01 0.02 0.03 0.04 ");
	a = axis_linear(0, 6241, 5);
	assert_labels(&a, "0 2,000 4,000 6,000 8,000 ");
	a = axis_linear(0, 4, 5);
	assert_labels(&a, "0 1 2 3 4 ");
	a = axis_linear(0, 0, 5);
	assert_true(a.high > a.low);
	a = axis_linear(-0.5, 0.5, 4);
	assert_true(a.low <= -0.5 && a.high >= 0.5);
}

static void logarithmic(void **state)
{
	(void)state;
	struct axis a = axis_log(1, 20000);
	assert_labels(&a, "1 10 100 1,000 10,000 ");
	a = axis_log(1, 4);
	assert_labels(&a, "1 2 3 4 ");
	a = axis_log(1, 1e18);
	struct axis_tick ticks[AXIS_TICKS_MAX];
	assert_true(axis_ticks(&a, ticks) < AXIS_TICKS_MAX);
	a = axis_log(1, 1);
	assert_true(a.low < 1 && a.high > 1);
}

static void places(void **state)
{
	(void)state;
	struct axis a = {.log = true, .low = 1, .high = 100, .from = 0, .to = 10};
	assert_true(fabs(axis_place(&a, 10) - 5) < 1e-12);
	a = (struct axis){.low = 0, .high = 4, .from = 100, .to = 0};
	assert_true(fabs(axis_place(&a, 1) - 75) < 1e-12);
}

static void names(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"a/b/isles.dat", "isles"}, {"x", "x"},
		{".dat", ".dat"}, {"a.b.csv", "a.b"}, {"bad\xff.dat", "bad\xef\xbf\xbd"},
		{"line\nend", "line\xef\xbf\xbd"
			      "end"}};
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		char *name = plot_name(cases[i][0]);
		assert_string_equal(name, cases[i][1]);
		free(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linear),
		cmocka_unit_test(logarithmic),
		cmocka_unit_test(places),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
