/* The last run along a line of time: what it did, and how many jobs ran at a time. */
#ifndef CW_VIEW_LAST_RUN_H
#define CW_VIEW_LAST_RUN_H

#include "state/failures.h"
#include "state/state.h"

/* An attempt at a job: one that ended well, or one that failed. */
struct run_bar {
	int64_t start_ns, end_ns; /* wall clock */
	uint32_t job;             /* id of its record, or STATE_NONE ... */
	uint32_t failure;         /* ... and the number of its failure */
	uint32_t lane;            /* the lowest that is free when it starts */
};

struct last_run {
	struct state *s;
	/* Numbers of runs: one that waited for jobs to know its inputs is several. 0: none */
	uint32_t first, last;
	int64_t begin_ns,
		end_ns; /* of all of them; end 0: it did not say that it ended */
	int64_t status; /* exit status, or -1 */
	struct failures failures; /* of these runs */
	VEC(struct run_bar) bars; /* by start */
	VEC(uint32_t) bar_of;     /* by record id: number of its bar, or STATE_NONE */
	uint32_t lanes;
};

/* Finds the last run that did something. 1 where there is none, else 0. The state is
 * borrowed; last_run_release in both cases. */
int last_run_find(struct last_run *r, struct state *s);
void last_run_release(struct last_run *r);

#endif
