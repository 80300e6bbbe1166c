/*
 * Inequalities between a model's parameters: "alpha + beta <= 1", "0 < k1 * k2 < 5".
 * Numbers, parameters, + - * / and parentheses; < <= > >=, chains too.
 */
#ifndef CW_ABC_CONSTRAINT_H
#define CW_ABC_CONSTRAINT_H

#include "base/strview.h"

struct constraint_op;

struct constraint {
	struct constraint_op *op; /* reverse Polish */
	size_t count;
};

/* A parameter's position by its name, or -1. */
typedef int64_t constraint_lookup(void *ctx, struct strview name);

/*
 * Compiles. 0, or -1 with what is wrong in *ret_fault (a constant) and the bytes it is
 * about in *ret_at, a part of `text`; then nothing is to be released.
 */
int constraint_compile(struct constraint *c, struct strview text,
	constraint_lookup *lookup, void *ctx, const char **ret_fault,
	struct strview *ret_at);
void constraint_release(struct constraint *c);

/* Whether the parameters satisfy it; a comparison with NaN does not. */
bool constraint_holds(const struct constraint *c, const double *theta);

#endif
