/* Graphs in layers. */
#include "view/layered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SPACE 10.0

/* What holds in every picture: edges lead on (or, where they close a circle, back) from layer
 * to layer, and no two places of a layer are nearer than the space, in their order. */
static void check(const struct layered *l, const struct layered_edge *edges, uint32_t m)
{
	assert_int_equal(l->route_start.n, m + 1);
	for (uint32_t k = 0; k < m; k++) {
		uint32_t a = l->route_start.v[k], b = l->route_start.v[k + 1];
		if (edges[k].from == edges[k].to) {
			assert_int_equal(a, b);
			continue;
		}
		assert_int_equal(l->route.v[a], edges[k].from);
		assert_int_equal(l->route.v[b - 1], edges[k].to);
		bool down =
			l->place.v[edges[k].from].layer < l->place.v[edges[k].to].layer;
		for (uint32_t i = a + 1; i < b; i++) {
			uint32_t x = l->place.v[l->route.v[i - 1]].layer;
			uint32_t y = l->place.v[l->route.v[i]].layer;
			assert_int_equal(y, down ? x + 1 : x - 1);
		}
	}
	for (size_t i = 0; i < l->place.n; i++) {
		const struct layered_place *p = &l->place.v[i];
		assert_true(p->layer < l->layers);
		assert_true(p->across >= -1e-6 && p->across <= l->width + 1e-6);
		for (size_t k = 0; k < i; k++) {
			const struct layered_place *q = &l->place.v[k];
			double gap = p->across - q->across;
			if (p->layer == q->layer) {
				assert_true(p->rank != q->rank);
				assert_true(
					(p->rank > q->rank ? gap : -gap) >= SPACE - 1e-6);
			}
		}
	}
}

static void make(struct layered *l, uint32_t n, const struct layered_edge *e, uint32_t m)
{
	assert_int_equal(layered_make(l, n, e, m, SPACE), 0);
	check(l, e, m);
}

static void test_none(void **state)
{
	struct layered l;
	(void)state;
	make(&l, 0, NULL, 0);
	assert_int_equal(l.layers, 0);
	layered_release(&l);
	make(&l, 1, NULL, 0);
	assert_int_equal(l.layers, 1);
	layered_release(&l);
}

static void test_diamond(void **state)
{
	/* numbers are no order of the graph */
	const struct layered_edge e[] = {{3, 1}, {3, 0}, {1, 2}, {0, 2}, {3, 2}};
	struct layered l;
	(void)state;
	make(&l, 4, e, CW_ARRAY_LEN(e));
	assert_int_equal(l.place.v[3].layer, 0);
	assert_int_equal(l.place.v[2].layer, 2);
	assert_int_equal(l.layers, 3);
	assert_int_equal(l.place.n, 5); /* the long edge bends once */
	layered_release(&l);
}

/* A beginning stands right before what needs it, not at the far end. */
static void test_late_source(void **state)
{
	const struct layered_edge e[] = {{0, 1}, {1, 2}, {3, 2}};
	struct layered l;
	(void)state;
	make(&l, 4, e, CW_ARRAY_LEN(e));
	assert_int_equal(l.place.v[3].layer, 1);
	assert_int_equal(l.place.n, 4);
	layered_release(&l);
}

static void test_circles(void **state)
{
	const struct layered_edge e[] = {{0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {0, 0}};
	struct layered l;
	(void)state;
	make(&l, 3, e, CW_ARRAY_LEN(e));
	assert_int_equal(l.layers, 3);
	layered_release(&l);
}

/* Two pairs that were named crosswise do not cross. */
static void test_crossing(void **state)
{
	const struct layered_edge e[] = {{0, 3}, {1, 2}};
	struct layered l;
	(void)state;
	make(&l, 4, e, CW_ARRAY_LEN(e));
	bool a = l.place.v[0].rank < l.place.v[1].rank;
	bool b = l.place.v[3].rank < l.place.v[2].rank;
	assert_int_equal(a, b);
	layered_release(&l);
}

/* Many to one: the one stands in the middle. */
static void test_middle(void **state)
{
	struct layered_edge e[9];
	struct layered l;
	(void)state;
	for (uint32_t i = 0; i < 9; i++) {
		e[i] = (struct layered_edge){i, 9};
	}
	make(&l, 10, e, 9);
	assert_true(
		l.place.v[9].across > 3.9 * SPACE && l.place.v[9].across < 4.1 * SPACE);
	layered_release(&l);
}

/* Any graph, and one whose pictures nobody could look at. */
static void test_any(void **state)
{
	struct layered_edge e[300];
	struct layered l;
	uint64_t seed = 1;
	(void)state;
	for (int round = 0; round < 200; round++) {
		uint32_t n = 2 + (uint32_t)round % 40, m = (uint32_t)round % 90;
		for (uint32_t k = 0; k < m; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			e[k].from = (uint32_t)(seed >> 33) % n;
			e[k].to = (uint32_t)(seed >> 48) % n;
		}
		make(&l, n, e, m);
		layered_release(&l);
	}
	VEC(struct layered_edge) wide = {0};
	for (uint32_t i = 1; i < 400; i++) {
		vec_push(&wide, (struct layered_edge){i - 1, i});
		vec_push(&wide, (struct layered_edge){0, i});
	}
	assert_int_equal(layered_make(&l, 400, wide.v, (uint32_t)wide.n, SPACE), -1);
	layered_release(&l);
	vec_release(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_none),
		cmocka_unit_test(test_diamond), cmocka_unit_test(test_late_source),
		cmocka_unit_test(test_circles), cmocka_unit_test(test_crossing),
		cmocka_unit_test(test_middle), cmocka_unit_test(test_any)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
