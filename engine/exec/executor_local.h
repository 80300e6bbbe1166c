/* The local executor: jobs as processes of this host, started by a warden. */
#ifndef CW_EXEC_EXECUTOR_LOCAL_H
#define CW_EXEC_EXECUTOR_LOCAL_H

#include "exec/executor.h"

struct local_options {
	struct loop *loop;     /* borrowed; outlives the executor */
	uint32_t slots;        /* most jobs at once */
	const char *tools_dir; /* last on the jobs' PATH, or NULL; borrowed */
	const char *spill_dir; /* a folder for output too long for memory; borrowed */
	int64_t grace_ns;      /* between SIGTERM and SIGKILL of a job out of time */
	/* Called in the warden when the engine was killed, after its jobs were; or NULL. */
	void (*orphaned)(void *ctx);
	void *orphaned_ctx;
	bool always_shell; /* start a shell also where a command needs none */
};

/* Starts nothing yet. Set `finished` and `ctx` before the first submit. When freed it
 * kills jobs that still run. Returns owned (x->ops->free). */
struct executor *executor_local_new(const struct local_options *o);

/* Starts an attempt by a request that request_encode() made, maybe in another process; it is
 * borrowed for the call. False: its bytes are no request. */
bool executor_local_forward(struct executor *x, const char *request, size_t n);

/* When freed, also kill what jobs have left running in the background (after an
 * interrupt). */
void executor_local_sweep(struct executor *x);

#endif
