#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text/number_text.h"

static void as_python(void **state)
{
	(void)state;
	static const struct {
		double x;
		const char *text;
	} cases[] = {{0, "0.0"}, {-0.0, "-0.0"}, {1, "1.0"}, {100, "100.0"}, {0.1, "0.1"},
		{1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"},
		{3.061224489795918, "3.061224489795918"},
		{1.0204081632653061, "1.0204081632653061"},
		{0.888679820992677, "0.888679820992677"}, {12.5, "12.5"},
		{0.0001, "0.0001"}, {0.00012345, "0.00012345"}, {0.00001, "1e-05"},
		{1.4986899950753048e-05, "1.4986899950753048e-05"},
		{1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {1.5e300, "1.5e+300"},
		{5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
		{-123456.789, "-123456.789"}};
	char text[NUMBER_TEXT_MAX];
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		size_t n = number_repr(cases[i].x, text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(n, strlen(text));
	}
	number_repr((double)NAN, text);
	assert_string_equal(text, "nan");
	number_repr(-(double)INFINITY, text);
	assert_string_equal(text, "-inf");
}

/* Reads back, and one digit less does not. */
static void shortest(void **state)
{
	(void)state;
	uint64_t x = 7;
	char text[NUMBER_TEXT_MAX];
	for (int i = 0; i < 20000; i++) {
		x = x * 6364136223846793005U + 1442695040888963407U;
		double value = (double)(x >> 11) * 0x1p-53 * (i % 3 ? 100 : 1e-3);
		number_repr(value, text);
		assert_true(strtod(text, NULL) == value);
		size_t digits = 0;
		bool leading = true;
		for (const char *p = text; *p && *p != 'e'; p++) {
			leading = leading && (*p == '0' || *p == '.');
			digits += !leading && *p != '.';
		}
		char fewer[NUMBER_TEXT_MAX];
		snprintf(fewer, sizeof(fewer), "%.*e", (int)digits - 2, value);
		assert_true(strtod(fewer, NULL) != value);
	}
}

static void as_numpy(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	number_savetxt(&sb, 1);
	number_savetxt(&sb, 9.636850117457356098e-04);
	assert_string_equal(sb.buf, "1.000000000000000000e+009.636850117457356098e-04");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_python),
		cmocka_unit_test(shortest),
		cmocka_unit_test(as_numpy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
