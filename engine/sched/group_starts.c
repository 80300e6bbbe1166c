#include "sched/group_starts.h"

#include "base/xalloc.h"

enum { FATE_STARTED = 1, FATE_VOID = 2, FATE_DOOMED = 4, FATE_LEFT = 8 };

static uint32_t group_of(const struct group_starts *g, uint32_t job)
{
	return job < g->jobs ? g->graph->group_of[job] : SCHED_NO_GROUP;
}

/* Whether anything is known of the job: not where there are no groups. */
static bool knows(const struct group_starts *g, uint32_t job)
{
	return g->graph && job < g->jobs;
}

/* Whether the job starts with a group. */
static bool is_member(const struct group_starts *g, uint32_t job)
{
	return knows(g, job) && group_of(g, job) != SCHED_NO_GROUP;
}

/* A job whose dependents are gone through. */
struct visit {
	struct group_starts *g;
	uint32_t job;
};

static void count_edge(void *ctx, uint32_t d)
{
	const struct visit *v = ctx;
	if (is_member(v->g, d) && group_of(v->g, d) == group_of(v->g, v->job)) {
		v->g->unstarted[d]++;
	}
}

/* What the members from `from` on wait for. */
static void count_waits(struct group_starts *g, uint32_t from)
{
	for (uint32_t j = from; j < g->jobs; j++) {
		struct visit v = {g, j};
		if (is_member(g, j) && g->graph->wanted[j]) {
			sched_each_dependent(g->graph, j, count_edge, &v);
		}
	}
	for (uint32_t j = from; j < g->jobs; j++) {
		if (is_member(g, j)) {
			g->unmet[j] = g->graph->pending[j];
			g->outside[j] = g->unmet[j] - g->unstarted[j];
			g->waits[group_of(g, j)] += g->outside[j] > 0;
		}
	}
}

/* Lists the members of the groups from `from_group` on, which are jobs from `from` on. */
static void list_members(struct group_starts *g, uint32_t from, uint32_t from_group)
{
	uint32_t *at = xcalloc(g->groups - from_group, sizeof(*at));
	for (uint32_t j = from; j < g->jobs; j++) {
		if (is_member(g, j)) {
			g->first[group_of(g, j) + 1]++;
		}
	}
	for (uint32_t k = from_group; k < g->groups; k++) {
		g->first[k + 1] += g->first[k];
	}
	g->members = xreallocarray(
		g->members, (size_t)g->first[g->groups] + 1, sizeof(*g->members));
	for (uint32_t j = from; j < g->jobs; j++) {
		if (is_member(g, j)) {
			uint32_t k = group_of(g, j);
			g->members[g->first[k] + at[k - from_group]++] = j;
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

/* `*array` gets `n` places where it had `had`; the new ones are 0. */
static void lengthen(uint32_t **array, uint32_t had, uint32_t n)
{
	*array = xreallocarray(*array, n, sizeof(**array));
	memset(*array + had, 0, (n - had) * sizeof(**array));
}

void group_starts_grow(struct group_starts *g, const struct sched_graph *graph)
{
	uint32_t from = g->jobs, from_group = g->groups;
	if (!graph->group_of || !graph->group_count) {
		return;
	}
	g->graph = graph;
	g->jobs = graph->job_count;
	g->groups = graph->group_count;
	if (g->jobs > g->job_cap) {
		uint32_t cap = g->job_cap + g->job_cap / 2, had = g->job_cap;
		g->job_cap = cap < g->jobs ? g->jobs : cap;
		lengthen(&g->unmet, had, g->job_cap);
		lengthen(&g->outside, had, g->job_cap);
		lengthen(&g->unstarted, had, g->job_cap);
		g->fate = xreallocarray(g->fate, g->job_cap, 1);
		memset(g->fate + had, 0, g->job_cap - had);
	}
	if (g->groups == from_group) {
		return;
	}
	lengthen(&g->waits, from_group, g->groups);
	lengthen(&g->first, from_group ? from_group + 1 : 0, g->groups + 1);
	count_waits(g, from);
	list_members(g, from, from_group);
	for (uint32_t k = from_group; k < g->groups; k++) {
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
	if (!is_member(g, d)) {
		return false;
	}
	g->unmet[d]--;
	if (g->fate[d] & (FATE_STARTED | FATE_LEFT)) {
		return false;
	}
	if (group_of(g, d) != group_of(g, job) && g->outside[d] && --g->outside[d] == 0) {
		is_free(g, d);
	}
	return true;
}

static void may_follow(void *ctx, uint32_t d)
{
	const struct visit *v = ctx;
	struct group_starts *g = v->g;
	if (is_member(g, d) && group_of(g, d) == group_of(g, v->job) &&
		--g->unstarted[d] == 0 && g->waits[group_of(g, d)] == 0) {
		vec_push(&g->ready, d);
	}
}

void group_starts_begun(struct group_starts *g, uint32_t job)
{
	if (!is_member(g, job)) {
		return;
	}
	bool first = !(g->fate[job] & FATE_STARTED);
	struct visit v = {g, job};
	g->fate[job] = FATE_STARTED;
	if (first) {
		sched_each_dependent(g->graph, job, may_follow, &v);
	}
}

void group_starts_blocked(struct group_starts *g, uint32_t job)
{
	if (is_member(g, job) && g->outside[job]) {
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
	if (is_member(g, job) && count) {
		g->unmet[job] += count;
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
