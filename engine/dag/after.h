/*
 * Jobs that were waited for and are done: inputs that are told by what they made can be
 * read. Filled by the driver of a run, asked by the reader of inputs.
 */
#ifndef CW_DAG_AFTER_H
#define CW_DAG_AFTER_H

#include "base/hashmap.h"
#include "workflow/workflow.h"

struct after_done {
	struct hashmap jobs;
};

void after_done_init(struct after_done *a);
void after_done_release(struct after_done *a);

/* What a job is known by: its rule and the values of its wildcards. */
uint64_t after_key(const struct rule *rule, const struct strview *values);

/* That job is done, or needs not run. False where it was known. */
bool after_done_add(struct after_done *a, uint64_t key);
bool after_is_done(const struct after_done *a, uint64_t key); /* NULL: nothing is */

#endif
