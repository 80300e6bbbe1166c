#include "abc/kde.h"

#include <math.h>

#include "abc/weights.h"
#include "base/xalloc.h"

static double bandwidth(const double *x, const double *w, size_t n, double dim)
{
	double sd = weighted_sd(x, 1, w, n), ess = weights_ess(w, n);
	double h = sd * pow(4 / ((dim + 2) * fmax(ess, 2)), 1 / (dim + 4));

	return h > 0 ? h : fmax(fabs(x[0]) * 1e-3, 1e-12);
}

static double bump(double x, double h)
{
	double z = x / h;

	return z * z < 60 ? exp(-0.5 * z * z) / (h * 2.5066282746310002) : 0;
}

void kde_1d(const double *x, const double *w, size_t n, struct kde_support support,
	double from, double to, size_t m, double *ret)
{
	double h = bandwidth(x, w, n, 1);

	for (size_t k = 0; k < m; k++) {
		double at = from + (to - from) * (double)k / (double)(m - 1);

		ret[k] = 0;
		if (at < support.low || at > support.high) {
			continue;
		}
		for (size_t i = 0; i < n; i++) {
			double sum = bump(at - x[i], h);
			if (isfinite(support.low)) {
				sum += bump(at - (2 * support.low - x[i]), h);
			}
			if (isfinite(support.high)) {
				sum += bump(at - (2 * support.high - x[i]), h);
			}
			ret[k] += w[i] * sum;
		}
	}
}

void kde_2d(const double *x, const double *y, const double *w, size_t n,
	const double from[2], const double to[2], size_t m, double *ret)
{
	double hx = bandwidth(x, w, n, 2), hy = bandwidth(y, w, n, 2);
	double *bx = xcalloc(n * m, sizeof(*bx));

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < m; k++) {
			double at =
				from[0] + (to[0] - from[0]) * (double)k / (double)(m - 1);
			bx[i * m + k] = w[i] * bump(at - x[i], hx);
		}
	}
	memset(ret, 0, m * m * sizeof(*ret));
	for (size_t r = 0; r < m; r++) {
		double at = from[1] + (to[1] - from[1]) * (double)r / (double)(m - 1);
		for (size_t i = 0; i < n; i++) {
			double by = bump(at - y[i], hy);
			for (size_t k = 0; by > 0 && k < m; k++) {
				ret[r * m + k] += by * bx[i * m + k];
			}
		}
	}
	free(bx);
}
