/* Successes of 10 trials; on several ranks each makes some of the trials. SLEEP_US: how long
 * an evaluation takes. */
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

#include <cwabc_model.h>

enum { TRIALS = 10 };

static int trials(uint64_t seed, double p, int first, int step)
{
	int n = 0;

	for (int i = first; i < TRIALS; i += step) {
		struct cwabc_random r;
		cwabc_random_init(&r, seed + (uint64_t)i);
		n += cwabc_random_uniform(&r) < p;
	}
	return n;
}

int cwabc_simulate(void *ctx, uint64_t seed, const double *par, size_t npar, double eps,
	double *stat, size_t nstat)
{
	const char *sleep_us = getenv("SLEEP_US");

	(void)ctx, (void)npar, (void)eps, (void)nstat;
	if (sleep_us) {
		usleep((useconds_t)atoi(sleep_us));
	}
	stat[0] = trials(seed, par[0], 0, 1);
	return CWABC_OK;
}

int cwabc_simulate_mpi(void *ctx, void *comm, uint64_t seed, const double *par,
	size_t npar, double eps, double *stat, size_t nstat)
{
	MPI_Comm team = *(MPI_Comm *)comm;
	int rank, size, mine, all = 0;

	(void)ctx, (void)npar, (void)eps, (void)nstat;
	MPI_Comm_rank(team, &rank);
	MPI_Comm_size(team, &size);
	mine = trials(seed, par[0], rank, size);
	MPI_Reduce(&mine, &all, 1, MPI_INT, MPI_SUM, 0, team);
	stat[0] = rank == 0 ? all : -1; /* the first rank's result counts */
	return CWABC_OK;
}
