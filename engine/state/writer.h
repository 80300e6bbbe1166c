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
	int journal_fd; /* synced to the disk before frames are written */
};

/* Brings frames, as they stand in the journal, into the database, in one transaction.
 * 0, or -1: db_error of it. */
int writer_apply(const struct writer_options *o, struct strview frames);

/* Starts the thread. NULL with errno. Returns owned. */
struct writer *writer_new(const struct writer_options *o);

/* Hands over frames; the bytes are copied. */
void writer_put(struct writer *w, struct strview frames);

/* Waits until everything is in the database and on the disk. 0 or -1. */
int writer_drain(struct writer *w);

/* Writes what it was given and ends the thread. 0, or -1 with the reason appended to
 * `error`. The database stays open. */
int writer_free(struct writer *w, struct strbuf *error);

#endif
