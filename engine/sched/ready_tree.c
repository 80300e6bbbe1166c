#include "sched/ready_tree.h"

#include "base/xalloc.h"

/* Whether job `a` is to start before `b`. */
static bool is_better(const struct sched_graph *g, uint32_t a, uint32_t b)
{
	if (g->priority && g->priority[a] != g->priority[b]) {
		return g->priority[a] > g->priority[b];
	}
	if (g->weight && (g->weight[a] < g->weight[b] || g->weight[a] > g->weight[b])) {
		return g->weight[a] > g->weight[b];
	}
	return a < b;
}

/* Order of jobs by when they start. */
static int compare_jobs(const void *pa, const void *pb, void *graph)
{
	const uint32_t *a = pa, *b = pb;
	return is_better(graph, *a, *b) ? -1 : *a != *b;
}

/* Order of classes by what they ask for; `g` is the graph. */
static int compare_demand(const void *pa, const void *pb, void *graph)
{
	const struct sched_graph *g = graph;
	const struct sched_class *a = &g->classes[*(const uint32_t *)pa];
	const struct sched_class *b = &g->classes[*(const uint32_t *)pb];
	for (uint32_t r = 0; r < g->resource_count; r++) {
		if (a->amount[r] != b->amount[r]) {
			return a->amount[r] < b->amount[r] ? -1 : 1;
		}
	}
	return 0;
}

/* Sorts numbers of jobs or classes. */
static void sort(const struct ready_tree *t, uint32_t *v, size_t n,
	int (*compare)(const void *, const void *, void *))
{
	union {
		const struct sched_graph *in;
		void *out;
	} arg = {t->graph};
	qsort_r(v, n, sizeof(*v), compare, arg.out);
}

/* Room for `count` classes: those with like demands become neighbours, new ones have the
 * leaves behind them until there is no more room. */
static void make_leaves(struct ready_tree *t, uint32_t count)
{
	uint32_t *order = xcalloc(count, sizeof(*order));
	for (uint32_t c = 0; c < count; c++) {
		order[c] = c;
	}
	if (count > 1) {
		sort(t, order, count, compare_demand);
	}
	for (t->leaves = t->leaves ? t->leaves : 1; t->leaves < count; t->leaves *= 2) {
	}
	for (uint32_t i = 0; i < count; i++) {
		t->classes.v[order[i]].leaf = i;
	}
	size_t nodes = (size_t)t->leaves * 2;
	t->best = xreallocarray(t->best, nodes, sizeof(*t->best));
	memset(t->best, 0xff, nodes * sizeof(*t->best));
	t->least = xreallocarray(
		t->least, size_mul(nodes, t->graph->resource_count), sizeof(*t->least));
	memset(t->least, 0, nodes * t->graph->resource_count * sizeof(*t->least));
	free(order);
}

static void add_classes(struct ready_tree *t)
{
	uint32_t n = t->graph->class_count ? t->graph->class_count : 1;
	while (t->classes.n < n) {
		struct ready_class *c = vec_add(&t->classes);
		c->leaf = (uint32_t)t->classes.n - 1;
	}
}

void ready_init(struct ready_tree *t, const struct sched_graph *graph)
{
	*t = (struct ready_tree){.graph = graph};
	add_classes(t);
	make_leaves(t, (uint32_t)t->classes.n);
}

void ready_release(struct ready_tree *t)
{
	for (size_t c = 0; c < t->classes.n; c++) {
		vec_release(&t->classes.v[c].row);
		vec_release(&t->classes.v[c].heap);
	}
	vec_release(&t->classes);
	free(t->best);
	free(t->least);
	*t = (struct ready_tree){0};
}

/* Moves the last of the heap up to its place. */
static void sift_up(const struct ready_tree *t, uint32_t *heap, uint32_t i)
{
	uint32_t job = heap[i];
	while (i > 0 && is_better(t->graph, job, heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = job;
}

/* Moves the first of the heap down to its place. */
static void sift_down(const struct ready_tree *t, uint32_t *heap, uint32_t n)
{
	uint32_t job = heap[0], i = 0;
	for (;;) {
		uint32_t k = 2 * i + 1;
		if (k >= n) {
			break;
		}
		if (k + 1 < n && is_better(t->graph, heap[k + 1], heap[k])) {
			k++;
		}
		if (!is_better(t->graph, heap[k], job)) {
			break;
		}
		heap[i] = heap[k];
		i = k;
	}
	heap[i] = job;
}

/* Works out a node from the two below it. */
static void join(struct ready_tree *t, uint32_t node)
{
	uint32_t r_count = t->graph->resource_count;
	uint32_t a = t->best[2 * node], b = t->best[2 * node + 1];
	const int64_t *la = t->least + (size_t)(2 * node) * r_count;
	const int64_t *lb = la + r_count;
	int64_t *to = t->least + (size_t)node * r_count;
	if (a == READY_NONE || b == READY_NONE) {
		t->best[node] = a == READY_NONE ? b : a;
		memcpy(to, a == READY_NONE ? lb : la, r_count * sizeof(*to));
		return;
	}
	t->best[node] = is_better(t->graph, a, b) ? a : b;
	for (uint32_t r = 0; r < r_count; r++) {
		to[r] = la[r] < lb[r] ? la[r] : lb[r];
	}
}

/* The best job of a class. */
static uint32_t top_of(const struct ready_tree *t, const struct ready_class *c)
{
	uint32_t a = c->at < c->row.n ? c->row.v[c->at] : READY_NONE;
	uint32_t b = c->heap.n ? c->heap.v[0] : READY_NONE;
	if (a == READY_NONE || b == READY_NONE) {
		return a == READY_NONE ? b : a;
	}
	return is_better(t->graph, a, b) ? a : b;
}

/* Sets the leaf of a class to the best of it. */
static void set_leaf(struct ready_tree *t, uint32_t class)
{
	const struct ready_class *c = &t->classes.v[class];
	uint32_t node = t->leaves + c->leaf;
	t->best[node] = top_of(t, c);
	if (t->graph->class_count) {
		memcpy(t->least + (size_t)node * t->graph->resource_count,
			t->graph->classes[class].amount,
			t->graph->resource_count * sizeof(*t->least));
	} else if (t->graph->resource_count) {
		t->least[(size_t)node * t->graph->resource_count] = 1; /* a core */
	}
}

/* The best of a class changed: tells all nodes above. */
static void update(struct ready_tree *t, uint32_t class)
{
	const struct ready_class *c = &t->classes.v[class];
	uint32_t node = t->leaves + c->leaf;
	if (t->best[node] == top_of(t, c)) {
		return;
	}
	set_leaf(t, class);
	for (node /= 2; node; node /= 2) {
		join(t, node);
	}
}

/* All nodes, from the classes up. */
static void join_all(struct ready_tree *t)
{
	for (uint32_t c = 0; c < t->classes.n; c++) {
		set_leaf(t, c);
	}
	for (uint32_t node = t->leaves; node-- > 1;) {
		join(t, node);
	}
}

void ready_fill(struct ready_tree *t, uint32_t class, uint32_t job)
{
	vec_push(&t->classes.v[class].row, job);
}

void ready_settle(struct ready_tree *t)
{
	for (uint32_t c = 0; c < t->classes.n; c++) {
		struct ready_class *class = &t->classes.v[c];
		size_t i = 1, n = class->row.n;
		while (i < n &&
			is_better(t->graph, class->row.v[i - 1], class->row.v[i])) {
			i++;
		}
		if (i < n) {
			sort(t, class->row.v, n, compare_jobs);
		}
	}
	join_all(t);
}

void ready_push(struct ready_tree *t, uint32_t class, uint32_t job)
{
	if (class >= t->classes.n) {
		add_classes(t);
		if (t->classes.n > t->leaves) {
			make_leaves(t, (uint32_t)t->classes.n);
			join_all(t);
		}
	}
	struct ready_class *c = &t->classes.v[class];
	vec_push(&c->heap, job);
	sift_up(t, c->heap.v, (uint32_t)c->heap.n - 1);
	update(t, class);
}

void ready_pop(struct ready_tree *t, uint32_t class, uint32_t job)
{
	struct ready_class *c = &t->classes.v[class];
	cw_assert(top_of(t, c) == job);
	if (c->at < c->row.n && c->row.v[c->at] == job) {
		c->at++;
	} else {
		c->heap.v[0] = c->heap.v[--c->heap.n];
		sift_down(t, c->heap.v, (uint32_t)c->heap.n);
	}
	update(t, class);
}

static bool fits(const struct ready_tree *t, uint32_t node, const int64_t *spare)
{
	const int64_t *least = t->least + (size_t)node * t->graph->resource_count;
	for (uint32_t r = 0; r < t->graph->resource_count; r++) {
		if (least[r] > spare[r]) {
			return false;
		}
	}
	return true;
}

uint32_t ready_best(const struct ready_tree *t, const int64_t *spare)
{
	/* depth first, the better branch first; the stack holds one node a level */
	uint32_t stack[64], n = 0, found = READY_NONE;
	stack[n++] = 1;
	while (n) {
		uint32_t node = stack[--n];
		uint32_t best = t->best[node];
		if (best == READY_NONE ||
			(found != READY_NONE && !is_better(t->graph, best, found)) ||
			!fits(t, node, spare)) {
			continue;
		}
		if (node >= t->leaves) {
			found = best;
			continue;
		}
		bool left_first = t->best[2 * node] == best;
		stack[n++] = 2 * node + (left_first ? 1 : 0);
		stack[n++] = 2 * node + (left_first ? 0 : 1);
	}
	return found;
}
