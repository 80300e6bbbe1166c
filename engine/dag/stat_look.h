/*
 * One look at one file, relative to folders that stay open: neighbours in a list of paths
 * mostly share one of a few. Private to the room.
 */
#ifndef CW_DAG_STAT_LOOK_H
#define CW_DAG_STAT_LOOK_H

#include "base/strview.h"

struct stamp_seen {
	int64_t mtime, size; /* where it exists */
	uint8_t flags; /* FILE_KNOWN, FILE_EXISTS, FILE_FOLDER, FILE_LINKED of dag.h */
};

/* The folders of one thread. Zeroed is empty. */
enum { FOLDERS_OPEN = 4 };
struct folders {
	struct open_folder *v[FOLDERS_OPEN];
	unsigned next; /* the one to give up */
};
void folders_close(struct folders *f);

/* Looks at `path`, behind which stands a NUL; below a folder that is not there nothing is
 * asked at all. */
struct stamp_seen stat_look(struct folders *f, struct strview path);

#endif
