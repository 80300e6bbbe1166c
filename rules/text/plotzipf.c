/* plotzipf DAT... PICTURE: rank against frequency, with the fitted line. */
#include <math.h>

#include "base/xalloc.h"
#include "text/curve_plot.h"
#include "text/dat_file.h"
#include "text/plot_name.h"
#include "text/zipf_fit.h"

struct zipf_plot {
	struct curve_plot plot;
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
static int add_book(struct zipf_plot *zipf, const char *path, size_t color)
{
	struct dat dat;
	if (dat_read(&dat, &zipf->plot.tool, path)) {
		return -1;
	}
	if (dat.n < 2) {
		dat_release(&dat);
		return tool_error(
			&zipf->plot.tool, "%s: two words are needed at least", path);
	}
	struct zipf_fit fit = zipf_fit(dat.v, dat.n);
	char *name = plot_name(path);
	struct curve curve = counted_curve(&dat);
	curve.color = color;
	vec_push(&zipf->plot.chart.curves, curve);
	curve_plot_name(&zipf->plot, xasprintf("%s: exponent %.3f \u00b1 %.3f", name,
					     fit.exponent, fit.error));
	free(name);
	curve = fitted_curve(&dat, fit.exponent);
	curve.color = color;
	zipf->most = fmax(zipf->most, fmax((double)dat.v[0].count, curve.xy[1]));
	zipf->least = fmin(zipf->least, curve.xy[3]);
	zipf->ranks = fmax(zipf->ranks, (double)dat.n);
	vec_push(&zipf->fits, curve);
	dat_release(&dat);
	return 0;
}

/* All books into the picture; 0 or -1. */
static int run(struct zipf_plot *zipf)
{
	for (size_t i = 0; i < zipf->plot.n; i++) {
		if (add_book(zipf, zipf->plot.paths[i], i)) {
			return -1;
		}
	}
	struct chart *chart = &zipf->plot.chart;
	for (size_t i = 0; i < zipf->fits.n; i++) {
		vec_push(&chart->curves, zipf->fits.v[i]);
	}
	vec_clear(&zipf->fits);
	vec_push(&chart->curves, (struct curve){.style = CURVE_DASHED,
					 .color = CANVAS_PALETTE_SIZE - 1,
					 .name = SV("fit by maximum likelihood")});
	chart->x = axis_log(1, zipf->ranks);
	chart->y = axis_log(zipf->least, zipf->most);
	return curve_plot_write(&zipf->plot);
}

int main(int argc, char **argv)
{
	struct zipf_plot zipf = {.least = 1,
		.plot.chart = {.title = "How often words come, by rank",
			.x_name = "rank of the word",
			.y_name = "times in the text"}};
	int status = curve_plot_parse(&zipf.plot, "plotzipf", "DAT... PICTURE",
		"Draws how often the words of each file DAT come against their rank, on "
		"logarithmic\naxes, with the line of the fitted Zipf law. PICTURE ends "
		"in .png, .svg or .pdf.",
		argc, argv);
	if (status != -1) {
		return status;
	}
	int r = run(&zipf);
	curve_plot_release(&zipf.plot);
	for (size_t i = 0; i < zipf.fits.n; i++) {
		free(zipf.fits.v[i].xy);
	}
	vec_release(&zipf.fits);
	return r ? TOOL_FAILED : TOOL_OK;
}
