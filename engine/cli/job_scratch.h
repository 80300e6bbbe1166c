/* Small files for one attempt at a job: lists of inputs, the job as JSON for scripts. */
#ifndef CW_CLI_JOB_SCRATCH_H
#define CW_CLI_JOB_SCRATCH_H

#include "base/arena.h"

struct job_scratch {
	struct strview workdir; /* absolute */
	bool any;               /* there may be such files */
};

void job_scratch_init(struct job_scratch *s, struct strview workdir);

/* For struct job_context.write_file; ctx is the struct job_scratch. */
int job_scratch_write(void *ctx, uint32_t job, uint32_t attempt, const char *kind,
	struct strview text, struct arena *arena, struct strview *ret_path);

/* Removes the files of an attempt; without any it costs nothing. */
void job_scratch_remove(const struct job_scratch *s, uint32_t job, uint32_t attempt);

#endif
