#include "abc/linalg.h"

#include <math.h>

#include "base/xalloc.h"

static const double pivot_floor = 1e-14; /* of the direction's own variance */

size_t cholesky(const double *a, size_t d, double *ret_l)
{
	size_t rank = 0;

	memset(ret_l, 0, d * d * sizeof(*ret_l));
	for (size_t j = 0; j < d; j++) {
		double pivot = a[j * d + j];

		for (size_t k = 0; k < j; k++) {
			pivot -= ret_l[j * d + k] * ret_l[j * d + k];
		}
		if (!(pivot > pivot_floor * a[j * d + j])) {
			continue;
		}
		rank++;
		ret_l[j * d + j] = sqrt(pivot);
		for (size_t i = j + 1; i < d; i++) {
			double x = a[i * d + j];
			for (size_t k = 0; k < j; k++) {
				x -= ret_l[i * d + k] * ret_l[j * d + k];
			}
			ret_l[i * d + j] = x / ret_l[j * d + j];
		}
	}
	return rank;
}

void cholesky_solve(const double *l, size_t d, const double *x, double *ret_y)
{
	for (size_t i = 0; i < d; i++) {
		double s = x[i];

		if (l[i * d + i] == 0) {
			ret_y[i] = 0;
			continue;
		}
		for (size_t k = 0; k < i; k++) {
			s -= l[i * d + k] * ret_y[k];
		}
		ret_y[i] = s / l[i * d + i];
	}
}

void cholesky_apply(const double *l, size_t d, const double *z, double *ret_y)
{
	for (size_t i = d; i-- > 0;) {
		double s = 0;
		for (size_t k = 0; k <= i; k++) {
			s += l[i * d + k] * z[k];
		}
		ret_y[i] = s;
	}
}

double cholesky_half_logdet(const double *l, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++) {
		if (l[i * d + i] > 0) {
			sum += log(l[i * d + i]);
		}
	}
	return sum;
}

void weighted_cov(const double *x, size_t stride, const double *w, size_t n, size_t d,
	double *ret_cov)
{
	double *mean = xcalloc(d ? d : 1, sizeof(*mean));
	double w2 = 0;

	memset(ret_cov, 0, d * d * sizeof(*ret_cov));
	for (size_t i = 0; i < n; i++) {
		w2 += w[i] * w[i];
		for (size_t a = 0; a < d; a++) {
			mean[a] += w[i] * x[i * stride + a];
		}
	}
	for (size_t i = 0; i < n; i++) {
		const double *p = x + i * stride;
		for (size_t a = 0; a < d; a++) {
			double wd = w[i] * (p[a] - mean[a]);
			for (size_t b = 0; b <= a; b++) {
				ret_cov[a * d + b] += wd * (p[b] - mean[b]);
			}
		}
	}
	for (size_t a = 0; a < d; a++) {
		for (size_t b = 0; b <= a; b++) {
			ret_cov[a * d + b] /= 1 - w2;
			ret_cov[b * d + a] = ret_cov[a * d + b];
		}
	}
	free(mean);
}
