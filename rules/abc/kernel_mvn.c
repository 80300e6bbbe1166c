/* One covariance for all particles: that of the weighted sample times a bandwidth. */
#include <math.h>

#include "abc/kernel.h"
#include "abc/linalg.h"
#include "abc/weights.h"
#include "base/xalloc.h"

static const double half_log_2pi = 0.91893853320467274178;

/* The factor on the weighted covariance that a bandwidth rule gives. */
static double kernel_bandwidth_factor(
	const struct kernel_spec *spec, double ess, size_t d)
{
	double dim = (double)d, b = 1;

	switch (spec->bandwidth) {
	case BANDWIDTH_SILVERMAN:
		b = pow(4 / (ess * (dim + 2)), 1 / (dim + 4));
		break;
	case BANDWIDTH_SCOTT:
		b = pow(ess, -1 / (dim + 4));
		break;
	case BANDWIDTH_FACTOR:
		return spec->factor * spec->scaling;
	}
	return b * b * spec->scaling;
}

void kernel_fit_mvn(struct kernel *k)
{
	size_t d = k->d, rank;
	double *cov = xcalloc(d * d + 1, sizeof(*cov)), *z = xcalloc(d + 1, sizeof(*z));
	double factor = kernel_bandwidth_factor(k->spec, weights_ess(k->w, k->n), d);

	if (k->n > 1) {
		weighted_cov(k->x, d, k->w, k->n, d, cov);
	} else {
		for (size_t a = 0; a < d; a++) {
			cov[a * d + a] = fabs(k->x[a]);
		}
	}
	for (size_t a = 0; a < d * d; a++) {
		cov[a] *= factor;
	}
	k->l = xcalloc(d * d + 1, sizeof(*k->l));
	k->z = xcalloc(k->n * d + 1, sizeof(*k->z));
	k->log_norm = xcalloc(1, sizeof(*k->log_norm));
	rank = cholesky(cov, d, k->l);
	k->log_norm[0] = -(double)rank * half_log_2pi - cholesky_half_logdet(k->l, d);
	for (size_t i = 0; i < k->n; i++) {
		cholesky_solve(k->l, d, k->x + i * d, z);
		for (size_t a = 0; a < d; a++) {
			k->z[a * k->n + i] = z[a];
		}
	}
	free(z);
	free(cov);
}
