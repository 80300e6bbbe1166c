#include "plan/job_groups.h"

#include "base/xalloc.h"

/* The root of a job's tree; ways are made shorter as they are gone. */
static uint32_t root_of(uint32_t *parent, uint32_t job)
{
	while (parent[job] != job) {
		parent[job] = parent[parent[job]];
		job = parent[job];
	}
	return job;
}

static const struct rule *rule_of(const struct plan *p, uint32_t job)
{
	return dag_rule(p->d, job);
}

/* parent[job] is a job of the same group; JOB_GROUP_NONE: it is of none. */
static void join(const struct plan *p, uint32_t *parent,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx)
{
	uint32_t n = p->d->job_count;
	for (uint32_t j = 0; j < n; j++) {
		bool mine = p->wanted[j] && !p->maybe[j] && rule_of(p, j)->group.n &&
			    takes(ctx, j);
		parent[j] = mine ? j : JOB_GROUP_NONE;
	}
	for (uint32_t u = 0; u < n; u++) {
		for (uint64_t e = p->dependents_start[u];
			parent[u] != JOB_GROUP_NONE && e < p->dependents_start[u + 1];
			e++) {
			uint32_t d = p->dependents[e];
			if (parent[d] != JOB_GROUP_NONE &&
				sv_eq(rule_of(p, u)->group, rule_of(p, d)->group)) {
				parent[root_of(parent, d)] = root_of(parent, u);
			}
		}
	}
}

/* What a job counts as, where groups count as one: the first job of its group. */
static uint32_t whole(uint32_t *parent, uint32_t job)
{
	return parent[job] == JOB_GROUP_NONE ? job : root_of(parent, job);
}

/* Groups that wait for themselves are taken apart: whatever is not reached in the order
 * of the graph with groups as single jobs. */
static void part_cycles(const struct plan *p, uint32_t *parent)
{
	uint32_t n = p->d->job_count, done = 0, have = 0;
	uint32_t *waits = xcalloc(n, sizeof(*waits)), *queue = xcalloc(n, sizeof(*queue));
	uint32_t *next = xcalloc(n, sizeof(*next)), *head = xcalloc(n, sizeof(*head));
	uint8_t *reached = xcalloc(n, 1);
	for (uint32_t j = n; j-- > 0;) { /* lists of the members; 0: the end */
		uint32_t w = whole(parent, j);
		next[j] = head[w];
		head[w] = j + 1;
		for (uint64_t e = p->dependents_start[j]; e < p->dependents_start[j + 1];
			e++) {
			uint32_t to = whole(parent, p->dependents[e]);
			waits[to] += p->wanted[j] && to != w;
		}
	}
	for (uint32_t j = 0; j < n; j++) {
		if (whole(parent, j) == j && waits[j] == 0) {
			queue[have++] = j;
		}
	}
	while (done < have) {
		uint32_t w = queue[done++];
		for (uint32_t at = head[w]; at; at = next[at - 1]) {
			uint32_t j = at - 1;
			reached[j] = 1;
			for (uint64_t e = p->dependents_start[j];
				p->wanted[j] && e < p->dependents_start[j + 1]; e++) {
				uint32_t to = whole(parent, p->dependents[e]);
				if (to != w && --waits[to] == 0) {
					queue[have++] = to;
				}
			}
		}
	}
	for (uint32_t j = 0; j < n; j++) {
		if (!reached[j]) {
			parent[j] = JOB_GROUP_NONE;
		}
	}
	free(waits);
	free(queue);
	free(next);
	free(head);
	free(reached);
}

/* Numbers for the trees of more than one job. */
static void number(struct job_groups *g, uint32_t *parent, uint32_t n)
{
	uint32_t *size = xcalloc(n, sizeof(*size)), *at = xcalloc(n, sizeof(*at));
	for (uint32_t j = 0; j < n; j++) {
		size[whole(parent, j)]++;
	}
	for (uint32_t j = 0; j < n; j++) {
		at[j] = size[j] > 1 ? g->count++ : JOB_GROUP_NONE;
		g->most = size[j] > g->most ? size[j] : g->most;
	}
	g->of = xcalloc(n, sizeof(*g->of));
	g->size = xcalloc(g->count, sizeof(*g->size));
	for (uint32_t j = 0; j < n; j++) {
		g->of[j] = at[whole(parent, j)];
		if (g->of[j] != JOB_GROUP_NONE) {
			g->size[g->of[j]]++;
		}
	}
	free(size);
	free(at);
}

void job_groups_make(struct job_groups *g, const struct plan *p,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx)
{
	uint32_t n = p->d->job_count;
	bool any = false;
	*g = (struct job_groups){.most = 1};
	for (uint32_t r = 0; r < p->d->wf->rule_count; r++) {
		any = any || p->d->wf->rules[r].group.n;
	}
	if (!any || !n) {
		return;
	}
	uint32_t *parent = xcalloc(n, sizeof(*parent));
	join(p, parent, takes, ctx);
	part_cycles(p, parent);
	number(g, parent, n);
	if (!g->count) {
		job_groups_release(g);
	}
	free(parent);
}

void job_groups_release(struct job_groups *g)
{
	free(g->of);
	free(g->size);
	*g = (struct job_groups){.most = 1};
}
