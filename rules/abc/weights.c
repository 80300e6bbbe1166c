#include "abc/weights.h"

#include <math.h>

#include "base/xalloc.h"

struct pair {
	double x, w;
};

int weights_normalise(const double *log_w, size_t n, double *ret_w)
{
	double largest = -HUGE_VAL, sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(log_w[i]) || log_w[i] == HUGE_VAL) {
			return -1;
		}
		largest = fmax(largest, log_w[i]);
	}
	if (!isfinite(largest)) {
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		ret_w[i] = exp(log_w[i] - largest);
		sum += ret_w[i];
	}
	for (size_t i = 0; i < n; i++) {
		ret_w[i] /= sum;
	}
	return 0;
}

double weights_ess(const double *w, size_t n)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		sum += w[i];
		squares += w[i] * w[i];
	}
	return squares > 0 ? sum * sum / squares : 0;
}

double weighted_mean(const double *x, size_t stride, const double *w, size_t n)
{
	double sum = 0, total = 0;

	for (size_t i = 0; i < n; i++) {
		sum += w[i] * x[i * stride];
		total += w[i];
	}
	return sum / total;
}

double weighted_sd(const double *x, size_t stride, const double *w, size_t n)
{
	double mean = weighted_mean(x, stride, w, n);
	double sum = 0, total = 0;

	for (size_t i = 0; i < n; i++) {
		double d = x[i * stride] - mean;
		sum += w[i] * d * d;
		total += w[i];
	}
	return sqrt(sum / total);
}

/* Rising; equal values by weight, so that the order does not depend on the sort. */
static int compare_pairs(const void *a, const void *b)
{
	const struct pair *p = a, *q = b;

	if (p->x != q->x) {
		return p->x < q->x ? -1 : 1;
	}
	return (p->w > q->w) - (p->w < q->w);
}

double weighted_quantile(
	const double *x, size_t stride, const double *w, size_t n, double alpha)
{
	struct pair *p = xcalloc(n, sizeof(*p));
	double total = 0, below = 0, last_at = 0, result;

	for (size_t i = 0; i < n; i++) {
		p[i] = (struct pair){x[i * stride], w ? w[i] : 1};
		total += p[i].w;
	}
	qsort(p, n, sizeof(*p), compare_pairs);
	result = p[n - 1].x;
	for (size_t i = 0; i < n; i++) {
		double at = (below + p[i].w / 2) / total;

		if (at >= alpha) {
			result = p[i].x;
			if (i > 0 && at > last_at) {
				double share = (alpha - last_at) / (at - last_at);
				result = p[i - 1].x + share * (p[i].x - p[i - 1].x);
			}
			break;
		}
		last_at = at;
		below += p[i].w;
	}
	free(p);
	return result;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double plain_quantile(const double *x, size_t n, double alpha)
{
	double *v = xcalloc(n, sizeof(*v));
	double at = alpha * (double)(n - 1);
	size_t i = (size_t)at;
	double result;

	memcpy(v, x, n * sizeof(*v));
	qsort(v, n, sizeof(*v), compare_doubles);
	result = v[i];
	if (i + 1 < n) {
		result += (at - (double)i) * (v[i + 1] - v[i]);
	}
	free(v);
	return result;
}

double median(const double *x, size_t n)
{
	return plain_quantile(x, n, 0.5);
}
