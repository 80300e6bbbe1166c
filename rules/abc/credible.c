#include "abc/credible.h"

#include "abc/weights.h"
#include "base/xalloc.h"

size_t credible_sample(
	const struct population *p, size_t m, size_t i, double **ret_x, double **ret_w)
{
	double *x = xcalloc(p->n + 1, sizeof(*x)), *w = xcalloc(p->n + 1, sizeof(*w));
	size_t n = 0;

	for (size_t k = 0; k < p->n; k++) {
		if (p->model[k] == m && p->w[k] > 0) {
			x[n] = population_theta(p, k)[i];
			w[n++] = p->w[k] / p->p_model[m];
		}
	}
	if (ret_x) {
		*ret_x = x;
		*ret_w = w;
	} else {
		free(x);
		free(w);
	}
	return n;
}

bool credible_of(const struct population *p, size_t m, size_t i, struct credible *ret)
{
	double *x, *w;
	size_t n = credible_sample(p, m, i, &x, &w);

	if (n) {
		ret->mean = weighted_mean(x, 1, w, n);
		ret->sd = weighted_sd(x, 1, w, n);
		ret->q025 = weighted_quantile(x, 1, w, n, 0.025);
		ret->q25 = weighted_quantile(x, 1, w, n, 0.25);
		ret->q50 = weighted_quantile(x, 1, w, n, 0.5);
		ret->q75 = weighted_quantile(x, 1, w, n, 0.75);
		ret->q975 = weighted_quantile(x, 1, w, n, 0.975);
	}
	free(x);
	free(w);
	return n > 0;
}
