#include "text/chart.h"

#include <math.h>

#include "base/xalloc.h"

#define WIDTH 640.0
#define HEIGHT 400.0
#define TICK 5.0
#define GAP 8.0

static const struct text_style title_style = {
	.size = 15, .bold = true, .down = ANCHOR_RIGHT, .color = {0.15, 0.15, 0.17, 1}};
static const struct text_style name_style = {
	.size = 12, .across = ANCHOR_CENTER, .color = {0.15, 0.15, 0.17, 1}};
static const struct text_style label_style = {.size = 11, .color = {0.30, 0.30, 0.33, 1}};

void chart_release(struct chart *chart)
{
	for (size_t i = 0; i < chart->curves.n; i++) {
		free(chart->curves.v[i].xy);
	}
	vec_release(&chart->curves);
}

/* Grid, ticks and labels of the axis along the bottom at height `y`. */
static void draw_x_axis(const struct axis *a, struct canvas *c, double y, bool grid)
{
	struct axis_tick ticks[AXIS_TICKS_MAX];
	size_t n = axis_ticks(a, ticks);
	struct text_style style = label_style;
	style.across = ANCHOR_CENTER;
	for (size_t i = 0; i < n; i++) {
		double x = axis_place(a, ticks[i].value);
		double length = ticks[i].major ? TICK : TICK / 2;
		if (ticks[i].major && grid) {
			canvas_line(c, x, 0, x, y, 1, color_grid);
		}
		canvas_line(c, x, y, x, y + length, 1, color_faint);
		if (ticks[i].major) {
			char label[AXIS_LABEL_MAX];
			axis_label(a, ticks[i].value, label);
			canvas_text(c, x, y + TICK + 3, sv_from(label), &style);
		}
	}
}

/* The same for the axis at the left; returns the width of its labels. */
static double draw_y_axis(const struct axis *a, struct canvas *c)
{
	struct axis_tick ticks[AXIS_TICKS_MAX];
	size_t n = axis_ticks(a, ticks);
	struct text_style style = label_style;
	style.across = ANCHOR_RIGHT;
	style.down = ANCHOR_CENTER;
	double widest = 0;
	for (size_t i = 0; i < n; i++) {
		double y = axis_place(a, ticks[i].value);
		double length = ticks[i].major ? TICK : TICK / 2;
		if (ticks[i].major) {
			char label[AXIS_LABEL_MAX];
			axis_label(a, ticks[i].value, label);
			canvas_line(c, 0, y, WIDTH, y, 1, color_grid);
			canvas_text(c, -TICK - 4, y, sv_from(label), &style);
			widest = fmax(
				widest, canvas_measure(c, sv_from(label), &style).width);
		}
		canvas_line(c, -length, y, 0, y, 1, color_faint);
	}
	return widest;
}

/* Points of a curve in the picture, those too close to the last one left out. Returns
 * owned. */
static double *place_points(
	const struct chart *chart, const struct curve *curve, size_t *ret_n)
{
	double *xy = xcalloc(size_mul(curve->n + 1, 2), sizeof(*xy));
	size_t n = 0;
	for (size_t i = 0; i < curve->n; i++) {
		double x = axis_place(&chart->x, curve->xy[2 * i]);
		double y = axis_place(&chart->y, curve->xy[2 * i + 1]);
		bool last = i + 1 == curve->n;
		if (n == 0 || last ||
			fabs(x - xy[2 * n - 2]) + fabs(y - xy[2 * n - 1]) > 0.4) {
			xy[2 * n] = x;
			xy[2 * n + 1] = y;
			n++;
		}
	}
	*ret_n = n;
	return xy;
}

/* The colour of a curve. */
static struct color curve_color(const struct curve *curve)
{
	struct color color = canvas_palette(curve->color);
	double shade = curve->dark ? 0.55 : 1;
	return (struct color){color.r * shade, color.g * shade, color.b * shade, 1};
}

static void draw_curve(
	const struct chart *chart, const struct curve *curve, struct canvas *c)
{
	size_t n;
	double *xy = place_points(chart, curve, &n);
	struct color color = curve_color(curve);
	switch (curve->style) {
	case CURVE_LINE:
		canvas_polyline(c, xy, n, 1.8, false, color);
		break;
	case CURVE_DASHED:
		canvas_polyline(c, xy, n, 1.5, true, color);
		break;
	case CURVE_DOTS:
		color.a = 0.6;
		canvas_dots(c, xy, n, 2.2, color);
		break;
	}
	free(xy);
}

/* The sample of a curve in the legend. */
static void draw_sample(const struct curve *curve, struct canvas *c, double x, double y)
{
	double line[] = {x, y, x + 24, y};
	double dot[] = {x + 12, y};
	struct color color = curve_color(curve);
	switch (curve->style) {
	case CURVE_LINE:
		canvas_polyline(c, line, 2, 2.2, false, color);
		break;
	case CURVE_DASHED:
		canvas_polyline(c, line, 2, 1.8, true, color);
		break;
	case CURVE_DOTS:
		canvas_dots(c, dot, 1, 3.5, color);
		break;
	}
}

/* All named curves from height `top` on, in as many columns as fit. */
static void draw_legend(const struct chart *chart, struct canvas *c, double top)
{
	const double sample = 32;
	struct text_style style = label_style;
	style.down = ANCHOR_CENTER;
	style.wrap = WIDTH - sample;
	double widest = 0;
	double highest = 0;
	size_t named = 0;
	for (size_t i = 0; i < chart->curves.n; i++) {
		struct strview name = chart->curves.v[i].name;
		if (name.n) {
			struct text_extent e = canvas_measure(c, name, &style);
			widest = fmax(widest, e.width);
			highest = fmax(highest, e.height);
			named++;
		}
	}
	double column = widest + sample + 20;
	size_t columns = (size_t)fmax(1, floor((WIDTH + 20) / column));
	size_t rows = (named + columns - 1) / columns;
	size_t k = 0;
	for (size_t i = 0; i < chart->curves.n; i++) {
		const struct curve *curve = &chart->curves.v[i];
		if (curve->name.n) {
			double x = (double)(k / rows) * column;
			double y = top + ((double)(k % rows) + 0.5) * (highest + 3);
			draw_sample(curve, c, x, y);
			canvas_text(c, x + sample, y, curve->name, &style);
			k++;
		}
	}
}

void chart_draw(struct chart *chart, struct canvas *c)
{
	chart->x.from = 0;
	chart->x.to = WIDTH;
	chart->y.from = HEIGHT;
	chart->y.to = 0;
	draw_x_axis(&chart->x, c, HEIGHT, true);
	double labels = draw_y_axis(&chart->y, c);
	canvas_line(c, 0, HEIGHT, WIDTH, HEIGHT, 1, color_faint);
	canvas_line(c, 0, 0, 0, HEIGHT, 1, color_faint);
	canvas_clip(c, -2, -2, WIDTH + 4, HEIGHT + 4);
	for (size_t i = 0; i < chart->curves.n; i++) {
		draw_curve(chart, &chart->curves.v[i], c);
	}
	canvas_unclip(c);
	struct text_style style = title_style;
	style.wrap = WIDTH;
	canvas_text(c, 0, -2 * GAP, sv_from(chart->title), &style);
	style = name_style;
	double below = HEIGHT + TICK + 3 + label_style.size + 3 * GAP / 2;
	canvas_text(c, WIDTH / 2, below, sv_from(chart->x_name), &style);
	below += canvas_measure(c, sv_from(chart->x_name), &style).height + GAP;
	style.upwards = true;
	style.down = ANCHOR_RIGHT;
	canvas_text(
		c, -TICK - 4 - labels - GAP, HEIGHT / 2, sv_from(chart->y_name), &style);
	draw_legend(chart, c, below);
}

/* The count and share behind a bar. */
static void draw_bar_value(struct canvas *c, const struct bar *bar, double x, double y)
{
	char count[AXIS_LABEL_MAX];
	char share[AXIS_LABEL_MAX];
	axis_count_label(bar->count, count);
	snprintf(share, sizeof(share), "%.*f%%", bar->share < 0.001 ? 4 : 2,
		bar->share * 100);
	struct text_style style = label_style;
	style.down = ANCHOR_CENTER;
	style.color = color_text;
	canvas_text(c, x, y, sv_from(count), &style);
	x += canvas_measure(c, sv_from(count), &style).width + GAP;
	style.size -= 1;
	style.color = color_faint;
	canvas_text(c, x, y, sv_from(share), &style);
}

void bars_draw(struct canvas *c, struct strview title, const char *x_name,
	const struct bar *bars, size_t n)
{
	const double bar_height = 20;
	struct text_style style = {.size = 13,
		.wrap = 240,
		.across = ANCHOR_RIGHT,
		.down = ANCHOR_CENTER,
		.color = color_text};
	struct axis axis = axis_linear(0, n ? (double)bars[0].count : 1, 5);
	axis.to = WIDTH * 0.8;
	double height = GAP / 2;
	double *places = xcalloc(n + 1, sizeof(*places));
	for (size_t i = 0; i < n;
		i++) { /* a word of several lines makes its row higher */
		double label = canvas_measure(c, bars[i].label, &style).height + 2;
		double row = fmax(bar_height + GAP, label);
		places[i] = height + row / 2;
		height += row;
	}
	height += GAP / 2;
	draw_x_axis(&axis, c, height, false);
	for (size_t i = 0; i < n; i++) {
		double length = axis_place(&axis, (double)bars[i].count);
		canvas_box(c, 0, places[i] - bar_height / 2, length, bar_height,
			canvas_palette(0));
		canvas_text(c, -GAP, places[i], bars[i].label, &style);
		draw_bar_value(c, &bars[i], length + GAP, places[i]);
	}
	free(places);
	canvas_line(c, 0, 0, 0, height, 1, color_faint);
	canvas_line(c, 0, height, axis.to, height, 1, color_faint);
	style = name_style;
	canvas_text(c, axis.to / 2, height + TICK + 3 + label_style.size + 3 * GAP / 2,
		sv_from(x_name), &style);
	style = title_style;
	style.wrap = WIDTH;
	canvas_text(c, 0, -2 * GAP, title, &style);
}
