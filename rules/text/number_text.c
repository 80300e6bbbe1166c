#include "text/number_text.h"

#include <float.h>
#include <math.h>

/* `x` with as few of up to 17 digits as read back, "d.ddde[+-]dd". Decimals of up to 15
 * digits are further apart than doubles, so one that reads back is the nearest. */
static void shortest_digits(double x, char out[NUMBER_TEXT_MAX])
{
	int digits = x < DBL_MIN ? 1 : 15; /* subnormal numbers are further apart */
	for (; digits <= 17; digits++) {
		snprintf(out, NUMBER_TEXT_MAX, "%.*e", digits - 1, x);
		if (strtod(out, NULL) == x) {
			return;
		}
	}
}

/* Plain notation: `n` digits, the point after the first `point` of them. */
static size_t plain(const char *digits, int n, int point, char *out)
{
	size_t at = 0;
	if (point <= 0) {
		out[at++] = '0';
		out[at++] = '.';
		for (; point < 0; point++) {
			out[at++] = '0';
		}
		memcpy(out + at, digits, (size_t)n);
		return at + (size_t)n;
	}
	for (int i = 0; i < n || i < point; i++) {
		if (i == point) {
			out[at++] = '.';
		}
		out[at++] = i < n ? digits[i] : '0';
	}
	if (n <= point) {
		out[at++] = '.';
		out[at++] = '0';
	}
	return at;
}

size_t number_repr(double x, char out[NUMBER_TEXT_MAX])
{
	if (isnan(x)) {
		return (size_t)snprintf(out, NUMBER_TEXT_MAX, "nan");
	}
	if (isinf(x)) {
		return (size_t)snprintf(out, NUMBER_TEXT_MAX, x < 0 ? "-inf" : "inf");
	}
	char text[NUMBER_TEXT_MAX];
	char digits[20];
	shortest_digits(fabs(x), text);
	char *e = strchr(text, 'e');
	int exponent = (int)strtol(e + 1, NULL, 10);
	int n = 0;
	for (const char *p = text; p < e; p++) {
		if (*p != '.') {
			digits[n++] = *p;
		}
	}
	while (n > 1 && digits[n - 1] == '0') {
		n--;
	}
	size_t at = 0;
	if (signbit(x)) {
		out[at++] = '-';
	}
	if (exponent >= -4 && exponent < 16) {
		at += plain(digits, n, exponent + 1, out + at);
	} else {
		out[at++] = digits[0];
		if (n > 1) {
			out[at++] = '.';
			memcpy(out + at, digits + 1, (size_t)n - 1);
			at += (size_t)n - 1;
		}
		at += (size_t)snprintf(out + at, NUMBER_TEXT_MAX - at, "e%c%02d",
			exponent < 0 ? '-' : '+', abs(exponent));
	}
	out[at] = '\0';
	return at;
}

void number_savetxt(struct strbuf *sb, double x)
{
	strbuf_addf(sb, "%.18e", x);
}
