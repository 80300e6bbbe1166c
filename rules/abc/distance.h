/* Distances between vectors of statistics, and the scales that adaptive ones use. */
#ifndef CW_ABC_DISTANCE_H
#define CW_ABC_DISTANCE_H

#include "abc/problem.h"

/* (sum |w_i (s_i - s0_i)|^p)^(1/p); p INFINITY: the largest. NaN where s has one. */
double distance_pnorm(
	double p, const double *weight, const double *s, const double *s0, size_t n);

/*
 * Weights for the coming generation: the problem's own times 1 / scale of each statistic
 * over `count` recorded evaluations (0 where the scale is practically 0), the ratio
 * capped. With SCALE_NONE the problem's own.
 * `stat`: count rows of nstat numbers, `stride` apart.
 */
void distance_weights(const struct problem *p, const double *stat, size_t stride,
	size_t count, double *ret_weight);

/* One scale of `count` numbers, for distance_weights. */
double distance_scale(
	enum scale_kind kind, const double *x, size_t count, double observed);

#endif
