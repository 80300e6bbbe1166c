/*
 * A simulator process: started, written to and read from without blocking, ended. What it
 * writes to standard error goes on to ours, unless told otherwise; the end of it is kept.
 */
#ifndef CW_ABC_CHILD_MODEL_H
#define CW_ABC_CHILD_MODEL_H

#include <sys/types.h>

#include "abc/wire.h"

/* Exit statuses from 1 to this are the simulator's word that it failed; others, and
 * signals, mean that it was lost. */
enum { CHILD_LAST_FAILURE = 99 };

struct child_model {
	pid_t pid; /* 0: none */
	int to, from, errors, pidfd;
	bool hushed;           /* what it writes to standard error is only kept */
	struct strbuf out, in; /* not yet written; not yet handed out */
	struct strbuf said;    /* the end of its standard error, until the next start */
	size_t written, taken; /* of out; of in */
};

void child_model_init(struct child_model *c);

/* Starts `argv` in folder `dir`. -1 with a text. */
int child_model_start(struct child_model *c, const char *const *argv, const char *dir,
	struct strbuf *err);

/* Waits at most `seconds` (below 0: for ever) until the process has ended. */
bool child_model_ended(struct child_model *c, double seconds);

/* Closes its input, gives it `patience` seconds, then SIGKILL for its group. Returns the
 * wait status. Buffers are emptied. */
int child_model_end(struct child_model *c, double patience);
void child_model_release(struct child_model *c);

/* Writes what can be written and reads what is there; waits at most `ms` for either.
 * 1: something moved; 0: nothing; -1: the process has closed its output. */
int child_model_pump(struct child_model *c, int ms);

/* The next whole line without its end, NUL-terminated in the buffer; NULL: none yet.
 * Borrowed until the next pump. */
char *child_model_line(struct child_model *c);

/* Appends the last `lines` lines (blank ones do not count) that it, or the one before it,
 * wrote to standard error, with " | " in between. False: there are none. */
bool child_model_said(const struct child_model *c, size_t lines, struct strbuf *out);

/* "ended with exit status 1", "was ended by signal 9 (Killed)". */
void describe_end(int status, struct strbuf *out);

#endif
