/*
 * The sets of a workflow, read when first needed: a workflow whose target uses one table
 * does not walk the globs of the others.
 */
#ifndef CW_DAG_SET_STORE_H
#define CW_DAG_SET_STORE_H

#include "base/diag.h"
#include "sets/set.h"
#include "workflow/workflow.h"

struct set_store;

/* Borrows the workflow and the sink. `dir`: open directory that globs are relative to.
 * Returns owned. */
struct set_store *set_store_new(
	const struct workflow *wf, struct diag_sink *sink, int dir);
void set_store_free(struct set_store *s); /* NULL is fine */

/* The rows of set number `index`; NULL with errors in the sink (once). Borrowed. */
const struct set *set_store_get(struct set_store *s, uint32_t index);

#endif
