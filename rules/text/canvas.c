#include "text/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "base/xalloc.h"
#include "text/output_file.h"

#define MARGIN 16.0
#define PNG_SCALE 2.0

struct canvas {
	const struct tool *tool;
	cairo_surface_t *surface;
	cairo_t *cr;
};

const struct color color_text = {0.15, 0.15, 0.17, 1};
const struct color color_faint = {0.45, 0.45, 0.48, 1};
const struct color color_grid = {0.88, 0.88, 0.90, 1};

/* Okabe and Ito's colours, which the colour blind can tell apart, less the yellow. */
static const struct color palette[CANVAS_PALETTE_SIZE] = {
	{0.000, 0.447, 0.698, 1},
	{0.835, 0.369, 0.000, 1},
	{0.000, 0.620, 0.451, 1},
	{0.800, 0.475, 0.655, 1},
	{0.902, 0.624, 0.000, 1},
	{0.337, 0.706, 0.914, 1},
	{0.350, 0.350, 0.370, 1},
};

struct color canvas_palette(size_t i)
{
	/* Each time round darker or lighter than the colours as they are. */
	static const struct {
		double scale, add;
	} rounds[] = {{1, 0}, {0.55, 0}, {0.5, 0.45}, {0.75, 0.1}};
	struct color c = palette[i % CANVAS_PALETTE_SIZE];
	size_t k = i / CANVAS_PALETTE_SIZE % CW_ARRAY_LEN(rounds);
	c.r = c.r * rounds[k].scale + rounds[k].add;
	c.g = c.g * rounds[k].scale + rounds[k].add;
	c.b = c.b * rounds[k].scale + rounds[k].add;
	return c;
}

enum picture_format { FORMAT_PNG, FORMAT_SVG, FORMAT_PDF, FORMAT_UNKNOWN };

static enum picture_format format_of(const char *path)
{
	static const struct {
		const char *end;
		enum picture_format format;
	} ends[] = {{".png", FORMAT_PNG}, {".svg", FORMAT_SVG}, {".pdf", FORMAT_PDF}};
	size_t n = strlen(path);
	for (size_t i = 0; i < CW_ARRAY_LEN(ends); i++) {
		if (n > 4 && strcasecmp(path + n - 4, ends[i].end) == 0) {
			return ends[i].format;
		}
	}
	return FORMAT_UNKNOWN;
}

int canvas_check_name(const struct tool *tool, const char *path)
{
	if (format_of(path) != FORMAT_UNKNOWN) {
		return 0;
	}
	return tool_usage(
		tool, "the picture's name must end in .png, .svg or .pdf: %s", path);
}

/* Is there any font to write with? */
static bool has_fonts(void)
{
	PangoFontFamily **families = NULL;
	int n = 0;
	pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &n);
	g_free(families);
	return n > 0;
}

struct canvas *canvas_new(const struct tool *tool)
{
	if (!has_fonts()) {
		tool_error(tool,
			"no font is installed to write with (try the package fonts-dejavu-core)");
		return NULL;
	}
	struct canvas *c = xcalloc(1, sizeof(*c));
	c->tool = tool;
	c->surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
	c->cr = cairo_create(c->surface);
	cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_ROUND);
	return c;
}

void canvas_free(struct canvas *c)
{
	if (c) {
		cairo_destroy(c->cr);
		cairo_surface_destroy(c->surface);
		free(c);
	}
}

static void set_color(struct canvas *c, struct color color)
{
	cairo_set_source_rgba(c->cr, color.r, color.g, color.b, color.a);
}

/* A text laid out; g_object_unref. */
static PangoLayout *layout_of(
	struct canvas *c, struct strview text, const struct text_style *style)
{
	enum { LINES_MAX = 3 };
	PangoLayout *layout = pango_cairo_create_layout(c->cr);
	PangoFontDescription *font = pango_font_description_from_string("Sans");
	pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
	pango_font_description_set_weight(
		font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_text(layout, text.p, (int)text.n);
	if (style->wrap > 0) {
		int width;
		pango_layout_get_size(layout, &width, NULL);
		if (width > style->wrap * PANGO_SCALE) {
			pango_layout_set_width(layout, (int)(style->wrap * PANGO_SCALE));
			pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
			pango_layout_set_height(layout, -LINES_MAX);
			pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
			PangoAttrList *attributes = pango_attr_list_new();
			pango_attr_list_insert(
				attributes, pango_attr_insert_hyphens_new(FALSE));
			pango_layout_set_attributes(layout, attributes);
			pango_attr_list_unref(attributes);
		}
	}
	static const PangoAlignment alignments[] = {
		PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
	pango_layout_set_alignment(layout, alignments[style->across]);
	return layout;
}

/* The box of a layout, from its own origin. */
static struct text_extent box_of(PangoLayout *layout, double *ret_x, double *ret_y)
{
	PangoRectangle box;
	pango_layout_get_extents(layout, NULL, &box);
	*ret_x = (double)box.x / PANGO_SCALE;
	*ret_y = (double)box.y / PANGO_SCALE;
	return (struct text_extent){
		(double)box.width / PANGO_SCALE, (double)box.height / PANGO_SCALE};
}

struct text_extent canvas_measure(
	struct canvas *c, struct strview text, const struct text_style *style)
{
	double x;
	double y;
	PangoLayout *layout = layout_of(c, text, style);
	struct text_extent e = box_of(layout, &x, &y);
	g_object_unref(layout);
	return e;
}

/* How far the anchor lies from the beginning of a stretch. */
static double anchor_offset(enum text_anchor anchor, double length)
{
	return anchor == ANCHOR_LEFT ? 0 : anchor == ANCHOR_CENTER ? length / 2 : length;
}

void canvas_text(struct canvas *c, double x, double y, struct strview text,
	const struct text_style *style)
{
	double box_x;
	double box_y;
	PangoLayout *layout = layout_of(c, text, style);
	struct text_extent e = box_of(layout, &box_x, &box_y);
	cairo_save(c->cr);
	cairo_translate(c->cr, x, y);
	if (style->upwards) {
		cairo_rotate(c->cr, -M_PI / 2);
	}
	cairo_move_to(c->cr, -box_x - anchor_offset(style->across, e.width),
		-box_y - anchor_offset(style->down, e.height));
	set_color(c, style->color);
	pango_cairo_show_layout(c->cr, layout);
	cairo_restore(c->cr);
	g_object_unref(layout);
}

void canvas_line(struct canvas *c, double x0, double y0, double x1, double y1,
	double width, struct color color)
{
	double xy[] = {x0, y0, x1, y1};
	canvas_polyline(c, xy, 2, width, false, color);
}

void canvas_polyline(struct canvas *c, const double *xy, size_t n, double width,
	bool dashed, struct color color)
{
	static const double dashes[] = {6, 5};
	if (n == 0) {
		return;
	}
	cairo_new_path(c->cr);
	for (size_t i = 0; i < n; i++) {
		cairo_line_to(c->cr, xy[2 * i], xy[2 * i + 1]);
	}
	cairo_set_dash(c->cr, dashes, dashed ? 2 : 0, 0);
	cairo_set_line_width(c->cr, width);
	set_color(c, color);
	cairo_stroke(c->cr);
}

void canvas_dots(
	struct canvas *c, const double *xy, size_t n, double radius, struct color color)
{
	set_color(c, color);
	for (size_t i = 0; i < n; i++) {
		cairo_new_path(c->cr);
		cairo_arc(c->cr, xy[2 * i], xy[2 * i + 1], radius, 0, 2 * M_PI);
		cairo_fill(c->cr);
	}
}

void canvas_box(struct canvas *c, double x, double y, double width, double height,
	struct color color)
{
	set_color(c, color);
	cairo_new_path(c->cr);
	cairo_rectangle(c->cr, x, y, width, height);
	cairo_fill(c->cr);
}

void canvas_clip(struct canvas *c, double x, double y, double width, double height)
{
	cairo_save(c->cr);
	cairo_new_path(c->cr);
	cairo_rectangle(c->cr, x, y, width, height);
	cairo_clip(c->cr);
}

void canvas_unclip(struct canvas *c)
{
	cairo_restore(c->cr);
}

/* cairo's door to a file. */
static cairo_status_t add_bytes(void *out, const unsigned char *p, unsigned n)
{
	strbuf_add(&((struct output_file *)out)->data, p, n);
	return CAIRO_STATUS_SUCCESS;
}

/* The surface of the final picture, `width` by `height` points. */
static cairo_surface_t *picture_surface(
	enum picture_format format, struct output_file *out, double width, double height)
{
	if (format == FORMAT_PDF) {
		return cairo_pdf_surface_create_for_stream(add_bytes, out, width, height);
	}
	if (format == FORMAT_SVG) {
		return cairo_svg_surface_create_for_stream(add_bytes, out, width, height);
	}
	return cairo_image_surface_create(CAIRO_FORMAT_RGB24,
		(int)ceil(width * PNG_SCALE), (int)ceil(height * PNG_SCALE));
}

/* Plays the recording on a white page; what went wrong. */
static cairo_status_t play(
	struct canvas *c, enum picture_format format, struct output_file *out)
{
	double x;
	double y;
	double width;
	double height;
	cairo_recording_surface_ink_extents(c->surface, &x, &y, &width, &height);
	cairo_surface_t *picture =
		picture_surface(format, out, width + 2 * MARGIN, height + 2 * MARGIN);
	cairo_t *cr = cairo_create(picture);
	if (format == FORMAT_PNG) {
		cairo_scale(cr, PNG_SCALE, PNG_SCALE);
	}
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_surface(cr, c->surface, MARGIN - x, MARGIN - y);
	cairo_paint(cr);
	cairo_show_page(cr);
	cairo_status_t status = cairo_status(cr);
	cairo_destroy(cr);
	if (!status && format == FORMAT_PNG) {
		status = cairo_surface_write_to_png_stream(picture, add_bytes, out);
	}
	cairo_surface_finish(picture);
	status = status ? status : cairo_surface_status(picture);
	cairo_surface_destroy(picture);
	return status;
}

int canvas_write(struct canvas *c, const char *path)
{
	struct output_file out;
	if (output_file_open(&out, c->tool, path)) {
		return -1;
	}
	cairo_status_t status = play(c, format_of(path), &out);
	if (status) {
		output_file_abandon(&out);
		return tool_error(
			c->tool, "%s: %s", path, cairo_status_to_string(status));
	}
	return output_file_commit(&out);
}
