/* What the parts of the driver share; for sched/run*.c alone. */
#ifndef CW_SCHED_RUN_IMPL_H
#define CW_SCHED_RUN_IMPL_H

#include "base/vec.h"
#include "sched/job_files.h"
#include "sched/run.h"
#include "sched/run_ahead.h"
#include "sched/running_file.h"
#include "sched/temp_files.h"
#include "sys/clock.h"

/* A job between its start and its end. */
struct active {
	uint32_t job;
	uint32_t slot;  /* its page of the running file */
	bool cancelled; /* while waiting for its outputs */
	bool held; /* ended well before what it needs was seen to: it waits for that */
	bool remote;
	bool ahead;  /* handed over to begin when another ends: it has not */
	bool silent; /* runs, and no other is to follow it */
	struct arena arena;
	struct job_spec spec;
	struct job_files files;
	/* its command ended well, but an output is not to be seen yet */
	bool waiting;
	struct job_result result;
	char *output; /* copy of result.output */
	int64_t wait_until_ns;
};

struct run {
	const struct run_options *o;
	struct scheduler *sched;
	struct loop *loop;
	struct executor *executor, *local;
	VEC(struct active *) active;
	VEC(struct active *) unused; /* for the next jobs */
	uint32_t slots;              /* that were given out */
	struct running_file running;
	struct temp_files temp;
	const struct run_growth *growth; /* of the job that has just ended */
	struct strbuf words, command;
	uint32_t waiting; /* how many active ones are */
	struct run_ahead ahead;
	uint64_t ended; /* attempts that came back */
	int signals, first_signal;
	int64_t grace_ns;
	bool latency_timer;
	bool left; /* remote jobs go on without us */
};

static inline int64_t now_ns(void)
{
	return clock_monotonic_ns(&clock_real);
}

/* Tells the reporter, with the counts of now. */
void run_tell(struct run *r, struct run_event *e);

/* Tells what happened to `a` (skipped, started), with what is known of its spec. */
void run_tell_of(struct run *r, const struct active *a, enum run_event_kind kind);

/* Its attempt ended: `kind` says how. */
void run_tell_ended(struct run *r, const struct active *a,
	const struct job_result *result, enum run_event_kind kind);

/* A job that cannot run, with the reason. */
void run_tell_dropped(struct run *r, const struct run_drop *d);

/* What is waited for; r->words has it from the check. */
void run_tell_waiting(struct run *r, const struct active *a);

/* A line for the user; `ctx` is the run. */
void run_say(void *ctx, const char *text);

#endif
