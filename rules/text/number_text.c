#include "text/number_text.h"

#include <float.h>
#include <math.h>

/* A number as 0.d1 d2 d3 ... * 10^(exponent + 1). */
struct decimal {
	char digits[24];
	int n;
	int exponent; /* of the first digit: 0 for units */
};

/* Takes `whole`, written with `n` digits, without the zeros at its end. */
static void set_digits(struct decimal *d, uint64_t whole, int n)
{
	for (int i = n; i-- > 0; whole /= 10) {
		d->digits[i] = (char)('0' + whole % 10);
	}
	while (n > 1 && d->digits[n - 1] == '0') {
		n--;
	}
	d->n = n;
}

/* May `exact`, known to 2^-64 of its size, lie on the other side of the middle between
 * `near` and a neighbouring double? */
static bool is_near_middle(long double exact, double near)
{
	int shift;
	if (frexp(near, &shift) == 0.5) {
		return true; /* below a power of two the neighbours are closer */
	}
	long double away = ldexpl(fabsl(exact - (long double)near), 54 - shift);
	return fabsl(away - 1) < 0.004L;
}

/*
 * The shortest digits of an everyday number, 1e-4 <= x < 1e3, by long doubles of 64 bits:
 * the whole number nearest to x * 10^k has the digits if it, divided by 10^k, reads back
 * as x. Powers, products and quotients are right to 2^-64 of their size; where that leaves
 * a doubt, or where long doubles are shorter, the answer is false.
 */
static bool quick_digits(double x, struct decimal *ret)
{
	static const long double powers[] = {
		1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L};
	static const double starts[] = {1e-3, 1e-2, 1e-1, 1, 10, 100};
	if (LDBL_MANT_DIG != 64 || !(x >= 1e-4 && x < 1e3)) {
		return false;
	}
	int exponent = -4;
	while (exponent < 2 && x >= starts[exponent + 4]) {
		exponent++;
	}
	for (int n = 15; n <= 17; n++) {
		long double power = powers[n - 1 - exponent - 12];
		long double product = (long double)x * power;
		long double whole = rintl(product);
		long double back = whole / power;
		if (fabsl(fabsl(product - whole) - 0.5L) < 0.01L ||
			is_near_middle(back, (double)back)) {
			return false;
		}
		if ((double)back == x) {
			ret->exponent = exponent;
			set_digits(ret, (uint64_t)whole, n);
			return product < powers[n - 12]; /* not rounded up to 1000... */
		}
	}
	return false;
}

/* As few of up to 17 digits of x > 0 as read back. Decimals of up to 15 digits are further
 * apart than doubles, so one that reads back is the nearest. */
static void printed_digits(double x, struct decimal *ret)
{
	char text[NUMBER_TEXT_MAX];
	int n = x < DBL_MIN ? 1 : 15; /* subnormal numbers are further apart */
	for (; n <= 17; n++) {
		snprintf(text, sizeof(text), "%.*e", n - 1, x);
		if (strtod(text, NULL) == x) {
			break;
		}
	}
	uint64_t whole = 0;
	const char *p = text;
	for (n = 0; *p != 'e'; p++) {
		if (*p != '.') {
			whole = whole * 10 + (uint64_t)(*p - '0');
			n++;
		}
	}
	ret->exponent = (int)strtol(p + 1, NULL, 10);
	set_digits(ret, whole, n);
}

/* Plain notation; the length. */
static size_t put_plain(const struct decimal *d, char *out)
{
	size_t at = 0;
	if (d->exponent < 0) {
		out[at++] = '0';
		out[at++] = '.';
		for (int e = d->exponent; e < -1; e++) {
			out[at++] = '0';
		}
	}
	for (int i = 0; i < d->n || i <= d->exponent; i++) {
		if (i > 0 && i == d->exponent + 1) {
			out[at++] = '.';
		}
		out[at++] = i < d->n ? d->digits[i] : '0';
	}
	if (d->exponent >= 0 && d->n <= d->exponent + 1) {
		out[at++] = '.';
		out[at++] = '0';
	}
	return at;
}

/* Notation with an exponent; the length. */
static size_t put_scientific(const struct decimal *d, char *out)
{
	size_t at = 0;
	out[at++] = d->digits[0];
	if (d->n > 1) {
		out[at++] = '.';
		memcpy(out + at, d->digits + 1, (size_t)d->n - 1);
		at += (size_t)d->n - 1;
	}
	return at + (size_t)snprintf(out + at, 8, "e%c%02d", d->exponent < 0 ? '-' : '+',
			    abs(d->exponent));
}

size_t number_repr(double x, char out[NUMBER_TEXT_MAX])
{
	if (isnan(x) || isinf(x)) {
		const char *text = isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
		return (size_t)snprintf(out, NUMBER_TEXT_MAX, "%s", text);
	}
	size_t at = 0;
	if (signbit(x)) {
		out[at++] = '-';
	}
	struct decimal d;
	if (!quick_digits(fabs(x), &d)) {
		printed_digits(fabs(x), &d);
	}
	bool plain = d.exponent >= -4 && d.exponent < 16;
	at += plain ? put_plain(&d, out + at) : put_scientific(&d, out + at);
	out[at] = '\0';
	return at;
}

void number_savetxt(struct strbuf *sb, double x)
{
	strbuf_addf(sb, "%.18e", x);
}
