#include "abc/smc_next.h"

#include <math.h>

#include "abc/acceptor.h"
#include "abc/distance.h"
#include "abc/weights.h"
#include "base/xalloc.h"

/* Whether a record has statistics. */
static bool is_simulated(const struct record *r)
{
	return r->status == RECORD_ACCEPTED || r->status == RECORD_REJECTED;
}

static void fix_weights(
	const struct problem *p, const struct block *records, struct generation *g)
{
	double *stat = xcalloc(records->rec.n * p->nstat + 1, sizeof(*stat));
	size_t n = 0;

	for (size_t i = 0; i < records->rec.n; i++) {
		if (is_simulated(&records->rec.v[i])) {
			memcpy(stat + n++ * p->nstat, block_num(records, i) + p->npar,
				p->nstat * sizeof(*stat));
		}
	}
	distance_weights(p, stat, p->nstat, n, g->next_weight);
	free(stat);
}

/* Distances of the accepted under the coming generation's weights. */
static double *coming_distances(
	const struct problem *p, const struct gen_input *in, const struct generation *g)
{
	const struct population *q = &g->pop;
	double *d = xcalloc(q->n + 1, sizeof(*d));
	bool same = memcmp(in->weight, g->next_weight, p->nstat * sizeof(double)) == 0;

	for (size_t i = 0; i < q->n; i++) {
		const double *s = population_stat(q, i);
		bool has_stats = p->nstat && !isnan(s[0]);
		d[i] = same || !has_stats ? q->distance[i]
					  : distance_pnorm(p->distance.p, g->next_weight,
						    s, p->observed, p->nstat);
	}
	return d;
}

static double next_quantile(
	const struct problem *p, const struct gen_input *in, const struct generation *g)
{
	const struct epsilon_spec *e = &p->epsilon;
	double *d, x;

	if (in->t < 0 && !isnan(e->start)) {
		return e->start;
	}
	d = coming_distances(p, in, g);
	x = e->multiplier *
	    weighted_quantile(d, 1, e->weighted ? g->pop.w : NULL, g->pop.n, e->quantile);
	free(d);
	return x;
}

/* The list's next threshold, but not below the percentile of the accepted. */
static double next_percentile(
	const struct problem *p, const struct gen_input *in, const struct generation *g)
{
	const struct epsilon_spec *e = &p->epsilon;
	size_t at = (size_t)(in->t + 1) < e->count ? (size_t)(in->t + 1) : e->count - 1;
	double *d, x;

	if (in->t < 0) {
		return e->list[0];
	}
	d = coming_distances(p, in, g);
	x = plain_quantile(d, g->pop.n, e->percentile / 100);
	free(d);
	return fmax(e->list[at], x);
}

/* Weights that turn records of this generation into ones of the next: the ratio of the
 * densities that the parameters are drawn from. */
static void reweigh(const struct problem *p, const struct gen_input *in,
	const struct block *records, const struct generation *g, double *w)
{
	struct proposal now, next;
	double largest = -HUGE_VAL;

	proposal_init(&now, p, in->previous);
	proposal_init(&next, p, &g->pop);
	for (size_t i = 0; i < records->rec.n; i++) {
		const struct record *r = &records->rec.v[i];
		const double *theta = block_num(records, i);

		w[i] = is_simulated(r)
			       ? proposal_logdensity(&next, r->model, theta) -
					 proposal_logdensity(&now, r->model, theta)
			       : -HUGE_VAL;
		largest = fmax(largest, w[i]);
	}
	for (size_t i = 0; i < records->rec.n; i++) {
		w[i] = isfinite(largest) ? exp(w[i] - largest) : 1;
	}
	proposal_release(&now);
	proposal_release(&next);
}

static double next_temperature(const struct problem *p, const struct gen_input *in,
	const struct block *records, const struct generation *g)
{
	const struct epsilon_spec *e = &p->epsilon;
	size_t n = records->rec.n, next = (size_t)(in->t + 1);
	double *w, *logpdf, x;

	if (e->generations && next + 1 >= e->generations) {
		return 1;
	}
	if (in->t < 0 && !isnan(e->start)) {
		return e->start;
	}
	w = xcalloc(n + 1, sizeof(*w));
	logpdf = xcalloc(n + 1, sizeof(*logpdf));
	for (size_t i = 0; i < n; i++) {
		bool counts = is_simulated(&records->rec.v[i]);
		w[i] = counts;
		logpdf[i] = counts ? -records->rec.v[i].distance : -HUGE_VAL;
	}
	if (in->t >= 0) {
		reweigh(p, in, records, g, w);
	}
	x = temperature_for_rate(logpdf, w, n, g->next_norm, e->target);
	if (in->t >= 0) {
		size_t to_go = e->generations ? e->generations - next : 0;
		x = fmin(x, fmin(in->epsilon,
				    temperature_decay(in->epsilon, to_go, e->ratio)));
	}
	free(w);
	free(logpdf);
	return fmax(x, 1);
}

void smc_fix_next(const struct problem *p, const struct gen_input *in,
	const struct block *records, struct generation *g)
{
	g->next_norm = in->norm;
	if (p->acceptor.kind == ACCEPT_STOCHASTIC) {
		for (size_t i = 0; i < records->rec.n; i++) {
			if (is_simulated(&records->rec.v[i])) {
				g->next_norm =
					fmax(g->next_norm, -records->rec.v[i].distance);
			}
		}
	}
	memcpy(g->next_weight, in->weight, p->nstat * sizeof(double));
	if (p->distance.adaptive || (p->distance.scale != SCALE_NONE && in->t < 0)) {
		fix_weights(p, records, g);
	}
	switch (p->epsilon.kind) {
	case EPS_LIST:
		if (!isnan(p->epsilon.percentile)) {
			g->next_epsilon = next_percentile(p, in, g);
		}
		break;
	case EPS_CONSTANT:
		break;
	case EPS_QUANTILE:
		g->next_epsilon = next_quantile(p, in, g);
		break;
	case EPS_TEMPERATURE:
		g->next_epsilon = next_temperature(p, in, records, g);
		break;
	}
}
