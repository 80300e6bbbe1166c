/*
 * The snapshot: what a plan needs of all records, in the form in which it is held in
 * memory, so that a finished tree is compared without the database. It stands for the
 * records up to a number of the journal's frames. A file that is only ever replaced as a
 * whole; one with wrong sums, or of another machine, is as if it were not there.
 */
#ifndef CW_STATE_SNAPSHOT_H
#define CW_STATE_SNAPSHOT_H

#include "base/strview.h"

enum snapshot_part {
	SNAPSHOT_FILES,      /* struct known_file by file id */
	SNAPSHOT_NUMBERS,    /* uint32_t by file id: the caller's number then */
	SNAPSHOT_PATHS,      /* by file id: path, NUL */
	SNAPSHOT_JOBS,       /* struct known_job by job id */
	SNAPSHOT_INPUTS,     /* struct seen_input */
	SNAPSHOT_OUTPUTS,    /* uint32_t */
	SNAPSHOT_UNFINISHED, /* rows */
	SNAPSHOT_PARTS
};

/* Memory that may be written to; what is written stays in memory. */
struct snapshot_memory {
	char *p;         /* NULL: nothing */
	size_t n;        /* bytes of the part */
	size_t reserved; /* bytes of memory, from p on */
};

struct snapshot {
	uint64_t identity; /* of the database */
	uint64_t number;   /* of the last frame that is in it */
	uint32_t last_run;
	bool was_killed;
	bool gaps;      /* some ids are free */
	uint64_t bytes; /* of the file */
	struct snapshot_memory part[SNAPSHOT_PARTS];
};

/*
 * Takes the snapshot at `path` into memory, with room for some more elements behind each
 * part. `copy`: by reading it, else by mapping it (not on network file systems: there a
 * file that is replaced may be lost under its reader). 0, or -1 where there is none that is
 * whole. snapshot_release.
 */
int snapshot_load(struct snapshot *s, const char *path, bool copy);
void snapshot_release(struct snapshot *s);

/* The same of the paths and their numbers alone. */
int snapshot_load_paths(struct snapshot *s, const char *path, bool copy);

/* Writes one: numbers from `s`, bytes from `parts`. 0, or -1 with errno, what was there
 * before stays. */
int snapshot_save(
	struct snapshot *s, const char *path, const struct strview parts[SNAPSHOT_PARTS]);

#endif
