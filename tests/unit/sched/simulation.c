#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"

struct simulation {
	const struct simulation_options *o;
	struct sched_graph g;
	struct scheduler *s;
	uint64_t graph_random, order_random;
	uint32_t *inputs_start, *inputs; /* CSR: job -> what it needs */
	uint8_t *failures;               /* attempts that will fail */
	uint8_t *needless;
	uint8_t *end;           /* what we told: enum sched_job_state, or SCHED_WAITING */
	uint8_t *tries, *asked; /* attempts seen; how hard it was cancelled */
	uint32_t *running, running_count;
	int64_t used[SCHED_MOST_RESOURCES];
	int interrupts;
	int64_t now;
	bool failed;
};

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t below(uint64_t *state, uint32_t n)
{
	return n ? (uint32_t)((next(state) >> 32) * n >> 32) : 0;
}

static void *copy_in(const void *p)
{
	union {
		const void *in;
		void *out;
	} u = {p};
	return u.out;
}

static void make_edges(struct simulation *m)
{
	uint32_t n = m->o->jobs;
	uint32_t *pending = xcalloc(n, sizeof(*pending));
	uint64_t *start = xcalloc((size_t)n + 1, sizeof(*start));
	m->inputs_start = xcalloc((size_t)n + 1, sizeof(*m->inputs_start));
	m->inputs = xcalloc((size_t)n * m->o->most_inputs + 1, sizeof(*m->inputs));
	uint32_t edges = 0;
	for (uint32_t j = 0; j < n; j++) {
		m->inputs_start[j] = edges;
		uint32_t most = j < m->o->most_inputs ? j : m->o->most_inputs;
		uint32_t k = below(&m->graph_random, most + 1);
		for (uint32_t i = 0; i < k; i++) {
			uint32_t reach = j < 100 ? j : 100;
			uint32_t input = j - 1 - below(&m->graph_random, reach);
			bool twice = false;
			for (uint32_t e = m->inputs_start[j]; e < edges; e++) {
				twice |= m->inputs[e] == input;
			}
			if (!twice) {
				m->inputs[edges++] = input;
				pending[j]++;
				start[input + 1]++;
			}
		}
	}
	m->inputs_start[n] = edges;
	for (uint32_t j = 0; j < n; j++) {
		start[j + 1] += start[j];
	}
	uint32_t *dependents = xcalloc((size_t)edges + 1, sizeof(*dependents));
	uint64_t *at = xcalloc((size_t)n + 1, sizeof(*at));
	memcpy(at, start, n * sizeof(*at));
	for (uint32_t j = 0; j < n; j++) {
		for (uint32_t e = m->inputs_start[j]; e < m->inputs_start[j + 1]; e++) {
			dependents[at[m->inputs[e]]++] = j;
		}
	}
	free(at);
	m->g.pending = pending;
	m->g.dependents_start = start;
	m->g.dependents = dependents;
}

static void make_jobs(struct simulation *m)
{
	const struct simulation_options *o = m->o;
	uint32_t n = o->jobs;
	uint8_t *wanted = xcalloc(n, 1);
	int32_t *priority = xcalloc(n, sizeof(*priority));
	float *weight = xcalloc(n, sizeof(*weight));
	uint32_t *class_of = xcalloc(n, sizeof(*class_of));
	struct sched_class *classes = xcalloc(o->classes, sizeof(*classes));
	m->failures = xcalloc(n, 1);
	m->needless = xcalloc(n, 1);
	m->end = xcalloc(n, 1);
	m->tries = xcalloc(n, 1);
	m->asked = xcalloc(n, 1);
	m->running = xcalloc(n, sizeof(*m->running));
	m->g.resource_count = o->resources;
	for (uint32_t r = 0; r < o->resources; r++) {
		bool unlimited = r > 0 && below(&m->graph_random, 4) == 0;
		m->g.limit[r] = unlimited ? -1 : 4 + (int64_t)below(&m->graph_random, 12);
	}
	for (uint32_t c = 0; c < o->classes; c++) {
		for (uint32_t r = 0; r < o->resources; r++) {
			classes[c].amount[r] = below(&m->graph_random, 5) + (r == 0);
			if (r == 0 && classes[c].amount[0] > 4) {
				classes[c].amount[0] = 4;
			}
		}
		classes[c].retries = below(&m->graph_random, 3);
	}
	for (uint32_t j = 0; j < n; j++) {
		wanted[j] = 1;
		priority[j] = (int32_t)below(&m->graph_random, 3) - 1;
		weight[j] = (float)below(&m->graph_random, 50);
		class_of[j] = below(&m->graph_random, o->classes);
		if (below(&m->graph_random, 1000) < o->failing) {
			m->failures[j] = (uint8_t)(1 + below(&m->graph_random, 4));
		}
		m->needless[j] = below(&m->graph_random, 1000) < o->skipping;
	}
	m->g.wanted = wanted;
	m->g.priority = priority;
	m->g.weight = weight;
	m->g.class_of = class_of;
	m->g.classes = classes;
	m->g.class_count = o->classes;
	m->g.keep_going = o->keep_going;
	m->g.job_count = n;
}

static bool fits(const struct simulation *m, uint32_t job)
{
	const struct sched_class *c = &m->g.classes[m->g.class_of[job]];
	for (uint32_t r = 0; r < m->g.resource_count; r++) {
		if (m->g.limit[r] >= 0 && m->used[r] + c->amount[r] > m->g.limit[r]) {
			return false;
		}
	}
	return true;
}

static void use(struct simulation *m, uint32_t job, int sign)
{
	const struct sched_class *c = &m->g.classes[m->g.class_of[job]];
	for (uint32_t r = 0; r < m->g.resource_count; r++) {
		m->used[r] += sign * c->amount[r];
	}
}

static bool is_better(const struct simulation *m, uint32_t a, uint32_t b)
{
	if (m->g.priority[a] != m->g.priority[b]) {
		return m->g.priority[a] > m->g.priority[b];
	}
	if (m->g.weight[a] < m->g.weight[b] || m->g.weight[a] > m->g.weight[b]) {
		return m->g.weight[a] > m->g.weight[b];
	}
	return a < b;
}

/* No ready job that fits is better than `job`, or, with READY_NONE, none fits. */
static void check_best(const struct simulation *m, uint32_t job)
{
	for (uint32_t j = 0; j < m->o->jobs; j++) {
		if (j == job || scheduler_state(m->s, j) != SCHED_READY || !fits(m, j)) {
			continue;
		}
		assert_true(job != UINT32_MAX && is_better(m, job, j));
	}
}

static void on_start(struct simulation *m, const struct sched_action *a)
{
	uint32_t j = a->job;
	assert_int_equal(m->interrupts, 0);
	assert_true(!m->failed || m->o->keep_going);
	assert_true(fits(m, j));
	assert_int_equal(m->end[j], SCHED_WAITING);
	assert_int_equal(a->attempt, ++m->tries[j]);
	for (uint32_t e = m->inputs_start[j]; e < m->inputs_start[j + 1]; e++) {
		uint8_t end = m->end[m->inputs[e]];
		assert_true(end == SCHED_SUCCEEDED || end == SCHED_SKIPPED);
	}
	if (m->o->check_best) {
		check_best(m, j);
	}
	use(m, j, 1);
	if (m->needless[j]) {
		use(m, j, -1);
		m->end[j] = SCHED_SKIPPED;
		scheduler_skip(m->s, j);
		return;
	}
	m->end[j] = SCHED_RUNNING;
	m->running[m->running_count++] = j;
}

static void on_cancel(struct simulation *m, const struct sched_action *a)
{
	assert_true(m->interrupts > 0);
	assert_int_equal(m->end[a->job], SCHED_RUNNING);
	assert_true(m->asked[a->job] < (a->hard ? 2 : 1));
	m->asked[a->job] = a->hard ? 2 : 1;
}

/* One of the running jobs, at random, ends. */
static void end_one(struct simulation *m)
{
	uint32_t at = below(&m->order_random, m->running_count);
	uint32_t j = m->running[at];
	m->running[at] = m->running[--m->running_count];
	use(m, j, -1);
	m->end[j] = SCHED_WAITING;
	enum sched_end how = SCHED_END_OK;
	if (m->asked[j] && below(&m->order_random, 4)) {
		how = SCHED_END_CANCELLED;
		m->end[j] = SCHED_LEFT;
	} else if (m->tries[j] <= m->failures[j]) {
		how = SCHED_END_FAILED;
		uint32_t retries = m->g.classes[m->g.class_of[j]].retries;
		if (m->tries[j] > retries || m->interrupts ||
			(m->failed && !m->o->keep_going)) {
			m->end[j] = SCHED_FAILED;
			m->failed = true;
		}
	} else {
		m->end[j] = SCHED_SUCCEEDED;
	}
	scheduler_ended(m->s, j, how, m->now);
}

/* What became of each job is what must have become of it. */
static uint64_t check_end(struct simulation *m)
{
	struct sched_counts c = scheduler_counts(m->s);
	uint32_t count[8] = {0};
	uint64_t digest = 0;
	for (uint32_t j = 0; j < m->o->jobs; j++) {
		enum sched_job_state state = scheduler_state(m->s, j);
		count[state]++;
		digest = (digest ^ state) * 0x100000001b3u;
		bool lost_input = false, all_done = true;
		for (uint32_t e = m->inputs_start[j]; e < m->inputs_start[j + 1]; e++) {
			enum sched_job_state in = scheduler_state(m->s, m->inputs[e]);
			lost_input |= in == SCHED_FAILED || in == SCHED_BLOCKED;
			all_done &= in == SCHED_SUCCEEDED || in == SCHED_SKIPPED;
		}
		assert_int_equal(state == SCHED_BLOCKED, lost_input);
		if (m->end[j] != SCHED_WAITING) {
			assert_int_equal(state, m->end[j]);
		} else if (state == SCHED_LEFT) {
			/* only a run that was stopped leaves what could have run */
			assert_true(!all_done || m->interrupts || m->failed);
			assert_true(m->interrupts || !m->o->keep_going);
		} else {
			assert_int_equal(state, SCHED_BLOCKED);
		}
	}
	assert_int_equal(c.running, 0);
	assert_int_equal(c.wanted, m->o->jobs);
	assert_int_equal(c.succeeded, count[SCHED_SUCCEEDED]);
	assert_int_equal(c.failed, count[SCHED_FAILED]);
	assert_int_equal(c.blocked, count[SCHED_BLOCKED]);
	assert_int_equal(c.skipped, count[SCHED_SKIPPED]);
	return digest;
}

static void release(struct simulation *m)
{
	scheduler_free(m->s);
	free(copy_in(m->g.pending));
	free(copy_in(m->g.dependents_start));
	free(copy_in(m->g.dependents));
	free(copy_in(m->g.wanted));
	free(copy_in(m->g.priority));
	free(copy_in(m->g.weight));
	free(copy_in(m->g.class_of));
	free(copy_in(m->g.classes));
	free(m->inputs_start);
	free(m->inputs);
	free(m->failures);
	free(m->needless);
	free(m->end);
	free(m->tries);
	free(m->asked);
	free(m->running);
}

uint64_t simulation_run(const struct simulation_options *o, uint64_t order_seed)
{
	struct simulation m = {
		.o = o, .graph_random = o->seed, .order_random = order_seed};
	make_edges(&m);
	make_jobs(&m);
	m.s = scheduler_new(&m.g);
	uint32_t stop_at = o->interrupt ? below(&m.order_random, o->jobs) : UINT32_MAX;
	uint32_t ends = 0;
	for (;;) {
		struct sched_action a = scheduler_next(m.s, m.now);
		if (a.kind == SCHED_START) {
			on_start(&m, &a);
		} else if (a.kind == SCHED_CANCEL) {
			on_cancel(&m, &a);
		} else if (a.kind == SCHED_DONE) {
			break;
		} else {
			assert_true(m.running_count > 0);
			if (o->check_best && !m.interrupts &&
				(!m.failed || o->keep_going)) {
				check_best(&m, UINT32_MAX);
			}
			for (uint32_t i = 0; m.interrupts && i < m.running_count; i++) {
				assert_true(m.asked[m.running[i]] >= 1);
			}
			if (ends++ >= stop_at && m.interrupts < 2) {
				m.interrupts++;
				scheduler_interrupt(m.s, m.now, 1000);
			} else if (a.until_ns && below(&m.order_random, 2)) {
				m.now = a.until_ns; /* the grace is over */
			} else {
				m.now++;
				end_one(&m);
			}
		}
	}
	uint64_t digest = check_end(&m);
	release(&m);
	return digest;
}
