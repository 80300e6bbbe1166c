#include "sched/ready_tree.h"

#include "base/xalloc.h"

uint32_t ready_class_of(const struct ready_tree *t, uint32_t job)
{
	return t->graph->class_of ? t->graph->class_of[job] : 0;
}

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

void ready_init(struct ready_tree *t, const struct sched_graph *graph)
{
	uint32_t n = graph->class_count ? graph->class_count : 1;
	*t = (struct ready_tree){.graph = graph};
	t->classes = xcalloc(n, sizeof(*t->classes));
	uint32_t wanted = 0;
	for (uint32_t j = 0; j < graph->job_count; j++) {
		if (graph->wanted[j]) {
			t->classes[ready_class_of(t, j)].cap++;
			wanted++;
		}
	}
	t->jobs = xcalloc(wanted, sizeof(*t->jobs));
	for (uint32_t c = 1; c < n; c++) {
		t->classes[c].start = t->classes[c - 1].start + t->classes[c - 1].cap;
	}
	for (t->leaves = 1; t->leaves < n; t->leaves *= 2) {
	}
	t->order = xcalloc(n, sizeof(*t->order));
	t->leaf_of = xcalloc(n, sizeof(*t->leaf_of));
	for (uint32_t c = 0; c < n; c++) {
		t->order[c] = c;
	}
	if (n > 1) {
		union {
			const struct sched_graph *in;
			void *out;
		} arg = {graph};
		qsort_r(t->order, n, sizeof(*t->order), compare_demand, arg.out);
	}
	for (uint32_t i = 0; i < n; i++) {
		t->leaf_of[t->order[i]] = i;
	}
	t->best = xcalloc((size_t)t->leaves * 2, sizeof(*t->best));
	memset(t->best, 0xff, (size_t)t->leaves * 2 * sizeof(*t->best));
	t->least = xcalloc(size_mul((size_t)t->leaves * 2, graph->resource_count),
		sizeof(*t->least));
}

void ready_release(struct ready_tree *t)
{
	free(t->jobs);
	free(t->classes);
	free(t->order);
	free(t->leaf_of);
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

static void sift_down(const struct ready_tree *t, uint32_t *heap, uint32_t n, uint32_t i)
{
	uint32_t job = heap[i];
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

/* Sets the leaf of a class to the top of its heap. */
static void set_leaf(struct ready_tree *t, uint32_t class)
{
	uint32_t node = t->leaves + t->leaf_of[class];
	const struct ready_class *c = &t->classes[class];
	t->best[node] = c->ready ? t->jobs[c->start] : READY_NONE;
	if (t->graph->class_count) {
		memcpy(t->least + (size_t)node * t->graph->resource_count,
			t->graph->classes[class].amount,
			t->graph->resource_count * sizeof(*t->least));
	} else if (t->graph->resource_count) {
		t->least[(size_t)node * t->graph->resource_count] = 1; /* a core */
	}
}

/* The top of a heap changed: tells all nodes above. */
static void update(struct ready_tree *t, uint32_t class)
{
	uint32_t node = t->leaves + t->leaf_of[class];
	uint32_t top =
		t->classes[class].ready ? t->jobs[t->classes[class].start] : READY_NONE;
	if (t->best[node] == top) {
		return;
	}
	set_leaf(t, class);
	for (node /= 2; node; node /= 2) {
		join(t, node);
	}
}

void ready_fill(struct ready_tree *t, uint32_t job)
{
	struct ready_class *c = &t->classes[ready_class_of(t, job)];
	t->jobs[c->start + c->ready++] = job;
}

void ready_settle(struct ready_tree *t)
{
	uint32_t n = t->graph->class_count ? t->graph->class_count : 1;
	for (uint32_t c = 0; c < n; c++) {
		struct ready_class *class = &t->classes[c];
		for (uint32_t i = class->ready / 2; i-- > 0;) {
			sift_down(t, t->jobs + class->start, class->ready, i);
		}
		set_leaf(t, c);
	}
	for (uint32_t node = t->leaves; node-- > 1;) {
		join(t, node);
	}
}

void ready_push(struct ready_tree *t, uint32_t job)
{
	uint32_t class = ready_class_of(t, job);
	struct ready_class *c = &t->classes[class];
	t->jobs[c->start + c->ready] = job;
	sift_up(t, t->jobs + c->start, c->ready++);
	update(t, class);
}

void ready_pop(struct ready_tree *t, uint32_t job)
{
	uint32_t class = ready_class_of(t, job);
	struct ready_class *c = &t->classes[class];
	uint32_t *heap = t->jobs + c->start;
	cw_assert(c->ready && heap[0] == job);
	heap[0] = heap[--c->ready];
	if (c->ready) {
		sift_down(t, heap, c->ready, 0);
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

void ready_add_running(struct ready_tree *t, uint32_t job, uint32_t *position)
{
	struct ready_class *c = &t->classes[ready_class_of(t, job)];
	uint32_t at = c->start + c->cap - ++c->running;
	t->jobs[at] = job;
	position[job] = at;
}

void ready_remove_running(struct ready_tree *t, uint32_t job, uint32_t *position)
{
	struct ready_class *c = &t->classes[ready_class_of(t, job)];
	uint32_t first = c->start + c->cap - c->running--;
	uint32_t moved = t->jobs[first];
	t->jobs[position[job]] = moved;
	position[moved] = position[job];
}
