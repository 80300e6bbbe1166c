/* Whether a simulated data set is taken, and with which weight. */
#ifndef CW_ABC_ACCEPTOR_H
#define CW_ABC_ACCEPTOR_H

#include "abc/problem.h"

/* log p(observed | s) under the measurement noise. -INFINITY where it is impossible. */
double noise_logpdf(const struct problem *p, const double *s);

/*
 * The stochastic acceptor: taken if u <= exp((logpdf - norm) / temperature). Where that
 * is above 1 (a density larger than any seen before) the particle counts that much more:
 * *ret_log_weight is the log of its acceptance weight, 0 as a rule.
 */
bool accept_stochastic(
	double logpdf, double norm, double temperature, double u, double *ret_log_weight);

/*
 * The temperature at which a share `target` of `n` records (log densities `logpdf`,
 * weights `w`, NULL: equal) would be accepted; 1 where more would be already.
 */
double temperature_for_rate(
	const double *logpdf, const double *w, size_t n, double norm, double target);

/* The next temperature by decay: in `to_go` generations down to 1 (0: by ratio). */
double temperature_decay(double now, size_t to_go, double ratio);

#endif
