/* Which rule needs which: by the jobs that are there. Private to the room. */
#ifndef CW_VIEW_RULE_GRAPH_H
#define CW_VIEW_RULE_GRAPH_H

#include "dag/dag.h"
#include "view/layered.h"

struct rule_edges_list {
	VEC(struct layered_edge) edges; /* each once; from what is needed */
};

/* Appends the edges; `node` numbers the rules. Linear in the inputs of jobs. */
void rule_graph_edges(
	const struct dag *d, const uint32_t *node, struct rule_edges_list *out);

#endif
