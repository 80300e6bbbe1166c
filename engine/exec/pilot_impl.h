/*
 * What the two sides of a pilot share: rank 0 (executor_mpi.c), and the ranks that run jobs
 * (pilot_worker.c). Nobody waits inside MPI: both sides look for messages by a timer that
 * slows down while there are none, so that an idle rank uses no core.
 */
#ifndef CW_EXEC_PILOT_IMPL_H
#define CW_EXEC_PILOT_IMPL_H

#include "exec/executor.h"

enum tag {
	TAG_SETUP = 1,
	TAG_JOBS,
	TAG_RESULTS,
	TAG_CANCEL,
	TAG_END,
	TAG_BEAT,
	TAG_REFUSED, /* the rank cannot run jobs: words for it, with their NUL */
};

/* Bytes of several jobs or results in one message: such as an MPI sends at once, without
 * asking the other side first (Open MPI, in shared memory: 4096 with its own head). What is
 * longer goes alone. */
enum { BUNDLE_MOST = 3840 };

/* What each rank has told of itself: its host (the lowest rank there), cores of its host
 * and of its own. */
struct rank_facts {
	int32_t host, host_cores, own_cores, pid;
};

/* All ranks; known after pilot_begin(). */
struct pilot_world {
	struct rank_facts *ranks;
	int size;
	bool lost_some; /* a rank was given up: MPI_Finalize may wait for it for ever */
};

extern struct pilot_world pilot_world;

/* Where a rank was lost MPI_Finalize may not come to an end: then the process ends, after
 * some seconds from now on. */
void pilot_finalize_soon(void);

/* A message that is there and was not received yet: its sender, tag and size in bytes. */
struct pilot_letter {
	int from, tag, size;
};

bool pilot_probe(struct pilot_letter *ret);

/* Messages that are on their way. MPI may want to be looked after until they are there. */
struct outbox {
	struct outgoing *v; /* owned */
	size_t n, cap;
};

/* Sends `n` bytes; takes them. */
void outbox_send(struct outbox *o, int rank, enum tag tag, char *bytes, size_t n);

/* Lets go of the messages that are sent. */
void outbox_collect(struct outbox *o);

/* What never was (to a lost rank) stays MPI's, with its bytes. */
void outbox_release(struct outbox *o);

/* The pause before the next look: short while messages come. All zero: none came yet. */
struct pace {
	int64_t last_ns, pause_ns;
};

/* When to look again (monotonic), a look having found a message or not; not before
 * `rest_ns` from now. */
int64_t pace_next(struct pace *p, bool came, int64_t rest_ns);

/* How long jobs take of late. */
struct usual {
	double seconds;
	uint32_t jobs; /* that were measured, up to some */
};

void usual_add(struct usual *u, double seconds);

/* `jobs` are where `slots` run at once: for so long (ns, 0: no time) nobody need look after
 * them, since those that wait there begin by themselves. */
int64_t usual_rest_ns(const struct usual *u, size_t jobs, uint32_t slots);

/* Head of a result; a text and the output follow. A message has one or several. */
struct result_message {
	uint32_t job, attempt, outcome;
	int32_t code;
	uint64_t output_size;
	uint32_t text_bytes, output_bytes;
	struct job_usage usage;
};

/* Head of TAG_SETUP; workdir, spill folder and tools folder follow, each with its NUL. */
struct setup_message {
	int64_t grace_ns;
	int32_t has_tools;
};

#endif
