/*
 * A run's progress on disk, RUN.db.part/: finished generations (NAME.pop) and the log of
 * blocks of the one that is being made (NAME.log), so that a run that was killed at any
 * moment goes on where it was. Frames carry checksums; a torn or damaged end is work that
 * is done again, never an error. One process at a time holds the folder's lock.
 */
#ifndef CW_ABC_PROGRESS_H
#define CW_ABC_PROGRESS_H

#include "abc/archive.h"
#include "abc/collector.h"

/* A finished generation that is not on disk yet. */
struct kept_generation {
	char *path, *log; /* log: NULL where none was begun */
	struct strbuf frame;
};

struct progress {
	char *dir;
	int lock;
	bool stays;        /* even where it holds nothing: a pause was told */
	int log;           /* of the present generation; -1 until its first write */
	char *log_path;    /* NULL between generations */
	size_t log_length; /* its sound part */
	bool log_there;
	struct strbuf pending;
	bool has_block; /* in pending: a log's head alone is not worth a file */
	VEC(struct kept_generation) kept;
	double flushed;     /* when, in seconds */
	double flush_every; /* seconds: so much work may be lost by a kill */
};

/*
 * Makes or enters `out` + ".part". `ret_resumed` (may be NULL): it was there before.
 * -1 with a text, also where another process works in it.
 */
int progress_open(
	struct progress *p, const char *out, bool *ret_resumed, struct strbuf *err);

/* Flushes and lets go of the folder, which stays where it holds progress, or
 * where `stays` says so. */
void progress_close(struct progress *p);

/* Removes the folder with all its files, and closes. */
void progress_remove(struct progress *p);

/* Removes what is in it: a fresh start. */
void progress_clear(struct progress *p);

/* Closes the descriptors in a child, nothing else. */
void progress_close_child(struct progress *p);

/* Loads the finished generations that follow on those in `a`, as long as their digests
 * are those of `f`; -1 with a text where one is of another problem. */
int progress_load(struct progress *p, struct archive *a, const struct fingerprint *f,
	struct strbuf *err);

/* Keeps a finished generation, and its log goes, when it is next written out. */
int progress_keep(struct progress *p, const struct generation *g,
	const struct problem *problem, struct strbuf *err);

/* Begins the log of generation t and adds what is in it to the collector. */
int progress_begin(struct progress *p, int64_t t, const char *digest, struct collector *c,
	struct strbuf *err);

/* Appends a block; written out when some time has passed. */
int progress_log(struct progress *p, const struct block *b, struct strbuf *err);

/* Writes out what is pending; the second one only after flush_every, for those who wait.
 * Files are made here, so a run that is over before leaves none. */
int progress_flush(struct progress *p, struct strbuf *err);
int progress_flush_due(struct progress *p, struct strbuf *err);

/* Path of a file in the folder; returns owned. */
char *progress_path(const struct progress *p, const char *name);

double monotonic_seconds(void);

#endif
