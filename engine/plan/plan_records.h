/* The graph against what is recorded; for plan.c. */
#ifndef CW_PLAN_PLAN_RECORDS_H
#define CW_PLAN_PLAN_RECORDS_H

#include "plan/plan.h"

/* Notes a reason; the file belongs to the first in order. */
void plan_want(struct plan *p, uint32_t job, enum reason reason, uint32_t file);

/* Inputs of a job: all `n`, or those of the numbers `at`. */
struct plan_inputs {
	const uint32_t *in; /* all of them, as of dag_inputs() */
	const uint32_t *at; /* rising, or NULL */
	uint32_t n;
};

static inline uint32_t plan_input(const struct plan_inputs *i, uint32_t k)
{
	return INPUT_FILE(i->in[i->at ? i->at[k] : k]);
}

struct plan_inputs plan_inputs(const struct plan *p, uint32_t job);

/* Those of them that may be missing, made by jobs of this run, or other than its record has
 * them; where these are not known, all. */
struct plan_inputs plan_stirred(const struct plan *p, uint32_t job);

/* Finds the record of each job from `from` on. */
void plan_find_records(struct plan *p, uint32_t from);

/* Marks the jobs whose inputs were told by what is gone, by the waits from `first` on. */
void plan_find_open(struct plan *p, size_t first);

/* Decides for the jobs from `from` on, those before them being decided; `growth`: what
 * they came for, or NULL. */
void plan_judge(struct plan *p, uint32_t from, const struct dag_growth *growth);

/* Job - from -> jobs that need a file it makes, among those from `from` on; wanted_only:
 * and among jobs that run. To be freed. */
struct plan_links {
	uint64_t *start;
	uint32_t *to;
};
struct plan_links plan_link_jobs(const struct plan *p, uint32_t from, bool wanted_only);

/* --- plan_missing.c --- */

/* Of a job that runs, behind those that it needs: whether only other jobs' results can make
 * it run; not below a forced one. */
void plan_find_maybe(struct plan *p, uint32_t job);

/* Jobs that run need their inputs: what is missing is made again. */
void plan_want_missing(struct plan *p, uint32_t from, const struct dag_growth *growth);

/* Whether `n` inputs of jobs that came lack what only jobs before `from` can make, and
 * these will not. */
bool plan_lacks_earlier(struct plan *p, uint32_t from, const uint32_t *in, uint32_t n);

/* Jobs that an earlier run started and never ended. */
void plan_judge_unfinished(struct plan *p);

/* Judges a job by its record: outputs, the set of inputs, command, params, and inputs that
 * no job of this run makes. */
void plan_judge_record(struct plan *p, uint32_t job);

/* Marks the jobs that -U and -O leave out. 0, or -1 with errors. */
int plan_select(struct plan *p, struct diag_sink *sink);

/* The same of the jobs from `from` on, which came in for what `growth` says. */
void plan_select_more(struct plan *p, uint32_t from, const struct dag_growth *growth);

/* Calls `take` with each job of the rule or the job that makes the file called `name`. 0,
 * or -1 with an error that names the option. */
int plan_each_named(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink,
	void (*take)(struct plan *p, uint32_t job, uint8_t *marks), uint8_t *marks);

#endif
