#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "simulation.h"

/* Small graphs in great number, each start compared with a search over all jobs. */
static void best_job_starts_first(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct simulation_options o = {
			.seed = seed,
			.jobs = 1 + (uint32_t)(seed % 60),
			.most_inputs = (uint32_t)(seed % 5),
			.classes = 1 + (uint32_t)(seed % 9),
			.resources = 1 + (uint32_t)(seed % 4),
			.failing = seed % 3 == 0 ? 100 : 0,
			.skipping = seed % 4 == 0 ? 100 : 0,
			.late = seed % 5 < 2 ? 300 : 0,
			.finding = seed % 6 < 2 ? 100 : 0,
			.dropping = seed % 18 == 0 ? 300 : 0,
			.crashes = seed % 11 == 0 ? 3 : 0,
			.keep_going = seed % 2,
			.interrupt = seed % 7 == 0,
			.check_best = true,
		};
		simulation_run(&o, seed * 31);
	}
}

/* In whatever order jobs end, and however often the engine dies or is interrupted, the
 * same becomes of each of them. */
static void end_does_not_depend_on_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct simulation_options o = {
			.seed = seed,
			.jobs = 1000,
			.most_inputs = 3,
			.classes = 7,
			.resources = 2,
			.failing = 30,
			.skipping = 50,
			.late = 100,
			.finding = 20,
			.keep_going = true,
		};
		uint64_t digest = simulation_run(&o, 1);
		for (uint64_t order = 2; order <= 6; order++) {
			o.crashes = order % 2 ? (unsigned)order : 0;
			o.interrupt = order > 3;
			assert_true(simulation_run(&o, order) == digest);
		}
	}
}

static void a_million_jobs(void **state)
{
	(void)state;
	struct simulation_options o = {
		.seed = 7,
		.jobs = 500000,
		.most_inputs = 3,
		.classes = 1000,
		.resources = 3,
		.failing = 1,
		.late = 10,
		.finding = 1,
		.keep_going = true,
	};
	simulation_run(&o, 1);
	o.interrupt = true;
	o.crashes = 1;
	o.seed = 8;
	simulation_run(&o, 2);
}

/* One job of each class, all asking for everything there is: no rescan. */
static void as_many_classes_as_jobs(void **state)
{
	(void)state;
	struct simulation_options o = {
		.seed = 9,
		.jobs = 100000,
		.most_inputs = 1,
		.classes = 100000,
		.resources = 4,
		.keep_going = true,
	};
	simulation_run(&o, 3);
}

/* A chain and a gather, without weights or classes. */
static void plain_graph(void **state)
{
	(void)state;
	enum { N = 1000000 };
	uint32_t *pending = xcalloc(N, sizeof(*pending));
	uint64_t *start = xcalloc(N + 1, sizeof(*start));
	uint32_t *dependents = xcalloc(N, sizeof(*dependents));
	uint8_t *wanted = xcalloc(N, 1);
	for (uint32_t j = 0; j < N; j++) {
		wanted[j] = 1;
		start[j + 1] = start[j] + (j + 1 < N);
		dependents[start[j]] = N - 1;
	}
	pending[N - 1] = N - 1;
	struct sched_class one = {.amount = {1}};
	struct sched_graph g = {
		.job_count = N,
		.pending = pending,
		.dependents_start = start,
		.dependents = dependents,
		.wanted = wanted,
		.classes = &one,
		.class_count = 1,
		.resource_count = 1,
		.limit = {2},
	};
	struct scheduler *s = scheduler_new(&g);
	uint32_t last = 0, running[2], n = 0;
	for (;;) {
		struct sched_action a = scheduler_next(s, 0);
		if (a.kind == SCHED_DONE) {
			break;
		}
		if (a.kind == SCHED_START) {
			last = a.job;
			running[n++] = a.job;
		} else {
			scheduler_ended(s, running[0], SCHED_END_OK, 0);
			running[0] = running[--n];
		}
	}
	assert_int_equal(last, N - 1);
	assert_int_equal(scheduler_counts(s).succeeded, N);
	scheduler_free(s);
	free(pending);
	free(start);
	free(dependents);
	free(wanted);
}

/* A job that asks for more than there is never starts, and the run still ends. */
static void impossible_demand_ends(void **state)
{
	(void)state;
	uint32_t pending[2] = {0}, none[1] = {0};
	uint64_t start[3] = {0};
	uint8_t wanted[2] = {1, 1};
	uint32_t class_of[2] = {0, 1};
	struct sched_class classes[2] = {{.amount = {8}}, {.amount = {1}}};
	struct sched_graph g = {.job_count = 2,
		.pending = pending,
		.dependents_start = start,
		.dependents = none,
		.wanted = wanted,
		.class_of = class_of,
		.classes = classes,
		.class_count = 2,
		.resource_count = 1,
		.limit = {4}};
	struct scheduler *s = scheduler_new(&g);
	struct sched_action a = scheduler_next(s, 0);
	assert_int_equal(a.kind, SCHED_START);
	assert_int_equal(a.job, 1);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_WAIT);
	scheduler_ended(s, 1, SCHED_END_OK, 0);
	assert_int_equal(scheduler_next(s, 0).kind, SCHED_DONE);
	assert_int_equal(scheduler_state(s, 0), SCHED_LEFT);
	scheduler_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(best_job_starts_first),
		cmocka_unit_test(end_does_not_depend_on_order),
		cmocka_unit_test(a_million_jobs),
		cmocka_unit_test(as_many_classes_as_jobs),
		cmocka_unit_test(plain_graph),
		cmocka_unit_test(impossible_demand_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
