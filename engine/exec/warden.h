/*
 * The warden: a helper process that starts the local jobs, a thread a running job, and
 * outlives the engine by the moment it takes to end them. It is the parent of all jobs
 * and adopts what they leave behind (PR_SET_CHILD_SUBREAPER), so that nothing a job
 * started escapes when the engine is killed, not even a daemon. A thread a job also
 * starts jobs faster: one thread that starts them all sleeps in vfork while the kernel
 * queues its child behind a running job.
 *
 *	engine --requests--> slot threads --> jobs
 *	       <--results---
 *	       --control---> main thread: cancels, watches the engine, adopts
 */
#ifndef CW_EXEC_WARDEN_H
#define CW_EXEC_WARDEN_H

#include <sys/types.h>

#include "sys/env.h"

struct warden_options {
	uint32_t slots;        /* most jobs at once */
	const char *tools_dir; /* last on PATH, or NULL */
	const char *spill_dir; /* for output too long for memory, long commands */
	int64_t grace_ns;      /* between SIGTERM and SIGKILL of a job out of time */
	void (*orphaned)(void *ctx); /* called in it when the engine is gone, or NULL */
	void *orphaned_ctx;
	bool always_shell; /* start a shell also for simple commands */
};

/* The engine's end. */
struct warden {
	pid_t pid;
	int jobs;                     /* socket of requests and results */
	int control;                  /* socket of struct control */
	struct warden_shared *shared; /* memory */
	uint32_t slot_count;
};

/* Starts it: a fork, so call it while the process is small or at least quiet. 0, or -1
 * with errno. Options are borrowed for the call; no string of theirs may be one of the
 * command line's, which the warden writes over. */
int warden_start(struct warden *w, const struct warden_options *o);

/* Ends it and waits for that. `sweep`: kills what jobs left behind; jobs that still run
 * are killed in any case. */
void warden_stop(struct warden *w, bool sweep);

/* It is gone without being told to: kills the groups of its jobs, releases `w`. */
void warden_bury(struct warden *w);

#endif
