/* A run that is looked at: RUN.db alone, with the problem it holds. */
#ifndef CW_ABC_ABC_VIEW_H
#define CW_ABC_ABC_VIEW_H

#include "abc/archive.h"

struct view {
	struct source_set sources;
	struct diag_sink sink;
	struct problem problem;
	struct archive archive;
	bool unfinished; /* read from RUN.db.part */
};

/*
 * Loads RUN.db. -1: printed; view_release is to be called either way.
 */
int view_open(struct view *v, const char *path);
void view_release(struct view *v);

#endif
