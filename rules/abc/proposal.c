#include "abc/proposal.h"

#include <math.h>

#include "base/xalloc.h"

enum { MOST_REDRAWS = 1000000 };

/* The kernel of one model from its particles. */
static void fit_model(struct proposal *p, size_t m, const struct population *previous)
{
	double *theta = xcalloc(previous->n * previous->npar + 1, sizeof(*theta));
	double *w = xcalloc(previous->n, sizeof(*w));
	size_t n = 0;

	for (size_t i = 0; i < previous->n; i++) {
		if (previous->model[i] == m && previous->w[i] > 0) {
			memcpy(theta + n * previous->npar, population_theta(previous, i),
				previous->npar * sizeof(*theta));
			w[n++] = previous->w[i];
		}
	}
	if (n) {
		kernel_fit(&p->kernel[m], &p->problem->kernel, &p->problem->model[m],
			theta, previous->npar, w, n);
		p->alive++;
	}
	free(theta);
	free(w);
}

void proposal_init(struct proposal *p, const struct problem *problem,
	const struct population *previous)
{
	*p = (struct proposal){.problem = problem, .from_prior = !previous};
	p->kernel = xcalloc(problem->nmodels, sizeof(*p->kernel));
	p->p_model = xcalloc(problem->nmodels, sizeof(*p->p_model));
	if (!previous) {
		return;
	}
	memcpy(p->p_model, previous->p_model, problem->nmodels * sizeof(*p->p_model));
	for (size_t m = 0; m < problem->nmodels; m++) {
		fit_model(p, m, previous);
	}
}

void proposal_release(struct proposal *p)
{
	for (size_t m = 0; p->kernel && m < p->problem->nmodels; m++) {
		kernel_release(&p->kernel[m]);
	}
	free(p->kernel);
	free(p->p_model);
	*p = (struct proposal){0};
}

/* Probability of model `to` where `from` was drawn. */
static double model_kernel(const struct proposal *p, size_t to, size_t from)
{
	double stay = p->problem->kernel.model_stay;

	if (to == from) {
		return stay;
	}
	return (1 - stay) / (double)(p->problem->nmodels - 1);
}

static size_t draw_model(const struct proposal *p, struct stream *s)
{
	size_t models = p->problem->nmodels, from = models - 1, to;
	double u, below = 0;

	if (p->alive == 1) {
		for (size_t m = 0; m < models; m++) {
			if (p->kernel[m].n) {
				return m;
			}
		}
	}
	u = stream_uniform(s);
	for (size_t m = 0; m + 1 < models; m++) {
		below += p->p_model[m];
		if (u < below) {
			from = m;
			break;
		}
	}
	if (stream_uniform(s) < p->problem->kernel.model_stay) {
		return from;
	}
	to = (size_t)stream_below(s, models - 1);
	return to >= from ? to + 1 : to;
}

int proposal_draw(
	const struct proposal *p, struct stream *s, size_t *ret_model, double *ret_theta)
{
	if (p->from_prior) {
		return problem_draw_prior(p->problem, s, ret_model, ret_theta);
	}
	for (int k = 0; k < MOST_REDRAWS; k++) {
		size_t m = draw_model(p, s);

		if (!p->kernel[m].n) {
			continue;
		}
		kernel_draw(&p->kernel[m], s, ret_theta);
		if (p->problem->model[m].prior > 0 &&
			model_supports(&p->problem->model[m], ret_theta)) {
			*ret_model = m;
			return 0;
		}
	}
	return -1;
}

double problem_log_prior(const struct problem *p, size_t model, const double *theta)
{
	double log_prior = model_log_prior(&p->model[model], theta);

	return p->nmodels > 1 ? log_prior + log(p->model[model].prior) : log_prior;
}

double proposal_logdensity(const struct proposal *p, size_t model, const double *theta)
{
	double model_density = 0;

	if (p->from_prior) {
		return problem_log_prior(p->problem, model, theta);
	}
	if (!p->kernel[model].n) {
		return -HUGE_VAL;
	}
	if (p->alive == 1) {
		return kernel_logpdf(&p->kernel[model], theta);
	}
	for (size_t from = 0; from < p->problem->nmodels; from++) {
		model_density += p->p_model[from] * model_kernel(p, model, from);
	}
	return log(model_density) + kernel_logpdf(&p->kernel[model], theta);
}
