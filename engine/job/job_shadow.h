/* Jobs in a scratch folder (`shadow`): what they leave besides their outputs is gone. */
#ifndef CW_JOB_JOB_SHADOW_H
#define CW_JOB_JOB_SHADOW_H

#include "exec/executor.h"
#include "job/job_values.h"

/*
 * Appends a script for sh that makes the folder, runs its arguments in it, and moves logs
 * and, if all went well, outputs back. It stands for the spec's job wherever it runs.
 * `folder`: relative to the working directory.
 */
void shadow_script(struct job_values *v, const char *folder, struct strbuf *out);

/* The folder of an attempt, in the job's arena. */
const char *shadow_folder(const struct job_values *v);

#endif
