/*
 * Which rules can make a path: an index over the literal begins and ends of all patterns,
 * so that a path meets only those that fit, however many rules there are.
 */
#ifndef CW_DAG_RULE_INDEX_H
#define CW_DAG_RULE_INDEX_H

#include "workflow/workflow.h"

struct rule_index;

/* A product of a rule that may make the path. */
struct candidate {
	uint32_t rule, product;
};

/* Borrows the workflow. Returns owned. */
struct rule_index *rule_index_new(const struct workflow *wf);
void rule_index_free(struct rule_index *ix); /* NULL is fine */

/*
 * The candidates for `path` in the order of rules and products: prefix and suffix of each
 * fit (patterns without wildcards: they are equal). ret must have room for
 * rule_index_most() entries. Returns their number. Cost: one hash look-up for each
 * distinct pair of prefix and suffix lengths in the workflow.
 */
uint32_t rule_index_find(
	const struct rule_index *ix, struct strview path, struct candidate *ret);
uint32_t rule_index_most(const struct rule_index *ix);

#endif
