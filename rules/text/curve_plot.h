/* What the programs that draw curves of several files into one picture do alike. */
#ifndef CW_TEXT_CURVE_PLOT_H
#define CW_TEXT_CURVE_PLOT_H

#include "text/chart.h"

struct curve_plot {
	struct tool tool;
	struct chart chart;  /* titles set by the program; owns its curves */
	VEC(char *) names;   /* of curves; owned */
	char **paths;        /* the files to read, borrowed from argv */
	size_t n;            /* of them */
	const char *picture; /* where it goes, borrowed from argv */
};

/* Reads a command line "[--title TEXT] FILE... PICTURE" for a program of this `name` whose
 * files are called `operands` in its help. -1: go on; otherwise the exit status, help or
 * error being printed already. */
int curve_plot_parse(struct curve_plot *plot, const char *name, const char *operands,
	const char *summary, int argc, char **argv);

/* Keeps the name of the curve added last; takes `name`. */
void curve_plot_name(struct curve_plot *plot, char *name);

/* Draws the chart and writes the picture. 0 or -1 (printed). */
int curve_plot_write(struct curve_plot *plot);
void curve_plot_release(struct curve_plot *plot);

#endif
