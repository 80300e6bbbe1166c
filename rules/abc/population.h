/* A generation's result: the first N accepted evaluations in order of their ids. */
#ifndef CW_ABC_POPULATION_H
#define CW_ABC_POPULATION_H

#include "abc/problem.h"

struct population {
	int64_t t;     /* -1: calibration */
	size_t n;      /* particles */
	size_t npar;   /* stride of theta */
	size_t nstat;  /* stride of stat */
	size_t models; /* of p_model */
	uint64_t *id;
	uint32_t *model;
	double *w; /* sums to 1 over all models */
	double *distance;
	double *theta, *stat; /* n x npar (unused places 0), n x nstat */
	double *p_model;
	double epsilon;
	uint64_t n_sim;       /* evaluations up to and with the last accepted id */
	uint64_t n_failed;    /* of them */
	uint64_t n_timed_out; /* of the failed: by time-out, with on_timeout: reject */
	uint64_t
		n_started; /* evaluations begun, later ids included: depends on workers */
	double seconds;    /* wall time, likewise */
};

void population_init(
	struct population *p, const struct problem *problem, int64_t t, size_t n);
void population_release(struct population *p);

static inline const double *population_theta(const struct population *p, size_t i)
{
	return p->theta + i * p->npar;
}

static inline const double *population_stat(const struct population *p, size_t i)
{
	return p->stat + i * p->nstat;
}

/* p_model from the weights. */
void population_count_models(struct population *p);

double population_ess(const struct population *p);
static inline double population_acceptance(const struct population *p)
{
	return p->n_sim ? (double)p->n / (double)p->n_sim : 0;
}

#endif
