/* Sums over weighted samples; always in the order of the array, so that they are
 * reproducible to the last bit. */
#ifndef CW_ABC_WEIGHTS_H
#define CW_ABC_WEIGHTS_H

/* exp(log_w) scaled to sum 1, without overflow. -1 where no weight is positive and
 * finite. `w` may be `log_w`. */
int weights_normalise(const double *log_w, size_t n, double *ret_w);

/* (sum w)^2 / sum w^2. */
double weights_ess(const double *w, size_t n);

double weighted_mean(const double *x, size_t stride, const double *w, size_t n);

/* sqrt(sum w (x - mean)^2 / (sum w)): the spread of the weighted sample itself. */
double weighted_sd(const double *x, size_t stride, const double *w, size_t n);

/*
 * Quantile alpha of a weighted sample: values sorted, linear between the middles of
 * their steps of the cumulated weight (c_i - w_i / 2), the ends held. `w` NULL: equal
 * weights. Weights need not sum to 1. n > 0.
 */
double weighted_quantile(
	const double *x, size_t stride, const double *w, size_t n, double alpha);

/* Percentile as numpy.percentile (linear between order statistics). n > 0. */
double plain_quantile(const double *x, size_t n, double alpha);

double median(const double *x, size_t n);

#endif
