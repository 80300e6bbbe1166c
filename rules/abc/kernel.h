/*
 * Perturbation kernels: the weighted particles of one model, smoothed. Continuous
 * parameters move together (multivariate normal, one covariance for all particles or one
 * for each), discrete ones on their own values; fixed ones stay.
 */
#ifndef CW_ABC_KERNEL_H
#define CW_ABC_KERNEL_H

#include "abc/problem.h"

struct kernel {
	const struct kernel_spec *spec;
	const struct model_spec *model;
	size_t n;        /* particles */
	size_t d;        /* continuous parameters */
	size_t discrete; /* discrete ones with more than one value */
	size_t *cont_at; /* their places in theta */
	size_t *disc_at;
	double *theta;     /* n x npar of the model */
	double *x;         /* n x d: continuous coordinates */
	double *w, *cum_w; /* sum 1 */
	int64_t *disc;     /* n x discrete: indices of values */
	/* mvn: one factor for all; local: one a particle */
	double *l;        /* d x d lower triangles */
	double *z;        /* mvn: particles in coordinates where the kernel is round */
	double *log_norm; /* of each factor */
};

/* Fits to n > 0 particles (theta rows `stride` apart, positive weights). */
void kernel_fit(struct kernel *k, const struct kernel_spec *spec,
	const struct model_spec *model, const double *theta, size_t stride,
	const double *w, size_t n);
void kernel_release(struct kernel *k);

/* A parent by weight, moved. */
void kernel_draw(const struct kernel *k, struct stream *s, double *ret_theta);

/* log of the density of what kernel_draw gives; O(n). */
double kernel_logpdf(const struct kernel *k, const double *theta);

/* The two shapes of continuous kernels; for kernel.c. */
void kernel_fit_mvn(struct kernel *k);
void kernel_fit_local(struct kernel *k);

#endif
