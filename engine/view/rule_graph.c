#include "view/rule_graph.h"

#include "base/hashmap.h"

void rule_graph_edges(
	const struct dag *d, const uint32_t *node, struct rule_edges_list *out)
{
	struct hashmap known;
	hashmap_init(&known);
	for (uint32_t j = 0; j < d->job_count; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(d, j, &n);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t maker = d->producer[INPUT_FILE(in[i])];
			if (maker == DAG_NONE) {
				continue;
			}
			struct layered_edge e = {
				node[d->jobs.v[maker].rule], node[d->jobs.v[j].rule]};
			uint64_t key = (uint64_t)e.from << 32 | e.to;
			if (hashmap_set(&known, key, 0) == HASHMAP_NONE) {
				vec_push(&out->edges, e);
			}
		}
	}
	hashmap_release(&known);
}
