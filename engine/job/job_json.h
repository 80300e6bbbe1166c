/* A job as JSON, for scripts: what the file named by $CWFLOW_JOB holds. */
#ifndef CW_JOB_JOB_JSON_H
#define CW_JOB_JOB_JSON_H

#include "job/job_values.h"

/* The text, in the job's arena. 0, or -1 with err (a param that has no value). */
int job_json(struct job_values *v, struct strview *ret, struct render_error *err);

#endif
