#include "abc/figure.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "abc/ticks.h"
#include "abc/wire.h"
#include "base/xalloc.h"

static const double png_scale = 2;
enum { TICK_SIZE = 8 };

struct figure {
	cairo_surface_t *surface;
	cairo_t *cr;
	char *path;
	bool png;
};

const struct ink ink_text = {0.15, 0.15, 0.17, 1};
const struct ink ink_faint = {0.45, 0.45, 0.48, 1};
const struct ink ink_accent = {0.835, 0.369, 0.0, 1};
static const struct ink ink_grid = {0.90, 0.90, 0.92, 1};

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path);

	return n > 4 && strcasecmp(path + n - 4, end) == 0;
}

bool figure_knows(const char *path)
{
	return ends_in(path, ".png") || ends_in(path, ".svg") || ends_in(path, ".pdf");
}

struct figure *figure_new(
	const char *path, double width, double height, struct strbuf *err)
{
	struct figure *f = xcalloc(1, sizeof(*f));

	f->path = xstrdup(path);
	f->png = ends_in(path, ".png");
	if (f->png) {
		f->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
			(int)ceil(width * png_scale), (int)ceil(height * png_scale));
	} else if (ends_in(path, ".svg")) {
		f->surface = cairo_svg_surface_create(path, width, height);
	} else {
		f->surface = cairo_pdf_surface_create(path, width, height);
	}
	f->cr = cairo_create(f->surface);
	if (cairo_status(f->cr) != CAIRO_STATUS_SUCCESS) {
		fail(err, "cannot write %s: %s", path,
			cairo_status_to_string(cairo_status(f->cr)));
		cairo_destroy(f->cr);
		cairo_surface_destroy(f->surface);
		free(f->path);
		free(f);
		return NULL;
	}
	if (f->png) {
		cairo_scale(f->cr, png_scale, png_scale);
	}
	cairo_set_source_rgb(f->cr, 1, 1, 1);
	cairo_paint(f->cr);
	return f;
}

int figure_finish(struct figure *f, struct strbuf *err)
{
	cairo_status_t status;

	cairo_destroy(f->cr);
	if (f->png) {
		status = cairo_surface_write_to_png(f->surface, f->path);
	} else {
		cairo_surface_finish(f->surface);
		status = cairo_surface_status(f->surface);
	}
	cairo_surface_destroy(f->surface);
	if (status != CAIRO_STATUS_SUCCESS) {
		fail(err, "cannot write %s: %s", f->path, cairo_status_to_string(status));
	}
	free(f->path);
	free(f);
	return status == CAIRO_STATUS_SUCCESS ? 0 : -1;
}

struct ink figure_ramp(size_t i, size_t n)
{
	double s = n > 1 ? (double)i / (double)(n - 1) : 1;

	return (struct ink){0.70 - 0.66 * s, 0.82 - 0.60 * s, 0.93 - 0.48 * s, 1};
}

/* Okabe and Ito's colours, which the colour blind can tell apart. */
struct ink figure_palette(size_t i)
{
	static const struct ink colours[] = {
		{0.000, 0.447, 0.698, 1},
		{0.902, 0.624, 0.000, 1},
		{0.000, 0.620, 0.451, 1},
		{0.800, 0.475, 0.655, 1},
		{0.835, 0.369, 0.000, 1},
		{0.337, 0.706, 0.914, 1},
	};

	/* Each time round darker or lighter than the colours as they are. */
	static const struct {
		double scale, add;
	} rounds[] = {{1, 0}, {0.55, 0}, {0.5, 0.45}, {0.75, 0.1}};
	size_t k = i / CW_ARRAY_LEN(colours) % CW_ARRAY_LEN(rounds);
	struct ink c = colours[i % CW_ARRAY_LEN(colours)];

	c.r = c.r * rounds[k].scale + rounds[k].add;
	c.g = c.g * rounds[k].scale + rounds[k].add;
	c.b = c.b * rounds[k].scale + rounds[k].add;
	return c;
}

static void set_ink(struct figure *f, struct ink k)
{
	cairo_set_source_rgba(f->cr, k.r, k.g, k.b, k.a);
}

static PangoLayout *layout_of(struct figure *f, double size, bool bold, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(f->cr);
	PangoFontDescription *font =
		pango_font_description_from_string("DejaVu Sans, Sans");

	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(
		font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

double figure_text_width(struct figure *f, double size, bool bold, const char *text)
{
	PangoLayout *layout = layout_of(f, size, bold, text);
	int width, height;

	pango_layout_get_size(layout, &width, &height);
	g_object_unref(layout);
	return (double)width / PANGO_SCALE;
}

/* Text whose middle height is at y; turned upwards if asked for. What is longer than
 * `most` loses its middle. */
static void put_text(struct figure *f, double x, double y, enum text_place place,
	double size, bool bold, bool upwards, double most, struct ink ink,
	const char *text)
{
	PangoLayout *layout = layout_of(f, size, bold, text);
	int w, h;
	double width, height, shift;

	pango_layout_get_size(layout, &w, &h);
	if (most > 0 && w > most * PANGO_SCALE) {
		pango_layout_set_width(layout, (int)(most * PANGO_SCALE));
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE);
		pango_layout_get_size(layout, &w, &h);
	}
	width = (double)w / PANGO_SCALE;
	height = (double)h / PANGO_SCALE;
	shift = place == TEXT_LEFT ? 0 : place == TEXT_MIDDLE ? width / 2 : width;
	cairo_save(f->cr);
	set_ink(f, ink);
	cairo_move_to(f->cr, x, y);
	if (upwards) {
		cairo_rotate(f->cr, -M_PI / 2);
	}
	cairo_rel_move_to(f->cr, -shift, -height / 2);
	pango_cairo_show_layout(f->cr, layout);
	cairo_restore(f->cr);
	g_object_unref(layout);
}

void figure_text(struct figure *f, double x, double y, enum text_place place, double size,
	bool bold, struct ink ink, const char *text)
{
	put_text(f, x, y, place, size, bold, false, 0, ink, text);
}

void figure_text_within(struct figure *f, double x, double y, double most, double size,
	bool bold, struct ink ink, const char *text)
{
	put_text(f, x, y, TEXT_LEFT, size, bold, false, most, ink, text);
}

void figure_line(struct figure *f, double x0, double y0, double x1, double y1,
	double width, struct ink ink)
{
	set_ink(f, ink);
	cairo_set_line_width(f->cr, width);
	cairo_move_to(f->cr, x0, y0);
	cairo_line_to(f->cr, x1, y1);
	cairo_stroke(f->cr);
}

void figure_box(
	struct figure *f, double x, double y, double width, double height, struct ink ink)
{
	set_ink(f, ink);
	cairo_rectangle(f->cr, x, y, width, height);
	cairo_fill(f->cr);
}

static double place_x(const struct panel *p, double x)
{
	return p->x + p->width * (x - p->from[0]) / (p->to[0] - p->from[0]);
}

static double place_y(const struct panel *p, double y)
{
	double low = p->from[1], high = p->to[1];

	if (p->log_y) {
		low = log10(low);
		high = log10(high);
		y = y > 0 ? log10(y) : low - 1;
	}
	return p->y + p->height * (1 - (y - low) / (high - low));
}

static void axis_x(struct figure *f, const struct panel *p, bool labels, bool whole)
{
	double tick[TICKS_MOST];
	size_t n = ticks_linear(
		p->from[0], p->to[0], (size_t)fmax(3, p->width / 45), whole, tick);
	double step = n > 1 ? tick[1] - tick[0] : p->to[0] - p->from[0], widest = 0;
	size_t stride;
	char text[32];

	for (size_t i = 0; i < n; i++) {
		ticks_label(tick[i], step, text);
		widest = fmax(widest, figure_text_width(f, TICK_SIZE, false, text));
	}
	stride = ticks_stride(tick, n, p->width / (p->to[0] - p->from[0]), widest);
	for (size_t i = 0; i < n; i++) {
		double x = place_x(p, tick[i]), half;
		figure_line(f, x, p->y, x, p->y + p->height, 0.6, ink_grid);
		figure_line(
			f, x, p->y + p->height, x, p->y + p->height + 3, 0.8, ink_faint);
		ticks_label(tick[i], step, text);
		half = figure_text_width(f, TICK_SIZE, false, text) / 2 - p->overhang;
		/* Beyond the box lies the next panel's. */
		if (labels && i % stride == 0 && x - half > p->x &&
			x + half < p->x + p->width) {
			figure_text(f, x, p->y + p->height + 10, TEXT_MIDDLE, TICK_SIZE,
				false, ink_text, text);
		}
	}
}

/* Width of the widest label. */
static double axis_y(struct figure *f, const struct panel *p, bool labels)
{
	double widest = 0;
	double tick[TICKS_MOST];
	size_t n = p->log_y ? ticks_log(p->from[1], p->to[1], tick)
			    : ticks_linear(p->from[1], p->to[1],
				      (size_t)fmax(2, p->height / 35), false, tick);
	double step = n > 1 ? tick[1] - tick[0] : p->to[1] - p->from[1];
	char text[32];

	for (size_t i = 0; i < n; i++) {
		double y = place_y(p, tick[i]);
		figure_line(f, p->x, y, p->x + p->width, y, 0.6, ink_grid);
		figure_line(f, p->x - 3, y, p->x, y, 0.8, ink_faint);
		ticks_label(tick[i], p->log_y ? tick[i] : step, text);
		if (labels) {
			figure_text(f, p->x - 6, y, TEXT_RIGHT, TICK_SIZE, false,
				ink_text, text);
			widest = fmax(
				widest, figure_text_width(f, TICK_SIZE, false, text));
		}
	}
	return widest;
}

void panel_title(struct figure *f, const struct panel *p, const char *title)
{
	figure_text_within(
		f, p->x, p->y - 10, p->width + p->overhang, 10, true, ink_text, title);
}

void panel_axes(struct figure *f, const struct panel *p, const char *x_name,
	const char *y_name, const char *title, bool whole_x, bool y_labels)
{
	double widest = 0;

	axis_x(f, p, x_name != NULL, whole_x);
	if (y_labels || y_name) {
		widest = axis_y(f, p, y_labels);
	}
	set_ink(f, ink_faint);
	cairo_set_line_width(f->cr, 0.8);
	cairo_rectangle(f->cr, p->x, p->y, p->width, p->height);
	cairo_stroke(f->cr);
	if (x_name) {
		put_text(f, p->x + p->width / 2, p->y + p->height + 24, TEXT_MIDDLE, 9,
			false, false, p->width + p->overhang, ink_text, x_name);
	}
	if (y_name) {
		put_text(f, p->x - widest - (y_labels ? 16 : 12), p->y + p->height / 2,
			TEXT_MIDDLE, 9, false, true, p->height, ink_text, y_name);
	}
	if (title) {
		panel_title(f, p, title);
	}
}

static void clip_to(struct figure *f, const struct panel *p)
{
	cairo_save(f->cr);
	cairo_rectangle(f->cr, p->x, p->y, p->width, p->height);
	cairo_clip(f->cr);
}

static void trace(struct figure *f, const struct panel *p, const double *x,
	const double *y, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0) {
			cairo_move_to(f->cr, place_x(p, x[i]), place_y(p, y[i]));
		} else {
			cairo_line_to(f->cr, place_x(p, x[i]), place_y(p, y[i]));
		}
	}
}

void panel_curve(struct figure *f, const struct panel *p, const double *x,
	const double *y, size_t n, double width, bool dashed, struct ink ink)
{
	const double dash[] = {4, 3};

	clip_to(f, p);
	set_ink(f, ink);
	cairo_set_line_width(f->cr, width);
	cairo_set_line_join(f->cr, CAIRO_LINE_JOIN_ROUND);
	if (dashed) {
		cairo_set_dash(f->cr, dash, 2, 0);
	}
	trace(f, p, x, y, n);
	cairo_stroke(f->cr);
	cairo_restore(f->cr);
}

void panel_area(struct figure *f, const struct panel *p, const double *x, const double *y,
	size_t n, struct ink ink)
{
	if (!n) {
		return;
	}
	clip_to(f, p);
	set_ink(f, ink);
	trace(f, p, x, y, n);
	cairo_line_to(f->cr, place_x(p, x[n - 1]), p->y + p->height);
	cairo_line_to(f->cr, place_x(p, x[0]), p->y + p->height);
	cairo_fill(f->cr);
	cairo_restore(f->cr);
}

void panel_dots(struct figure *f, const struct panel *p, const double *x, const double *y,
	size_t n, double radius, struct ink ink)
{
	set_ink(f, ink);
	for (size_t i = 0; i < n; i++) {
		cairo_new_sub_path(f->cr);
		cairo_arc(f->cr, place_x(p, x[i]), place_y(p, y[i]), radius, 0, 2 * M_PI);
		cairo_fill(f->cr);
	}
}

void panel_vertical(struct figure *f, const struct panel *p, double x, struct ink ink)
{
	if (x >= p->from[0] && x <= p->to[0]) {
		figure_line(f, place_x(p, x), p->y, place_x(p, x), p->y + p->height, 1.4,
			ink);
	}
}

void panel_horizontal(struct figure *f, const struct panel *p, double y, struct ink ink)
{
	if (y >= p->from[1] && y <= p->to[1]) {
		figure_line(
			f, p->x, place_y(p, y), p->x + p->width, place_y(p, y), 1.4, ink);
	}
}

void panel_bar(struct figure *f, const struct panel *p, double x, double half, double y0,
	double y1, struct ink ink)
{
	double left = place_x(p, x - half), right = place_x(p, x + half);

	figure_box(f, left, place_y(p, y1), right - left, place_y(p, y0) - place_y(p, y1),
		ink);
}

void panel_shades(struct figure *f, const struct panel *p, const double *v, size_t m)
{
	int size = (int)m,
	    stride = cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, size);
	unsigned char *pixels = xcalloc(m, (size_t)stride);
	cairo_surface_t *image;
	double most = 0;

	for (size_t i = 0; i < m * m; i++) {
		most = fmax(most, v[i]);
	}
	for (size_t r = 0; r < m; r++) {
		for (size_t k = 0; k < m; k++) {
			double s = most > 0 ? sqrt(v[(m - 1 - r) * m + k] / most) : 0;
			uint32_t red = (uint32_t)(255 - 245 * s);
			uint32_t green = (uint32_t)(255 - 185 * s);
			uint32_t blue = (uint32_t)(255 - 105 * s);
			uint32_t pixel = red << 16 | green << 8 | blue;
			memcpy(pixels + r * (size_t)stride + 4 * k, &pixel, 4);
		}
	}
	image = cairo_image_surface_create_for_data(
		pixels, CAIRO_FORMAT_RGB24, size, size, stride);
	clip_to(f, p);
	cairo_translate(f->cr, p->x, p->y);
	cairo_scale(f->cr, p->width / (double)m, p->height / (double)m);
	cairo_set_source_surface(f->cr, image, 0, 0);
	cairo_pattern_set_extend(cairo_get_source(f->cr), CAIRO_EXTEND_PAD);
	cairo_pattern_set_filter(cairo_get_source(f->cr), CAIRO_FILTER_BILINEAR);
	cairo_rectangle(f->cr, 0, 0, (double)m, (double)m);
	cairo_fill(f->cr);
	cairo_restore(f->cr);
	cairo_surface_finish(image);
	cairo_surface_destroy(image);
	free(pixels);
}
