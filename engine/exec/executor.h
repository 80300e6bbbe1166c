/*
 * Running one command somewhere. A job_spec says all an executor needs to know; it knows
 * nothing of rules and graphs. Executors are small tables of functions; completion is an
 * event on the loop they share with the driver.
 */
#ifndef CW_EXEC_EXECUTOR_H
#define CW_EXEC_EXECUTOR_H

#include "base/strview.h"
#include "sys/fs.h"

enum command_kind {
	COMMAND_NONE,  /* nothing to run: done at once */
	COMMAND_SHELL, /* `text` for `shell` */
	COMMAND_ARGV,  /* a program and its arguments, no shell */
};

enum {
	OUTPUT_TEMP = 1,
	OUTPUT_PROTECTED = 2,
	OUTPUT_DIRECTORY = 4,
	OUTPUT_TOUCH = 8,
	OUTPUT_NON_EMPTY = 16,
	OUTPUT_RESUME = 32,
	OUTPUT_STALE = 64, /* what is there now is unfinished: removed, not put aside */
};

struct spec_file {
	const char *path;   /* relative to the working directory, or absolute */
	unsigned flags;     /* OUTPUT_* */
	const char *sha256; /* expected digest in hex, or NULL */
};

struct env_pair {
	const char *name, *value;
};

/* What one attempt at one job needs. All pointers live in the arena it was built in. */
struct job_spec {
	uint32_t job;     /* the caller's number, given back with the result */
	uint32_t attempt; /* from 1 */
	enum command_kind kind;
	const char *shell;           /* program: "bash" */
	struct strview shell_prefix; /* "set -euo pipefail;" */
	struct strview text;         /* the command, all references put in */
	char *const *argv;           /* COMMAND_ARGV: NULL-terminated */
	const char *stdin_path, *stdout_path, *stderr_path; /* or NULL */
	const struct env_pair *env;                         /* added to the environment */
	uint32_t env_count;
	uint32_t threads;
	int64_t timeout_s;       /* 0: none */
	int64_t runtime_limit_s; /* by its resources, where they are enforced; 0: none */
	int64_t mem_limit_mb;    /* the same, of 10^6 bytes */
	const struct spec_file *outputs;
	uint32_t output_count;
	const char *const *logs;
	uint32_t log_count;
	const char *benchmark; /* or NULL */
	const char *depfile;   /* the same */
	const char *rule;      /* for messages */
	const char *wildcards; /* "sample=a, lane=1", or "" */
	const char *message;   /* in place of the standard line, or NULL */
	const char *shown;     /* the command for people, where it is wrapped; or NULL */
	char *const *
		shown_argv; /* the same of `argv`, without values of variables; or NULL */
	/* Begins the names of variables in `argv` and values of `env` of jobs that go to a
	 * cluster (pattern/mark.h): their scripts hold no values. */
	struct strview mark;
	/* Jobs of one group (a number, 0: none) may go somewhere together; `after` are those of
	 * it, submitted before, without whose good end this one must not begin. */
	uint32_t group, group_size;
	const uint32_t *after;
	uint32_t after_count;
	/* It begins only when another job ends that was submitted with `gives_way`; `any_end`:
	 * however that one ends, else only when it ended well and left all its outputs. See
	 * executor_ops.recall. */
	bool ahead, gives_way, any_end;
};

enum job_outcome {
	JOB_OK,
	JOB_EXIT,        /* exit status `code` */
	JOB_SIGNAL,      /* signal `code` */
	JOB_TIMEOUT,     /* ran longer than allowed and was killed */
	JOB_NOT_STARTED, /* errno `code` */
	JOB_BAD_OUTPUT,  /* ended well, but an output is missing or wrong: `text` */
	JOB_CANCELLED,   /* by us: interrupt, or after another failure */
	JOB_LOST,        /* its executor does not know what became of it */
	JOB_KILLED,      /* by its scheduler, which says `text` */
	JOB_REFUSED,     /* its scheduler did not take it: `text` */
	JOB_UNBEGUN, /* never will: one of `after` did not end well, or it was recalled */
};

struct job_usage {
	int64_t start_ns, end_ns; /* wall clock (CLOCK_REALTIME) */
	double seconds;           /* by the monotonic clock */
	double user_s, sys_s;     /* CPU of the process and those it waited for */
	int64_t max_rss_kb;
	int64_t in_blocks, out_blocks; /* of 512 bytes */
};

struct job_result {
	uint32_t job, attempt;
	enum job_outcome outcome;
	int code;
	const char *text; /* more words, or NULL; borrowed until the next event */
	struct job_usage usage;
	struct strview output; /* what it printed (stdout and stderr as they came), maybe
	                            cut; borrowed until the next event */
	uint64_t output_size;  /* bytes it printed in all */
	/* Of jobs submitted ahead: `follower` begins in its place; those that have not begun
	 * were recalled. */
	bool followed, recalled;
	uint32_t follower;
	/* Each output as it was checked, of JOB_OK; NULL: not looked at. Borrowed likewise. By
	 * an executor: all of them are there, and plain files. */
	const struct fs_stat *seen;
};

struct executor;
struct loop;

struct executor_ops {
	const char *name;
	/* Starts one attempt. The spec is borrowed for the call only. Never blocks long. A
	 * command that cannot be started is reported by an event (JOB_NOT_STARTED). */
	void (*submit)(struct executor *x, const struct job_spec *spec);
	/* Asks a running job to end: `hard` false SIGTERM, true SIGKILL, to its whole process
	 * group. Its event comes all the same. */
	void (*cancel)(struct executor *x, uint32_t job, bool hard);
	void (*free)(struct executor *x);
	/* Whether an earlier run's attempt at exactly this job goes on: submit() takes it over
	 * then, and its files are not to be touched before. NULL: never. */
	bool (*adopts)(struct executor *x, const struct job_spec *spec);
	/* Whether it takes a job that is to begin when another ends (job_spec.ahead). NULL:
	 * never. */
	bool (*takes_ahead)(struct executor *x);
	/* Those that have not begun by now never will: they come back as JOB_UNBEGUN. The
	 * executor does so by itself where a job ended otherwise than they wait for. */
	void (*recall)(struct executor *x);
	/* All that may start now has been submitted. NULL: it makes no difference. */
	void (*flush)(struct executor *x);
};

struct executor {
	const struct executor_ops *ops;
	/* Called from the loop for each attempt that ended. */
	void (*finished)(void *ctx, const struct job_result *result);
	void *ctx;
};

#endif
