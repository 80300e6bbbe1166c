/* Small dense matrices (up to some tens of parameters), row by row. */
#ifndef CW_ABC_LINALG_H
#define CW_ABC_LINALG_H

/*
 * Lower triangle L with L L' = A for a symmetric, positive semi-definite d x d matrix.
 * A direction that adds no variance (pivot not above 1e-14 of its diagonal element)
 * gets a zero column and is left out of everything below. Returns the rank.
 */
size_t cholesky(const double *a, size_t d, double *ret_l);

/* y = L^-1 x by forward substitution; 0 in the directions left out. */
void cholesky_solve(const double *l, size_t d, const double *x, double *ret_y);

/* y = L z. */
void cholesky_apply(const double *l, size_t d, const double *z, double *ret_y);

/* log of the product of the diagonal elements that are not 0 (half the log of the
 * pseudo-determinant). */
double cholesky_half_logdet(const double *l, size_t d);

/*
 * Weighted covariance of n points of dimension d, point i at x + i * stride, weights of
 * sum 1: sum w (x - mean)(x - mean)' / (1 - sum w^2), as numpy.cov(aweights=w).
 */
void weighted_cov(const double *x, size_t stride, const double *w, size_t n, size_t d,
	double *ret_cov);

#endif
