/*
 * What went wrong in the last run: attempts that failed, with the end of what they said.
 * A file of its own beside the records (".cwflow/failures"), since most runs have none: the
 * first failure makes it, the next run removes it. An entry is written by one call and has
 * a sum of its own; what is torn ends what is read.
 */
#ifndef CW_STATE_FAILURES_H
#define CW_STATE_FAILURES_H

#include "base/strbuf.h"
#include "base/vec.h"

struct failure {
	uint32_t run;     /* row_run.id */
	uint32_t attempt; /* from 1 */
	uint32_t threads;
	bool again;     /* it was tried again */
	int64_t end_ns; /* wall clock */
	double seconds;
	struct strview rule, wildcards, reason;
	struct strview command; /* for people; a long one is cut */
	struct strview log;     /* path of its first log, or empty */
	struct strview tail;    /* last lines of the log, or of what it printed */
};

/* --- by a run, under its lock --------------------------------------------------------- */

struct failure_log {
	char *path; /* owned */
	int fd;     /* -1: nothing went wrong yet */
	uint32_t count;
	struct strbuf entry;
};

/* A run begins: forgets those of the run before (`fresh`; not a later round's). */
void failure_log_init(struct failure_log *log, const char *path, bool fresh);
void failure_log_release(struct failure_log *log);

/* Adds one. Texts behind the first FAILURES_WHOLE are left out, entries behind the first
 * FAILURES_MOST too. What cannot be written is left out: a failure is told anyway. */
enum { FAILURES_WHOLE = 1000, FAILURES_MOST = 20000 };
void failure_log_put(struct failure_log *log, const struct failure *f);

/* --- by commands that look ------------------------------------------------------------ */

struct failures {
	struct strbuf bytes;
	VEC(struct failure) list; /* as they came; texts lie in `bytes` */
};

/* Reads them; no file: none. failures_release. */
void failures_read(struct failures *f, const char *path);
void failures_release(struct failures *f);

/* The last `lines` lines of a text, and not more than `most` bytes of them. */
struct strview failure_tail(struct strview text, unsigned lines, size_t most);

#endif
