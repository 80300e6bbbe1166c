/* Classes of jobs for the scheduler: jobs that ask for the same resources. */
#ifndef CW_CLI_RUN_CLASSES_H
#define CW_CLI_RUN_CLASSES_H

#include "cli/session.h"
#include "job/job_values.h"
#include "sched/scheduler.h"

struct run_classes {
	struct sched_graph graph; /* points into what follows and into the plan */
	VEC(struct sched_class) classes;
	uint32_t *class_of;
	int32_t *priority;
	float *weight; /* NULL: nothing is known of how long jobs take */
	const char *names[SCHED_MOST_RESOURCES]; /* limited resources; [0] is "cores" */
};

/* Fills the graph from the plan (plan_link before) and the options. 0, or -1 with errors:
 * a job that asks for more than a limit, an amount that is no number. */
int run_classes_make(
	struct run_classes *c, struct session *s, struct job_context *context);

/* Whether an attempt whose resources are known only now asks for more than a limit: words
 * for it in `arena`, or NULL. */
const char *run_classes_over(const struct run_classes *c, struct job_context *context,
	struct arena *arena, uint32_t job, uint32_t attempt);
void run_classes_release(struct run_classes *c);

#endif
