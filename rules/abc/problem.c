#include "abc/problem.h"

#include <math.h>

#include "base/strbuf.h"
#include "base/xalloc.h"

enum { MOST_REDRAWS = 1000000, SHARE_DRAWS = 100000 };

void problem_release(struct problem *p)
{
	for (size_t m = 0; m < p->nmodels; m++) {
		for (size_t i = 0; i < p->model[m].nconstraint; i++) {
			constraint_release(&p->model[m].constraint[i]);
		}
	}
	arena_release(&p->arena);
	*p = (struct problem){0};
}

void problem_observed_text(const struct problem *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->nstats; i++) {
		const struct stat_spec *s = &p->stat[i];

		strbuf_addf(out, "%s %d", s->name, s->scalar);
		for (size_t k = 0; k < s->len; k++) {
			strbuf_addf(out, " %.17g", p->observed[s->first + k]);
		}
		strbuf_addch(out, '\n');
	}
}

uint64_t problem_population(const struct problem *p, int64_t t)
{
	size_t last = p->populations - 1;

	return p->population[t >= 0 && (size_t)t < last ? (size_t)t : t < 0 ? 0 : last];
}

bool problem_needs_calibration(const struct problem *p)
{
	if (p->budget) {
		return false;
	}
	return (p->epsilon.kind == EPS_QUANTILE && isnan(p->epsilon.start)) ||
	       p->epsilon.kind == EPS_TEMPERATURE || p->distance.scale != SCALE_NONE ||
	       p->acceptor.kind == ACCEPT_STOCHASTIC;
}

bool problem_records_rejected(const struct problem *p)
{
	return p->distance.adaptive || p->acceptor.kind == ACCEPT_STOCHASTIC;
}

static bool constraints_hold(const struct model_spec *m, const double *theta)
{
	for (size_t i = 0; i < m->nconstraint; i++) {
		if (!constraint_holds(&m->constraint[i], theta)) {
			return false;
		}
	}
	return true;
}

double model_log_prior(const struct model_spec *m, const double *theta)
{
	double sum = 0;

	for (size_t i = 0; i < m->npar; i++) {
		sum += prior_logpdf(&m->par[i].prior, theta[i]);
		if (sum == -HUGE_VAL) {
			return sum;
		}
	}
	return constraints_hold(m, theta) ? sum : -HUGE_VAL;
}

bool model_supports(const struct model_spec *m, const double *theta)
{
	for (size_t i = 0; i < m->npar; i++) {
		if (!prior_supports(&m->par[i].prior, theta[i])) {
			return false;
		}
	}
	return constraints_hold(m, theta);
}

static size_t draw_model(const struct problem *p, struct stream *s)
{
	double u, below = 0;

	if (p->nmodels == 1) {
		return 0;
	}
	u = stream_uniform(s);
	for (size_t m = 0; m + 1 < p->nmodels; m++) {
		below += p->model[m].prior;
		if (u < below) {
			return m;
		}
	}
	return p->nmodels - 1;
}

int problem_draw_prior(
	const struct problem *p, struct stream *s, size_t *ret_model, double *ret_theta)
{
	for (int k = 0; k < MOST_REDRAWS; k++) {
		size_t m = draw_model(p, s);
		const struct model_spec *model = &p->model[m];

		for (size_t i = 0; i < model->npar; i++) {
			ret_theta[i] = prior_draw(&model->par[i].prior, s);
		}
		if (constraints_hold(model, ret_theta)) {
			*ret_model = m;
			return 0;
		}
	}
	return -1;
}

void problem_prior_shares(const struct problem *p, double *ret_share)
{
	double *theta;
	struct stream s;

	for (size_t m = 0; m < p->nmodels; m++) {
		ret_share[m] = p->has_constraints ? 0 : p->model[m].prior;
	}
	if (!p->has_constraints) {
		return;
	}
	theta = xcalloc(p->npar ? p->npar : 1, sizeof(*theta));
	for (uint64_t i = 0; i < SHARE_DRAWS; i++) {
		size_t m;
		stream_init(&s, p->seed, STREAM_SHARE, 0, i);
		if (problem_draw_prior(p, &s, &m, theta)) {
			break;
		}
		ret_share[m] += 1.0 / SHARE_DRAWS;
	}
	free(theta);
}
