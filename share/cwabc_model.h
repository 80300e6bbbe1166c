/*
 * A simulator for cwabc as a shared library: one C function that turns parameters into
 * summary statistics.
 *
 *	#include <cwabc_model.h>
 *
 *	int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar,
 *		double eps, double *stat, size_t nstat)
 *	{
 *		struct cwabc_random r;
 *		cwabc_random_init(&r, seed);
 *		stat[0] = par[0] + par[1] * cwabc_random_normal(&r);
 *		return 0;
 *	}
 *
 *	cc -O2 -fPIC -shared model.c -o model.so -lm
 *
 * and in the problem: simulator: {library: ./model.so}. The names below may also be
 * written without "cwabc_". Only cwabc_simulate must be there.
 *
 * The library runs in worker processes, one evaluation at a time: it need not be safe
 * for threads, and a crash costs one lease of evaluations, not the run. What
 * cwabc_simulate gives must depend on its arguments alone ("cwabc check" tries that).
 */
#ifndef CWABC_MODEL_H
#define CWABC_MODEL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CWABC_ABI_VERSION 1

/* What cwabc_simulate returns; any negative number is a failure. */
enum cwabc_result {
	CWABC_OK = 0, /* stat is filled */
	CWABC_REJECT =
		1, /* the result would be farther off than eps: stat is not looked at */
	CWABC_FAILED = -1, /* no result for these parameters: counted, rejected */
};

/* Optional: must return CWABC_ABI_VERSION. */
int cwabc_abi_version(void);

/* Optional: one line for people. */
const char *cwabc_describe(void);

/* Optional: called once a process. `config`: the other keys beside `library` in the
 * problem, a line "key=value" each. Sets *ctx, which the other functions get. 0, or not:
 * the run stops. */
int cwabc_init(const char *config, void **ctx);
void cwabc_fini(void *ctx);

/*
 * One evaluation. `seed`: the only source of randomness, different for each evaluation.
 * `par`: the parameters in the problem's order; `eps`: the present threshold (infinite
 * while there is none); `stat`: room for the statistics in the order of `observed`.
 */
int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar, double eps,
	double *stat, size_t nstat);

/* Optional: why the last evaluation failed; one line, owned by the library. */
const char *cwabc_message(void *ctx);

/* Optional, for cwabc-mpi --ranks-per-model: the same on all ranks of a communicator
 * (`comm` points to an MPI_Comm); the first rank's result counts. */
int cwabc_simulate_mpi(void *ctx, void *comm, uint64_t seed, const double *par,
	size_t npar, double eps, double *stat, size_t nstat);

/* A small generator for simulators that bring none: xoshiro256++ of Blackman and Vigna,
 * seeded by splitmix64. */
struct cwabc_random {
	uint64_t s[4];
	double spare;
	int has_spare;
};

static inline void cwabc_random_init(struct cwabc_random *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		r->s[i] = z ^ (z >> 31);
	}
	r->spare = 0;
	r->has_spare = 0;
}

static inline uint64_t cwabc_random_u64(struct cwabc_random *r)
{
	uint64_t *s = r->s, sum = s[0] + s[3], t = s[1] << 17;
	uint64_t result = ((sum << 23) | (sum >> 41)) + s[0];

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = (s[3] << 45) | (s[3] >> 19);
	return result;
}

/* (0, 1) */
static inline double cwabc_random_uniform(struct cwabc_random *r)
{
	return ((double)(cwabc_random_u64(r) >> 12) + 0.5) / 4503599627370496.0;
}

/* Standard normal (polar method). */
static inline double cwabc_random_normal(struct cwabc_random *r)
{
	double x, y, q;

	if (r->has_spare) {
		r->has_spare = 0;
		return r->spare;
	}
	do {
		x = 2 * cwabc_random_uniform(r) - 1;
		y = 2 * cwabc_random_uniform(r) - 1;
		q = x * x + y * y;
	} while (q >= 1 || q == 0);
	q = sqrt(-2 * log(q) / q);
	r->spare = y * q;
	r->has_spare = 1;
	return x * q;
}

#ifdef __cplusplus
}
#endif

#endif
