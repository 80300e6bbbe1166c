/* Densities of weighted samples for pictures: normal kernels, Silverman's rule. */
#ifndef CW_ABC_KDE_H
#define CW_ABC_KDE_H

struct kde_support {
	double low, high; /* mass beyond is folded back; infinite: no bound */
};

/* Density at `m` places from `from` to `to`, both ends in. Weights sum to 1. */
void kde_1d(const double *x, const double *w, size_t n, struct kde_support support,
	double from, double to, size_t m, double *ret);

/* Density on a grid of m x m (row 0: lowest y). */
void kde_2d(const double *x, const double *y, const double *w, size_t n,
	const double from[2], const double to[2], size_t m, double *ret);

#endif
