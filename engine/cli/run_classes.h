/* Classes of jobs for the scheduler: jobs that ask for the same resources. */
#ifndef CW_CLI_RUN_CLASSES_H
#define CW_CLI_RUN_CLASSES_H

#include "base/hashmap.h"
#include "cli/session.h"
#include "job/job_values.h"
#include "plan/job_groups.h"
#include "sched/scheduler.h"

struct run_classes {
	struct sched_graph graph; /* points into what follows and into the plan */
	struct session *s;        /* borrowed */
	struct job_context *context;
	VEC(struct sched_class) classes;
	struct hashmap class_at; /* hash of a class -> number of the first such one */
	uint32_t *class_of;
	int32_t *priority;
	uint8_t *late;
	uint32_t job_cap;         /* rows of these, and of `weight` and `expected` */
	uint8_t *late_rule;       /* rule -> what job_is_late() says */
	struct job_groups groups; /* of jobs for a cluster */
	float *weight;            /* NULL: nothing is known of how long jobs take */
	float *expected; /* seconds of each job, for --bundle-minutes; NULL: not known */
	int64_t retries; /* of rules that name none */
	const char *names[SCHED_MOST_RESOURCES]; /* limited resources; [0] is "cores" */
	struct arena scratch;
};

/*
 * Fills the graph from the plan (plan_link before) and the options. What cannot be known
 * before the inputs are there is left to run_classes_admit. 0, or -1 with errors: a job
 * that asks for more than a limit, an amount that is no number.
 */
int run_classes_make(
	struct run_classes *c, struct session *s, struct job_context *context);

/* The same errors, for a plan that is only looked at (no plan_link). */
int run_classes_check(struct session *s, struct job_context *context);

/* The plan has got the jobs from `from` on, which make inputs of `gate`. What is wrong
 * with what they ask for is told when they start. */
void run_classes_grow(struct run_classes *c, uint32_t from, uint32_t gate);

/* The jobs from `from` on are linked: with a cluster they are joined to groups. Before the
 * scheduler knows them. */
void run_classes_join(struct run_classes *c, uint32_t from);

/* For struct run_source: the class of an attempt that is known only now. One that asks for
 * more than a limit asks for nothing: it is to start and fail, see run_classes_over. */
uint32_t run_classes_admit(struct run_classes *c, uint32_t job, uint32_t attempt);

/* Whether an attempt whose resources are known only now asks for more than a limit: words
 * for it in `arena`, or NULL. */
const char *run_classes_over(
	struct run_classes *c, struct arena *arena, uint32_t job, uint32_t attempt);
void run_classes_release(struct run_classes *c);

#endif
