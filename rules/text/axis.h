/* An axis: a range of numbers on a stretch of the picture, and where its ticks are. */
#ifndef CW_TEXT_AXIS_H
#define CW_TEXT_AXIS_H

#include "base/strbuf.h"

enum { AXIS_TICKS_MAX = 64, AXIS_LABEL_MAX = 32 };

struct axis {
	bool log;
	double low, high; /* values at the ends; of a log axis above 0 */
	double from, to;  /* their places in the picture */
	double step;      /* between the labels of a linear axis */
	int decimals;     /* of the labels */
};

struct axis_tick {
	double value;
	bool major; /* has a label and a grid line */
};

/* A linear axis from 0 (or the lowest value, where negative) to a round number at or above
 * `high`, for about `ticks` labels. */
struct axis axis_linear(double low, double high, int ticks);

/* A logarithmic axis for values from `low` to `high`, with a little room at the ends. */
struct axis axis_log(double low, double high);

/* The place of a value in the picture. */
double axis_place(const struct axis *a, double value);

/* The ticks within the axis; their number. */
size_t axis_ticks(const struct axis *a, struct axis_tick ticks[AXIS_TICKS_MAX]);

/* The label of a tick: "0.02", "10,000". */
void axis_label(const struct axis *a, double value, char label[AXIS_LABEL_MAX]);

/* A count with commas between thousands. */
void axis_count_label(uint64_t count, char label[AXIS_LABEL_MAX]);

#endif
