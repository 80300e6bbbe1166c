/* mu + 0.5 N(0, 1), after a sleep of SLEEP_US microseconds. */
#include <stdlib.h>
#include <time.h>

#include <cwabc_model.h>

int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar, double eps,
	double *stat, size_t nstat)
{
	const char *us = getenv("SLEEP_US");
	long t = us ? atol(us) : 0;
	struct cwabc_random r;

	(void)ctx, (void)npar, (void)eps, (void)nstat;
	if (t) {
		nanosleep(&(struct timespec){t / 1000000, t % 1000000 * 1000}, NULL);
	}
	cwabc_random_init(&r, seed);
	stat[0] = par[0] + 0.5 * cwabc_random_normal(&r);
	return CWABC_OK;
}
