/*
 * The usual way (Sugiyama): turn the edges that close a circle, give each node the longest
 * way from a beginning as its layer, put places into the layers that an edge passes, order
 * each layer by the middle of the neighbours, and let places settle near them.
 */
#include "view/layered.h"

enum { ORDER_SWEEPS = 12, PLACE_SWEEPS = 24 };

/* Neighbours of each node on one side. */
struct sides {
	uint32_t *start, *to; /* to[start[i]] to to[start[i + 1]] */
};

struct work {
	struct layered *l;
	uint32_t n;
	VEC(struct layered_edge) edges; /* none back, none to itself */
	struct sides after, before;
	VEC(uint32_t) row;       /* all places by layer, in order */
	VEC(uint32_t) row_start; /* by layer */
	double *key;             /* by place */
	double space;
};

static struct sides sides_of(
	const struct layered_edge *edges, size_t m, uint32_t n, bool backwards)
{
	struct sides s = {
		xcalloc(n + 2, sizeof(*s.start)), xcalloc(m + 1, sizeof(*s.to))};
	for (size_t k = 0; k < m; k++) {
		s.start[(backwards ? edges[k].to : edges[k].from) + 2]++;
	}
	for (uint32_t i = 0; i < n; i++) {
		s.start[i + 2] += s.start[i + 1];
	}
	for (size_t k = 0; k < m; k++) {
		uint32_t at = backwards ? edges[k].to : edges[k].from;
		s.to[s.start[at + 1]++] = backwards ? edges[k].from : edges[k].to;
	}
	return s;
}

static void sides_release(struct sides *s)
{
	free(s->start);
	free(s->to);
	*s = (struct sides){NULL, NULL};
}

/* Numbers of the nodes in the order in which a search in depth leaves them: an edge to one
 * that is left later closes a circle. */
static uint32_t *leave_order(const struct sides *after, uint32_t n)
{
	uint32_t *left = xcalloc(n + 1, sizeof(*left)),
		 *next = xcalloc(n + 1, sizeof(*next));
	uint8_t *seen = xcalloc(n + 1, 1);
	VEC(uint32_t) stack = {0};
	uint32_t count = 0;
	for (uint32_t root = 0; root < n; root++) {
		if (seen[root]) {
			continue;
		}
		seen[root] = 1;
		vec_push(&stack, root);
		while (stack.n) {
			uint32_t at = vec_last(&stack);
			uint32_t k = after->start[at] + next[at]++;
			if (k == after->start[at + 1]) {
				left[at] = count++;
				(void)vec_pop(&stack);
			} else if (!seen[after->to[k]]) {
				seen[after->to[k]] = 1;
				vec_push(&stack, after->to[k]);
			}
		}
	}
	vec_release(&stack);
	free(next);
	free(seen);
	return left;
}

/* Layers: the longest way from a beginning; beginnings move up to what needs them. */
static void choose_layers(struct work *w, const uint32_t *left)
{
	struct layered *l = w->l;
	uint32_t *order = xcalloc(w->n + 1, sizeof(*order));
	for (uint32_t i = 0; i < w->n; i++) {
		order[w->n - 1 - left[i]] = i; /* what is left last comes first */
	}
	for (uint32_t k = 0; k < w->n; k++) {
		uint32_t i = order[k], layer = l->place.v[i].layer;
		for (uint32_t e = w->after.start[i]; e < w->after.start[i + 1]; e++) {
			struct layered_place *to = &l->place.v[w->after.to[e]];
			to->layer = to->layer > layer ? to->layer : layer + 1;
		}
		l->layers = layer + 1 > l->layers ? layer + 1 : l->layers;
	}
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t nearest = UINT32_MAX;
		if (w->before.start[i] != w->before.start[i + 1]) {
			continue;
		}
		for (uint32_t e = w->after.start[i]; e < w->after.start[i + 1]; e++) {
			uint32_t layer = l->place.v[w->after.to[e]].layer;
			nearest = layer < nearest ? layer : nearest;
		}
		l->place.v[i].layer = nearest == UINT32_MAX ? 0 : nearest - 1;
	}
	free(order);
}

/* Places where an edge passes a layer; its route. -1 where these are too many. */
static int route_edges(struct work *w, const struct layered_edge *edges, uint32_t m)
{
	struct layered *l = w->l;
	VEC(struct layered_edge) steps = {0};
	int rc = 0;
	for (uint32_t k = 0; k < m && rc == 0; k++) {
		uint32_t from = edges[k].from, to = edges[k].to;
		uint32_t a = l->place.v[from].layer, b = l->place.v[to].layer;
		uint32_t last = from;
		vec_push(&l->route_start, (uint32_t)l->route.n);
		if (from == to) {
			continue;
		}
		vec_push(&l->route, from);
		for (uint32_t layer = a; layer != b; last = vec_last(&l->route)) {
			layer = a < b ? layer + 1 : layer - 1;
			uint32_t next = to;
			if (layer != b) {
				next = (uint32_t)l->place.n;
				vec_push(&l->place,
					(struct layered_place){.layer = layer});
			}
			vec_push(&l->route, next);
			struct layered_edge step = {
				a < b ? last : next, a < b ? next : last};
			vec_push(&steps, step);
		}
		rc = l->place.n > LAYERED_MOST ? -1 : 0;
	}
	vec_push(&l->route_start, (uint32_t)l->route.n);
	sides_release(&w->after);
	sides_release(&w->before);
	w->after = sides_of(steps.v, steps.n, (uint32_t)l->place.n, false);
	w->before = sides_of(steps.v, steps.n, (uint32_t)l->place.n, true);
	vec_release(&steps);
	return rc;
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct work *w = ctx;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	if (w->key[i] < w->key[k] || w->key[i] > w->key[k]) {
		return w->key[i] < w->key[k] ? -1 : 1;
	}
	return (w->l->place.v[i].rank > w->l->place.v[k].rank) -
	       (w->l->place.v[i].rank < w->l->place.v[k].rank);
}

static void fill_rows(struct work *w)
{
	struct layered *l = w->l;
	uint32_t *next = xcalloc(l->layers + 2, sizeof(*next));
	for (size_t i = 0; i < l->place.n; i++) {
		next[l->place.v[i].layer + 1]++;
	}
	for (uint32_t k = 0; k <= l->layers; k++) {
		next[k + 1] += k < l->layers ? next[k] : 0;
		vec_push(&w->row_start, next[k]);
	}
	vec_reserve(&w->row, l->place.n + 1);
	w->row.n = l->place.n;
	for (uint32_t i = 0; i < l->place.n; i++) {
		struct layered_place *p = &l->place.v[i];
		uint32_t at = next[p->layer]++;
		w->row.v[at] = i;
		p->rank = at - w->row_start.v[p->layer];
		p->across = p->rank * w->space;
	}
	free(next);
}

/* The mean of the neighbours on one side by rank or by place; its own where it has none. */
static double mean_of(
	const struct work *w, const struct sides *s, uint32_t i, bool by_rank)
{
	double sum = 0;
	uint32_t n = s->start[i + 1] - s->start[i];
	for (uint32_t k = s->start[i]; k < s->start[i + 1]; k++) {
		const struct layered_place *p = &w->l->place.v[s->to[k]];
		sum += by_rank ? (double)p->rank : p->across;
	}
	const struct layered_place *own = &w->l->place.v[i];
	return n ? sum / n : by_rank ? (double)own->rank : own->across;
}

static void order_row(struct work *w, uint32_t layer, const struct sides *side)
{
	uint32_t first = w->row_start.v[layer], end = w->row_start.v[layer + 1];
	for (uint32_t k = first; k < end; k++) {
		w->key[w->row.v[k]] = mean_of(w, side, w->row.v[k], true);
	}
	qsort_r(w->row.v + first, end - first, sizeof(*w->row.v), by_key, w);
	for (uint32_t k = first; k < end; k++) {
		w->l->place.v[w->row.v[k]].rank = k - first;
	}
}

/*
 * The places of a row as near to where they want to be as their order and the space between
 * them allow: least squares, by joining those that would overlap.
 */
static void settle_row(struct work *w, uint32_t layer, const struct sides *side)
{
	struct block {
		double sum, weight;
		uint32_t first;
	};
	uint32_t first = w->row_start.v[layer], n = w->row_start.v[layer + 1] - first;
	VEC(struct block) blocks = {0};
	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = w->row.v[first + k];
		double weight = i < w->n ? 1 : 4; /* long edges are straight */
		double want = mean_of(w, side, i, false) - k * w->space;
		vec_push(&blocks, (struct block){want * weight, weight, k});
		while (blocks.n > 1) {
			struct block *a = &blocks.v[blocks.n - 2], *b = a + 1;
			if (a->sum / a->weight <= b->sum / b->weight) {
				break;
			}
			a->sum += b->sum;
			a->weight += b->weight;
			blocks.n--;
		}
	}
	for (size_t b = 0; b < blocks.n; b++) {
		uint32_t end = b + 1 < blocks.n ? blocks.v[b + 1].first : n;
		for (uint32_t k = blocks.v[b].first; k < end; k++) {
			w->l->place.v[w->row.v[first + k]].across =
				blocks.v[b].sum / blocks.v[b].weight + k * w->space;
		}
	}
	vec_release(&blocks);
}

/* Over all layers there and back, as often as said. */
static void sweep(struct work *w, int sweeps,
	void (*row)(struct work *, uint32_t, const struct sides *))
{
	uint32_t layers = w->l->layers;
	for (int round = 0; round < sweeps; round++) {
		for (uint32_t k = 1; k < layers; k++) {
			bool down = round % 2 == 0;
			row(w, down ? k : layers - 1 - k, down ? &w->before : &w->after);
		}
	}
}

static void begin_at_zero(struct layered *l)
{
	double least = 0;
	for (size_t i = 0; i < l->place.n; i++) {
		least = i == 0 || l->place.v[i].across < least ? l->place.v[i].across
							       : least;
	}
	for (size_t i = 0; i < l->place.n; i++) {
		l->place.v[i].across -= least;
		l->width =
			l->place.v[i].across > l->width ? l->place.v[i].across : l->width;
	}
}

int layered_make(struct layered *l, uint32_t n, const struct layered_edge *edges,
	uint32_t edge_count, double space)
{
	struct work w = {.l = l, .n = n, .space = space};
	*l = (struct layered){.nodes = n};
	for (uint32_t i = 0; i < n; i++) {
		vec_push(&l->place, (struct layered_place){0});
	}
	struct sides all = sides_of(edges, edge_count, n, false);
	uint32_t *left = leave_order(&all, n);
	sides_release(&all);
	for (uint32_t k = 0; k < edge_count; k++) {
		struct layered_edge e = edges[k];
		if (e.from != e.to) {
			bool back = left[e.from] < left[e.to];
			vec_push(&w.edges, (struct layered_edge){back ? e.to : e.from,
						   back ? e.from : e.to});
		}
	}
	w.after = sides_of(w.edges.v, w.edges.n, n, false);
	w.before = sides_of(w.edges.v, w.edges.n, n, true);
	choose_layers(&w, left);
	int rc = n > LAYERED_MOST ? -1 : route_edges(&w, edges, edge_count);
	if (rc == 0 && n) {
		w.key = xcalloc(l->place.n, sizeof(*w.key));
		fill_rows(&w);
		sweep(&w, ORDER_SWEEPS, order_row);
		for (size_t i = 0; i < l->place.n; i++) {
			l->place.v[i].across = l->place.v[i].rank * space;
		}
		sweep(&w, PLACE_SWEEPS, settle_row);
		begin_at_zero(l);
	}
	free(left);
	free(w.key);
	vec_release(&w.edges);
	vec_release(&w.row);
	vec_release(&w.row_start);
	sides_release(&w.after);
	sides_release(&w.before);
	return rc;
}

void layered_release(struct layered *l)
{
	vec_release(&l->place);
	vec_release(&l->route_start);
	vec_release(&l->route);
	*l = (struct layered){0};
}
