/*
 * One attempt at one job, from its start to its end: the processes it starts
 * one after the other or together, all of one process group, their output,
 * time, memory and usage.
 *
 * The first process leads the group and is not waited for before the end, so
 * that the number of the group means this job and no other as long as anybody
 * may be in it.
 */
#ifndef CW_EXEC_ATTEMPT_H
#define CW_EXEC_ATTEMPT_H

#include "base/arena.h"
#include "exec/job_message.h"
#include "exec/job_runner.h"
#include "exec/output_buffer.h"
#include "sys/process.h"

enum {
	RUNNER_BUF = 64 * 1024,
	ATTEMPT_TOGETHER = 8, /* most processes at once */
};

/* What the thread of a slot works with. */
struct runner {
	struct warden_state *state;
	struct warden_slot *slot;
	struct output_buffer output;
	struct arena arena; /* of one request */
	struct strbuf path; /* of the program */
	/* the shell of the last job that had one: its name, a NUL, the PATH it was looked
	 * for in; and where it is */
	struct strbuf shell_asked, shell_path;
	struct strbuf proc; /* what is read of /proc */
	timer_t ticks;      /* interrupts this thread's waiting */
	bool has_ticks, ticking;
	char *buf; /* one packet; then what is read from the pipe */
};

/* A process that was started. */
struct member {
	struct child child;
	bool ended;
	int status; /* as of wait(2), when it has ended */
};

struct attempt {
	struct runner *r;
	const struct request_head *head; /* its limits; borrowed */
	struct result_head *result;      /* borrowed */
	int output[2]; /* pipe, made for the first process; output[1] is for them */
	pid_t group;   /* 0: nothing was started */
	struct member members[ATTEMPT_TOGETHER];
	uint32_t member_count;
	int64_t start_ns;
	int64_t deadline_ns; /* next step against a job out of time; 0: none */
	int64_t watch_ns;    /* next look at its memory; 0: none */
	int64_t held_mb;     /* what it held when that was too much, or 0 */
	bool timed_out;
};

/* Gives the thread its ticks; before any attempt. */
void attempt_set_up(struct runner *r);

/* The thread will be idle: nothing is to interrupt that. */
void attempt_rest(struct runner *r);

/* Begins, within the limits of `head`. */
void attempt_begin(struct attempt *a, struct runner *r, const struct request_head *head,
	struct result_head *result);

/* Starts a process: descriptors, group, limits of `s` are filled in here; an
 * s->fd of ATTEMPT_OUTPUT becomes the pipe. Where there are no descriptors or processes to
 * be had it waits for other jobs to give some back. -1 with errno and *ret_step. */
enum { ATTEMPT_OUTPUT = -2 };
int attempt_spawn(struct attempt *a, struct spawn *s, enum spawn_step *ret_step);

/* Sees the started processes to their end; their statuses are in members[],
 * which is empty for the next ones after attempt_next(). */
void attempt_wait(struct attempt *a);
void attempt_next(struct attempt *a);

/* What they have printed is in the output: for what is said by us behind it. */
void attempt_collect(struct attempt *a);

/* Whether nothing more is to be started: cancelled, or over a limit. */
bool attempt_is_over(const struct attempt *a);

/* The end, well or not by `status` (as of wait(2)): kills what is left where it
 * did not go well, collects the last of the output, fills in outcome, code,
 * hint and usage. */
void attempt_end(struct attempt *a, int status);

/* The end of one that started nothing. */
void attempt_drop(struct attempt *a);

#endif
