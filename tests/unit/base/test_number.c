#include "base/number.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What the parsers give for texts that are none: nothing is stored. */
enum { UNTOUCHED = -77 };

struct reading {
	const char *text;
	int64_t value; /* UNTOUCHED: refused */
};

static void check(
	int (*parse)(struct strview, int64_t *), const struct reading *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t x = UNTOUCHED;
		int status = parse(sv_from(v[i].text), &x);
		if (x != v[i].value || (status == 0) == (v[i].value == UNTOUCHED)) {
			fail_msg("\"%s\": %lld, status %d", v[i].text, (long long)x,
				status);
		}
	}
}

static void integers(void **state)
{
	(void)state;
	static const struct reading v[] = {{"0", 0}, {"-0", 0}, {"+7", 7}, {"007", 7},
		{"-12", -12}, {"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN}, {"9223372036854775808", UNTOUCHED},
		{"-9223372036854775809", UNTOUCHED}, {"99999999999999999999", UNTOUCHED},
		{"", UNTOUCHED}, {"-", UNTOUCHED}, {"+", UNTOUCHED}, {"--1", UNTOUCHED},
		{"1 ", UNTOUCHED}, {" 1", UNTOUCHED}, {"1.0", UNTOUCHED},
		{"0x10", UNTOUCHED}, {"1e3", UNTOUCHED}, {"\xd9\xa1", UNTOUCHED}};
	check(parse_i64, v, CW_ARRAY_LEN(v));
	int64_t x = UNTOUCHED;
	assert_int_equal(parse_i64((struct strview){"12\0", 3}, &x), -1);
	assert_int_equal(parse_i64((struct strview){"123", 2}, &x), 0);
	assert_int_equal(x, 12);
}

static void decimals(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} good[] = {{"0", 0}, {"1.5", 1.5}, {"-2.25e2", -225}, {".5", .5}, {"5.", 5},
		{"+1E-2", .01}, {"1e308", 1e308}, {"1e-400", 0},
		{"0.1000000000000000055511151231257827", .1}};
	static const char *const bad[] = {"", "-", ".", "e5", "1e", "1e+", "inf", "nan",
		"0x1p3", "1e400", "-1e400", "1,5", "1 ", " 1", "1..2", "1.2.3", "1e5.0",
		"infinity", "1f"};
	for (size_t i = 0; i < CW_ARRAY_LEN(good); i++) {
		double x = -77;
		assert_int_equal(parse_double(sv_from(good[i].text), &x), 0);
		assert_memory_equal(&x, &good[i].value, sizeof(x));
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(bad); i++) {
		double x = -77;
		assert_int_equal(parse_double(sv_from(bad[i]), &x), -1);
		assert_true(x < -76 && x > -78);
	}
}

/* A locale with a decimal comma changes nothing; skipped where there is none. */
static void decimals_in_any_locale(void **state)
{
	(void)state;
	if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
		skip();
	}
	double x = 0;
	assert_int_equal(parse_double(SV("1.5"), &x), 0);
	assert_true(x > 1.49 && x < 1.51);
	assert_int_equal(parse_double(SV("1,5"), &x), -1);
	setlocale(LC_ALL, "C");
}

static void sizes(void **state)
{
	(void)state;
	static const struct reading v[] = {{"4000", 4000}, {"4GB", 4000}, {"4 GB", 4000},
		{"4G", 4000}, {"4GiB", 4295}, {"4gb", 4000}, {"4 gib", 4295}, {"1MiB", 2},
		{"1kB", 1}, {"1B", 1}, {"0", 0}, {"0GB", 0}, {"1.5GB", 1500}, {"1.5", 2},
		{"1000001B", 2}, {"1000000B", 1}, {"1TB", 1000000}, {"1PiB", 1125899907},
		{"0.0000001 GB", 1}, {"8 PB", 8000000000}, {"1T", 1000000},
		{"512 MiB", 537}, {"", UNTOUCHED}, {"GB", UNTOUCHED}, {"-1", UNTOUCHED},
		{"4 XB", UNTOUCHED}, {"4GBB", UNTOUCHED}, {"4G iB", UNTOUCHED},
		{"4i", UNTOUCHED}, {"4iB", UNTOUCHED}, {"1e3", UNTOUCHED},
		{"4GB ", UNTOUCHED}, {"4 GB x", UNTOUCHED}, {"4,5GB", UNTOUCHED},
		{"9223372036854775807", UNTOUCHED},
		{"999999999999999999", 999999999999999999},
		{"99999999999999999PB", UNTOUCHED}, {".", UNTOUCHED},
		{"1.2.3", UNTOUCHED}};
	check(parse_size_mb, v, CW_ARRAY_LEN(v));
}

static void times(void **state)
{
	(void)state;
	static const struct reading seconds[] = {{"90", 90}, {"90s", 90}, {"1.5h", 5400},
		{"15m", 900}, {"2h", 7200}, {"1d", 86400}, {"1h30m", 5400},
		{"1h 30m", 5400}, {"1d2h3m4s", 93784}, {"0.1s", 1}, {"1.2", 2}, {"0", 0},
		{"0.000000001", 1}, {"1 h", 3600}, {"", UNTOUCHED}, {"h", UNTOUCHED},
		{"1h30", UNTOUCHED}, {"30m1h", UNTOUCHED}, {"1h1h", UNTOUCHED},
		{"-1", UNTOUCHED}, {"1w", UNTOUCHED}, {"1 h x", UNTOUCHED},
		{"1e3", UNTOUCHED}, {"1:30", UNTOUCHED}, {"0.0000000001", UNTOUCHED},
		{"999999999999999999d", UNTOUCHED}, {"1H", UNTOUCHED}};
	check(parse_seconds, seconds, CW_ARRAY_LEN(seconds));
	static const struct reading minutes[] = {{"120", 120}, {"2h", 120}, {"90s", 2},
		{"60s", 1}, {"61s", 2}, {"1d", 1440}, {"1.5", 2}, {"0", 0}, {"1s", 1},
		{"1h30m", 90}, {"1h0.5m", 61}, {"2 weeks", UNTOUCHED}, {"", UNTOUCHED}};
	check(parse_minutes, minutes, CW_ARRAY_LEN(minutes));
}

static void rates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} good[] = {{"10/s", 10}, {"6/m", .1}, {"6/min", .1}, {"36/h", .01},
		{"0.5/sec", .5}, {"864/day", .01}};
	static const char *const bad[] = {"", "/", "10", "10/", "/s", "0/s", "-1/s",
		"10/x", "10 /s", "10/ s", "10/s/s", "inf/s"};
	for (size_t i = 0; i < CW_ARRAY_LEN(good); i++) {
		double x = 0, d;
		assert_int_equal(parse_rate(sv_from(good[i].text), &x), 0);
		d = x - good[i].value;
		assert_true(d > -1e-15 && d < 1e-15);
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(bad); i++) {
		double x;
		assert_int_equal(parse_rate(sv_from(bad[i]), &x), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(decimals),
		cmocka_unit_test(decimals_in_any_locale),
		cmocka_unit_test(sizes),
		cmocka_unit_test(times),
		cmocka_unit_test(rates),
	};
	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
