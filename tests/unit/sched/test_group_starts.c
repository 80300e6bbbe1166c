#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "sched/scheduler.h"

/* A small graph with groups, and a runner that keeps the promise the scheduler relies on:
 * a job begins only behind those of its group that ended well. */
enum { JOBS_MOST = 40, EDGES_MOST = JOBS_MOST * 3 };

struct world {
	uint64_t random;
	uint32_t jobs, groups;
	uint32_t pending[JOBS_MOST], group_of[JOBS_MOST];
	uint64_t start[JOBS_MOST + 1];
	uint32_t to[EDGES_MOST];
	uint8_t wanted[JOBS_MOST];
	bool edge[JOBS_MOST][JOBS_MOST];
	bool fails[JOBS_MOST];  /* its first attempt */
	bool doomed[JOBS_MOST]; /* all of them */
	bool running[JOBS_MOST], made[JOBS_MOST];
	uint32_t begun[JOBS_MOST];
	struct sched_graph graph;
	struct sched_class class;
	struct scheduler *s;
};

static uint32_t below(struct world *w, uint32_t n)
{
	w->random = w->random * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)((w->random >> 33) % n);
}

static void make_graph(struct world *w, uint64_t seed)
{
	*w = (struct world){.random = seed};
	w->jobs = 2 + below(w, JOBS_MOST - 2);
	uint32_t size = 1 + below(w, 8);
	w->groups = w->jobs / size + 1;
	for (uint32_t j = 0; j < w->jobs; j++) {
		w->wanted[j] = 1;
		/* stretches of the order: joined to them the graph has no cycle */
		w->group_of[j] = j / size % 4 ? j / size : SCHED_NO_GROUP;
		w->fails[j] = below(w, 12) == 0;
		w->doomed[j] = w->fails[j] && below(w, 2);
		for (uint32_t k = 0; j && k < below(w, 4); k++) {
			w->edge[below(w, j)][j] = true;
		}
	}
	for (uint32_t u = 0; u < w->jobs; u++) {
		w->start[u + 1] = w->start[u];
		for (uint32_t d = 0; d < w->jobs; d++) {
			if (w->edge[u][d] && w->start[u + 1] < EDGES_MOST) {
				w->to[w->start[u + 1]++] = d;
				w->pending[d]++;
			} else {
				w->edge[u][d] = false;
			}
		}
	}
	w->class = (struct sched_class){.amount = {1}, .retries = 1};
	w->graph = (struct sched_graph){.job_count = w->jobs,
		.pending = w->pending,
		.dependents_start = w->start,
		.dependents = w->to,
		.wanted = w->wanted,
		.classes = &w->class,
		.class_count = 1,
		.resource_count = 1,
		.limit = {below(w, 2) ? -1 : 3},
		.keep_going = below(w, 3) > 0,
		.group_of = w->group_of,
		.group_count = w->groups};
}

/* What a start promises: all that the job needs is made, or was started with its group. */
static void check_start(const struct world *w, uint32_t job)
{
	for (uint32_t u = 0; u < w->jobs; u++) {
		bool same = w->group_of[u] != SCHED_NO_GROUP &&
			    w->group_of[u] == w->group_of[job];
		if (w->edge[u][job]) {
			assert_true(w->made[u] || (same && w->running[u]));
		}
	}
}

/* Whether all that a running job needs is made; *ret_void: something failed. */
static bool has_inputs(const struct world *w, uint32_t job, bool *ret_void)
{
	bool all = true;
	*ret_void = false;
	for (uint32_t u = 0; u < w->jobs; u++) {
		if (w->edge[u][job] && !w->made[u]) {
			all = false;
			*ret_void = *ret_void || !w->running[u];
		}
	}
	return all;
}

/* One running job ends, or is given back because it never began. */
static void end_one(struct world *w)
{
	uint32_t job = below(w, w->jobs);
	for (uint32_t tries = 0; tries < 2 * w->jobs;
		tries++, job = (job + 1) % w->jobs) {
		bool is_void;
		if (!w->running[job]) {
			continue;
		}
		bool all = has_inputs(w, job, &is_void);
		enum sched_inputs said = scheduler_inputs(w->s, job);
		assert_int_equal(said == SCHED_INPUTS_MADE, all);
		if (all) {
			bool fail = w->doomed[job] || (w->fails[job] && !w->begun[job]);
			w->begun[job]++;
			w->running[job] = false;
			w->made[job] = !fail;
			scheduler_ended(
				w->s, job, fail ? SCHED_END_FAILED : SCHED_END_OK, 0);
			return;
		}
		if (is_void) {
			assert_int_equal(said, SCHED_INPUTS_FAILED);
			w->running[job] = false;
			scheduler_ended(w->s, job, SCHED_END_UNBEGUN, 0);
			return;
		}
	}
	fail_msg("jobs run, and none can end");
}

static void check_end(const struct world *w)
{
	struct sched_counts c = scheduler_counts(w->s);
	assert_int_equal(c.running, 0);
	for (uint32_t j = 0; j < w->jobs; j++) {
		enum sched_job_state state = scheduler_state(w->s, j);
		bool stopped = false;
		for (uint32_t u = 0; u < w->jobs; u++) {
			stopped = stopped || (w->edge[u][j] && !w->made[u]);
		}
		assert_int_equal(state == SCHED_SUCCEEDED, w->made[j]);
		assert_true(w->begun[j] <= 2);
		if (w->graph.keep_going) {
			assert_int_equal(state == SCHED_BLOCKED, stopped);
			assert_int_equal(w->made[j], !stopped && !w->doomed[j]);
		}
	}
}

static void groups_in_random_graphs(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		struct world w;
		make_graph(&w, seed);
		w.s = scheduler_new(&w.graph);
		for (;;) {
			struct sched_action a = scheduler_next(w.s, 0);
			if (a.kind == SCHED_START) {
				check_start(&w, a.job);
				w.running[a.job] = true;
			} else if (a.kind == SCHED_WAIT) {
				end_one(&w);
			} else {
				assert_int_equal(a.kind, SCHED_DONE);
				break;
			}
		}
		check_end(&w);
		scheduler_free(w.s);
	}
}

/* a and b go together once x is made; c waits for what is between. */
static void a_group_starts_as_one(void **state)
{
	(void)state;
	/* x -> a -> b, b -> c; y -> b: b needs y of outside, so a waits for it too */
	static const uint32_t pending[] = {0, 0, 1, 2, 1}, to[] = {2, 3, 3, 4};
	static const uint64_t start[] = {0, 1, 2, 3, 4, 4};
	static const uint32_t group_of[] = {
		SCHED_NO_GROUP, SCHED_NO_GROUP, 0, 0, SCHED_NO_GROUP};
	static const uint8_t wanted[] = {1, 1, 1, 1, 1};
	struct sched_graph g = {.job_count = 5,
		.pending = pending,
		.dependents_start = start,
		.dependents = to,
		.wanted = wanted,
		.group_of = group_of,
		.group_count = 1};
	struct scheduler *s = scheduler_new(&g);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_START);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_START);
	scheduler_ended(s, 0, SCHED_END_OK, 0);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_WAIT);
	scheduler_ended(s, 1, SCHED_END_OK, 0);
	assert_int_equal(scheduler_next(s, 0).job, 2);
	assert_int_equal(scheduler_next(s, 0).job, 3);
	assert_int_equal(scheduler_inputs(s, 3), SCHED_INPUTS_COMING);
	scheduler_ended(s, 2, SCHED_END_OK, 0);
	assert_int_equal(scheduler_inputs(s, 3), SCHED_INPUTS_MADE);
	scheduler_ended(s, 3, SCHED_END_OK, 0);
	assert_int_equal(scheduler_next(s, 0).job, 4);
	scheduler_free(s);
}

/* The same of jobs that come while another runs. */
static void a_group_that_comes_starts_as_one(void **state)
{
	(void)state;
	/* x; then a -> b, y -> b, and in a second step c -> d */
	static const uint32_t pending[] = {0, 0, 2, 0, 0, 1};
	static const uint64_t start[] = {0, 0};
	static const uint32_t more[] = {SCHED_NONE, 0, SCHED_NONE, 1, 2, SCHED_NONE};
	static const struct sched_edge edges[] = {
		{2, SCHED_NONE}, {2, SCHED_NONE}, {5, SCHED_NONE}};
	static const uint32_t group_of[] = {SCHED_NO_GROUP, 0, 0, SCHED_NO_GROUP, 1, 1};
	static const uint8_t wanted[] = {1, 1, 1, 1, 1, 1};
	struct sched_graph g = {.job_count = 1,
		.linked = 1,
		.pending = pending,
		.dependents_start = start,
		.wanted = wanted};
	struct scheduler *s = scheduler_new(&g);
	assert_int_equal(scheduler_next(s, 0).job, 0);
	g.job_count = 4;
	g.more = more;
	g.edges = edges;
	g.group_of = group_of;
	g.group_count = 1;
	scheduler_grow(s);
	assert_int_equal(scheduler_next(s, 0).job, 3);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_WAIT);
	g.job_count = 6;
	g.group_count = 2;
	scheduler_grow(s);
	assert_int_equal(scheduler_next(s, 0).job, 4);
	assert_int_equal(scheduler_next(s, 0).job, 5);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_WAIT);
	scheduler_ended(s, 3, SCHED_END_OK, 0);
	assert_int_equal(scheduler_next(s, 0).job, 1);
	assert_int_equal(scheduler_next(s, 0).job, 2);
	assert_int_equal(scheduler_inputs(s, 2), SCHED_INPUTS_COMING);
	scheduler_ended(s, 1, SCHED_END_OK, 0);
	assert_int_equal(scheduler_inputs(s, 2), SCHED_INPUTS_MADE);
	scheduler_ended(s, 0, SCHED_END_OK, 0);
	scheduler_ended(s, 4, SCHED_END_FAILED, 0);
	assert_int_equal(scheduler_inputs(s, 5), SCHED_INPUTS_FAILED);
	scheduler_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_that_comes_starts_as_one),
		cmocka_unit_test(a_group_starts_as_one),
		cmocka_unit_test(groups_in_random_graphs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
