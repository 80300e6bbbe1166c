/* Documents about a graph and its plan, on a stream: for people, dot, and programs. */
#ifndef CW_VIEW_VIEW_H
#define CW_VIEW_VIEW_H

#include "plan/plan.h"

/* All write to `to` through a buffer of their own, in pieces: nothing grows with the
 * graph. 0, or -1 with errno where writing failed. */

/* A node a job: the rule and the wildcards that are new at it; dashed where up to date. */
int view_dag_dot(const struct plan *p, FILE *to);

/* The same for Mermaid and as JSON: {"jobs": [...], "edges": [[from, to], ...]}. */
int view_dag_mermaid(const struct plan *p, FILE *to);
int view_dag_json(const struct plan *p, FILE *to);

/* A node a rule; an edge where a job of one needs a job of the other. */
int view_rulegraph_dot(const struct plan *p, FILE *to);

/* The same with the patterns of inputs and outputs in each node. */
int view_filegraph_dot(const struct plan *p, FILE *to);

/* What would run: per job what, why and (where asked) the command; then the counts per
 * rule in the order of the graph, and `total`. counts_only: these lines alone. */
struct view_plan_options {
	bool counts_only;
	/* words for a job, e.g. its command; may be NULL */
	void (*describe)(void *ctx, uint32_t job, struct strbuf *out);
	void *ctx;
};
int view_plan(const struct plan *p, const struct view_plan_options *o, FILE *to);

#endif
