/*
 * The order of a run, as a state machine without I/O: events in (time passed, a job ended,
 * a signal came), actions out (start this job, cancel that one, wait, done). Time and
 * execution belong to the driver, so that tests run a year of failing jobs in seconds.
 *
 * What a job asks for may be known only when it is ready, and be other at each attempt: such
 * a job is given out by SCHED_ADMIT first, and starts when what it was admitted with is
 * free. Jobs may come while the run goes on: see scheduler_grow.
 *
 * Cost: O(log n) a job for the ready heap, O(1) an edge (counters go down; nothing is
 * scanned again); memory grows with the jobs that are ready at once.
 */
#ifndef CW_SCHED_SCHEDULER_H
#define CW_SCHED_SCHEDULER_H

#include "base/strview.h"

enum { SCHED_MOST_RESOURCES = 32 };
#define SCHED_NONE UINT32_MAX

#define SCHED_NO_GROUP UINT32_MAX

/* Jobs of one class ask for the same amounts. Resource 0 is cores. */
struct sched_class {
	int64_t amount[SCHED_MOST_RESOURCES];
	uint32_t retries; /* further attempts after a failure */
};

/* When a job has to be admitted. */
enum sched_late {
	SCHED_LATE_FIRST = 1, /* what it asks for is known when it is ready */
	SCHED_LATE_RETRY = 2, /* ... and may be other at each further attempt */
};

/* An edge that came during the run. */
struct sched_edge {
	uint32_t to, next; /* the job that waits; the next edge, or SCHED_NONE */
};

/* All arrays are borrowed as long as the scheduler lives; the driver may replace them by
 * longer ones between two calls. Jobs are 0..job_count-1. */
struct sched_graph {
	uint32_t job_count;
	uint32_t
		linked; /* jobs from here on have no stretch of `dependents`; 0: all have */
	const uint32_t *pending; /* wanted jobs that must end well before this one */
	const uint64_t *dependents_start; /* CSR: job -> wanted jobs that wait for it */
	const uint32_t *dependents;
	const uint32_t
		*more; /* job -> first of its further edges; NULL: there are none */
	const struct sched_edge *edges;
	const uint8_t *wanted;    /* only these run; the others count as done */
	const int32_t *priority;  /* higher first; NULL: all 0 */
	const float *weight;      /* longest path to the end by expected seconds, among
	                                     equals larger first; NULL: none */
	const uint32_t *class_of; /* as known before the run; NULL: all of class 0 */
	const uint8_t *late;      /* job -> enum sched_late; NULL: none is */
	const struct sched_class *classes; /* may grow; those that are there stay */
	uint32_t class_count;
	uint32_t resource_count;
	int64_t limit[SCHED_MOST_RESOURCES]; /* < 0: unlimited */
	bool keep_going; /* after a failure start what does not depend on it */
	bool admit_all;  /* SCHED_ADMIT for every attempt: somebody wants to know */
	/* Jobs of one group start together, each behind those it needs, once all that they
	 * need of others is made; whoever runs them holds each back until those before it
	 * ended well. All jobs of a group come at once; numbers from 0, or SCHED_NO_GROUP; joined
	 * to their groups the jobs have no cycle. NULL: there are none as yet. */
	const uint32_t *group_of;
	uint32_t group_count;
};

/* Calls `act` with the wanted jobs that wait for `job`. */
static inline void sched_each_dependent(const struct sched_graph *g, uint32_t job,
	void (*act)(void *ctx, uint32_t dependent), void *ctx)
{
	if (!g->linked || job < g->linked) {
		for (uint64_t e = g->dependents_start[job];
			e < g->dependents_start[job + 1]; e++) {
			act(ctx, g->dependents[e]);
		}
	}
	for (uint32_t e = g->more ? g->more[job] : SCHED_NONE; e != SCHED_NONE;
		e = g->edges[e].next) {
		act(ctx, g->edges[e].to);
	}
}

enum sched_action_kind {
	SCHED_ADMIT, /* `job` is ready for `attempt`: scheduler_admit before anything else */
	SCHED_START,  /* start attempt `attempt` of `job` now */
	SCHED_CANCEL, /* cancel `job`, `hard` or not */
	SCHED_WAIT,   /* nothing to do until an event (or `until_ns`, if not 0) */
	SCHED_DONE,   /* no job is running and none will start */
};

struct sched_action {
	enum sched_action_kind kind;
	uint32_t job, attempt;
	bool hard;
	int64_t until_ns;
};

enum sched_job_state {
	SCHED_WAITING,
	SCHED_READY,
	SCHED_RUNNING,
	SCHED_SUCCEEDED,
	SCHED_FAILED,
	SCHED_BLOCKED, /* something it needs failed */
	SCHED_SKIPPED, /* wanted, but proved needless: see scheduler_skip */
	SCHED_LEFT,    /* not started because the run was stopped, or by scheduler_drop */
};

struct sched_counts {
	uint32_t wanted, succeeded, failed, running, blocked, skipped;
};

struct scheduler;

struct scheduler *scheduler_new(const struct sched_graph *graph); /* returns owned */
void scheduler_free(struct scheduler *s);

/* The next action at time `now_ns`. Called again and again until it says WAIT or DONE. */
struct sched_action scheduler_next(struct scheduler *s, int64_t now_ns);

/* The job that SCHED_ADMIT named asks for what `class` does, in the attempt to come. */
void scheduler_admit(struct scheduler *s, uint32_t job, uint32_t class);

/*
 * A ready job (SCHED_START in *ret) that may start as soon as any of the running ones has
 * ended well: all ask for the same, and so does it. It stays as it is, but is not given out
 * again, until scheduler_begun() says that it runs. False: there is none now.
 */
bool scheduler_ahead(struct scheduler *s, struct sched_action *ret);

/* A job given out ahead runs now, in place of one that scheduler_ended() was told of. (Or
 * it never will: scheduler_ended() with SCHED_END_UNBEGUN comes right behind.) */
void scheduler_begun(struct scheduler *s, uint32_t job);

/* A job that was started ended: well, or not (then it is tried again while its class has
 * retries left and the run is not being stopped). */
enum sched_end {
	SCHED_END_OK,
	SCHED_END_FAILED,
	SCHED_END_CANCELLED,
	/* Of a group: what it needs did not end well, and it has not begun (or what it made
	 * is void); or it was given out ahead and taken back: this was no attempt. */
	SCHED_END_UNBEGUN,
};
void scheduler_ended(
	struct scheduler *s, uint32_t job, enum sched_end how, int64_t now_ns);

/* Whether a running job has what it needs. Only jobs of groups may not. */
enum sched_inputs {
	SCHED_INPUTS_MADE,
	SCHED_INPUTS_COMING, /* what makes them still runs */
	SCHED_INPUTS_FAILED, /* what makes them failed, or is tried again */
};
enum sched_inputs scheduler_inputs(const struct scheduler *s, uint32_t job);

/* A ready job that SCHED_START gave out turned out needless (its inputs came out
 * unchanged): it counts as done without having run. */
void scheduler_skip(struct scheduler *s, uint32_t job);

/*
 * The graph has more jobs than before, and maybe further edges. `pending` of a new job
 * counts those it waits for that have not ended well as yet, and only from these there are
 * edges. O(1) a new job, amortised.
 */
void scheduler_grow(struct scheduler *s);

/* A waiting job has got edges from `count` more jobs. */
void scheduler_wait_more(struct scheduler *s, uint32_t job, uint32_t count);

/* A waiting job will not run: `why` is SCHED_FAILED or SCHED_BLOCKED (what needs it is
 * blocked), or SCHED_LEFT (neither it nor what needs it belongs to this run any more). */
void scheduler_drop(struct scheduler *s, uint32_t job, enum sched_job_state why);

/* The run shall stop: no new jobs; running ones are cancelled softly, and hard after
 * `grace_ns`. A second call makes it hard at once. */
void scheduler_interrupt(struct scheduler *s, int64_t now_ns, int64_t grace_ns);

/* No job starts any more; running ones go on to their end. */
void scheduler_drain(struct scheduler *s);

/* Ready jobs that wait for their turn or for resources. */
uint32_t scheduler_ready(const struct scheduler *s);

enum sched_job_state scheduler_state(const struct scheduler *s, uint32_t job);
struct sched_counts scheduler_counts(const struct scheduler *s);

#endif
