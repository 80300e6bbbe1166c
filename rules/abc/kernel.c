#include "abc/kernel.h"

#include <math.h>

#include "abc/linalg.h"
#include "base/xalloc.h"

/* A squared distance above this adds nothing to a sum. */
static const double far_off = 1490;

enum { CHUNK = 256 };

/* Sorts the parameters into continuous, discrete and fixed. */
static void split_parameters(struct kernel *k)
{
	k->cont_at = xcalloc(k->model->npar + 1, sizeof(*k->cont_at));
	k->disc_at = xcalloc(k->model->npar + 1, sizeof(*k->disc_at));
	for (size_t i = 0; i < k->model->npar; i++) {
		const struct prior *prior = &k->model->par[i].prior;

		if (!prior_is_discrete(prior)) {
			k->cont_at[k->d++] = i;
		} else if (prior_count(prior) > 1) {
			k->disc_at[k->discrete++] = i;
		}
	}
}

static void copy_particles(
	struct kernel *k, const double *theta, size_t stride, const double *w)
{
	size_t npar = k->model->npar;
	double total = 0, sum = 0;

	k->theta = xcalloc(k->n * npar + 1, sizeof(*k->theta));
	k->x = xcalloc(k->n * k->d + 1, sizeof(*k->x));
	k->disc = xcalloc(k->n * k->discrete + 1, sizeof(*k->disc));
	k->w = xcalloc(k->n, sizeof(*k->w));
	k->cum_w = xcalloc(k->n, sizeof(*k->cum_w));
	for (size_t i = 0; i < k->n; i++) {
		total += w[i];
	}
	for (size_t i = 0; i < k->n; i++) {
		const double *p = theta + i * stride;

		k->w[i] = w[i] / total;
		sum += k->w[i];
		k->cum_w[i] = sum;
		for (size_t a = 0; a < npar; a++) {
			k->theta[i * npar + a] = p[a];
		}
		for (size_t a = 0; a < k->d; a++) {
			k->x[i * k->d + a] = p[k->cont_at[a]];
		}
		for (size_t a = 0; a < k->discrete; a++) {
			size_t at = k->disc_at[a];
			k->disc[i * k->discrete + a] =
				prior_index(&k->model->par[at].prior, p[at]);
		}
	}
}

void kernel_fit(struct kernel *k, const struct kernel_spec *spec,
	const struct model_spec *model, const double *theta, size_t stride,
	const double *w, size_t n)
{
	*k = (struct kernel){.spec = spec, .model = model, .n = n};
	split_parameters(k);
	copy_particles(k, theta, stride, w);
	switch (spec->kind) {
	case KERNEL_MVN:
		kernel_fit_mvn(k);
		break;
	case KERNEL_LOCAL:
		kernel_fit_local(k);
		break;
	}
}

void kernel_release(struct kernel *k)
{
	free(k->cont_at);
	free(k->disc_at);
	free(k->theta);
	free(k->x);
	free(k->w);
	free(k->cum_w);
	free(k->disc);
	free(k->l);
	free(k->z);
	free(k->log_norm);
	*k = (struct kernel){0};
}

/* The first particle whose cumulated weight is above u of the total. */
static size_t draw_parent(const struct kernel *k, struct stream *s)
{
	double u = stream_uniform(s) * k->cum_w[k->n - 1];
	size_t low = 0, left = k->n - 1; /* it is one of low .. low + left */

	/* Which half is chance: no branch that would be guessed wrong. */
	while (left > 0) {
		size_t half = (left + 1) / 2;
		low += k->cum_w[low + half - 1] > u ? 0 : half;
		left -= half;
	}
	return low;
}

/* A discrete value moved from index `from`; *ret_in false where it leaves the domain. */
static int64_t move_discrete(
	const struct kernel *k, struct stream *s, int64_t from, size_t count)
{
	int64_t to;

	if (k->spec->discrete == DISCRETE_WALK) {
		return from + (int64_t)stream_below(s, 3) - 1;
	}
	if (stream_uniform(s) < k->spec->stay) {
		return from;
	}
	to = (int64_t)stream_below(s, count - 1);
	return to >= from ? to + 1 : to;
}

void kernel_draw(const struct kernel *k, struct stream *s, double *ret_theta)
{
	size_t parent = draw_parent(k, s), d = k->d;
	const double *l = k->spec->kind == KERNEL_LOCAL ? k->l + parent * d * d : k->l;
	double noise[64], *z = d <= 64 ? noise : xcalloc(d, sizeof(*z));

	memcpy(ret_theta, k->theta + parent * k->model->npar,
		k->model->npar * sizeof(*ret_theta));
	for (size_t a = 0; a < d; a++) {
		z[a] = stream_normal(s);
	}
	cholesky_apply(l, d, z, z);
	for (size_t a = 0; a < d; a++) {
		ret_theta[k->cont_at[a]] += z[a];
	}
	for (size_t a = 0; a < k->discrete; a++) {
		const struct prior *prior = &k->model->par[k->disc_at[a]].prior;
		size_t count = prior_count(prior);
		int64_t to =
			move_discrete(k, s, k->disc[parent * k->discrete + a], count);
		bool in = to >= 0 && (size_t)to < count;

		ret_theta[k->disc_at[a]] =
			in ? prior_value(prior, (size_t)to) : (double)NAN;
	}
	if (z != noise) {
		free(z);
	}
}

/* Probability that the discrete parameters of particle i become those at `to`. */
static double discrete_factor(const struct kernel *k, size_t i, const int64_t *to)
{
	double product = 1;

	for (size_t a = 0; a < k->discrete; a++) {
		int64_t from = k->disc[i * k->discrete + a];
		size_t count = prior_count(&k->model->par[k->disc_at[a]].prior);

		if (k->spec->discrete == DISCRETE_WALK) {
			int64_t step = to[a] - from;
			product *= step >= -1 && step <= 1 ? 1.0 / 3 : 0;
		} else {
			product *= to[a] == from
					   ? k->spec->stay
					   : (1 - k->spec->stay) / (double)(count - 1);
		}
	}
	return product;
}

/*
 * exp(x) for x <= 0, within two units in the last place: x = n log 2 + r, a Taylor
 * polynomial in r, and 2^n put together from its bits. Plain arithmetic that the compiler
 * can do for several numbers at once; it is most of a weight's cost.
 */
static inline double exp_negative(double x)
{
	const double round = 0x1.8p52, log2_high = 0x1.62e42fefa3800p-1,
		     log2_low = 0x1.ef35793c76730p-45;
	double shifted = x * 0x1.71547652b82fep0 + round, n = shifted - round, r, p,
	       scale;
	uint64_t bits;

	memcpy(&bits, &shifted, sizeof(bits));
	bits = (bits + 1023) << 52;
	memcpy(&scale, &bits, sizeof(scale));
	r = x - n * log2_high - n * log2_low;
	p = 1.0 / 6227020800;
	p = p * r + 1.0 / 479001600;
	p = p * r + 1.0 / 39916800;
	p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880;
	p = p * r + 1.0 / 40320;
	p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720;
	p = p * r + 1.0 / 120;
	p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6;
	p = p * r + 0.5;
	p = p * r + 1;
	p = p * r + 1;
	return x > -700 ? p * scale : 0;
}

/* Four at a time where the processor can: the same operations, the same bits. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDER __attribute__((target_clones("avx2", "default")))
#else
#define WIDER
#endif

/* exp(-q / 2) for the particles from `first` on; z lies column by column. */
WIDER static void bumps(
	const struct kernel *k, const double *y, size_t first, size_t n, double *v)
{
	for (size_t i = 0; i < n; i++) {
		v[i] = 0;
	}
	for (size_t a = 0; a < k->d; a++) {
		const double *z = k->z + a * k->n + first;
		double at = y[a];
		for (size_t i = 0; i < n; i++) {
			double e = at - z[i];
			v[i] += e * e;
		}
	}
	for (size_t i = 0; i < n; i++) {
		v[i] = exp_negative(-0.5 * v[i]);
	}
}

/* Sum over particles of weight times density; one factor for all. */
static double sum_mvn(const struct kernel *k, const double *y, const int64_t *to)
{
	double v[CHUNK], sum = 0;

	for (size_t first = 0; first < k->n; first += CHUNK) {
		size_t n = k->n - first < CHUNK ? k->n - first : CHUNK;
		const double *w = k->w + first;

		bumps(k, y, first, n, v);
		for (size_t i = 0; i < n && k->discrete; i++) {
			v[i] *= discrete_factor(k, first + i, to);
		}
		for (size_t i = 0; i < n; i++) {
			sum += w[i] * v[i];
		}
	}
	return sum;
}

/* The same where each particle has its own factor. */
static double sum_local(
	const struct kernel *k, const double *x, double *y, const int64_t *to)
{
	size_t d = k->d;
	double sum = 0;

	for (size_t i = 0; i < k->n; i++) {
		double q = 0, term;
		for (size_t a = 0; a < d; a++) {
			y[a] = x[a] - k->x[i * d + a];
		}
		cholesky_solve(k->l + i * d * d, d, y, y);
		for (size_t a = 0; a < d; a++) {
			q += y[a] * y[a];
		}
		if (q > far_off) {
			continue;
		}
		term = k->w[i] * exp(k->log_norm[i] - k->log_norm[0] - 0.5 * q);
		sum += k->discrete ? term * discrete_factor(k, i, to) : term;
	}
	return sum;
}

double kernel_logpdf(const struct kernel *k, const double *theta)
{
	size_t d = k->d;
	double *x = xcalloc(2 * d + 1, sizeof(*x)), *y = x + d;
	int64_t *to = xcalloc(k->discrete + 1, sizeof(*to));
	double sum;

	for (size_t a = 0; a < d; a++) {
		x[a] = theta[k->cont_at[a]];
	}
	for (size_t a = 0; a < k->discrete; a++) {
		size_t at = k->disc_at[a];
		to[a] = prior_index(&k->model->par[at].prior, theta[at]);
	}
	if (k->spec->kind == KERNEL_LOCAL) {
		sum = sum_local(k, x, y, to);
	} else {
		cholesky_solve(k->l, d, x, y);
		sum = sum_mvn(k, y, to);
	}
	free(x);
	free(to);
	return log(sum) + k->log_norm[0];
}
