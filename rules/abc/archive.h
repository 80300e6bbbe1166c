/*
 * The generations of a run so far, each with what it was a function of and with what is
 * fixed for the next one.
 */
#ifndef CW_ABC_ARCHIVE_H
#define CW_ABC_ARCHIVE_H

#include "abc/population.h"
#include "abc/problem_fingerprint.h"
#include "abc/wire.h"
#include "base/vec.h"

struct generation {
	struct population pop;
	char digest[FINGERPRINT_SIZE];
	char end_time[32];    /* UTC, as in the database */
	uint64_t evaluations; /* of the run up to and with this generation */
	double next_epsilon;  /* NAN where the problem's list says it */
	double next_norm;     /* stochastic acceptor */
	double *next_weight;  /* of the distance, nstat */
};

struct archive {
	const struct problem *problem;
	VEC(struct generation) gen; /* t rising by 1, from -1 or 0 */
	char start_time[32];
	char *text;        /* fingerprint's words; NULL where not known */
	char *stop_reason; /* why the run ended; NULL while it has not */
	bool cut_short;    /* by a bound inside the generation behind the last one */
	char *bounds;      /* that bound's words, to see whether it changed since */
	bool tickets;
};

void archive_init(struct archive *a, const struct problem *p);
void archive_release(struct archive *a);

/* The bounds that are judged inside a generation, in words; returns owned. */
char *archive_bounds(const struct problem *p);

/* Room for one more generation, zeroed, with next_weight allocated. */
struct generation *archive_add(struct archive *a);

/* The last generation with t >= 0, or NULL; that with this t, or NULL. */
struct generation *archive_last(const struct archive *a);
struct generation *archive_find(const struct archive *a, int64_t t);

/* A generation as bytes and back (into a place of archive_add; -1: no such bytes). */
void generation_write(
	const struct generation *g, const struct problem *p, struct strbuf *out);
int generation_read(struct generation *g, const struct problem *p, struct wire_reader *r);
void generation_release(struct generation *g);

/* "2026-11-20 07:00:00.000000" now. */
void time_now_text(char ret[static 32]);

#endif
