/* What the parts of the cluster executor share; for this room alone. */
#ifndef CW_EXEC_CLUSTER_IMPL_H
#define CW_EXEC_CLUSTER_IMPL_H

#include "base/hashmap.h"
#include "exec/cluster_command.h"
#include "exec/cluster_files.h"
#include "exec/executor_cluster.h"
#include "sys/clock.h"

enum {
	SUBMITS_AT_ONCE = 4,
	SUBMIT_TRIES = 8,  /* of one that failed in passing */
	REVIVALS_MOST = 5, /* submissions of a job that never began */
	IDS_A_CALL = 200,
};

#define COMMAND_TIMEOUT_NS (60 * NS_PER_S)
#define DYING_NS (30 * NS_PER_S) /* for the scheduler's word about a killed job */

enum flight_stage {
	FLIGHT_FOUND,   /* of an earlier run, not yet asked for by this one */
	FLIGHT_BEHIND,  /* waits for the end of an earlier submission of other content */
	FLIGHT_QUEUED,  /* its script is written */
	FLIGHT_SENDING, /* its submit command runs */
	FLIGHT_LIVE,    /* the scheduler has it */
	FLIGHT_OVER,
};

/* One attempt at one job, on its way. */
struct flight {
	enum flight_stage stage;
	uint32_t place; /* in the list of flights, from 1; 0: none yet */
	uint32_t job, attempt;
	struct cluster_entry entry; /* tag, name, id, identity, outputs */
	int64_t timeout_s;
	char *rule;
	uint32_t kind, bundle; /* see bundle_of */
	char *shape;       /* its submit command but for names; where there are arrays */
	uint32_t tries;    /* submissions that failed in passing */
	uint32_t revivals; /* submissions that never began */
	int64_t not_before_ns;  /* next try */
	bool cancelled, hidden; /* asked to end; nobody waits for its result */
	bool cancel_sent;
	bool told_back;        /* that it was put back into the queue */
	struct flight *before; /* FLIGHT_BEHIND: what must end first; or NULL */
	/* what the scheduler said */
	char *word;         /* "TIMEOUT", with the reason; owned, or NULL */
	bool seen;          /* it was told of at least once */
	uint32_t missing;   /* calls in a row that did not name it */
	int64_t missing_ns; /* since when */
	int64_t gone_ns;    /* the scheduler says it is over, since; 0: not */
	enum cluster_state last;
	/* a status file that tells of a signal, not yet believed */
	bool dying;
	int64_t dying_ns;
	struct jobscript_status status;
};

/* One submission under way: its members share what comes of it. */
struct sending {
	struct cluster *c;
	VEC(struct flight *) members;
	char *tag; /* of the script that is submitted */
	bool array;
	uint32_t size; /* of members at first: one that is cancelled stays counted */
	struct cluster_command *command;
};

struct cluster {
	struct executor base;
	struct cluster_options o;
	struct cluster_journal journal;
	struct cluster_watch *watch;
	char run_tag[CLUSTER_RUN_TAG];
	uint32_t next_tag;
	char *dir; /* absolute */
	char **envp;
	struct hashmap by_tag;        /* hash of the tag -> place in `flights` */
	VEC(struct flight *) flights; /* NULL where one is over */
	VEC(uint32_t) free_places;
	VEC(struct flight *) queue;
	VEC(struct sending *) sendings;
	uint32_t live;
	uint64_t pump_timer, poll_timer, cancel_timer, verdict_timer;
	int64_t next_submit_ns, next_status_ns;
	struct cluster_command *status_command, *cancel_command;
	struct cluster_command *take_back; /* the last one; the others go on alone */
	VEC(struct flight *) asked; /* of the status call under way; NULL: over since */
	size_t one_by_one;          /* where the next call for one id begins */
	uint32_t status_failures;   /* in a row */
	bool cancelling;
	int64_t cancel_until_ns;
};

static inline int64_t cluster_now(void)
{
	return clock_monotonic_ns(&clock_real);
}

void cluster_say(struct cluster *c, const char *fmt, ...) CW_PRINTF(2, 3);

/* --- executor_cluster.c --- */
struct flight *cluster_flight_of_tag(struct cluster *c, const char *tag);
void cluster_flight_add(struct cluster *c, struct flight *f);

/* The attempt is over. Frees `f`. `text` may be NULL. */
void cluster_finish(struct cluster *c, struct flight *f, enum job_outcome outcome,
	int code, const char *text, const struct job_usage *usage);

/* Has the scheduler cancel `id`; nobody waits for it. */
void cluster_take_back(struct cluster *c, const char *id);

/* --- cluster_submit.c --- */
void cluster_pump_soon(struct cluster *c, int64_t at_ns);
/* Writes the script of a flight for its (new) tag. 0, or -1 with errno. */
int cluster_write_script(
	struct cluster *c, struct flight *f, const struct job_spec *spec);
void cluster_new_tag(struct cluster *c, struct flight *f);
/* It never began and never will: once more, under a new tag. */
void cluster_revive(struct cluster *c, struct flight *f);
void cluster_sendings_release(struct cluster *c);

/* --- cluster_poll.c --- */
void cluster_poll_soon(struct cluster *c);
/* The scheduler has it from now on. */
void cluster_went_live(struct cluster *c, struct flight *f);
/* Its status file is there. */
void cluster_status_came(struct cluster *c, struct flight *f);

#endif
