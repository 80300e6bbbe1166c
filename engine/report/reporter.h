/*
 * What a run tells: events, and sinks for them (the terminal's live line, plain lines,
 * JSON Lines, the log file). A reporter knows no graph, only these structs; all strings
 * are borrowed for the call.
 */
#ifndef CW_REPORT_REPORTER_H
#define CW_REPORT_REPORTER_H

#include "base/strview.h"

enum run_event_kind {
	EVENT_RUN_STARTED, /* total jobs, cores */
	EVENT_JOB_READY, /* what it needs is there; only where somebody asked for these */
	EVENT_JOB_STARTED,
	EVENT_JOB_FINISHED, /* ended well; `output` if it printed any */
	EVENT_JOB_FAILED,   /* with reason, command, log paths and the end of the log */
	EVENT_JOB_RETRIED,  /* failed, will be tried again */
	EVENT_JOB_SKIPPED,
	EVENT_MESSAGE,     /* a line of `text` */
	EVENT_INTERRUPTED, /* first or second */
	EVENT_RUN_FINISHED,
};

struct run_event {
	enum run_event_kind kind;
	int64_t time_ns; /* CLOCK_REALTIME */
	uint32_t job, attempt;
	const char *rule, *wildcards, *message; /* of the job; message may be NULL */
	uint32_t threads;
	const char *command;   /* for -p and failures; may be NULL */
	const char *reason;    /* why it runs, or why it failed: "exit status 1" */
	struct strview output; /* captured, may be empty */
	uint64_t output_size;  /* of all it printed */
	const char *const *outputs;
	uint32_t output_count;
	const char *const *logs;
	uint32_t log_count;
	struct strview log_tail; /* last lines of the first log */
	double seconds; /* of the job; EVENT_RUN_FINISHED: of the run, 0: not told */
	uint32_t total, done, failed, running, blocked, left; /* of the run so far */
	const char *text;
};

struct reporter {
	void (*event)(struct reporter *r, const struct run_event *e);
	/* Time passes: redraw if needed. Called about 10 times a second. May be NULL. */
	void (*tick)(struct reporter *r, int64_t now_ns);
	void (*free)(struct reporter *r);
};

struct report_options {
	bool color, terminal, quiet, verbose, print_commands;
	int fd; /* usually 2 */
};

/* The live line on a terminal, plain lines elsewhere. Returns owned (r->free). */
struct reporter *report_terminal_new(const struct report_options *o);
struct reporter *report_plain_new(const struct report_options *o);

/* JSON Lines into `path`, "-" for standard output; `more`: behind what is there, as a run goes
 * on. *fault (borrows, until it is freed) becomes the errno of a write that fails; nothing
 * follows it. NULL with errno where it cannot be opened. Returns owned. */
struct reporter *report_json_new(const char *path, bool more, int *fault);

/* One that passes everything to several (takes them). Returns owned. */
struct reporter *report_mux_new(struct reporter *const *sinks, uint32_t count);

#endif
