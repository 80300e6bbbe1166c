#include "abc/ticks.h"

#include <math.h>

size_t ticks_linear(double from, double to, size_t about, bool whole, double *tick)
{
	double raw = (to - from) / (double)about, power = pow(10, floor(log10(raw)));
	double step = raw / power < 1.5   ? power
		      : raw / power < 3.5 ? 2 * power
		      : raw / power < 7.5 ? 5 * power
					  : 10 * power;
	size_t n = 0;

	if (whole) {
		step = fmax(1, ceil(step));
	}
	for (double x = ceil(from / step - 1e-9) * step;
		x <= to + step * 1e-9 && n < TICKS_MOST; x += step) {
		tick[n++] = fabs(x) < step * 1e-9 ? 0 : x;
	}
	return n;
}

/* Powers of ten and, over few of them, 2 and 5 times them. */
size_t ticks_log(double from, double to, double *tick)
{
	static const double part[] = {1, 2, 5};
	double decades = log10(to / from);
	size_t n = 0, parts = decades < 1.2 ? 3 : decades < 2.5 ? 2 : 1;
	double step = fmax(1, ceil(decades / 6));

	for (double e = floor(log10(from)); e <= ceil(log10(to)); e += step) {
		for (size_t i = 0; i < parts; i++) {
			double x = pow(10, e) * part[parts == 2 ? 2 * i : i];
			if (x >= from * 0.999 && x <= to * 1.001 && n < TICKS_MOST) {
				tick[n++] = x;
			}
		}
	}
	return n;
}

void ticks_label(double x, double step, char ret[static TICKS_LABEL_SIZE])
{
	char *e;

	for (int digits = 1; digits <= 15; digits++) {
		snprintf(ret, TICKS_LABEL_SIZE, "%.*g", digits, x);
		if (fabs(strtod(ret, NULL) - x) < 1e-3 * step) {
			break;
		}
	}
	e = strchr(ret, 'e');
	if (e && fabs(x) >= 1 && fabs(x) < 1e5) {
		snprintf(ret, TICKS_LABEL_SIZE, "%.0f", x);
	} else if (e) { /* e+06 is e6 */
		snprintf(e + 1, 8, "%ld", strtol(e + 1, NULL, 10));
	}
}

size_t ticks_stride(const double *tick, size_t n, double per_unit, double widest)
{
	double apart = n > 1 ? (tick[1] - tick[0]) * per_unit : 0;

	return apart > 0 ? (size_t)fmax(1, ceil((widest + 5) / apart)) : 1;
}
