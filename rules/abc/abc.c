/*
 * cwabc: approximate Bayesian computation.
 *
 * PROBLEM.yaml becomes a `problem` (problem_*.c). A `smc` run makes generation after
 * generation: what is fixed before one is its `gen_input`; ids go out to a `sampler`
 * (single, fork), where an `evaluator` turns each into a proposal (`proposal`, `kernel`,
 * `prior`, `rng`), a simulation (`model_*`), a `distance`, a decision (`acceptor`) and a
 * weight; blocks come back to the `collector`, which knows when the population is
 * complete; `progress` logs them; `smc_next` fixes what the next generation needs;
 * `archive` holds the generations, `history` writes RUN.db; abc_*.c are the commands.
 */
#include "abc/abc_cli.h"

int main(int argc, char **argv)
{
	return abc_main(argc, argv, NULL);
}
