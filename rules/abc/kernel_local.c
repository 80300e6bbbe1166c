/* A covariance for each particle, from its nearest neighbours (Filippi et al. 2013). */
#include <math.h>

#include "abc/kernel.h"
#include "abc/linalg.h"
#include "base/xalloc.h"

static const double half_log_2pi = 0.91893853320467274178;

enum { FEWEST_NEIGHBOURS = 10, MOST_ATTEMPTS = 100 };

struct neighbour {
	double distance;
	size_t i;
};

/* By distance; equal ones by their place, so that the set is unique. */
static int compare_neighbours(const void *a, const void *b)
{
	const struct neighbour *p = a, *q = b;

	if (p->distance != q->distance) {
		return p->distance < q->distance ? -1 : 1;
	}
	return (p->i > q->i) - (p->i < q->i);
}

/* Weighted second moments around particle i of its k nearest, scaled. */
static void local_cov(const struct kernel *k, size_t i, const struct neighbour *near,
	size_t count, double *cov)
{
	size_t d = k->d;
	const double *x = k->x + i * d;
	double *dx = xcalloc(count * d + 1, sizeof(*dx));
	double *w = xcalloc(count + 1, sizeof(*w));
	double total = 0;

	for (size_t j = 0; j < count; j++) {
		total += k->w[near[j].i];
	}
	for (size_t j = 0; j < count; j++) {
		w[j] = k->w[near[j].i] / total;
		for (size_t a = 0; a < d; a++) {
			dx[j * d + a] = k->x[near[j].i * d + a] - x[a];
		}
	}
	if (count > 1) {
		weighted_cov(dx, d, w, count, d, cov);
	}
	for (size_t a = 0; a < d && count < 2; a++) {
		cov[a * d + a] = fabs(count ? dx[a] : x[a]);
	}
	for (size_t a = 0; a < d * d; a++) {
		cov[a] *= k->spec->scaling;
	}
	free(dx);
	free(w);
}

/* Adds to the diagonal until the matrix has full rank. */
static size_t factorise(double *cov, size_t d, double *l)
{
	size_t rank = cholesky(cov, d, l);

	for (int i = 0; rank < d && i < MOST_ATTEMPTS; i++) {
		for (size_t a = 0; a < d; a++) {
			cov[a * d + a] += 1e-3;
		}
		rank = cholesky(cov, d, l);
	}
	return rank;
}

void kernel_fit_local(struct kernel *k)
{
	size_t d = k->d, n = k->n;
	size_t near = (size_t)(k->spec->k_fraction * (double)n);
	struct neighbour *all = xcalloc(n, sizeof(*all));
	double *cov = xcalloc(d * d + 1, sizeof(*cov));

	near = near < FEWEST_NEIGHBOURS ? FEWEST_NEIGHBOURS : near;
	near = near < d ? d : near;
	near = near > n - 1 ? n - 1 : near;
	k->l = xcalloc(n * d * d + 1, sizeof(*k->l));
	k->log_norm = xcalloc(n, sizeof(*k->log_norm));
	for (size_t i = 0; i < n; i++) {
		size_t rank;
		for (size_t j = 0; j < n; j++) {
			double sum = 0;
			for (size_t a = 0; a < d; a++) {
				double e = k->x[j * d + a] - k->x[i * d + a];
				sum += e * e;
			}
			/* A particle is not its own neighbour. */
			all[j] = (struct neighbour){j == i ? HUGE_VAL : sum, j};
		}
		qsort(all, n, sizeof(*all), compare_neighbours);
		memset(cov, 0, d * d * sizeof(*cov));
		local_cov(k, i, all, near, cov);
		rank = factorise(cov, d, k->l + i * d * d);
		k->log_norm[i] = -(double)rank * half_log_2pi -
				 cholesky_half_logdet(k->l + i * d * d, d);
	}
	free(all);
	free(cov);
}
