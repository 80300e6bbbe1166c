/* What is told of a population: probabilities, means, quantiles. */
#ifndef CW_ABC_CREDIBLE_H
#define CW_ABC_CREDIBLE_H

#include "abc/population.h"

struct credible {
	double mean, sd;
	double q025, q25, q50, q75, q975;
};

/* Of parameter i of model m; false where the model has no particles. */
bool credible_of(const struct population *p, size_t m, size_t i, struct credible *ret);

/* The particles of one model: values of parameter i and weights that sum to 1; returns
 * their number. The arrays (owned, free()) may be NULL to only count. */
size_t credible_sample(
	const struct population *p, size_t m, size_t i, double **ret_x, double **ret_w);

#endif
