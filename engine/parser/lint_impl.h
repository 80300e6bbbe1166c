/* The parts of the linter; for its files alone. */
#ifndef CW_PARSER_LINT_IMPL_H
#define CW_PARSER_LINT_IMPL_H

#include "base/vec.h"
#include "parser/lint.h"
#include "parser/reader.h"

/* A way for texts with references to be compared: what they begin and end with. */
struct ends {
	struct strview prefix, suffix;
	bool constant;
};

struct linter {
	struct diag_sink *sink;
	const struct workflow *wf;
	VEC(struct ends) asked; /* paths that some rule has as input */
	uint32_t count;
};

/* Counts and says a remark; `text` has one place for `name`, as SV_FMT. */
void lint_remark(struct linter *l, const char *code, struct span span, const char *text,
	struct strview name);

/* lint_shells.c: references that another shell than the rule's reads as text. */
void lint_inner_shells(struct linter *l, const struct rule *rule);

#endif
