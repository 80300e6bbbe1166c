#include "graphs/graph_kit.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "parser/parser.h"
#include "sys/fs.h"

static int build(struct graph *g, const char *targets)
{
	struct strview list[16];
	struct dag_options o = {.targets = list};
	while (*targets) {
		size_t n = strcspn(targets, " ");
		list[o.target_count++] = (struct strview){targets, n};
		targets += n + (targets[n] == ' ');
	}
	g->sets = set_store_new(&g->wf, &g->sink, AT_FDCWD);
	dag_init(&g->d, &g->wf, g->sets);
	return dag_build(&g->d, &g->sink, &o, &g->missing_source);
}

int graph_make(struct graph *g, const char *workflow, const char *targets)
{
	char cwd[PATH_MAX];
	*g = (struct graph){.said = STRBUF_INIT};
	source_set_init(&g->sources);
	diag_sink_init(&g->sink, &g->sources);
	workflow_init(&g->wf);
	cw_assert(fs_write_atomic("Workflowfile", workflow, strlen(workflow), 0666) == 0);
	cw_assert(getcwd(cwd, sizeof(cwd)));
	struct parse_options o = {.file = "Workflowfile", .workdir = cwd};
	int rc = parse_workflow(&g->sink, &g->wf, &o);
	rc = rc ? rc : build(g, targets);
	diag_format(&g->sink, &g->said, false);
	return rc;
}

void graph_release(struct graph *g)
{
	if (g->sets) {
		dag_release(&g->d);
	}
	set_store_free(g->sets);
	workflow_release(&g->wf);
	diag_sink_release(&g->sink);
	source_set_release(&g->sources);
	strbuf_release(&g->said);
}

uint32_t graph_maker(const struct graph *g, const char *path)
{
	uint32_t file = intern_find(&g->d.paths, path, strlen(path));
	return file == INTERN_NONE ? DAG_NONE : g->d.producer[file];
}

const char *graph_rule(const struct graph *g, const char *path)
{
	uint32_t job = graph_maker(g, path);
	return job == DAG_NONE ? "" : dag_rule(&g->d, job)->name.p;
}

bool graph_is_ordered(const struct graph *g)
{
	const struct dag *d = &g->d;
	uint32_t *at = xcalloc(d->job_count + 1, sizeof(*at));
	bool ordered = true;
	for (uint32_t i = 0; i < d->job_count; i++) {
		at[d->order[i]] = i;
	}
	for (uint32_t j = 0; j < d->job_count; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(d, j, &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			ordered = ordered && (maker == DAG_NONE || at[maker] < at[j]);
		}
	}
	free(at);
	return ordered;
}

void graph_put(const char *path)
{
	cw_assert(fs_make_parents(AT_FDCWD, path) == 0);
	cw_assert(fs_write_atomic(path, "x\n", 2, 0666) == 0);
}
