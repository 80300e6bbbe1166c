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
#define GATHER_NS (100 * NS_PER_MS) /* for others that go with a job */
#define DYING_NS (30 * NS_PER_S)    /* for the scheduler's word about a killed job */

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
	/* with which others it may go: by wish of the caller, by its group (0: none), by what
	 * its submit command looks like but for names (where there are arrays) */
	struct pack_wish wish;
	uint32_t group, group_size;
	uint32_t *after; /* jobs of its group that must end well before it */
	uint32_t after_count;
	char *shape;
	int64_t could_go_ns;    /* since when it may go, but for others of its group */
	bool alone;             /* was in another's way, or another in its */
	struct pack *pack;      /* the submission that it shares, or NULL */
	uint32_t seat;          /* in it, from 0 */
	uint32_t ran_seat;      /* of the member of an array that took it up */
	bool runner_known;      /* entry.id is where it runs */
	bool counted;           /* among the submissions in flight */
	bool adopted;           /* of an earlier run */
	bool dropped;           /* what it must come after did not end well */
	uint32_t tries;         /* submissions that failed in passing */
	uint32_t revivals;      /* submissions that never began */
	int64_t not_before_ns;  /* next try */
	bool cancelled, hidden; /* asked to end; nobody waits for its result */
	bool cancel_sent;
	bool told_back;        /* that it was put back into the queue */
	bool told_held;        /* that it waits for a person */
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

enum pack_shape {
	PACK_BUNDLE, /* one after the other, in one process */
	PACK_FILL,   /* the same, as many as fill a time */
	PACK_GROUP,  /* the same, each behind those it needs */
	PACK_ARRAY,  /* one submission of many members */
};

/* A submission of several jobs. Their files stay until the last of them is over: its
 * script looks at them. */
struct pack {
	enum pack_shape shape;
	char *tag; /* of its script */
	char *id;  /* the scheduler's; NULL: not yet told */
	uint32_t size, left;
	bool taken; /* members of the array did each other's work: some need not start */
	VEC(char *)
	over; /* tags of ended jobs; first letter '+': files stay for people */
};

/* One submission under way: its members share what comes of it. */
struct sending {
	struct cluster *c;
	VEC(struct flight *) members;
	char *tag; /* of the script that is submitted */
	enum pack_shape shape;
	struct pack *pack; /* NULL: of one job */
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
	struct hashmap by_job;        /* the same by job */
	VEC(struct flight *) flights; /* NULL where one is over */
	VEC(uint32_t) free_places;
	VEC(struct flight *) queue;
	VEC(struct sending *) sendings;
	VEC(char *) late; /* tags whose files wait for the end of the run, as in `over` */
	uint32_t live;
	uint32_t in_flight; /* submissions: a pack counts once, an array by its members */
	uint32_t found;     /* flights of an earlier run that nobody asked for yet */
	uint32_t behind, ordered; /* flights that have `before`, or `after` */
	uint64_t pump_timer, poll_timer, cancel_timer, verdict_timer, drop_timer;
	int64_t next_submit_ns, next_status_ns;
	struct cluster_command *status_command, *cancel_command;
	struct cluster_command *take_back; /* the last one; the others go on alone */
	VEC(struct flight *) asked; /* of the status call under way; NULL: over since */
	size_t one_by_one;          /* where the next call for one id begins */
	uint32_t status_failures;   /* in a row */
	bool cancelling;
	bool gathering; /* some in the queue may share a submission with what follows */
	int64_t cancel_until_ns;
};

static inline int64_t cluster_now(void)
{
	return clock_monotonic_ns(&clock_real);
}

void cluster_say(struct cluster *c, const char *fmt, ...) CW_PRINTF(2, 3);

/* --- executor_cluster.c --- */
struct flight *cluster_flight_of_job(struct cluster *c, uint32_t job);
void cluster_flight_add(struct cluster *c, struct flight *f);

/* The attempt is over. Frees `f`. `text` may be NULL. */
void cluster_finish(struct cluster *c, struct flight *f, enum job_outcome outcome,
	int code, const char *text, const struct job_usage *usage);

/* --- cluster_adopt.c: what an earlier run left --- */
bool cluster_adopts(struct executor *x, const struct job_spec *spec);
/* The submission of an earlier run that this job was (*ret_same), or that is in its way. */
struct flight *cluster_find_earlier(
	struct cluster *c, const struct job_spec *spec, bool *ret_same);
/* It becomes this job's. */
void cluster_adopt(struct cluster *c, struct flight *f, const struct job_spec *spec);
/* Its id, where the engine died before it was told. */
void cluster_find_id(struct cluster *c, struct flight *f);
void cluster_take_found(struct cluster *c);
void cluster_settle_found(struct cluster *c);
/* Removes what earlier runs left for people to look at. */
void cluster_tidy(const struct cluster *c);

/* --- cluster_cancel.c --- */
void cluster_cancel(struct executor *x, uint32_t job, bool hard);
void cluster_cancel_soon(struct cluster *c);
/* Has the scheduler cancel `id`; nobody waits for it. */
void cluster_take_back(struct cluster *c, const char *id);
/* A job of a group did not end well: those behind it that have not begun never will. */
void cluster_drop_behind(struct cluster *c, uint32_t job);
void cluster_drop_soon(struct cluster *c);

/* --- cluster_pack.c: several jobs in one submission --- */
/* Fills in with what others the flight may go. */
void cluster_set_wish(struct cluster *c, struct flight *f, const struct job_spec *spec);
/* Whether another may come that `f` could go with, so that it is worth a wait. */
bool cluster_may_share(const struct cluster *c, const struct flight *f);
/* Takes what goes in one submission off the queue, at most `most` of them; NULL: nothing
 * may go now, and *ret_next_ns is when something will (0: never). */
struct sending *cluster_choose(struct cluster *c, uint32_t most, int64_t *ret_next_ns);
/* The text of the script that several share; makes their pack. */
void cluster_pack_make(struct cluster *c, struct sending *s, struct strbuf *script);
/* The id of an array's member at `seat` (from 0). Returns owned. */
char *cluster_member_id(const struct cluster *c, const char *id, uint32_t seat);
/* The flight leaves its submission: it is over, or goes again. `end` the first, with its
 * files removed, or kept for people. */
void cluster_leave_pack(struct cluster *c, struct flight *f, bool end, bool keep);
/* Looks where the flight runs. True: elsewhere than was believed, entry.id has changed. */
bool cluster_find_runner(struct cluster *c, struct flight *f);
/* It runs in the place of another job of its array. */
bool cluster_is_guest(const struct flight *f);

/* --- cluster_submit.c --- */
void cluster_pump_soon(struct cluster *c, int64_t at_ns);
struct jobscript_options cluster_script_options(const struct cluster *c);
void cluster_queue(struct cluster *c, struct flight *f);
/* No more come for now: those that waited for others go soon. */
void cluster_flush(struct executor *x);
void cluster_unqueue(struct cluster *c, const struct flight *f);
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
