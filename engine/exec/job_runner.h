/* A slot of the warden: takes a request, runs it to its end, says what came of it. */
#ifndef CW_EXEC_JOB_RUNNER_H
#define CW_EXEC_JOB_RUNNER_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "exec/warden.h"

/* In memory shared by engine and warden: outlives both threads and warden. */
struct warden_slot {
	_Atomic pid_t pid; /* of the running job, 0: none */
	/* The rest belongs to the warden, under its lock. */
	uint32_t job, attempt;
	bool busy;
	int cancel; /* signal that was asked for, 0: none */
};

/* In the same memory. */
struct warden_shared {
	_Atomic uint32_t recalls; /* how often jobs that were sent ahead were recalled */
	struct warden_slot slots[];
};

/* What all slots of a warden share. */
struct warden_state {
	const struct warden_options *options;
	struct env env;
	struct rlimit files; /* RLIMIT_NOFILE as the jobs get it, where that was raised */
	bool raised, prepared; /* prepared: as of process_prepare() */
	int jobs;              /* socket */
	pthread_mutex_t lock;
	struct warden_shared *shared;
	struct warden_slot *slots; /* of `shared` */
	uint32_t threads;          /* slots that have one */
};

struct runner_arg {
	struct warden_state *state;
	uint32_t slot;
};

/* The life of a slot's thread; `start` is a struct runner_arg, owned. */
void *runner_main(void *start);

#endif
