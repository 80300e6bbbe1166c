/* A graph from the text of a workflow, in a folder of its own. */
#ifndef TEST_GRAPH_KIT_H
#define TEST_GRAPH_KIT_H

#include "base/strbuf.h"
#include "dag/dag.h"

struct graph {
	struct source_set sources;
	struct diag_sink sink;
	struct workflow wf;
	struct set_store *sets;
	struct dag d;
	bool missing_source;
	struct strbuf said; /* all messages */
};

/* Reads the workflow and builds its graph for the targets (split at blanks; "": the
 * default). 0, or -1 with what was said in g->said. */
int graph_make(struct graph *g, const char *workflow, const char *targets);
void graph_release(struct graph *g);

/* The job that makes a file, DAG_NONE for none; the rule's name of it, "" for none. */
uint32_t graph_maker(const struct graph *g, const char *path);
const char *graph_rule(const struct graph *g, const char *path);

/* Whether every job stands behind those that it needs. */
bool graph_is_ordered(const struct graph *g);

/* Makes a file and the folders above it. */
void graph_put(const char *path);

#endif
