/*
 * A graph in layers, for pictures of some hundred nodes: who needs something stands in a
 * later layer than what it needs, edges over several layers bend between the nodes, and
 * nodes stand near their neighbours with few crossings. Knows no boxes and no pixels.
 */
#ifndef CW_VIEW_LAYERED_H
#define CW_VIEW_LAYERED_H

#include "base/vec.h"

struct layered_edge {
	uint32_t from, to;
};

/* A place of a node, or where an edge passes a layer between its ends. */
struct layered_place {
	uint32_t layer; /* from 0 */
	double across; /* centre, from 0, in the caller's unit; neighbours keep `space` */
	uint32_t rank; /* number in its layer, by `across` */
};

struct layered {
	uint32_t nodes, layers;
	double width;                    /* largest `across` */
	VEC(struct layered_place) place; /* of the nodes, then of the bends */
	/* by edge: from route_start[k] to that of k + 1 numbers in `place`, from its begin to
	 * its end; empty where an edge leads from a node to itself */
	VEC(uint32_t) route_start;
	VEC(uint32_t) route;
};

/* Nodes are 0 to n - 1; edges of a circle that point back are drawn so. 0, or -1 where the
 * picture would have more than LAYERED_MOST places. layered_release in both cases. */
enum { LAYERED_MOST = 20000 };
int layered_make(struct layered *l, uint32_t n, const struct layered_edge *edges,
	uint32_t edge_count, double space);
void layered_release(struct layered *l);

#endif
