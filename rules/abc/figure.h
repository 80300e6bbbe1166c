/*
 * A page of panels with axes, for PNG, SVG and PDF; lengths in points. Only this file and
 * figure.c know cairo and pango.
 */
#ifndef CW_ABC_FIGURE_H
#define CW_ABC_FIGURE_H

#include "base/strbuf.h"

struct figure;

struct ink {
	double r, g, b, a;
};

struct panel {
	double x, y, width, height; /* of the box that data are drawn in */
	double overhang;            /* how far labels may stick out on either side */
	double from[2], to[2];      /* data ranges */
	bool log_y;
};

enum text_place { TEXT_LEFT, TEXT_MIDDLE, TEXT_RIGHT };

/* Whether the name ends in .png, .svg or .pdf. */
bool figure_knows(const char *path);

/* NULL with a text where the file cannot be written. */
struct figure *figure_new(
	const char *path, double width, double height, struct strbuf *err);
/* Writes it out and frees. -1 with a text. */
int figure_finish(struct figure *f, struct strbuf *err);

/* Colour of generation i of n: pale to dark. */
struct ink figure_ramp(size_t i, size_t n);
/* The colour of the i-th of many things; the first 24 differ. */
struct ink figure_palette(size_t i);
extern const struct ink ink_text, ink_faint, ink_accent;

void figure_text(struct figure *f, double x, double y, enum text_place place, double size,
	bool bold, struct ink ink, const char *text);
/* From x on; what is wider than `most` loses its middle. */
void figure_text_within(struct figure *f, double x, double y, double most, double size,
	bool bold, struct ink ink, const char *text);
double figure_text_width(struct figure *f, double size, bool bold, const char *text);
void figure_line(struct figure *f, double x0, double y0, double x1, double y1,
	double width, struct ink ink);
void figure_box(struct figure *f, double x, double y, double width, double height,
	struct ink ink);

/* Above the box, over its width. */
void panel_title(struct figure *f, const struct panel *p, const char *title);

/* Frame, grid, ticks with labels, names. Either name may be NULL: no labels there. Ticks
 * at integers only where `whole_x`. */
void panel_axes(struct figure *f, const struct panel *p, const char *x_name,
	const char *y_name, const char *title, bool whole_x, bool y_labels);

/* Curves and marks in data coordinates, clipped to the box. */
void panel_curve(struct figure *f, const struct panel *p, const double *x,
	const double *y, size_t n, double width, bool dashed, struct ink ink);
void panel_area(struct figure *f, const struct panel *p, const double *x, const double *y,
	size_t n, struct ink ink);
void panel_dots(struct figure *f, const struct panel *p, const double *x, const double *y,
	size_t n, double radius, struct ink ink);
void panel_vertical(struct figure *f, const struct panel *p, double x, struct ink ink);
void panel_horizontal(struct figure *f, const struct panel *p, double y, struct ink ink);
void panel_bar(struct figure *f, const struct panel *p, double x, double half, double y0,
	double y1, struct ink ink);

/* m x m densities as shades of blue over the whole box (row 0 below). */
void panel_shades(struct figure *f, const struct panel *p, const double *v, size_t m);

#endif
