/*
 * Digests of what a generation is a function of: seed, models with their files, priors,
 * observed data, distance, acceptor, kernels, and thresholds and sizes up to it. Not
 * `stop`, not later thresholds: a run can be extended.
 */
#ifndef CW_ABC_PROBLEM_FINGERPRINT_H
#define CW_ABC_PROBLEM_FINGERPRINT_H

#include "abc/problem.h"
#include "base/strbuf.h"

enum { FINGERPRINT_SIZE = 33 }; /* 32 hexadecimal digits and a NUL */

struct fingerprint {
	struct strbuf text; /* the words behind the digest, a line each */
	const struct problem *problem;
};

/*
 * Reads the models' files. `tickets`: static scheduling, whose populations are others.
 * -1 with a text where a file that must be there cannot be read.
 */
int fingerprint_init(
	struct fingerprint *f, const struct problem *p, bool tickets, struct strbuf *err);
void fingerprint_release(struct fingerprint *f);

/* The digest of generation t (-1: calibration). */
void fingerprint_of(
	const struct fingerprint *f, int64_t t, char ret[static FINGERPRINT_SIZE]);

/* 32 hexadecimal digits of some bytes. */
void digest_text(const void *p, size_t n, char ret[static FINGERPRINT_SIZE]);

/* The first line that differs between two texts, for a message ("observed mean: ...");
 * returns owned, or NULL where none does. */
char *fingerprint_difference(const char *theirs, const char *ours);

#endif
