/*
 * Looking ahead while exploring. Most jobs of a large graph come from files that one rule
 * with plain inputs makes. For a window of such files the names of inputs and outputs
 * are spelled and hashed, and their slots in the table of names prefetched, before the
 * first of them is looked up: a table that no cache holds costs a wait for memory each
 * otherwise. Private to the room.
 */
#ifndef CW_DAG_EXPLORE_AHEAD_H
#define CW_DAG_EXPLORE_AHEAD_H

#include "dag/builder.h"

struct ahead;

struct ahead *ahead_new(const struct builder *b); /* returns owned */
void ahead_free(struct ahead *a);                 /* NULL is fine */

/*
 * If `file` is one of those: the rule that makes it, the value of its wildcard in
 * ret_values, its inputs in b->reader.files and its products in b->product_files. NULL
 * where it has to be visited the long way. Prepares a window from b->cursor on when
 * the last one is used up.
 */
const struct rule *ahead_visit(
	struct ahead *a, struct builder *b, uint32_t file, struct strview *ret_values);

#endif
