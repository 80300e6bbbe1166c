/*
 * Streams of random numbers by counter (Philox 4x64-10 of Random123): block b of a stream
 * is philox(counter = {purpose, t + 1, id, b}, key = seed). A stream belongs to one
 * evaluation (t, id) and one purpose, so nothing that happens elsewhere, and no number of
 * workers, shifts it.
 */
#ifndef CW_ABC_RNG_H
#define CW_ABC_RNG_H

#include <gsl/gsl_rng.h>

/* Values are part of the definition of a run: append only. */
enum stream_purpose {
	STREAM_PROPOSE = 1, /* model, parent, perturbation and their redraws */
	STREAM_MODEL = 2,   /* built-in simulators */
	STREAM_ACCEPT = 3,  /* the acceptance draw of stochastic acceptors */
	STREAM_SEED = 4,    /* the seed handed to external simulators */
	STREAM_SHARE = 5,   /* estimate of the prior's shares under constraints */
	STREAM_SELFTEST = 6,
};

struct stream {
	uint64_t ctr[4];
	uint64_t key;
	uint64_t buf[4];
	unsigned used; /* of buf */
};

/* t from -1 (calibration) on. */
void stream_init(struct stream *s, uint64_t seed, enum stream_purpose purpose, int64_t t,
	uint64_t id);

/* The next block; for stream_u64. */
void stream_refill(struct stream *s);

static inline uint64_t stream_u64(struct stream *s)
{
	if (CW_UNLIKELY(s->used == 4)) {
		stream_refill(s);
	}
	return s->buf[s->used++];
}

/* [0, 1), 53 bits. */
static inline double stream_uniform(struct stream *s)
{
	return (double)(stream_u64(s) >> 11) * 0x1p-53;
}

/* (0, 1), 53 bits: never 0 nor 1. */
static inline double stream_uniform_open(struct stream *s)
{
	return ((double)(stream_u64(s) >> 12) + 0.5) * 0x1p-52;
}

/* Standard normal (ziggurat, 256 layers, full precision in the tails too). The rectangle of
 * a layer, 99 of 100 draws, is here; the rest in rng.c. */
double stream_normal_rest(struct stream *s, uint64_t u);
extern const double ziggurat_x[257];

/* x >= 0 with the sign that bit 8 says; no branch, which would be guessed wrong half of
 * the time. */
static inline double stream_sign(double x, uint64_t u)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	bits |= (u & 0x100) << 55;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

static inline double stream_normal(struct stream *s)
{
	uint64_t u = stream_u64(s);
	double x = (double)(u >> 11) * 0x1p-53 * ziggurat_x[u & 0xff];

	if (CW_UNLIKELY(x >= ziggurat_x[(u & 0xff) + 1])) {
		return stream_normal_rest(s, u);
	}
	return stream_sign(x, u);
}

double stream_exponential(struct stream *s); /* mean 1 */

/* Gamma of mean shape * scale (Marsaglia and Tsang 2000). */
double stream_gamma(struct stream *s, double shape, double scale);

double stream_beta(struct stream *s, double a, double b);

/* 0 .. n-1 without bias. */
uint64_t stream_below(struct stream *s, uint64_t n);

uint64_t stream_poisson(struct stream *s, double mean);
unsigned stream_binomial(struct stream *s, double p, unsigned n);

/* The stream as a generator of GSL; valid as long as `s`. */
gsl_rng stream_gsl(struct stream *s);

/* The seed that an external simulator gets for evaluation (t, id). */
uint64_t stream_seed(uint64_t seed, int64_t t, uint64_t id);

/* A number that differs where hardware, libm or GSL round otherwise: workers whose
 * number differs from the master's are refused. */
uint64_t stream_selftest(void);

#endif
