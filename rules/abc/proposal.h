/*
 * Where the parameters of generation t come from: the prior for t <= 0, later the last
 * population, its models and particles perturbed. What falls outside the prior is drawn
 * anew as a whole (model, parent, noise), so that one constant normalises everything.
 */
#ifndef CW_ABC_PROPOSAL_H
#define CW_ABC_PROPOSAL_H

#include "abc/kernel.h"
#include "abc/population.h"

struct proposal {
	const struct problem *problem;
	bool from_prior;
	struct kernel *kernel; /* one a model; n == 0: the model is extinct */
	double *p_model;
	size_t alive;
};

/* `previous` NULL: the prior; else borrowed during the call only. */
void proposal_init(struct proposal *p, const struct problem *problem,
	const struct population *previous);
void proposal_release(struct proposal *p);

/* -1 where a million draws fell outside the prior. */
int proposal_draw(
	const struct proposal *p, struct stream *s, size_t *ret_model, double *ret_theta);

/* log of what proposal_draw's density is proportional to; for the prior exactly
 * log(p(m) pi_m(theta)). */
double proposal_logdensity(const struct proposal *p, size_t model, const double *theta);

/* log(p(m) pi_m(theta)). */
double problem_log_prior(const struct problem *p, size_t model, const double *theta);

#endif
