/*
 * The thread that brings the journal's frames into the database, some at a time, so that
 * the run never waits for it. From writer_new to writer_free the database is the
 * thread's alone.
 */
#ifndef CW_STATE_WRITER_H
#define CW_STATE_WRITER_H

#include "state/state_db.h"

struct writer;

struct writer_options {
	struct state_db
		*db;      /* borrowed; opened, and made, by the thread if `!*is_open` */
	bool *is_open;    /* borrowed */
	const char *path; /* of the database; borrowed */
	bool network;
	uint64_t identity;
	int journal_fd; /* read from, and synced to the disk before frames are written */
};

/* Brings the frames at these places of the journal into the database, which is opened
 * also where there are none. 0, or -1 with the reason appended to `error`. */
int writer_apply(const struct writer_options *o, uint64_t from, uint64_t end,
	struct strbuf *error);

/* Starts the thread. NULL with errno. Returns owned. */
struct writer *writer_new(const struct writer_options *o);

/* Hands over the frames at these places of the journal, which follow those of the last call;
 * they stay there until they were written. */
void writer_put(struct writer *w, uint64_t from, uint64_t end);

/* Waits until everything is in the database and on the disk. 0 or -1. */
int writer_drain(struct writer *w);

/* Writes what it was given and ends the thread. 0, or -1 with the reason appended to
 * `error`. The database stays open. */
int writer_free(struct writer *w, struct strbuf *error);

#endif
