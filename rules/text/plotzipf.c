/* plotzipf DAT... PICTURE: rank against frequency, with the fitted line. */
#include <math.h>

#include "base/xalloc.h"
#include "text/chart.h"
#include "text/dat_file.h"
#include "text/plot_name.h"
#include "text/zipf_fit.h"

struct zipf_plot {
	const struct tool *tool;
	struct chart chart;
	VEC(char *) names;      /* of curves; owned */
	VEC(struct curve) fits; /* drawn above all dots */
	double least, most;     /* counts, fitted ones too */
	double ranks;
};

/* The counts of a book as dots. */
static struct curve counted_curve(const struct dat *dat)
{
	struct curve curve = {.n = dat->n, .style = CURVE_DOTS};
	curve.xy = xcalloc(size_mul(dat->n, 2), sizeof(double));
	for (size_t i = 0; i < dat->n; i++) {
		curve.xy[2 * i] = (double)i + 1;
		curve.xy[2 * i + 1] = (double)dat->v[i].count;
	}
	return curve;
}

/* What the fit expects: a straight line here. */
static struct curve fitted_curve(const struct dat *dat, double exponent)
{
	struct curve curve = {.n = 2, .style = CURVE_DASHED, .dark = true};
	double total = 0;
	double norm = 0;
	for (size_t i = dat->n; i-- > 0;) {
		total += (double)dat->v[i].count;
		norm += pow((double)i + 1, -exponent);
	}
	curve.xy = xcalloc(4, sizeof(double));
	curve.xy[0] = 1;
	curve.xy[1] = total / norm;
	curve.xy[2] = (double)dat->n;
	curve.xy[3] = total / norm * pow((double)dat->n, -exponent);
	return curve;
}

/* Adds a book; 0 or -1. */
static int add_book(struct zipf_plot *plot, const char *path, size_t color)
{
	struct dat dat;
	if (dat_read(&dat, plot->tool, path)) {
		return -1;
	}
	if (dat.n < 2) {
		dat_release(&dat);
		return tool_error(plot->tool, "%s: two words are needed at least", path);
	}
	struct zipf_fit fit = zipf_fit(dat.v, dat.n);
	char *name = plot_name(path);
	vec_push(&plot->names, xasprintf("%s: exponent %.3f \u00b1 %.3f", name,
				       fit.exponent, fit.error));
	free(name);
	struct curve curve = counted_curve(&dat);
	curve.color = color;
	curve.name = sv_from(vec_last(&plot->names));
	vec_push(&plot->chart.curves, curve);
	curve = fitted_curve(&dat, fit.exponent);
	curve.color = color;
	plot->most = fmax(plot->most, fmax((double)dat.v[0].count, curve.xy[1]));
	plot->least = fmin(plot->least, curve.xy[3]);
	plot->ranks = fmax(plot->ranks, (double)dat.n);
	vec_push(&plot->fits, curve);
	dat_release(&dat);
	return 0;
}

/* All books into the picture; 0 or -1. */
static int run(struct zipf_plot *plot, char **paths, size_t n, const char *picture)
{
	for (size_t i = 0; i < n; i++) {
		if (add_book(plot, paths[i], i)) {
			return -1;
		}
	}
	for (size_t i = 0; i < plot->fits.n; i++) {
		vec_push(&plot->chart.curves, plot->fits.v[i]);
	}
	vec_clear(&plot->fits);
	vec_push(&plot->chart.curves, (struct curve){.style = CURVE_DASHED,
					      .color = CANVAS_PALETTE_SIZE - 1,
					      .name = SV("fit by maximum likelihood")});
	plot->chart.x = axis_log(1, plot->ranks);
	plot->chart.y = axis_log(plot->least, plot->most);
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
	struct zipf_plot plot = {.least = 1,
		.chart = {.title = "How often words come, by rank",
			.x_name = "rank of the word",
			.y_name = "times in the text"}};
	const struct tool_option options[] = {
		{.name = "title",
			.type = TOOL_TEXT,
			.target = &plot.chart.title,
			.arg = "TEXT",
			.help = "what stands above"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "plotzipf",
		.operands = "DAT... PICTURE",
		.summary =
			"Draws how often the words of each file DAT come against their rank, on "
			"logarithmic\naxes, with the line of the fitted Zipf law. PICTURE ends "
			"in .png, .svg or .pdf.",
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
	for (size_t i = 0; i < plot.fits.n; i++) {
		free(plot.fits.v[i].xy);
	}
	vec_release(&plot.fits);
	return r ? TOOL_FAILED : TOOL_OK;
}
