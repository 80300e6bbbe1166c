#include "text/axis.h"

#include <math.h>

/* The round step (1, 2 or 5 times a power of ten) nearest above `raw`. */
static double round_step(double raw)
{
	double power = pow(10, floor(log10(raw)));
	double lead = raw / power;
	return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

struct axis axis_linear(double low, double high, int ticks)
{
	low = low < 0 ? low : 0;
	if (!(high > low)) {
		high = low + 1;
	}
	double step = round_step((high - low) / ticks);
	struct axis a = {.low = floor(low / step) * step, .step = step};
	a.high = ceil(high / step - 1e-9) * step;
	double digits = -floor(log10(step) + 1e-9);
	a.decimals = digits > 0 ? (int)digits : 0;
	return a;
}

struct axis axis_log(double low, double high)
{
	double room = high / low > 1 ? pow(high / low, 0.04) : 2;
	return (struct axis){.log = true, .low = low / room, .high = high * room};
}

/* Position of a value on the axis before it is scaled. */
static double measure(const struct axis *a, double value)
{
	return a->log ? log10(value) : value;
}

double axis_place(const struct axis *a, double value)
{
	double low = measure(a, a->low);
	double share = (measure(a, value) - low) / (measure(a, a->high) - low);
	return a->from + share * (a->to - a->from);
}

/* Ticks of a linear axis, one step apart. */
static size_t linear_ticks(const struct axis *a, struct axis_tick *ticks)
{
	double step = a->step;
	size_t n = 0;
	for (double i = ceil(a->low / step - 1e-9);
		i * step <= a->high + step * 1e-9 && n < AXIS_TICKS_MAX; i++) {
		/* + 0.0: no minus zero */
		ticks[n++] = (struct axis_tick){i * step + 0.0, true};
	}
	return n;
}

/* Ticks of a log axis: labels at powers of ten (not all where there are many, more where
 * there are few), small ticks between. */
static size_t log_ticks(const struct axis *a, struct axis_tick *ticks)
{
	double decades = log10(a->high / a->low);
	int every = decades > 8 ? (int)ceil(decades / 8) : 1;
	size_t n = 0;
	for (int e = (int)floor(log10(a->low)); e <= (int)ceil(log10(a->high)); e++) {
		for (int lead = 1; lead <= 9; lead++) {
			double value = lead * pow(10, e);
			if (value < a->low || value > a->high || n == AXIS_TICKS_MAX ||
				(every > 1 && lead > 1)) {
				continue;
			}
			bool some = decades < 2.2 && (lead == 2 || lead == 5);
			bool major = lead == 1 ? e % every == 0 : some || decades < 1;
			ticks[n++] = (struct axis_tick){value, major};
		}
	}
	return n;
}

size_t axis_ticks(const struct axis *a, struct axis_tick ticks[AXIS_TICKS_MAX])
{
	return a->log ? log_ticks(a, ticks) : linear_ticks(a, ticks);
}

void axis_count_label(uint64_t count, char label[AXIS_LABEL_MAX])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
	size_t at = 0;
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0) {
			label[at++] = ',';
		}
		label[at++] = digits[i];
	}
	label[at] = '\0';
}

void axis_label(const struct axis *a, double value, char label[AXIS_LABEL_MAX])
{
	bool whole = fabs(value - round(value)) < 1e-9 * fabs(value) || value == 0;
	if (whole && value >= 0 && value < 1e15 && a->decimals == 0) {
		axis_count_label((uint64_t)llround(value), label);
	} else if (a->log || fabs(value) >= 1e15) {
		snprintf(label, AXIS_LABEL_MAX, "%g", value);
	} else {
		snprintf(label, AXIS_LABEL_MAX, "%.*f", a->decimals, value);
	}
}
