#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <strings.h>

#include "base/xalloc.h"

__extension__ typedef unsigned __int128 uint128;

enum {
	DIGITS_MOST = 18,  /* of a decimal, so that its digits fit in 64 bits */
	FRACTION_MOST = 9, /* of them behind the point: times are counted in 1e-9 */
};

static const uint64_t BILLION = UINT64_C(1000000000);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct strview skip_blanks(struct strview s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t')) {
		s = sv_skip(s, 1);
	}
	return s;
}

int parse_i64(struct strview s, int64_t *ret)
{
	bool minus = s.n && *s.p == '-';
	if (s.n && (*s.p == '-' || *s.p == '+')) {
		s = sv_skip(s, 1);
	}
	if (!s.n) {
		return -1;
	}
	int64_t x = 0;
	for (size_t i = 0; i < s.n; i++) {
		int64_t digit = s.p[i] - '0';
		if (!is_digit(s.p[i]) || __builtin_mul_overflow(x, 10, &x) ||
			__builtin_add_overflow(x, minus ? -digit : digit, &x)) {
			return -1;
		}
	}
	*ret = x;
	return 0;
}

/* Whether all of `s` is [+-]digits[.digits][e[+-]digits]. */
static bool is_decimal(struct strview s)
{
	size_t at = s.n && (*s.p == '-' || *s.p == '+') ? 1 : 0;
	size_t digits = 0;
	for (; at < s.n && is_digit(s.p[at]); at++) {
		digits++;
	}
	if (at < s.n && s.p[at] == '.') {
		for (at++; at < s.n && is_digit(s.p[at]); at++) {
			digits++;
		}
	}
	if (!digits) {
		return false;
	}
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		if (at < s.n && (s.p[at] == '-' || s.p[at] == '+')) {
			at++;
		}
		if (at == s.n) {
			return false;
		}
		while (at < s.n && is_digit(s.p[at])) {
			at++;
		}
	}
	return at == s.n;
}

int parse_double(struct strview s, double *ret)
{
	if (!is_decimal(s)) {
		return -1;
	}
	char *text = xmemdup0(s.p, s.n);
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	double x = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
	if (c) {
		freelocale(c);
	}
	free(text);
	if (!isfinite(x)) {
		return -1;
	}
	*ret = x;
	return 0;
}

/* Takes digits[.digits] off the front of *s: digits * 10^-fraction. */
static int take_decimal(struct strview *s, uint64_t *ret_digits, unsigned *ret_fraction)
{
	uint64_t x = 0;
	unsigned digits = 0, significant = 0, fraction = 0;
	bool point = false;
	for (; s->n; *s = sv_skip(*s, 1)) {
		if (*s->p == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(*s->p)) {
			break;
		}
		x = x * 10 + (uint64_t)(*s->p - '0');
		digits++;
		significant += x > 0;
		fraction += point;
		if (significant > DIGITS_MOST || fraction > FRACTION_MOST) {
			return -1;
		}
	}
	*ret_digits = x;
	*ret_fraction = fraction;
	return digits ? 0 : -1;
}

static uint64_t power_of_ten(unsigned n)
{
	uint64_t x = 1;
	while (n--) {
		x *= 10;
	}
	return x;
}

/* x / y, rounded up; -1 where it does not fit. */
static int divide_up(uint128 x, uint128 y, int64_t *ret)
{
	uint128 q = x / y + (x % y != 0);
	if (q > INT64_MAX) {
		return -1;
	}
	*ret = (int64_t)q;
	return 0;
}

/* Bytes of a unit, 0 for an unknown one. */
static uint64_t size_unit(struct strview s)
{
	static const char letters[] = "kmgtp";
	if (!s.n) {
		return 1000000;
	}
	if (s.n == 1 && (*s.p | 0x20) == 'b') {
		return 1;
	}
	const char *letter = strchr(letters, *s.p | 0x20);
	if (!letter || !*letter) {
		return 0;
	}
	bool binary = s.n == 3 && strncasecmp(s.p + 1, "ib", 2) == 0;
	bool decimal = s.n == 1 || (s.n == 2 && (s.p[1] | 0x20) == 'b');
	if (!binary && !decimal) {
		return 0;
	}
	uint64_t bytes = 1;
	for (const char *p = letters; p <= letter; p++) {
		bytes *= binary ? 1024 : 1000;
	}
	return bytes;
}

int parse_size_mb(struct strview s, int64_t *ret_mb)
{
	uint64_t x;
	unsigned fraction;
	if (take_decimal(&s, &x, &fraction)) {
		return -1;
	}
	uint64_t unit = size_unit(skip_blanks(s));
	if (!unit) {
		return -1;
	}
	return divide_up(
		(uint128)x * unit, (uint128)power_of_ten(fraction) * 1000000, ret_mb);
}

/* Seconds of a unit, 0 for an unknown one. */
static uint64_t time_unit(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

/* "1d2h30m1.5s", units descending, as *ret * 1e-9 seconds; a bare number counts
 * `bare` seconds each. */
static int parse_time(struct strview s, uint64_t bare, uint128 *ret)
{
	uint128 sum = 0;
	uint64_t last = UINT64_MAX;
	do {
		uint64_t x;
		unsigned fraction;
		if (take_decimal(&s, &x, &fraction)) {
			return -1;
		}
		uint64_t unit = bare;
		s = skip_blanks(s);
		if (s.n) {
			unit = time_unit(*s.p);
			s = skip_blanks(sv_skip(s, 1));
		} else if (last != UINT64_MAX) {
			return -1; /* "1h30" */
		}
		if (unit == 0 || unit >= last) {
			return -1;
		}
		last = unit;
		sum += (uint128)x * unit * power_of_ten(FRACTION_MOST - fraction);
	} while (s.n);
	*ret = sum;
	return 0;
}

int parse_seconds(struct strview s, int64_t *ret_seconds)
{
	uint128 t;
	return parse_time(s, 1, &t) ? -1 : divide_up(t, BILLION, ret_seconds);
}

int parse_minutes(struct strview s, int64_t *ret_minutes)
{
	uint128 t;
	return parse_time(s, 60, &t) ? -1
				     : divide_up(t, (uint128)BILLION * 60, ret_minutes);
}

int parse_rate(struct strview s, double *ret_per_second)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"s", 1}, {"sec", 1}, {"second", 1}, {"m", 60}, {"min", 60},
		{"minute", 60}, {"h", 3600}, {"hour", 3600}, {"d", 86400},
		{"day", 86400}};
	const char *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	double x;
	if (!slash || parse_double(sv_sub(s, 0, (size_t)(slash - s.p)), &x) || x <= 0) {
		return -1;
	}
	struct strview unit = sv_skip(s, (size_t)(slash - s.p) + 1);
	for (size_t i = 0; i < CW_ARRAY_LEN(units); i++) {
		if (sv_eq_str(unit, units[i].name)) {
			*ret_per_second = x / units[i].seconds;
			return 0;
		}
	}
	return -1;
}
