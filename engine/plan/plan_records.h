/* The graph against what is recorded; for plan.c. */
#ifndef CW_PLAN_PLAN_RECORDS_H
#define CW_PLAN_PLAN_RECORDS_H

#include "plan/plan.h"

/* Notes a reason; the file belongs to the first in order. */
void plan_want(struct plan *p, uint32_t job, enum reason reason, uint32_t file);

/* Finds the record of each job. */
void plan_find_records(struct plan *p);

/* Jobs that an earlier run started and never ended. */
void plan_judge_unfinished(struct plan *p);

/* Judges a job by its record: outputs, the set of inputs, command, params, and inputs that
 * no job of this run makes. */
void plan_judge_record(struct plan *p, uint32_t job);

/* Marks the jobs that -U and -O leave out. 0, or -1 with errors. */
int plan_select(struct plan *p, struct diag_sink *sink);

/* Calls `take` with each job of the rule or the job that makes the file called `name`. 0,
 * or -1 with an error that names the option. */
int plan_each_named(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink, void (*take)(struct plan *p, uint32_t job));

#endif
