/* plotacf CSV... PICTURE: autocorrelation curves. */
#include <errno.h>
#include <math.h>

#include "base/xalloc.h"
#include "text/chart.h"
#include "text/plot_name.h"

struct acf_plot {
	const struct tool *tool;
	struct chart chart;
	VEC(char *) names; /* of curves; owned */
	double low, high;  /* of the values */
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
	const struct acf_plot *plot, const char *path, FILE *file, struct curve *curve)
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
			r = tool_error(plot->tool, "%s:%zu: expected 'number,number'",
				path, number);
		} else if (x >= 2) {
			vec_push(&xy, x - 1);
			vec_push(&xy, y);
		}
	}
	if (!r && ferror(file)) {
		r = tool_error(plot->tool, "%s: %s", path, strerror(errno));
	}
	if (!r && xy.n < 4) {
		r = tool_error(
			plot->tool, "%s: two lags above 0 are needed at least", path);
	}
	free(line);
	curve->xy = xy.v;
	curve->n = xy.n / 2;
	return r;
}

/* Adds a file; 0 or -1. */
static int add_curve(struct acf_plot *plot, const char *path, size_t color)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		return tool_error(plot->tool, "%s: %s", path, strerror(errno));
	}
	struct curve *curve = vec_add(&plot->chart.curves);
	curve->color = color;
	curve->style = color / CANVAS_PALETTE_SIZE % 2 ? CURVE_DASHED : CURVE_LINE;
	int r = read_lines(plot, path, file, curve);
	fclose(file);
	if (r) {
		return -1;
	}
	vec_push(&plot->names, plot_name(path));
	curve->name = sv_from(vec_last(&plot->names));
	for (size_t i = 0; i < curve->n; i++) {
		plot->lags = fmax(plot->lags, curve->xy[2 * i]);
		plot->low = fmin(plot->low, curve->xy[2 * i + 1]);
		plot->high = fmax(plot->high, curve->xy[2 * i + 1]);
	}
	return 0;
}

/* All curves into the picture; 0 or -1. */
static int run(struct acf_plot *plot, char **paths, size_t n, const char *picture)
{
	for (size_t i = 0; i < n; i++) {
		if (add_curve(plot, paths[i], i)) {
			return -1;
		}
	}
	plot->chart.x = axis_linear(0, plot->lags, 10);
	plot->chart.y = axis_linear(plot->low, plot->high, 6);
	struct canvas *c = canvas_new(plot->tool);
	if (!c) {
		return -1;
	}
	chart_draw(&plot->chart, c);
	int r = canvas_write(c, picture);
	canvas_free(c);
	return r;
}

int main(int argc, char **argv)
{
	struct acf_plot plot = {
		.chart = {.title = "Average word autocorrelation",
			.x_name = "lag in words (lag 0, always 1, is left out)",
			.y_name = "autocorrelation"}};
	const struct tool_option options[] = {
		{.name = "title",
			.type = TOOL_TEXT,
			.target = &plot.chart.title,
			.arg = "TEXT",
			.help = "what stands above"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "plotacf",
		.operands = "CSV... PICTURE",
		.summary =
			"Draws the curves of the files CSV that autocorrelation wrote.\n"
			"PICTURE ends in .png, .svg or .pdf.",
		.options = options,
		.min_operands = 2,
		.max_operands = -1,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	const char *picture = argv[argc - 1];
	if (!canvas_knows(picture)) {
		return tool_usage(&tool,
			"the picture's name must end in .png, .svg or .pdf: %s", picture);
	}
	plot.tool = &tool;
	int r = run(&plot, argv + first, (size_t)(argc - first) - 1, picture);
	chart_release(&plot.chart);
	for (size_t i = 0; i < plot.names.n; i++) {
		free(plot.names.v[i]);
	}
	vec_release(&plot.names);
	return r ? TOOL_FAILED : TOOL_OK;
}
