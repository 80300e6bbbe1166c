/* Successes of 10 trials. SLEEP_US: evaluations with p above 0.6 take so long, others a
 * tenth. HANG: those above 0.9 never end; ABORT: they
 * abort. CRASH: the file named by it is made by the first evaluation that then aborts. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cwabc_model.h>

int cwabc_abi_version(void)
{
	return CWABC_ABI_VERSION;
}

int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar, double eps,
	double *stat, size_t nstat)
{
	const char *us = getenv("SLEEP_US"), *crash = getenv("CRASH");
	struct cwabc_random r;
	int n = 0;

	(void)ctx, (void)npar, (void)eps, (void)nstat;
	if (crash && seed % 50 == 0 && open(crash, O_CREAT | O_EXCL, 0600) >= 0) {
		abort();
	}
	while (getenv("HANG") && par[0] > 0.9) {
		pause();
	}
	if (getenv("ABORT") && par[0] > 0.9) {
		abort();
	}
	cwabc_random_init(&r, seed);
	for (int i = 0; i < 10; i++) {
		n += cwabc_random_uniform(&r) < par[0];
	}
	if (us) {
		usleep((useconds_t)atoi(us) / (par[0] > 0.6 ? 1 : 10));
	}
	stat[0] = n;
	return 0;
}
