/* What jobs would run, worked out outside a run: for commands that show or mark them. */
#ifndef CW_CLI_JOB_BUILDER_H
#define CW_CLI_JOB_BUILDER_H

#include "job/job_spec_build.h"

struct session;

struct job_builder {
	struct job_context context;
	struct arena arena;
	struct arena_mark empty; /* of the arena, with a block in it */
};

/* After session_build; the session is borrowed. */
void job_builder_init(struct job_builder *b, struct session *s);
void job_builder_release(struct job_builder *b);

/* The first attempt of `job`; *ret is good until the next call. 0, or -1 with the reason in
 * *ret_error. */
int job_builder_make(struct job_builder *b, uint32_t job, struct job_spec *ret,
	const char **ret_error);

#endif
