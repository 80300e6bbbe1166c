/* Rows into memory; for state.c. */
#ifndef CW_STATE_KNOWN_H
#define CW_STATE_KNOWN_H

#include "state/state.h"

/* Takes a row in; a scan's, or a journal's in the order in which it was written. */
void known_put(struct state *s, enum row_kind kind, const union any_row *row);

/* Takes over what a snapshot holds. Its paths are given their numbers. */
void known_adopt(struct state *s);

/* Room for one more element of a list that may lie in the snapshot. */
#define known_room(s, part, vec, more)                                                   \
	((vec)->cap - (vec)->n >= (size_t)(more)                                         \
			? (void)0                                                        \
			: (void)((vec)->v = known_grow((s), (part), (vec)->v,            \
					 (vec)->n * sizeof(*(vec)->v), &(vec)->cap,      \
					 size_add((vec)->n, (size_t)(more)),             \
					 sizeof(*(vec)->v))))
void *known_grow(struct state *s, enum snapshot_part part, void *v, size_t used,
	size_t *cap, size_t need, size_t size);

/* Whether nothing is known of the file with that id. */
bool known_is_free(const struct state *s, uint32_t id);

/* Lists the ids that are free. */
void known_find_gaps(struct state *s);

/* What a job without outputs is known by. */
uint64_t known_key(struct strview rule, struct strview wildcards);

/* Forgets everything. */
void known_clear(struct state *s);

/* The file's number and the caller's belong together. */
void known_link(struct state *s, uint32_t file, uint32_t number);

#endif
