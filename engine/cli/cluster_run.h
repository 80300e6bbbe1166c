/* A run whose jobs go to a cluster: from the settings to the driver's executor. */
#ifndef CW_CLI_CLUSTER_RUN_H
#define CW_CLI_CLUSTER_RUN_H

#include "cli/run_classes.h"
#include "cli/session.h"
#include "sched/run.h"

#define CLUSTER_DIR STATE_DIR "/cluster"

struct cluster_run {
	struct session *s;
	struct job_context *context;
	const struct run_classes *classes; /* borrowed; set before the run begins */
	struct executor *executor;         /* the driver's; NULL before it is made */
	struct strbuf workdir;
	int64_t latency_s, grace_ns;
};

/* Prepares `c` and tells the driver of it; nothing where there is no cluster. `context`
 * is borrowed as long as the run. */
void cluster_run_init(struct cluster_run *c, struct session *s,
	struct job_context *context, struct run_options *o);

/*
 * What an earlier run left with a scheduler, before anything is looked at: files put aside
 * for jobs that are not there any more come back. Where jobs are still there and this run
 * has no cluster to wait with it is an error. EXIT_DONE, or the exit status.
 * *ret_live: some are there.
 */
int cluster_run_recover(struct session *s, bool *ret_live);

/* Whether a job goes to the cluster. */
bool cluster_takes(const struct session *s, uint32_t job);

#endif
