/* Outputs declared `temp`: removed when the last job of the run that needs them is done,
 * kept when one of those fails or does not run. */
#ifndef CW_SCHED_TEMP_FILES_H
#define CW_SCHED_TEMP_FILES_H

#include "base/hashmap.h"
#include "base/vec.h"
#include "sched/run.h"

/* The temporary outputs of one job. */
struct temp_group {
	char *paths; /* each with a NUL, an empty one at the end; owned; NULL: removed */
	uint64_t users; /* jobs that still need them */
	bool used;      /* some job does, or did */
};

/* A job that needs a group; the next group that it needs. */
struct temp_use {
	uint32_t group, next;
};

struct temp_files {
	VEC(struct temp_group) groups;
	VEC(struct temp_use) uses;
	struct hashmap first_use; /* job -> its first use */
	struct hashmap group_of;  /* job -> its group; where jobs may come in the run */
	bool hold; /* jobs may come that need what nobody needs now: all stays */
};

void temp_files_init(struct temp_files *t);
void temp_files_release(struct temp_files *t);

/* The job of `spec` has ended well. Removes what nobody needs any more. */
void temp_files_job_done(struct temp_files *t, const struct run_options *o, uint32_t job,
	const struct job_spec *spec);

/* `job`, which has come into the run, needs what `maker` made. */
void temp_files_add_use(struct temp_files *t, uint32_t maker, uint32_t job);

/* After that: where no more jobs may come, what nobody needs goes. */
void temp_files_flush(struct temp_files *t, const struct run_options *o);

#endif
