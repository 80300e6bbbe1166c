/*
 * Writes RUN.db, generation by generation: a thread of its own turns one into rows while
 * the next is being sampled.
 */
#ifndef CW_ABC_HISTORY_WRITER_H
#define CW_ABC_HISTORY_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "abc/archive.h"
#include "abc/history_rows.h"

struct history_writer {
	const struct problem *p;
	char *path;
	char start_time[32];
	struct db db;
	int64_t population, model; /* ids of the last rows */
	struct history_rows rows;
	size_t taken;                 /* of the archive's generations */
	VEC(struct generation) batch; /* being written; borrowed from the archive */
	int status;                   /* not 0: a fault, whose text the db has */
	bool begun, observed, finished;
	pthread_t thread;
	bool running;
	atomic_bool idle; /* the thread is at its end */
};

/* For the archive (borrowed until the release) of one run; `path` is replaced. Touches
 * nothing yet. */
void history_writer_init(
	struct history_writer *w, const struct archive *a, const char *path);

/* Begins to write what is new in the archive, and comes back; does nothing while it is still
 * busy. Faults show at the end. */
void history_writer_follow(struct history_writer *w, const struct archive *a);

/* Waits for the thread; there is none then until more is followed. `writer` is a struct
 * history_writer, untyped for those who are told to be alone (sampler.h). */
void history_writer_wait(void *writer);

/* Writes the rest, and syncs. -1 with a text. */
int history_writer_finish(struct history_writer *w, const struct archive *a,
	const struct fingerprint *f, struct strbuf *err);

/* Removes a file that was not finished. A zeroed writer is fine. */
void history_writer_release(struct history_writer *w);

#endif
