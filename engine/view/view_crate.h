/* --crate: a run as a Workflow Run RO-Crate. */
#ifndef CW_VIEW_VIEW_CRATE_H
#define CW_VIEW_VIEW_CRATE_H

#include "plan/plan.h"

struct view_crate_options {
	const char *workdir; /* absolute */
	const char *dir;     /* of the crate; it is there */
	int64_t copy_most;   /* bytes of a file that is copied into it */
	int64_t copy_all;    /* of all of them */
	int64_t sum_most;    /* of a file whose SHA-256 is worked out; 0: of any */
	bool run_goes_on;    /* some run has the lock */
	const struct source_set *sources; /* files that the workflow was read from */
};

/*
 * Copies the workflow's files, sources and results of the last run into `dir`, and writes
 * what it is made of to `to` as JSON-LD after the profile Provenance Run Crate 0.5: the
 * run, each job and each failed attempt, their rules and files. 0; 1, and nothing done,
 * where no run is recorded; -1 with errno.
 */
#define CRATE_MARK "\"@id\":\"#cwflow\"" /* in its first bytes */
int view_crate(
	struct plan *p, struct state *s, const struct view_crate_options *o, FILE *to);

#endif
