#include "abc/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <Random123/philox.h>

#include "abc/rng_ziggurat.h"
#include "base/hash.h"

void stream_init(struct stream *s, uint64_t seed, enum stream_purpose purpose, int64_t t,
	uint64_t id)
{
	s->ctr[0] = (uint64_t)purpose;
	s->ctr[1] = (uint64_t)(t + 1);
	s->ctr[2] = id;
	s->ctr[3] = 0;
	s->key = seed;
	s->used = 4;
}

void stream_refill(struct stream *s)
{
	philox4x64_ctr_t ctr = {{s->ctr[0], s->ctr[1], s->ctr[2], s->ctr[3]}};
	philox4x64_key_t key = {{s->key, 0}};

	ctr = philox4x64(ctr, key);
	/* Word by word, as they are read: a wider store would be waited for. */
	for (size_t i = 0; i < CW_ARRAY_LEN(s->buf); i++) {
		s->buf[i] = ctr.v[i];
	}
	s->ctr[3]++;
	s->used = 0;
}

/* Beyond the base layer's rectangle: Marsaglia's tail. */
static double normal_tail(struct stream *s)
{
	const double r = ziggurat_x[1];
	double x, y;

	do {
		x = -log(stream_uniform_open(s)) / r;
		y = -log(stream_uniform_open(s));
	} while (y + y < x * x);
	return r + x;
}

double stream_normal_rest(struct stream *s, uint64_t u)
{
	for (;; u = stream_u64(s)) {
		unsigned layer = u & 0xff;
		double x = (double)(u >> 11) * 0x1p-53 * ziggurat_x[layer];
		double f0 = ziggurat_f[layer], f1 = ziggurat_f[layer + 1];

		if (x >= ziggurat_x[layer + 1]) {
			if (layer == 0) {
				x = normal_tail(s);
			} else if (f0 + stream_uniform(s) * (f1 - f0) >=
				   exp(-0.5 * x * x)) {
				continue;
			}
		}
		return stream_sign(x, u);
	}
}

double stream_exponential(struct stream *s)
{
	return -log(stream_uniform_open(s));
}

double stream_gamma(struct stream *s, double shape, double scale)
{
	double d, c, boost = 1;

	if (shape < 1) {
		boost = pow(stream_uniform_open(s), 1 / shape);
		shape += 1;
	}
	d = shape - 1.0 / 3.0;
	c = 1 / sqrt(9 * d);
	for (;;) {
		double x = stream_normal(s);
		double v = 1 + c * x;
		double u;

		if (v <= 0) {
			continue;
		}
		v = v * v * v;
		u = stream_uniform_open(s);
		if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) {
			return boost * d * v * scale;
		}
	}
}

double stream_beta(struct stream *s, double a, double b)
{
	double x = stream_gamma(s, a, 1);
	double y = stream_gamma(s, b, 1);

	return x / (x + y);
}

uint64_t stream_below(struct stream *s, uint64_t n)
{
	/* The lowest 2^64 mod n numbers would come once too often. */
	uint64_t skip = (0 - n) % n;
	uint64_t u;

	do {
		u = stream_u64(s);
	} while (u < skip);
	return u % n;
}

uint64_t stream_poisson(struct stream *s, double mean)
{
	gsl_rng r = stream_gsl(s);

	return mean > 0 ? gsl_ran_poisson(&r, mean) : 0;
}

unsigned stream_binomial(struct stream *s, double p, unsigned n)
{
	gsl_rng r = stream_gsl(s);

	return gsl_ran_binomial(&r, p, n);
}

static void gsl_set(void *state, unsigned long seed)
{
	(void)state;
	(void)seed;
}

static unsigned long gsl_get(void *state)
{
	return (unsigned long)(stream_u64(state) >> 32);
}

static double gsl_get_double(void *state)
{
	return stream_uniform(state);
}

gsl_rng stream_gsl(struct stream *s)
{
	static const gsl_rng_type type = {.name = "philox4x64",
		.max = 0xffffffff,
		.min = 0,
		.size = sizeof(struct stream),
		.set = gsl_set,
		.get = gsl_get,
		.get_double = gsl_get_double};

	return (gsl_rng){.type = &type, .state = s};
}

uint64_t stream_seed(uint64_t seed, int64_t t, uint64_t id)
{
	struct stream s;

	stream_init(&s, seed, STREAM_SEED, t, id);
	return stream_u64(&s);
}

uint64_t stream_selftest(void)
{
	double v[64];
	struct stream s;

	stream_init(&s, 20260101, STREAM_SELFTEST, 7, 123456789);
	for (size_t i = 0; i < CW_ARRAY_LEN(v); i += 8) {
		v[i] = stream_uniform(&s);
		v[i + 1] = stream_normal(&s);
		v[i + 2] = stream_gamma(&s, 0.3 + (double)i, 2);
		v[i + 3] = stream_beta(&s, 0.7, 3);
		v[i + 4] = (double)stream_poisson(&s, 17.5);
		v[i + 5] = stream_binomial(&s, 0.3, 100);
		v[i + 6] = exp(-v[i]) + lgamma(1 + v[i]) + cos(40 * v[i]);
		v[i + 7] = pow(v[i], 0.37) / 3 + sqrt(v[i]) * v[i + 1] + 0.1;
	}
	return hash64(v, sizeof(v));
}
