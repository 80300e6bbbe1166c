/* Rows into memory; for state.c. */
#ifndef CW_STATE_KNOWN_H
#define CW_STATE_KNOWN_H

#include "state/state.h"

/* Takes a row in; a scan's, or a journal's in the order in which it was written. */
void known_put(struct state *s, enum row_kind kind, const union any_row *row);

/* All rows of a payload. */
void known_put_all(struct state *s, struct strview payload);

/* Forgets everything. */
void known_clear(struct state *s);

/* The file's number and the caller's belong together. */
void known_link(struct state *s, uint32_t file, uint32_t number);

#endif
