/*
 * A part of a generation: what came of a range of ids (or tickets), for `cwabc merge`.
 */
#ifndef CW_ABC_PART_FILE_H
#define CW_ABC_PART_FILE_H

#include "abc/collector.h"
#include "abc/problem_fingerprint.h"

struct part_head {
	char digest[FINGERPRINT_SIZE];
	int64_t t;
	uint64_t first, end;
	bool ended; /* the run ended before this generation: nothing was evaluated */
};

/* Writes by rename. The records are those of `c`. -1 with a text. */
int part_write(const char *path, const struct part_head *head, const struct collector *c,
	struct strbuf *err);

/*
 * Reads a part and adds its block to `c`. -1 with a text where the file is no part or
 * damaged, is of another problem or generation (digest, t), or gives another result for
 * an evaluation that is known.
 */
int part_read(const char *path, const char *digest, int64_t t, struct collector *c,
	struct strbuf *err);

#endif
