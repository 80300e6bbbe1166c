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

struct submit_member {
	uint32_t job, attempt;
};

/* What a submit command is made for: `count` jobs that run one after the other, or an
 * array of jobs of which the first stands for all. */
struct submit_request {
	const struct submit_member *members;
	uint32_t count;
	const char *jobscript, *log; /* paths, absolute */
	const char *name, *tag;
	uint32_t array_size;   /* 0: no array */
	uint32_t fill_minutes; /* jobs are begun for so long; 0: as many as there are */
};

/* With which others a job would go as one submission. */
struct pack_wish {
	uint32_t kind;     /* jobs of one kind may go together */
	uint32_t most;     /* so many; 1: alone */
	double fill_s;     /* or as many as are expected to take so long; 0: no */
	double expected_s; /* what this one takes by its record; negative: not known */
	int64_t runtime_s; /* what it asks for; 0: nothing */
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
	/* NULL: each job goes alone. */
	void (*pack_of)(void *ctx, uint32_t job, uint32_t attempt, struct pack_wish *ret);
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
	int64_t submissions_most;  /* with the scheduler at once; 0: any number */
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
