/* What the files of job_values.h share. Private to the room. */
#ifndef CW_JOB_JOB_VALUES_IMPL_H
#define CW_JOB_JOB_VALUES_IMPL_H

#include "job/job_values.h"

/* -1, with `text` as the error. */
int job_fail(struct job_values *v, struct render_error *err, const char *text);

static inline struct value text_value(struct strview text)
{
	return (struct value){.kind = VALUE_TEXT, .text = text};
}

static inline struct value int_value(int64_t i)
{
	return (struct value){.kind = VALUE_INT, .i = i};
}

/* --- job_params.c --- */
/* {params...}: one of them, what is within it, or all. */
int job_params_resolve(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err);

/* --- job_inputs.c --- */
/* Works the inputs out, or leaves it to job_values_inputs where that can be. 0, or -1. */
int job_inputs_init(struct job_values *v);
/* Of all inputs together, in MB, rounded up. */
int64_t job_inputs_size_mb(struct job_values *v);

#endif
