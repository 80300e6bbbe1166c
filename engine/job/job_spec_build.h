/* A job of the graph as an executor wants it: the command with everything put in. */
#ifndef CW_JOB_JOB_SPEC_BUILD_H
#define CW_JOB_JOB_SPEC_BUILD_H

#include "exec/executor.h"
#include "job/job_values.h"

/*
 * Builds *ret in `arena` for an attempt (from 1) at `job`. 0, or -1 with *ret_error: words
 * for what could not be put in, in `arena`.
 */
int job_spec_build(struct job_context *c, struct arena *arena, uint32_t job,
	uint32_t attempt, struct job_spec *ret, const char **ret_error);

#endif
