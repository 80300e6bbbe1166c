/* Opening what is remembered; for state.c. */
#ifndef CW_STATE_STATE_OPEN_H
#define CW_STATE_STATE_OPEN_H

#include "state/state.h"

/* The path of a file in the state's folder. Returns owned. */
char *state_in_dir(const struct state *s, const char *name);

/* What the file of the database is like. 0, or -1 where there is none. */
int state_seal_of(const struct state *s, struct row_seal *ret);

/* Whether the database can be read; LOOK opens it if need be, as of one moment. */
bool state_need_db(struct state *s);

#endif
