/* Charts on a canvas: curves with two axes and a legend, and bars with labels. */
#ifndef CW_TEXT_CHART_H
#define CW_TEXT_CHART_H

#include "base/vec.h"
#include "text/axis.h"
#include "text/canvas.h"

enum curve_style { CURVE_LINE, CURVE_DASHED, CURVE_DOTS };

struct curve {
	double *xy; /* x, y, x, y, ...; owned by the chart */
	size_t n;   /* points */
	enum curve_style style;
	size_t color;        /* of canvas_palette */
	bool dark;           /* a darker shade of it */
	struct strview name; /* in the legend; of length 0: not there */
};

struct chart {
	const char *title, *x_name, *y_name;
	struct axis x, y; /* their places are set when it is drawn */
	VEC(struct curve) curves;
};

void chart_release(struct chart *chart);

/* Draws the chart; a long legend stands in columns below it. */
void chart_draw(struct chart *chart, struct canvas *c);

struct bar {
	struct strview label; /* UTF-8 */
	uint64_t count;
	double share; /* of all, 0 to 1, printed behind the count */
};

/* Draws `n` horizontal bars, the first on top, as long as their counts. */
void bars_draw(struct canvas *c, struct strview title, const char *x_name,
	const struct bar *bars, size_t n);

#endif
