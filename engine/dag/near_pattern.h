/* The rule whose pattern is nearly that of a path that nobody makes: for words to the user. */
#ifndef CW_DAG_NEAR_PATTERN_H
#define CW_DAG_NEAR_PATTERN_H

#include "workflow/workflow.h"

/*
 * How many bytes of `path` must be put in, taken out or changed for the template of a product
 * (texts and wildcards, which stand for one byte or more) to fit it; at most `most` + 1.
 */
unsigned near_pattern_distance(
	const struct template *t, struct strview path, unsigned most);

/* The product of a rule with wildcards that nearly fits `path`, and does not; its rule in
 * *ret_rule. NULL where none does. `loosely`: half of its texts may be wrong (a target that
 * somebody typed), else a third. *ret_fits: all of its texts are right, and only what is said
 * of its wildcards (a constraint, the same one twice) keeps it from the path. */
const struct product *near_pattern_find(const struct workflow *wf, struct strview path,
	bool loosely, const struct rule **ret_rule, bool *ret_fits);

#endif
