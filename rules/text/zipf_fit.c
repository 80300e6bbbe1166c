#include "text/zipf_fit.h"

#include <math.h>

#include "base/xalloc.h"

/* Mean and variance of log(rank) where rank r has weight r^-s. */
struct moments {
	double norm, mean, variance;
};

/* `logs[i]` is log(i + 1). */
static struct moments moments_at(const double *logs, size_t n, double s)
{
	double norm = 0;
	double sum = 0;
	double squares = 0;
	for (size_t i = n; i-- > 0;) { /* small weights first */
		double w = exp(-s * logs[i]);
		norm += w;
		sum += w * logs[i];
		squares += w * logs[i] * logs[i];
	}
	double mean = sum / norm;
	return (struct moments){norm, mean, squares / norm - mean * mean};
}

/* The s whose mean log(rank) is `target`: the mean falls with s, so Newton's step is kept
 * within the bracket and replaced by halving where it leaves it. */
static double solve(const double *logs, size_t n, double target)
{
	if (moments_at(logs, n, 0).mean <= target) {
		return 0; /* all counts are equal */
	}
	double low = 0;
	double high = 64;
	double s = 1;
	for (int step = 0; step < 200; step++) {
		struct moments m = moments_at(logs, n, s);
		if (m.mean > target) {
			low = s;
		} else {
			high = s;
		}
		double next = s + (m.mean - target) / m.variance;
		if (!(next > low && next < high)) {
			next = (low + high) / 2;
		}
		if (fabs(next - s) <= 1e-14 * fabs(s) || next == s) {
			return next;
		}
		s = next;
	}
	return s;
}

/* Largest distance between the shares of the first r ranks, counted and fitted. */
static double distance(const struct word_count *counts, const double *logs, size_t n,
	double total, double s, double norm)
{
	double counted = 0;
	double fitted = 0;
	double largest = 0;
	for (size_t i = 0; i < n; i++) {
		counted += (double)counts[i].count / total;
		fitted += exp(-s * logs[i]) / norm;
		largest = fmax(largest, fabs(counted - fitted));
	}
	return largest;
}

struct zipf_fit zipf_fit(const struct word_count *counts, size_t n)
{
	struct zipf_fit fit = {(double)NAN, (double)NAN, (double)NAN};
	if (n < 2) {
		return fit;
	}
	double *logs = xreallocarray(NULL, n, sizeof(*logs));
	double total = 0;
	double target = 0;
	for (size_t i = 0; i < n; i++) {
		logs[i] = log((double)i + 1);
		total += (double)counts[i].count;
		target += (double)counts[i].count * logs[i];
	}
	fit.exponent = solve(logs, n, target / total);
	struct moments m = moments_at(logs, n, fit.exponent);
	fit.error = 1 / sqrt(total * m.variance);
	fit.distance = distance(counts, logs, n, total, fit.exponent, m.norm);
	free(logs);
	return fit;
}
