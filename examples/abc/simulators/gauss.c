/* A simulator in C as a library: a function from parameters to statistics. */
#include <cwabc_model.h>

enum { N = 30 };

int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar, double eps,
	double *stat, size_t nstat)
{
	struct cwabc_random r;
	double sum = 0, squares = 0;

	(void)ctx, (void)npar, (void)eps, (void)nstat;
	cwabc_random_init(&r, seed);
	for (int i = 0; i < N; i++) {
		double x = cwabc_random_normal(&r);
		sum += x;
		squares += x * x;
	}
	stat[0] = par[0] + par[1] * sum / N;
	stat[1] = par[1] * sqrt((squares - sum * sum / N) / (N - 1));
	return CWABC_OK;
}
