/*
 * cwabc_plot RUN.db PICTURE: a run as a page of panels. What `cwabc plot` runs: a program
 * of its own, so that cwabc itself starts without a graphics library.
 */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "abc/abc_cli.h"
#include "abc/abc_view.h"
#include "abc/credible.h"
#include "abc/figure.h"
#include "abc/kde.h"
#include "abc/weights.h"
#include "base/xalloc.h"

enum {
	COLUMNS = 3,
	GRID = 241,
	CELLS = 64,
	MOST_PAIRED = 6,
	MOST_LEGEND = 10,
};

static const double margin = 28, cell_width = 300, cell_height = 220, title_height = 58;
static const double inner_left = 50, inner_top = 26, inner_width = 236,
		    inner_height = 144;
static const double page_width = COLUMNS * cell_width - inner_left; /* for text */

struct page {
	const struct archive *a;
	const struct problem *p;
	const struct population **gen; /* generations with t >= 0 */
	size_t gens;
	struct figure *f;
	size_t cell; /* next free one */
	double top;  /* of the grid of cells */
};

/* What one parameter of one model spans in the pictures. */
struct span_of {
	double low, high;
};

static struct panel next_cell(struct page *g)
{
	size_t column = g->cell % COLUMNS, row = g->cell / COLUMNS;

	g->cell++;
	return (struct panel){.x = margin + (double)column * cell_width + inner_left,
		.y = g->top + (double)row * cell_height + inner_top,
		.width = inner_width,
		.height = inner_height,
		.overhang = 24};
}

static struct kde_support support_of(const struct prior *p)
{
	struct kde_support s = {-HUGE_VAL, HUGE_VAL};

	switch (p->kind) {
	case PRIOR_UNIFORM:
		s = (struct kde_support){p->a, p->b};
		break;
	case PRIOR_BETA:
		s = (struct kde_support){0, 1};
		break;
	case PRIOR_LOGNORMAL:
	case PRIOR_EXPONENTIAL:
	case PRIOR_GAMMA:
		s.low = 0;
		break;
	case PRIOR_NORMAL:
	case PRIOR_RANDINT:
	case PRIOR_DISCRETE:
	case PRIOR_FIXED:
		break;
	}
	return s;
}

/* From the first generation's sample, which is wide, within the prior's support. */
static struct span_of find_span(const struct page *g, size_t m, size_t i)
{
	const struct prior *prior = &g->p->model[m].par[i].prior;
	struct kde_support s = support_of(prior);
	struct span_of r = {HUGE_VAL, -HUGE_VAL};
	double pad;

	for (size_t k = 0; k < g->gens; k++) {
		double *x, *w;
		size_t n = credible_sample(g->gen[k], m, i, &x, &w);
		if (n) {
			r.low = fmin(r.low, weighted_quantile(x, 1, w, n, 0.002));
			r.high = fmax(r.high, weighted_quantile(x, 1, w, n, 0.998));
		}
		free(x);
		free(w);
	}
	if (m == 0 && g->p->reference && isfinite(g->p->reference[i])) {
		r.low = fmin(r.low, g->p->reference[i]);
		r.high = fmax(r.high, g->p->reference[i]);
	}
	pad = 0.04 * (r.high - r.low);
	if (prior_is_discrete(prior)) {
		pad = fmax(pad, 0.5);
	}
	r.low = fmax(r.low - pad, prior_is_discrete(prior) ? -HUGE_VAL : s.low);
	r.high = fmin(r.high + pad, prior_is_discrete(prior) ? HUGE_VAL : s.high);
	if (!(r.high > r.low)) {
		r.low -= 0.5;
		r.high += 0.5;
	}
	return r;
}

static void grid_of(struct span_of r, double *x)
{
	for (size_t k = 0; k < GRID; k++) {
		x[k] = r.low + (r.high - r.low) * (double)k / (GRID - 1);
	}
}

/* Densities of all generations and of the prior (the last row). */
static void densities(
	const struct page *g, size_t m, size_t i, struct span_of r, double *x, double *y)
{
	const struct prior *prior = &g->p->model[m].par[i].prior;

	grid_of(r, x);
	for (size_t t = 0; t < g->gens; t++) {
		double *v, *w;
		size_t n = credible_sample(g->gen[t], m, i, &v, &w);
		if (n) {
			kde_1d(v, w, n, support_of(prior), r.low, r.high, GRID,
				y + t * GRID);
		}
		free(v);
		free(w);
	}
	for (size_t k = 0; k < GRID; k++) {
		y[g->gens * GRID + k] = exp(prior_logpdf(prior, x[k]));
	}
}

static double largest(const double *y, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		most = isfinite(y[i]) ? fmax(most, y[i]) : most;
	}
	return most > 0 ? most : 1;
}

static void draw_reference(struct page *g, const struct panel *p, size_t m, size_t i)
{
	if (m == 0 && g->p->reference && isfinite(g->p->reference[i])) {
		panel_vertical(g->f, p, g->p->reference[i], ink_accent);
	}
}

static void draw_continuous(struct page *g, struct panel *p, size_t m, size_t i)
{
	double *y = xcalloc((g->gens + 1) * GRID, sizeof(*y)), x[GRID];
	struct span_of r = {p->from[0], p->to[0]};

	densities(g, m, i, r, x, y);
	p->to[1] = 1.06 * largest(y, g->gens * GRID);
	panel_axes(g->f, p, g->p->model[m].par[i].name, "density", NULL, false, true);
	panel_curve(g->f, p, x, y + g->gens * GRID, GRID, 1.2, true, ink_faint);
	for (size_t t = 0; t < g->gens; t++) {
		struct ink ink = figure_ramp(t, g->gens);
		bool last = t + 1 == g->gens;
		if (last) {
			struct ink pale = ink;
			pale.a = 0.15;
			panel_area(g->f, p, x, y + t * GRID, GRID, pale);
		}
		panel_curve(g->f, p, x, y + t * GRID, GRID, last ? 2.2 : 1.3, false, ink);
	}
	free(y);
}

/* Probabilities of the values that lie in the picture. */
static void draw_discrete(struct page *g, struct panel *p, size_t m, size_t i)
{
	const struct prior *prior = &g->p->model[m].par[i].prior;
	size_t count = prior_count(prior), t;
	double *y = xcalloc((g->gens + 1) * count, sizeof(*y));
	double *x = xcalloc(count, sizeof(*x));

	for (size_t k = 0; k < count; k++) {
		x[k] = prior_value(prior, k);
		y[g->gens * count + k] = exp(prior_logpdf(prior, x[k]));
	}
	for (t = 0; t < g->gens; t++) {
		double *v, *w;
		size_t n = credible_sample(g->gen[t], m, i, &v, &w);
		for (size_t k = 0; k < n; k++) {
			int64_t at = prior_index(prior, v[k]);
			if (at >= 0) {
				y[t * count + (size_t)at] += w[k];
			}
		}
		free(v);
		free(w);
	}
	p->to[1] = 1.06 * largest(y, (g->gens + 1) * count);
	panel_axes(g->f, p, g->p->model[m].par[i].name, "probability", NULL, true, true);
	panel_curve(g->f, p, x, y + g->gens * count, count, 1.2, true, ink_faint);
	for (t = 0; t < g->gens; t++) {
		struct ink ink = figure_ramp(t, g->gens);
		panel_curve(g->f, p, x, y + t * count, count,
			t + 1 == g->gens ? 2.2 : 1.3, false, ink);
		panel_dots(g->f, p, x, y + t * count, count, 2.5, ink);
	}
	free(x);
	free(y);
}

static void draw_marginal(struct page *g, size_t m, size_t i)
{
	const struct model_spec *model = &g->p->model[m];
	struct panel p = next_cell(g);
	struct span_of r = find_span(g, m, i);
	char *title = g->p->nmodels > 1
			      ? xasprintf("%s: %s", model->name, model->par[i].name)
			      : xasprintf("%s", model->par[i].name);

	p.from[0] = r.low;
	p.to[0] = r.high;
	if (prior_is_discrete(&model->par[i].prior)) {
		draw_discrete(g, &p, m, i);
	} else {
		draw_continuous(g, &p, m, i);
	}
	draw_reference(g, &p, m, i);
	panel_title(g->f, &p, title);
	free(title);
}

typedef double population_number(const struct population *p); /* one number */

static double epsilon_of(const struct population *p)
{
	return p->epsilon;
}

static double acceptance_of(const struct population *p)
{
	return 100 * population_acceptance(p);
}

/* A number of each generation over t. */
static void draw_numbers(struct page *g, population_number *number, const char *title,
	const char *y_name, bool log_y)
{
	double *x = xcalloc(g->gens, sizeof(*x)), *y = xcalloc(g->gens, sizeof(*y));
	double low = HUGE_VAL, high = -HUGE_VAL;
	struct panel p = next_cell(g);

	for (size_t t = 0; t < g->gens; t++) {
		x[t] = (double)g->gen[t]->t;
		y[t] = number(g->gen[t]);
		log_y = log_y && y[t] > 0 && isfinite(y[t]);
		low = isfinite(y[t]) ? fmin(low, y[t]) : low;
		high = isfinite(y[t]) ? fmax(high, y[t]) : high;
	}
	if (!(high >= low)) {
		low = high = 1;
	}
	p.from[0] = x[0] - 0.3;
	p.to[0] = x[g->gens - 1] + 0.3;
	p.log_y = log_y && low > 0 && high > 3 * low;
	p.from[1] = p.log_y ? low / 1.3 : 0;
	p.to[1] = p.log_y ? high * 1.3 : high > 0 ? 1.08 * high : 1;
	panel_axes(g->f, &p, "generation", y_name, title, true, true);
	panel_curve(g->f, &p, x, y, g->gens, 1.6, false, figure_palette(0));
	panel_dots(g->f, &p, x, y, g->gens, 3, figure_palette(0));
	free(x);
	free(y);
}

/* Whether the models' names are too long, or too many, to stand above the panel. */
static bool names_need_cell(const struct problem *p)
{
	double width = 0;

	for (size_t m = 0; m < p->nmodels; m++) {
		width += 24 + 6.5 * (double)strlen(p->model[m].name);
	}
	return width > inner_width + 24;
}

static void name_model(struct page *g, double x, double y, double most, size_t m)
{
	figure_box(g->f, x, y - 5, 9, 9, figure_palette(m));
	figure_text_within(
		g->f, x + 13, y, most - 13, 9, true, ink_text, g->p->model[m].name);
}

/* The models' names in a cell of their own, as they lie on one another. */
static void list_models(struct page *g, struct panel p)
{
	const double line = 13;
	size_t n = g->p->nmodels, rows = (size_t)(p.height / line), columns, shown;
	char more[64];

	columns = n <= rows ? 1 : 2;
	shown = n <= rows * columns ? n : rows * columns - 1;
	for (size_t i = 0; i < shown; i++) {
		name_model(g, p.x + (double)(i / rows) * p.width / (double)columns,
			p.y + line * (0.5 + (double)(i % rows)),
			p.width / (double)columns - 8, shown - 1 - i);
	}
	if (shown < n) {
		snprintf(more, sizeof(more), "and %zu more", n - shown);
		figure_text(g->f, p.x + p.width / 2, p.y + line * ((double)rows - 0.5),
			TEXT_LEFT, 9, false, ink_faint, more);
	}
}

/* Stacked probabilities of the models, generation by generation. */
static void draw_models(struct page *g)
{
	struct panel p = next_cell(g);
	double x = p.x;

	p.from[0] = (double)g->gen[0]->t - 0.5;
	p.to[0] = (double)g->gen[g->gens - 1]->t + 0.5;
	p.to[1] = 1;
	panel_axes(g->f, &p, "generation", "probability", NULL, true, true);
	for (size_t t = 0; t < g->gens; t++) {
		double below = 0;
		for (size_t m = 0; m < g->p->nmodels; m++) {
			double share = g->gen[t]->p_model[m];
			panel_bar(g->f, &p, (double)g->gen[t]->t, 0.36, below,
				below + share, figure_palette(m));
			below += share;
		}
	}
	if (names_need_cell(g->p)) {
		panel_title(g->f, &p, "Models");
		list_models(g, next_cell(g));
		return;
	}
	for (size_t m = 0; m < g->p->nmodels; m++) {
		const char *name = g->p->model[m].name;
		name_model(g, x, p.y - 10, inner_width, m);
		x += 24 + figure_text_width(g->f, 9, true, name);
	}
}

/* Which generation has which colour, and what the other lines are. */
static void draw_legend(struct page *g, double y)
{
	double x = margin + inner_left;
	size_t step = (g->gens + MOST_LEGEND - 1) / MOST_LEGEND;
	char text[64];

	for (size_t k = 0; k < g->gens; k++) {
		size_t t = g->gens - 1 - k;
		if (k % step) {
			continue;
		}
		snprintf(text, sizeof(text), "t = %lld", (long long)g->gen[t]->t);
		figure_line(g->f, x, y, x + 18, y, t + 1 == g->gens ? 2.4 : 1.6,
			figure_ramp(t, g->gens));
		figure_text(g->f, x + 22, y, TEXT_LEFT, 9, false, ink_text, text);
		x += 34 + figure_text_width(g->f, 9, false, text);
	}
	for (int i = 0; i < 3; i++) {
		figure_line(g->f, x + 7 * i, y, x + 7 * i + 4, y, 1.3, ink_faint);
	}
	figure_text(g->f, x + 22, y, TEXT_LEFT, 9, false, ink_text, "prior");
	x += 34 + figure_text_width(g->f, 9, false, "prior");
	if (g->p->reference) {
		figure_line(g->f, x, y, x + 18, y, 1.6, ink_accent);
		figure_text(g->f, x + 22, y, TEXT_LEFT, 9, false, ink_text, "reference");
	}
}

/* Continuous parameters of model m, at most MOST_PAIRED. */
static size_t paired(const struct problem *p, size_t m, size_t *at)
{
	size_t n = 0;

	for (size_t i = 0; i < p->model[m].npar && n < MOST_PAIRED; i++) {
		if (!prior_is_discrete(&p->model[m].par[i].prior)) {
			at[n++] = i;
		}
	}
	return n;
}

/* The model with the largest probability, among those with two parameters or more. */
static int64_t paired_model(const struct page *g)
{
	const struct population *last = g->gen[g->gens - 1];
	size_t at[MOST_PAIRED];
	int64_t best = -1;

	for (size_t m = 0; m < g->p->nmodels; m++) {
		if (paired(g->p, m, at) >= 2 && last->p_model[m] > 0 &&
			(best < 0 || last->p_model[m] > last->p_model[best])) {
			best = (int64_t)m;
		}
	}
	return best;
}

static void draw_pair(struct page *g, struct panel *p, size_t m, size_t i, size_t k)
{
	double *x, *y, *w, *w2, *v = xcalloc(CELLS * CELLS, sizeof(*v));
	size_t n = credible_sample(g->gen[g->gens - 1], m, i, &x, &w);

	credible_sample(g->gen[g->gens - 1], m, k, &y, &w2);
	kde_2d(x, y, w, n, p->from, p->to, CELLS, v);
	panel_shades(g->f, p, v, CELLS);
	free(x);
	free(y);
	free(w);
	free(w2);
	free(v);
}

static void draw_pair_reference(
	struct page *g, const struct panel *p, size_t m, size_t i, size_t k)
{
	const double *ref = m == 0 ? g->p->reference : NULL;

	if (ref && isfinite(ref[i])) {
		panel_vertical(g->f, p, ref[i], ink_accent);
	}
	if (ref && isfinite(ref[k])) {
		panel_horizontal(g->f, p, ref[k], ink_accent);
	}
}

/* Where the last generation lies, for the pair matrix. */
static struct span_of last_span(const struct page *g, size_t m, size_t i)
{
	struct kde_support s = support_of(&g->p->model[m].par[i].prior);
	struct span_of r;
	double *x, *w, pad;
	size_t n = credible_sample(g->gen[g->gens - 1], m, i, &x, &w);

	r.low = weighted_quantile(x, 1, w, n, 0.001);
	r.high = weighted_quantile(x, 1, w, n, 0.999);
	pad = 0.12 * (r.high - r.low) + 1e-12;
	r.low = fmax(r.low - pad, s.low);
	r.high = fmin(r.high + pad, s.high);
	free(x);
	free(w);
	return r;
}

static void draw_diagonal(
	struct page *g, struct panel *p, size_t m, size_t i, const char *name)
{
	double x[GRID], y[GRID], *v, *w;
	size_t n = credible_sample(g->gen[g->gens - 1], m, i, &v, &w);
	struct ink ink = figure_ramp(1, 2), pale = ink;

	grid_of((struct span_of){p->from[0], p->to[0]}, x);
	kde_1d(v, w, n, support_of(&g->p->model[m].par[i].prior), p->from[0], p->to[0],
		GRID, y);
	p->from[1] = 0;
	p->to[1] = 1.06 * largest(y, GRID);
	panel_axes(g->f, p, name, NULL, NULL, false, false);
	pale.a = 0.15;
	panel_area(g->f, p, x, y, GRID, pale);
	panel_curve(g->f, p, x, y, GRID, 2, false, ink);
	draw_reference(g, p, m, i);
	free(v);
	free(w);
}

/* Densities of the last generation: marginals on the diagonal, pairs below. */
static void draw_pairs(struct page *g, size_t m, double top, double size)
{
	const struct model_spec *model = &g->p->model[m];
	size_t at[MOST_PAIRED], n = paired(g->p, m, at);
	char *title = xasprintf("Parameters of \"%s\" at t = %lld", model->name,
		(long long)g->gen[g->gens - 1]->t);
	char *which = xasprintf("the first %zu continuous ones of %zu", n, model->npar);

	figure_text_within(g->f, margin + inner_left, top + 6, page_width, 12, true,
		ink_text, title);
	if (n < model->npar) {
		figure_text_within(g->f, margin + inner_left, top + 19, page_width, 9,
			false, ink_faint, which);
	}
	free(title);
	free(which);
	for (size_t r = 0; r < n; r++) {
		for (size_t c = 0; c <= r; c++) {
			struct span_of x = last_span(g, m, at[c]),
				       y = last_span(g, m, at[r]);
			struct panel p = {
				.x = margin + inner_left + (double)c * (size + 14),
				.y = top + inner_top + (double)r * (size + 14),
				.width = size,
				.height = size,
				.overhang = 6,
				.from = {x.low, y.low},
				.to = {x.high, y.high}};
			const char *name = r + 1 == n ? model->par[at[c]].name : NULL;

			if (r == c) {
				draw_diagonal(g, &p, m, at[r], name);
				continue;
			}
			draw_pair(g, &p, m, at[c], at[r]);
			panel_axes(g->f, &p, name, c == 0 ? model->par[at[r]].name : NULL,
				NULL, false, c == 0);
			draw_pair_reference(g, &p, m, at[c], at[r]);
		}
	}
}

static size_t count_cells(const struct page *g)
{
	size_t n = 3;

	if (g->p->nmodels > 1) {
		n += 1 + names_need_cell(g->p);
	}

	for (size_t m = 0; m < g->p->nmodels; m++) {
		n += g->p->model[m].npar;
	}
	return n;
}

static void draw_page(struct page *g, const char *name)
{
	bool stochastic = g->p->acceptor.kind == ACCEPT_STOCHASTIC;
	const struct generation *last = archive_last(g->a);
	char *text = xasprintf(
		"%zu generations, %llu evaluations, %zu particles in the last%s%s",
		g->gens, (unsigned long long)last->evaluations, last->pop.n,
		g->a->stop_reason ? "; ended: " : "",
		g->a->stop_reason ? g->a->stop_reason : "");

	figure_text_within(
		g->f, margin + inner_left, 22, page_width, 14, true, ink_text, name);
	figure_text_within(
		g->f, margin + inner_left, 40, page_width, 9, false, ink_faint, text);
	free(text);
	draw_legend(g, title_height);
	for (size_t m = 0; m < g->p->nmodels; m++) {
		for (size_t i = 0; i < g->p->model[m].npar; i++) {
			draw_marginal(g, m, i);
		}
	}
	if (g->p->nmodels > 1) {
		draw_models(g);
	}
	draw_numbers(g, epsilon_of, stochastic ? "Temperature" : "Threshold",
		stochastic ? "T" : "epsilon", true);
	draw_numbers(g, acceptance_of, "Acceptance", "percent", false);
	draw_numbers(g, population_ess, "Effective sample size", "ESS", false);
}

static enum abc_exit plot_archive(
	const struct archive *a, const char *name, const char *temp)
{
	struct page g = {.a = a, .p = a->problem, .top = title_height + 14};
	struct strbuf err = STRBUF_INIT;
	size_t at[MOST_PAIRED], rows, n = 0;
	double size = 0, height, width = 2 * margin + COLUMNS * cell_width;
	int64_t m;
	enum abc_exit status = ABC_OK;

	g.gen = xcalloc(a->gen.n, sizeof(*g.gen));
	for (size_t i = 0; i < a->gen.n; i++) {
		if (a->gen.v[i].pop.t >= 0) {
			g.gen[g.gens++] = &a->gen.v[i].pop;
		}
	}
	rows = (count_cells(&g) + COLUMNS - 1) / COLUMNS;
	height = g.top + (double)rows * cell_height + 10;
	m = paired_model(&g);
	if (m >= 0) {
		n = paired(a->problem, (size_t)m, at);
		size = fmin(190, (width - 2 * margin - inner_left) / (double)n - 14);
	}
	g.f = figure_new(temp, width,
		height + (m >= 0 ? (double)n * (size + 14) + inner_top + 46 : 0), &err);
	if (g.f) {
		draw_page(&g, name);
		if (m >= 0) {
			draw_pairs(&g, (size_t)m, height + 8, size);
		}
	}
	if (!g.f || figure_finish(g.f, &err)) {
		status = abc_error("%s", err.buf);
	}
	free(g.gen);
	strbuf_release(&err);
	return status;
}

static enum abc_exit plot_file(const char *run, const char *path)
{
	const char *slash = strrchr(run, '/');
	enum abc_exit status;
	struct view v;
	char *temp;

	if (view_open(&v, run)) {
		view_release(&v);
		return ABC_FAILED;
	}
	if (!archive_last(&v.archive)) {
		view_release(&v);
		return abc_error("%s holds no generation", run);
	}
	/* The ending says the format, so the temporary name keeps it. */
	temp = xasprintf(
		"%.*s.tmp%s", (int)(strlen(path) - 4), path, path + strlen(path) - 4);
	status = plot_archive(&v.archive, slash ? slash + 1 : run, temp);
	if (status == ABC_OK && rename(temp, path)) {
		status = abc_error("cannot write %s: %s", path, strerror(errno));
	}
	if (status != ABC_OK) {
		unlink(temp);
	}
	free(temp);
	view_release(&v);
	return status;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: cwabc_plot RUN.db PICTURE (see \"cwabc plot\")\n", stderr);
		return ABC_USAGE;
	}
	if (!figure_knows(argv[2])) {
		abc_error("\"%s\" is no picture: .png, .svg or .pdf", argv[2]);
		return ABC_USAGE;
	}
	return (int)plot_file(argv[1], argv[2]);
}
