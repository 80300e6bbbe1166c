/*
 * Large files are recorded by their stamps first, when their job ends; threads read them
 * meanwhile, and then the record is written again with digests.
 */
#ifndef CW_CLI_LATE_DIGESTS_H
#define CW_CLI_LATE_DIGESTS_H

#include "state/hasher.h"

struct late_job;

struct late_digests {
	struct state *s;             /* borrowed */
	struct hasher *hash;         /* made when first needed */
	VEC(struct late_job *) jobs; /* by tag; NULL: written */
	struct late_job *present;    /* the job that is being recorded */
	size_t open;                 /* jobs that wait for digests */
};

void late_digests_init(struct late_digests *l, struct state *s);
void late_digests_release(struct late_digests *l);

/* Whether the content of such a file is found out later. */
bool late_is_large(const struct known_file *known, int64_t most);

/* Of the job that is being recorded: `known`, at `path`, has its stamp for content. It is
 * input number `input` of its record, or an output (-1). */
void late_add(struct late_digests *l, const char *path, int64_t most, uint32_t file,
	int64_t input, const struct known_file *known);

/* The job is recorded so: see state_put_job. */
void late_job_put(struct late_digests *l, enum row_kind kind, const struct row_job *row);

/* Writes what has been found out since; `wait`: all of it. */
void late_digests_settle(struct late_digests *l, bool wait);

#endif
