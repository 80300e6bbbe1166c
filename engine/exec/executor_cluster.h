/*
 * The cluster executor: jobs as scripts handed to a scheduler by commands that the user
 * gives. Nothing of the engine runs on the nodes. A job is known to have ended by the file
 * its script leaves, and where that stays away by what the scheduler says.
 *
 *	submit() -> queue -> jobscript, journal, submit command -> id
 *	            status file appears, or the status command has a word -> finished()
 */
#ifndef CW_EXEC_EXECUTOR_CLUSTER_H
#define CW_EXEC_EXECUTOR_CLUSTER_H

#include "exec/cluster_journal.h"
#include "exec/cluster_status.h"

struct loop;

/* What a submit command is made for: one job, or `array_size` of the same kind. */
struct submit_request {
	uint32_t job, attempt;
	const char *jobscript, *log; /* paths, absolute */
	const char *name, *tag;
	uint32_t array_size;  /* 0: no array */
	uint32_t bundle_size; /* jobs that run one after the other in it, at least 1 */
};

/* The commands, made by who knows jobs and templates. All append to `out`; 0, or -1 with
 * one line in `error`. */
struct cluster_commands {
	void *ctx;
	int (*submit)(void *ctx, const struct submit_request *q, struct strbuf *out,
		struct strbuf *error);
	/* NULL: there is no such command */
	int (*status)(void *ctx, const char *const *ids, uint32_t count,
		struct strbuf *out, struct strbuf *error);
	int (*cancel)(void *ctx, const char *const *ids, uint32_t count,
		struct strbuf *out, struct strbuf *error);
	bool status_one_by_one; /* the command takes one id and prints one word */
	/* Whether the job stays on this host. */
	bool (*is_local)(void *ctx, uint32_t job);
	/* How many jobs of its rule go in one submission, one after the other (1: each
	 * alone); jobs of one `kind` may share it. */
	uint32_t (*bundle_of)(void *ctx, uint32_t job, uint32_t *ret_kind);
};

struct cluster_options {
	struct loop *loop;
	const char *dir;     /* ".cwflow/cluster"; made where missing */
	const char *workdir; /* absolute */
	const char *tools_dir;
	char *const *environ_from;
	struct cluster_commands commands;
	struct state_map states;   /* borrowed */
	const char *id_pattern;    /* or NULL */
	const char *array_id;      /* "{id}_{n}"; NULL: no arrays */
	bool array_from_zero;      /* {n} counts from 0 */
	uint32_t array_most;       /* members of an array */
	double submits_per_second; /* 0: as fast as it goes */
	double statuses_per_second;
	int64_t latency_ns; /* how late files of other hosts may show up */
	int64_t lost_ns;    /* unknown to the scheduler for so long: lost */
	/* A line for the user. */
	void (*say)(void *ctx, const char *text);
	void *say_ctx;
	struct executor *local;       /* for jobs of this host; taken */
	struct cluster_entries found; /* of an earlier run; taken */
};

/* The tag of the present host, process and time: "c" and six letters or digits. */
enum { CLUSTER_RUN_TAG = 8 };
void cluster_run_tag(char ret[CLUSTER_RUN_TAG]);

/* NULL with errno, where the folder or the journal cannot be had. All but what is said to
 * be taken is borrowed as long as it lives. When freed, jobs of the cluster go on. */
struct executor *executor_cluster_new(const struct cluster_options *o);

/* Jobs that are with the scheduler now, for a last message. */
uint32_t executor_cluster_live(const struct executor *x);

#endif
