#include "abc/population.h"

#include <math.h>

#include "abc/weights.h"
#include "base/xalloc.h"

static void allocate(struct population *p)
{
	size_t n = p->n ? p->n : 1;

	p->id = xcalloc(n, sizeof(*p->id));
	p->model = xcalloc(n, sizeof(*p->model));
	p->w = xcalloc(n, sizeof(*p->w));
	p->distance = xcalloc(n, sizeof(*p->distance));
	p->theta = xcalloc(size_mul(n, p->npar) + 1, sizeof(*p->theta));
	p->stat = xcalloc(size_mul(n, p->nstat) + 1, sizeof(*p->stat));
	p->p_model = xcalloc(p->models, sizeof(*p->p_model));
}

void population_init(
	struct population *p, const struct problem *problem, int64_t t, size_t n)
{
	*p = (struct population){.t = t,
		.n = n,
		.npar = problem->npar,
		.nstat = problem->nstat,
		.models = problem->nmodels,
		.epsilon = HUGE_VAL};
	allocate(p);
}

void population_release(struct population *p)
{
	free(p->id);
	free(p->model);
	free(p->w);
	free(p->distance);
	free(p->theta);
	free(p->stat);
	free(p->p_model);
	*p = (struct population){0};
}

void population_count_models(struct population *p)
{
	bool only = true;

	memset(p->p_model, 0, p->models * sizeof(*p->p_model));
	for (size_t i = 0; i < p->n; i++) {
		p->p_model[p->model[i]] += p->w[i];
		only = only && p->model[i] == p->model[0];
	}
	/* Not a rounding error below it. */
	if (only && p->n) {
		p->p_model[p->model[0]] = 1;
	}
}

double population_ess(const struct population *p)
{
	return weights_ess(p->w, p->n);
}
