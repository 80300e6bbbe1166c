/*
 * The sets of a workflow, read when first needed: a workflow whose target uses one table
 * does not walk the globs of the others.
 */
#ifndef CW_DAG_SET_STORE_H
#define CW_DAG_SET_STORE_H

#include "base/diag.h"
#include "sets/lookup.h"
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

/* The same if they were read already, else NULL. */
const struct set *set_store_peek(const struct set_store *s, uint32_t index);

/* Gives back the memory of all rows and lookups; who asks for a set then has it read
 * again. */
void set_store_forget(struct set_store *s);

/* A set whose text holds names: `text` is its glob or path with values[i] for slot i put
 * in. Rows lie in `arena`. 0, or -1 with errors in the sink. */
int set_store_read_for(struct set_store *s, uint32_t index, const struct strview *values,
	struct arena *arena, struct set *ret);

/* Number of the set's column of that name. 0, or -1 with an error at `span`. */
int set_store_column(struct set_store *s, const struct set *set, struct strview name,
	struct span span, uint32_t *ret);

/* The index of a lookup over its table by the columns of its `where`. *ret_set is the
 * table, *ret_column the number of the column it gives. NULL with errors in the sink. */
const struct lookup_index *set_store_lookup(struct set_store *s, const struct item *item,
	const struct set **ret_set, uint32_t *ret_column);

#endif
