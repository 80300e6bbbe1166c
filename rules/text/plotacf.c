/* plotacf CSV... PICTURE: autocorrelation curves. */
#include <errno.h>
#include <math.h>

#include "base/xalloc.h"
#include "text/curve_plot.h"
#include "text/plot_name.h"

struct acf_plot {
	struct curve_plot plot;
	double low, high; /* of the values */
	double lags;
};

/* "x,y" of a line; 0 or -1. */
static int parse_pair(const char *line, double *ret_x, double *ret_y)
{
	char *end;
	*ret_x = strtod(line, &end);
	if (end == line || *end != ',') {
		return -1;
	}
	const char *y = end + 1;
	*ret_y = strtod(y, &end);
	if (end == y || (*end && *end != '\n' && *end != '\r')) {
		return -1;
	}
	return isfinite(*ret_x) && isfinite(*ret_y) ? 0 : -1;
}

/* Reads the lines of an open file into `curve`: lag = first number - 1; lag 0 is left out,
 * being 1 always. 0 or -1 (printed). */
static int read_lines(
	const struct tool *tool, const char *path, FILE *file, struct curve *curve)
{
	VEC(double) xy = {0};
	char *line = NULL;
	size_t cap = 0;
	size_t number = 0;
	int r = 0;
	while (!r && getline(&line, &cap, file) >= 0) {
		double x;
		double y;
		number++;
		if (line[0] == '#' || line[0] == '\n') {
			continue;
		}
		if (parse_pair(line, &x, &y)) {
			r = tool_error(
				tool, "%s:%zu: expected 'number,number'", path, number);
		} else if (x >= 2) {
			vec_push(&xy, x - 1);
			vec_push(&xy, y);
		}
	}
	if (!r && ferror(file)) {
		r = tool_error(tool, "%s: %s", path, strerror(errno));
	}
	if (!r && xy.n < 4) {
		r = tool_error(tool, "%s: two lags above 0 are needed at least", path);
	}
	free(line);
	curve->xy = xy.v;
	curve->n = xy.n / 2;
	return r;
}

/* Adds a file; 0 or -1. */
static int add_curve(struct acf_plot *acf, const char *path, size_t color)
{
	const struct tool *tool = &acf->plot.tool;
	FILE *file = fopen(path, "re");
	if (!file) {
		return tool_error(tool, "%s: %s", path, strerror(errno));
	}
	struct curve *curve = vec_add(&acf->plot.chart.curves);
	curve->color = color;
	curve->style = color / CANVAS_PALETTE_SIZE % 2 ? CURVE_DASHED : CURVE_LINE;
	int r = read_lines(tool, path, file, curve);
	fclose(file);
	if (r) {
		return -1;
	}
	curve_plot_name(&acf->plot, plot_name(path));
	for (size_t i = 0; i < curve->n; i++) {
		acf->lags = fmax(acf->lags, curve->xy[2 * i]);
		acf->low = fmin(acf->low, curve->xy[2 * i + 1]);
		acf->high = fmax(acf->high, curve->xy[2 * i + 1]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct acf_plot acf = {
		.plot.chart = {.title = "Average word autocorrelation",
			.x_name = "lag in words (lag 0, always 1, is left out)",
			.y_name = "autocorrelation"}};
	int status = curve_plot_parse(&acf.plot, "plotacf", "CSV... PICTURE",
		"Draws the curves of the files CSV that autocorrelation wrote.\n"
		"PICTURE ends in .png, .svg or .pdf.",
		argc, argv);
	if (status != -1) {
		return status;
	}
	int r = 0;
	for (size_t i = 0; i < acf.plot.n && !r; i++) {
		r = add_curve(&acf, acf.plot.paths[i], i);
	}
	if (!r) {
		acf.plot.chart.x = axis_linear(0, acf.lags, 10);
		acf.plot.chart.y = axis_linear(acf.low, acf.high, 6);
		r = curve_plot_write(&acf.plot);
	}
	curve_plot_release(&acf.plot);
	return r ? TOOL_FAILED : TOOL_OK;
}
