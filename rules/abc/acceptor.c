#include "abc/acceptor.h"

#include <math.h>

static const double half_log_2pi = 0.91893853320467274178;

static double one_logpdf(enum noise_kind kind, double s, double observed, double scale)
{
	double z;

	switch (kind) {
	case NOISE_NORMAL:
		z = (observed - s) / scale;
		return -0.5 * z * z - log(scale) - half_log_2pi;
	case NOISE_LAPLACE:
		return -fabs(observed - s) / scale - log(2 * scale);
	case NOISE_POISSON:
		if (s == 0) {
			return observed == 0 ? 0 : -HUGE_VAL;
		}
		return s < 0 ? -HUGE_VAL : observed * log(s) - s - lgamma(observed + 1);
	}
	return -HUGE_VAL;
}

double noise_logpdf(const struct problem *p, const double *s)
{
	double sum = 0;

	for (size_t i = 0; i < p->nstat; i++) {
		sum += one_logpdf(
			p->acceptor.noise, s[i], p->observed[i], p->acceptor.scale[i]);
	}
	return sum;
}

bool accept_stochastic(
	double logpdf, double norm, double temperature, double u, double *ret_log_weight)
{
	double log_p = (logpdf - norm) / temperature;

	*ret_log_weight = fmax(log_p, 0);
	return log_p >= 0 || u <= exp(log_p);
}

/* Share accepted at inverse temperature beta. */
static double rate_at(
	const double *logpdf, const double *w, size_t n, double norm, double beta)
{
	double sum = 0, total = 0;

	for (size_t i = 0; i < n; i++) {
		double weight = w ? w[i] : 1;
		double x = (logpdf[i] - norm) * beta;
		if (!isnan(x) && weight > 0) {
			sum += weight * (x >= 0 ? 1 : exp(x));
		}
		total += weight;
	}
	return total > 0 ? sum / total : 0;
}

double temperature_for_rate(
	const double *logpdf, const double *w, size_t n, double norm, double target)
{
	double low = -100, high = 0; /* log of beta */

	if (rate_at(logpdf, w, n, norm, 1) >= target) {
		return 1;
	}
	for (int i = 0; i < 100; i++) {
		double mid = 0.5 * (low + high);
		if (rate_at(logpdf, w, n, norm, exp(mid)) >= target) {
			low = mid;
		} else {
			high = mid;
		}
	}
	return exp(-0.5 * (low + high));
}

double temperature_decay(double now, size_t to_go, double ratio)
{
	if (to_go == 1) {
		return 1;
	}
	if (to_go) {
		return pow(now, (double)(to_go - 1) / (double)to_go);
	}
	return fmax(1, ratio * now);
}
