/* Commands without a shell: the arguments of a `command` list, and of a script. */
#ifndef CW_JOB_JOB_ARGV_H
#define CW_JOB_JOB_ARGV_H

#include "job/job_values.h"

/*
 * The arguments of the rule's list, NULL-terminated, in the job's arena. An argument that
 * is one reference is spliced; one with text around a list is repeated for each item. 0,
 * or -1 with err about argument *ret_at.
 */
int job_argv(struct job_values *v, char *const **ret, uint32_t *ret_at,
	struct render_error *err);

/*
 * How a script is started: by itself where it is executable, else by the program of its
 * first line (#!) or of its ending (.py, .R, .sh, .jl, .pl). NULL with *ret_error where
 * none of them is known or there is no such file.
 */
char *const *script_argv(struct arena *arena, struct strview dir, struct strview path,
	const char **ret_error);

#endif
