/* What a finished generation fixes for the next one. */
#ifndef CW_ABC_SMC_NEXT_H
#define CW_ABC_SMC_NEXT_H

#include "abc/archive.h"
#include "abc/evaluator.h"

/*
 * Scales of the distance, threshold or temperature, and the norm of densities, from the
 * population in `g` and all records up to its cut. `g` is in no archive list that may
 * move during the call; `in` is what it was made from.
 */
void smc_fix_next(const struct problem *p, const struct gen_input *in,
	const struct block *records, struct generation *g);

#endif
