#include "abc/distance.h"

#include <math.h>

#include "abc/weights.h"
#include "base/xalloc.h"

double distance_pnorm(
	double p, const double *weight, const double *s, const double *s0, size_t n)
{
	double sum = 0;

	if (p == 2) {
		for (size_t i = 0; i < n; i++) {
			double d = weight[i] * (s[i] - s0[i]);
			sum += d * d;
		}
		return sqrt(sum);
	}
	if (p == 1) {
		for (size_t i = 0; i < n; i++) {
			sum += fabs(weight[i] * (s[i] - s0[i]));
		}
		return sum;
	}
	for (size_t i = 0; i < n; i++) {
		double d = fabs(weight[i] * (s[i] - s0[i]));
		if (isnan(d)) {
			return d;
		}
		sum = isinf(p) ? fmax(sum, d) : sum + pow(d, p);
	}
	return isinf(p) ? sum : pow(sum, 1 / p);
}

/* Median absolute deviation from `centre`; `x` is used up. */
static double mad_around(double *x, size_t count, double centre)
{
	for (size_t i = 0; i < count; i++) {
		x[i] = fabs(x[i] - centre);
	}
	return median(x, count);
}

double distance_scale(
	enum scale_kind kind, const double *x, size_t count, double observed)
{
	double *v = xcalloc(count ? count : 1, sizeof(*v));
	double sum = 0, squares = 0, centre, scale = 0;

	memcpy(v, x, count * sizeof(*v));
	for (size_t i = 0; i < count; i++) {
		sum += x[i];
	}
	centre = kind == SCALE_RMSD ? observed : sum / (double)count;
	for (size_t i = 0; i < count; i++) {
		squares += (x[i] - centre) * (x[i] - centre);
	}
	switch (kind) {
	case SCALE_NONE:
		scale = 1;
		break;
	case SCALE_MAD:
		scale = mad_around(v, count, median(x, count));
		break;
	case SCALE_CMAD:
		centre = median(x, count);
		scale = mad_around(v, count, centre) + fabs(centre - observed);
		break;
	case SCALE_SD:
	case SCALE_RMSD:
		scale = sqrt(squares / (double)count);
		break;
	case SCALE_PERCENTILE:
		scale = plain_quantile(x, count, 0.8) - plain_quantile(x, count, 0.2);
		break;
	}
	free(v);
	return scale;
}

/* No weight above max_ratio times the smallest positive one. */
static void cap_ratio(double *weight, size_t n, double max_ratio)
{
	double smallest = HUGE_VAL;

	for (size_t i = 0; i < n; i++) {
		if (weight[i] > 0) {
			smallest = fmin(smallest, weight[i]);
		}
	}
	for (size_t i = 0; i < n; i++) {
		weight[i] = fmin(weight[i], smallest * max_ratio);
	}
}

void distance_weights(const struct problem *p, const double *stat, size_t stride,
	size_t count, double *ret_weight)
{
	const struct distance_spec *d = &p->distance;
	double *column, *scaled;

	memcpy(ret_weight, d->weight, p->nstat * sizeof(*ret_weight));
	if (d->scale == SCALE_NONE || count == 0) {
		return;
	}
	column = xcalloc(count, sizeof(*column));
	scaled = xcalloc(p->nstat, sizeof(*scaled));
	for (size_t k = 0; k < p->nstat; k++) {
		size_t rows = 0;
		double scale;
		for (size_t i = 0; i < count; i++) {
			double x = stat[i * stride + k];
			if (isfinite(x)) {
				column[rows++] = x;
			}
		}
		scale = rows ? distance_scale(d->scale, column, rows, p->observed[k]) : 0;
		scaled[k] = scale > 1e-300 && isfinite(scale) ? 1 / scale : 0;
	}
	if (d->max_ratio > 0) {
		cap_ratio(scaled, p->nstat, d->max_ratio);
	}
	for (size_t k = 0; k < p->nstat; k++) {
		ret_weight[k] *= scaled[k];
	}
	free(column);
	free(scaled);
}
