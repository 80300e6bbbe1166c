/* Where a run's workflow comes from: commit, remote and state of its repository, looked up
 * beside the run, and the commits of its modules. */
#ifndef CW_CLI_RUN_ORIGIN_H
#define CW_CLI_RUN_ORIGIN_H

#include <pthread.h>

#include "base/strbuf.h"
#include "workflow/workflow.h"

struct run_origin {
	pthread_t thread;
	bool started;
	char *folder; /* of the workflow file; owned */
	struct strbuf commit, remote, modules;
	int dirty; /* -1: not known */
};

/* Begins to look; `file`: the workflow file. */
void run_origin_begin(struct run_origin *o, const struct workflow *wf, const char *file);

/* Waits for what was begun; then the members hold it. */
void run_origin_wait(struct run_origin *o);
void run_origin_release(struct run_origin *o);

#endif
