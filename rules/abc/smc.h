/*
 * The run: calibration, generations, what is fixed between them, and when to stop.
 */
#ifndef CW_ABC_SMC_H
#define CW_ABC_SMC_H

#include "abc/archive.h"
#include "abc/history_writer.h"
#include "abc/sampler.h"

struct smc {
	const struct problem *problem;
	const struct fingerprint *fingerprint;
	struct archive *archive; /* grows */
	struct sampler *sampler;
	struct progress *progress;     /* or NULL */
	struct history_writer *writer; /* follows the archive; or NULL */
	double deadline;               /* of this process; 0: none */
	const volatile sig_atomic_t *stop;
	bool tickets;
	FILE *say; /* a line a generation; NULL: none */
};

enum smc_end {
	SMC_ERROR = -1, /* with a text */
	SMC_DONE,       /* archive->stop_reason says why */
	SMC_PAUSED
};

/* Runs to the end; generations that are in the archive are not made again. */
enum smc_end smc_run(struct smc *s, struct strbuf *err);

/* Makes generation t (-1: calibration), whose predecessors are in the archive. SMC_DONE
 * with a stop_reason and no new generation where it was cut short. */
enum smc_end smc_generation(struct smc *s, int64_t t, struct strbuf *err);

/* The same with a collector that may know some of it already; `c` is the caller's. */
enum smc_end smc_complete(struct smc *s, const struct gen_input *in, struct collector *c,
	struct strbuf *err);

/* Why the run ends behind the last generation, or NULL; returns owned. */
char *smc_stop_reason(const struct problem *p, const struct archive *a);

/* The input of generation t; points into archive and problem. */
void smc_input(const struct problem *p, const struct archive *a, int64_t t, bool tickets,
	struct gen_input *ret);

/* Whether every id below a budget counts (rejection with a budget). */
bool smc_keeps_all(const struct problem *p);

#endif
