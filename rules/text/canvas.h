/*
 * A picture of any size for PNG, SVG or PDF. What is drawn is first recorded, in points, to
 * any coordinates; at the end the picture is made as large as what was drawn and a margin,
 * so nothing is ever cut off. Text is laid out by Pango: any script that has a font.
 */
#ifndef CW_TEXT_CANVAS_H
#define CW_TEXT_CANVAS_H

#include "base/strview.h"
#include "text/tool.h"

struct color {
	double r, g, b, a;
};

extern const struct color color_text, color_faint, color_grid;

/* The colour of the i-th of many things; four rounds of CANVAS_PALETTE_SIZE differ. */
struct color canvas_palette(size_t i);
enum { CANVAS_PALETTE_SIZE = 7 };

/* Which point of a text's box stands at the given place. */
enum text_anchor { ANCHOR_LEFT, ANCHOR_CENTER, ANCHOR_RIGHT };

struct text_style {
	double size; /* points */
	bool bold, upwards;
	double wrap;             /* width at which lines are broken, 0: never */
	enum text_anchor across; /* of x */
	enum text_anchor down; /* of y: ANCHOR_LEFT is the top, ANCHOR_RIGHT the bottom */
	struct color color;
};

struct text_extent {
	double width, height;
};

struct canvas;

/* Does the picture's name end in .png, .svg or .pdf? 0, or TOOL_USAGE with an error
 * printed. */
int canvas_check_name(const struct tool *tool, const char *path);

/* An empty canvas; returns owned, canvas_free. NULL with an error printed where no font is
 * installed. `tool` is borrowed. */
struct canvas *canvas_new(const struct tool *tool);
void canvas_free(struct canvas *c);

/* Size of a text as drawn (before it is turned upwards). `text` is UTF-8. */
struct text_extent canvas_measure(
	struct canvas *c, struct strview text, const struct text_style *style);

void canvas_text(struct canvas *c, double x, double y, struct strview text,
	const struct text_style *style);

void canvas_line(struct canvas *c, double x0, double y0, double x1, double y1,
	double width, struct color color);

/* A line through `n` points (x, y, x, y, ...), dashed if wanted. */
void canvas_polyline(struct canvas *c, const double *xy, size_t n, double width,
	bool dashed, struct color color);

/* A filled dot at each of `n` points. */
void canvas_dots(
	struct canvas *c, const double *xy, size_t n, double radius, struct color color);

void canvas_box(struct canvas *c, double x, double y, double width, double height,
	struct color color);

/* Draws only within a rectangle, until canvas_unclip. */
void canvas_clip(struct canvas *c, double x, double y, double width, double height);
void canvas_unclip(struct canvas *c);

/* Writes the picture to the file `path`, PNG at two pixels a point. 0 or -1 (printed). */
int canvas_write(struct canvas *c, const char *path);

#endif
