/*
 * Stamps looked up while the graph is still being built: those of the files that the last
 * plan had, by a thread of its own. Most plans are made of the same files as the one
 * before; what turns out to be another file is looked up as ever.
 */
#ifndef CW_DAG_STAT_AHEAD_H
#define CW_DAG_STAT_AHEAD_H

#include "base/strview.h"

/* The files of the last plan. */
struct ahead_files {
	struct strview paths;    /* path, NUL, path, NUL, ... */
	const uint32_t *numbers; /* of each in the table of names then; a guess */
	uint32_t count;
};

struct stat_ahead_source {
	/* Called in the thread; false: there are none. */
	bool (*load)(void *ctx, struct ahead_files *ret);
	void *ctx;
};

struct stat_ahead;
struct dag;

/* Starts the thread; NULL where there is one core or no thread to be had. The source lives
 * until stat_ahead_free, which waits for the thread. Returns owned. */
struct stat_ahead *stat_ahead_new(const struct stat_ahead_source *source);
void stat_ahead_free(struct stat_ahead *a); /* NULL is fine */

/* Ends the thread and gives the stamps it found to files of `d` that have none yet.
 * The rows for stamps are there. */
void stat_ahead_take(struct stat_ahead *a, struct dag *d);

#endif
