/* The files of the last plan, whose stamps are looked up while the next is made. */
#ifndef CW_CLI_AHEAD_H
#define CW_CLI_AHEAD_H

#include "dag/stat_ahead.h"
#include "state/snapshot.h"

struct ahead {
	struct snapshot snapshot;
	bool loaded;
	struct stat_ahead *stamps; /* NULL: none */
};

/* Begins where records are worth it; `ahead_end` waits for what is under way. */
void ahead_begin(struct ahead *a);
void ahead_end(struct ahead *a);

#endif
