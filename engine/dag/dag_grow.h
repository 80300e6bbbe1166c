/*
 * A graph that grows: inputs of a job that were not known come to be known (`after`), and
 * with them the jobs that make them. Only these are explored; what the graph has stays as
 * it is and keeps its numbers. Cost: what is added, and the inputs that are read anew.
 */
#ifndef CW_DAG_DAG_GROW_H
#define CW_DAG_DAG_GROW_H

#include "dag/dag.h"

struct dag_growth {
	uint32_t gate;       /* the job whose inputs were read */
	uint32_t first_job;  /* of those that came */
	uint32_t first_wait; /* of those that came, in dag.waits */
	VEC(uint32_t)
	inputs;                  /* of the gate, in order; all of them, or (see `but`)
	                                     those that are known by now */
	VEC(uint32_t) new_files; /* numbers that came */
	bool missing_source;     /* of an error: not the workflow's fault */
};

void dag_growth_init(struct dag_growth *g);
void dag_growth_release(struct dag_growth *g);

/*
 * Reads the inputs of `gate` with what is done by now (dag_options.done of the build) and
 * adds what is missing of their makers. `but`: keys of jobs (see after.h) with the value 1
 * where what they tell is left out, be they done or not; the gate's row is not touched
 * then. NULL: nothing is left out. 0; or -1 with errors in the sink, the graph as it was.
 */
int dag_grow(struct dag *d, struct diag_sink *sink, uint32_t gate,
	const struct hashmap *but, struct dag_growth *ret);

#endif
