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

/* The jobs that are joined to groups at once, `n` of them from `from` on, and the edges
 * among them: CSR by job - from. Places in `parent` and so on count from `from`. */
struct joining {
	const struct plan *p;
	uint32_t from, n;
	const uint64_t *start;
	const uint32_t *to; /* jobs */
	uint32_t *parent;
};

/* parent[job] is a job of the same group; JOB_GROUP_NONE: it is of none. */
static void join(const struct joining *g, bool (*takes)(const void *ctx, uint32_t job),
	const void *ctx)
{
	const struct plan *p = g->p;
	for (uint32_t i = 0; i < g->n; i++) {
		uint32_t j = g->from + i;
		bool mine = p->wanted[j] && !p->maybe[j] && rule_of(p, j)->group.n &&
			    takes(ctx, j);
		g->parent[i] = mine ? i : JOB_GROUP_NONE;
	}
	for (uint32_t u = 0; u < g->n; u++) {
		for (uint64_t e = g->start[u];
			g->parent[u] != JOB_GROUP_NONE && e < g->start[u + 1]; e++) {
			uint32_t d = g->to[e] - g->from;
			if (g->parent[d] != JOB_GROUP_NONE &&
				sv_eq(rule_of(p, g->from + u)->group,
					rule_of(p, g->from + d)->group)) {
				g->parent[root_of(g->parent, d)] = root_of(g->parent, u);
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
static void part_cycles(const struct joining *g)
{
	uint32_t n = g->n, done = 0, have = 0;
	uint32_t *parent = g->parent;
	const uint8_t *wanted = g->p->wanted + g->from;
	uint32_t *waits = xcalloc(n, sizeof(*waits)), *queue = xcalloc(n, sizeof(*queue));
	uint32_t *next = xcalloc(n, sizeof(*next)), *head = xcalloc(n, sizeof(*head));
	uint8_t *reached = xcalloc(n, 1);
	for (uint32_t j = n; j-- > 0;) { /* lists of the members; 0: the end */
		uint32_t w = whole(parent, j);
		next[j] = head[w];
		head[w] = j + 1;
		for (uint64_t e = g->start[j]; e < g->start[j + 1]; e++) {
			uint32_t to = whole(parent, g->to[e] - g->from);
			waits[to] += wanted[j] && to != w;
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
			for (uint64_t e = g->start[j]; wanted[j] && e < g->start[j + 1];
				e++) {
				uint32_t to = whole(parent, g->to[e] - g->from);
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

/* Rows for the jobs that there are now, of no group where they are new. */
static void make_rows(struct job_groups *g, uint32_t n)
{
	if (n > g->cap) {
		uint32_t cap = g->cap + g->cap / 2;
		g->cap = cap < n ? n : cap;
		g->of = xreallocarray(g->of, g->cap, sizeof(*g->of));
	}
	for (; g->jobs < n; g->jobs++) {
		g->of[g->jobs] = JOB_GROUP_NONE;
	}
}

/* Numbers for the trees of more than one job. */
static void number(struct job_groups *g, const struct joining *of)
{
	uint32_t n = of->n, before = g->count;
	uint32_t *size = xcalloc(n, sizeof(*size)), *at = xcalloc(n, sizeof(*at));
	for (uint32_t j = 0; j < n; j++) {
		size[whole(of->parent, j)]++;
	}
	for (uint32_t j = 0; j < n; j++) {
		at[j] = size[j] > 1 ? g->count++ : JOB_GROUP_NONE;
		g->most = size[j] > g->most ? size[j] : g->most;
	}
	if (g->count > before) {
		make_rows(g, of->from + n);
		g->size = xreallocarray(g->size, g->count, sizeof(*g->size));
		for (uint32_t j = 0; j < n; j++) {
			uint32_t root = whole(of->parent, j);
			g->of[of->from + j] = at[root];
			if (at[root] != JOB_GROUP_NONE) {
				g->size[at[root]] = size[root];
			}
		}
	}
	free(size);
	free(at);
}

static bool has_groups(const struct workflow *wf)
{
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		if (wf->rules[r].group.n) {
			return true;
		}
	}
	return false;
}

/* Joins the jobs of `j`, all but its `parent` being filled in. */
static void make(struct job_groups *g, struct joining *j,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx)
{
	j->parent = xcalloc(j->n, sizeof(*j->parent));
	join(j, takes, ctx);
	part_cycles(j);
	number(g, j);
	free(j->parent);
}

void job_groups_make(struct job_groups *g, const struct plan *p,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx)
{
	*g = (struct job_groups){.most = 1};
	if (has_groups(p->d->wf) && p->d->job_count) {
		make(g,
			&(struct joining){.p = p,
				.n = p->d->job_count,
				.start = p->dependents_start,
				.to = p->dependents},
			takes, ctx);
	}
}

/* The maker of an input of a job that came, where it came as well. */
static uint32_t maker_of(const struct plan *p, uint32_t from, uint32_t input)
{
	uint32_t maker = p->d->producer[INPUT_FILE(input)];
	return maker != DAG_NONE && maker >= from && p->wanted[maker] ? maker : DAG_NONE;
}

void job_groups_grow(struct job_groups *g, const struct plan *p, uint32_t from,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx)
{
	const struct dag *d = p->d;
	uint32_t n = d->job_count - from;
	if (g->of) {
		make_rows(g, d->job_count);
	}
	if (!n || !has_groups(d->wf)) {
		return;
	}
	/* edges by their makers: counted, then filled in; start[] is one place ahead till then */
	uint64_t *start = xcalloc((size_t)n + 2, sizeof(*start));
	uint32_t *to = NULL;
	for (unsigned turn = 0; turn < 2; turn++) {
		for (uint32_t j = from; j < d->job_count; j++) {
			uint32_t count;
			const uint32_t *in = dag_inputs(d, j, &count);
			for (uint32_t k = 0; k < count && p->wanted[j]; k++) {
				uint32_t maker = maker_of(p, from, in[k]);
				if (maker != DAG_NONE && turn) {
					to[start[maker - from + 1]++] = j;
				} else if (maker != DAG_NONE) {
					start[maker - from + 2]++;
				}
			}
		}
		for (uint32_t i = 1; i <= n && !turn; i++) {
			start[i + 1] += start[i];
		}
		to = turn ? to : xcalloc(start[n + 1] + 1, sizeof(*to));
	}
	make(g, &(struct joining){.p = p, .from = from, .n = n, .start = start, .to = to},
		takes, ctx);
	free(start);
	free(to);
}

void job_groups_release(struct job_groups *g)
{
	free(g->of);
	free(g->size);
	*g = (struct job_groups){.most = 1};
}
