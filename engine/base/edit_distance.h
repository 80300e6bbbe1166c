/* "Did you mean": the nearest known name. */
#ifndef CW_BASE_EDIT_DISTANCE_H
#define CW_BASE_EDIT_DISTANCE_H

#include "base/diag.h"

/* Damerau-Levenshtein distance (neighbours swapped count 1), or `limit` + 1 where it is
 * larger than `limit`. Time a.n * b.n, names over 256 bytes count as far. */
unsigned edit_distance(struct strview a, struct strview b, unsigned limit);

/* A search over candidates offered one by one; ties go to the one offered first. */
struct nearest {
	struct strview wanted, best; /* best.p is NULL while nothing is near */
	unsigned distance;
};

/* Names at most 3 edits away, and fewer than half of the wanted name's bytes, are near. */
void nearest_init(struct nearest *n, struct strview wanted);
void nearest_offer(struct nearest *n, struct strview candidate);

/* Adds the note that asks for it to the last message. False: nothing is near. */
bool nearest_note(const struct nearest *n, struct diag_sink *sink);

#endif
