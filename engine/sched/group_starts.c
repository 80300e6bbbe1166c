#include "sched/group_starts.h"

#include "base/xalloc.h"

enum { FATE_STARTED = 1, FATE_VOID = 2, FATE_DOOMED = 4, FATE_LEFT = 8 };

static uint32_t group_of(const struct group_starts *g, uint32_t job)
{
	return job < g->jobs ? g->graph->group_of[job] : SCHED_NO_GROUP;
}

/* Whether anything is known of the job: none that came during the run is. */
static bool knows(const struct group_starts *g, uint32_t job)
{
	return g->graph && job < g->jobs;
}

static void count_edges(struct group_starts *g)
{
	const struct sched_graph *graph = g->graph;
	for (uint32_t u = 0; u < graph->job_count; u++) {
		for (uint64_t e = graph->dependents_start[u];
			graph->wanted[u] && e < graph->dependents_start[u + 1]; e++) {
			uint32_t d = graph->dependents[e];
			bool same = group_of(g, u) == group_of(g, d);
			if (group_of(g, d) == SCHED_NO_GROUP) {
				continue;
			}
			if (same) {
				g->unstarted[d]++;
			} else {
				g->waits[group_of(g, d)] += g->outside[d]++ == 0;
			}
		}
	}
}

static void list_members(struct group_starts *g)
{
	const struct sched_graph *graph = g->graph;
	uint32_t *at = xcalloc(graph->group_count, sizeof(*at));
	for (uint32_t j = 0; j < graph->job_count; j++) {
		if (group_of(g, j) != SCHED_NO_GROUP) {
			g->first[group_of(g, j) + 1]++;
		}
	}
	for (uint32_t k = 0; k < graph->group_count; k++) {
		g->first[k + 1] += g->first[k];
	}
	for (uint32_t j = 0; j < graph->job_count; j++) {
		uint32_t k = group_of(g, j);
		if (k != SCHED_NO_GROUP) {
			g->members[g->first[k] + at[k]++] = j;
		}
	}
	free(at);
}

/* Nothing is missing from outside: those that need none of the group begin. */
static void open_group(struct group_starts *g, uint32_t group)
{
	for (uint32_t i = g->first[group]; i < g->first[group + 1]; i++) {
		uint32_t job = g->members[i];
		if (g->unstarted[job] == 0 && !(g->fate[job] & FATE_STARTED)) {
			vec_push(&g->ready, job);
		}
	}
}

void group_starts_init(struct group_starts *g, const struct sched_graph *graph)
{
	*g = (struct group_starts){0};
	if (!graph->group_of || !graph->group_count) {
		return;
	}
	uint32_t n = graph->job_count;
	g->graph = graph;
	g->jobs = n;
	g->unmet = xcalloc(n, sizeof(*g->unmet));
	g->outside = xcalloc(n, sizeof(*g->outside));
	g->unstarted = xcalloc(n, sizeof(*g->unstarted));
	g->fate = xcalloc(n, 1);
	g->waits = xcalloc(graph->group_count, sizeof(*g->waits));
	g->first = xcalloc((size_t)graph->group_count + 1, sizeof(*g->first));
	g->members = xcalloc(n, sizeof(*g->members));
	memcpy(g->unmet, graph->pending, n * sizeof(*g->unmet));
	count_edges(g);
	list_members(g);
	for (uint32_t k = 0; k < graph->group_count; k++) {
		if (g->waits[k] == 0) {
			open_group(g, k);
		}
	}
}

void group_starts_release(struct group_starts *g)
{
	free(g->unmet);
	free(g->outside);
	free(g->unstarted);
	free(g->fate);
	free(g->waits);
	free(g->first);
	free(g->members);
	vec_release(&g->ready);
}

uint32_t group_starts_next(struct group_starts *g)
{
	return g->ready.n ? vec_pop(&g->ready) : SCHED_NO_GROUP;
}

/* One that its group waits for less. */
static void is_free(struct group_starts *g, uint32_t job)
{
	uint32_t group = group_of(g, job);
	if (--g->waits[group] == 0) {
		open_group(g, group);
	}
}

bool group_starts_made(struct group_starts *g, uint32_t job, uint32_t d)
{
	if (!knows(g, d)) {
		return false;
	}
	g->unmet[d]--;
	if (group_of(g, d) == SCHED_NO_GROUP || g->fate[d] & (FATE_STARTED | FATE_LEFT)) {
		return false;
	}
	if (group_of(g, d) != group_of(g, job) && g->outside[d] && --g->outside[d] == 0) {
		is_free(g, d);
	}
	return true;
}

void group_starts_begun(struct group_starts *g, uint32_t job)
{
	if (!knows(g, job) || group_of(g, job) == SCHED_NO_GROUP) {
		return;
	}
	bool first = !(g->fate[job] & FATE_STARTED);
	g->fate[job] = FATE_STARTED;
	for (uint64_t e = g->graph->dependents_start[job];
		first && e < g->graph->dependents_start[job + 1]; e++) {
		uint32_t d = g->graph->dependents[e];
		if (group_of(g, d) == group_of(g, job) && --g->unstarted[d] == 0 &&
			g->waits[group_of(g, d)] == 0) {
			vec_push(&g->ready, d);
		}
	}
}

void group_starts_blocked(struct group_starts *g, uint32_t job)
{
	if (knows(g, job) && group_of(g, job) != SCHED_NO_GROUP && g->outside[job]) {
		g->outside[job] = 0;
		is_free(g, job);
	}
}

void group_starts_failed(struct group_starts *g, uint32_t job, bool for_good)
{
	if (knows(g, job)) {
		g->fate[job] |= for_good ? FATE_VOID | FATE_DOOMED : FATE_VOID;
	}
}

void group_starts_wait_more(struct group_starts *g, uint32_t job, uint32_t count)
{
	if (!knows(g, job) || !count) {
		return;
	}
	g->unmet[job] += count;
	if (group_of(g, job) != SCHED_NO_GROUP) {
		g->waits[group_of(g, job)] += g->outside[job] == 0;
		g->outside[job] += count;
	}
}

void group_starts_leave(struct group_starts *g, uint32_t job)
{
	if (knows(g, job)) {
		g->fate[job] |= FATE_LEFT;
	}
}

bool group_starts_void(const struct group_starts *g, uint32_t job)
{
	return knows(g, job) && g->fate[job] & FATE_VOID;
}

bool group_starts_doomed(const struct group_starts *g, uint32_t job)
{
	return knows(g, job) && g->fate[job] & FATE_DOOMED;
}

uint32_t group_starts_unmet(const struct group_starts *g, uint32_t job)
{
	return knows(g, job) ? g->unmet[job] : 0;
}
