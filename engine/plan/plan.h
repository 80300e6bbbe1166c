/*
 * What has to run and why: the graph against the stamps of the files.
 */
#ifndef CW_PLAN_PLAN_H
#define CW_PLAN_PLAN_H

#include "dag/dag.h"

/* Why a job runs. Several may hold; the first in this order is told. */
enum reason {
	REASON_FORCED = 1,    /* -f, -F, -R */
	REASON_NO_OUTPUT = 2, /* it has a command and no outputs: it always runs */
	REASON_MISSING_OUTPUT =
		4, /* one that is asked for, or that a job which runs needs */
	REASON_NEWER_INPUT = 8,    /* than the oldest output */
	REASON_UPDATED_INPUT = 16, /* made again by a job of this run */
};

struct plan_options {
	bool force_all;              /* -F */
	bool force_targets;          /* -f */
	const struct strview *force; /* -R: rules or files */
	uint32_t force_count;
};

struct plan {
	struct dag *d;
	uint8_t *reasons;      /* by job: enum reason; 0: does not run */
	uint32_t *reason_file; /* the file that decided it, or DAG_NONE */
	uint32_t wanted_count;
	/* for the scheduler, made by plan_link: job -> wanted jobs that wait for it */
	uint8_t *wanted;
	uint32_t *pending;
	uint64_t *dependents_start;
	uint32_t *dependents;
};

/*
 * Decides for every job. Looks up the stamps that the build did not need. 0, or -1 with
 * errors: a rule or file of -R that is not in the graph. Linear in jobs and edges.
 */
int plan_make(struct plan *p, struct dag *d, const struct plan_options *o,
	struct diag_sink *sink);

/* Fills the arrays for the scheduler. */
void plan_link(struct plan *p);

void plan_release(struct plan *p);

/* Words for why `job` runs: "missing output results/a.txt". */
void plan_reason_text(const struct plan *p, uint32_t job, struct strbuf *out);

#endif
