#include "simulation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct simulation {
	const struct simulation_options *o;
	struct sim_graph m;
	struct scheduler *s;
	uint64_t random; /* for the order of events */
	VEC(uint32_t) running;
	int64_t used[SCHED_MOST_RESOURCES];
	int interrupts;
	int64_t now;
	bool failed;
};

static struct sim_job *job_at(struct simulation *x, uint32_t j)
{
	return &x->m.jobs.v[j];
}

static const struct sched_class *class_of(const struct simulation *x, uint32_t j)
{
	return &x->m.g.classes[x->m.class_now.v[j]];
}

/* The arrays may have moved. */
static void point(struct simulation *x)
{
	struct sched_graph *g = &x->m.g;
	g->job_count = (uint32_t)x->m.jobs.n;
	g->pending = x->m.pending.v;
	g->wanted = x->m.wanted.v;
	g->priority = x->m.priority.v;
	g->weight = x->m.weight.v;
	g->class_of = x->m.class_of.v;
	g->late = x->o->late ? x->m.late.v : NULL;
	g->more = x->m.more_first.v;
	g->edges = x->m.more.v;
	g->keep_going = x->o->keep_going;
}

static bool fits(const struct simulation *x, uint32_t job)
{
	const struct sched_class *c = class_of(x, job);
	for (uint32_t r = 0; r < x->m.g.resource_count; r++) {
		if (x->m.g.limit[r] >= 0 && x->used[r] + c->amount[r] > x->m.g.limit[r]) {
			return false;
		}
	}
	return true;
}

static void use(struct simulation *x, uint32_t job, int sign)
{
	const struct sched_class *c = class_of(x, job);
	for (uint32_t r = 0; r < x->m.g.resource_count; r++) {
		x->used[r] += sign * c->amount[r];
		assert_true(x->used[r] >= 0);
	}
}

static bool is_better(const struct simulation *x, uint32_t a, uint32_t b)
{
	const struct sched_graph *g = &x->m.g;
	if (g->priority[a] != g->priority[b]) {
		return g->priority[a] > g->priority[b];
	}
	if (g->weight[a] < g->weight[b] || g->weight[a] > g->weight[b]) {
		return g->weight[a] > g->weight[b];
	}
	return a < b;
}

/* No ready job that fits is better than `job`, or, with SCHED_NONE, none fits. */
static void check_best(const struct simulation *x, uint32_t job)
{
	for (uint32_t j = 0; j < x->m.jobs.n; j++) {
		if (j == job || scheduler_state(x->s, j) != SCHED_READY || !fits(x, j)) {
			continue;
		}
		assert_true(job != SCHED_NONE && is_better(x, job, j));
	}
}

/* What a job needs is there. */
static void check_inputs(struct simulation *x, uint32_t job)
{
	for (uint32_t e = job_at(x, job)->inputs; e != SCHED_NONE;
		e = x->m.edges.v[e].next) {
		assert_true(job_at(x, x->m.edges.v[e].job)->done);
	}
}

/* Before `job` is told to be done: what is found by it comes into the graph. */
static void find_more(struct simulation *x, uint32_t job)
{
	uint32_t gate = job_at(x, job)->gate;
	if (gate == SCHED_NONE) {
		return;
	}
	bool waiting = scheduler_state(x->s, gate) == SCHED_WAITING;
	if (sim_below(&x->random, 1000) < x->o->dropping) {
		job_at(x, job)->gate = SCHED_NONE;
		scheduler_drop(x->s, gate, SCHED_LEFT);
		assert_true(!waiting || scheduler_state(x->s, gate) == SCHED_LEFT);
		return;
	}
	uint32_t first = sim_graph_find(&x->m, job);
	point(x);
	scheduler_grow(x->s);
	uint32_t count = (uint32_t)x->m.jobs.n - first;
	if (waiting) {
		scheduler_wait_more(x->s, gate, count);
	}
	for (uint32_t j = first; j < x->m.jobs.n; j++) {
		for (uint32_t e = job_at(x, j)->inputs; e != SCHED_NONE;
			e = x->m.edges.v[e].next) {
			enum sched_job_state in =
				scheduler_state(x->s, x->m.edges.v[e].job);
			if (in == SCHED_FAILED || in == SCHED_BLOCKED ||
				in == SCHED_LEFT) {
				scheduler_drop(x->s, j,
					in == SCHED_LEFT ? SCHED_LEFT : SCHED_BLOCKED);
			}
		}
	}
}

static void on_admit(struct simulation *x, const struct sched_action *a)
{
	assert_true(x->m.late.v[a->job] &
		    (a->attempt == 1 ? SCHED_LATE_FIRST : SCHED_LATE_RETRY));
	assert_int_equal(a->attempt, job_at(x, a->job)->tries + 1);
	check_inputs(x, a->job);
	uint32_t class = sim_class(&x->m, a->job, a->attempt);
	x->m.class_now.v[a->job] = class;
	scheduler_admit(x->s, a->job, class);
}

static void on_start(struct simulation *x, const struct sched_action *a)
{
	uint32_t j = a->job;
	assert_int_equal(x->interrupts, 0);
	assert_true(!x->failed || x->o->keep_going);
	assert_true(fits(x, j));
	assert_false(job_at(x, j)->done); /* also by a run that died */
	assert_int_equal(job_at(x, j)->end, SCHED_WAITING);
	assert_int_equal(a->attempt, ++job_at(x, j)->tries);
	check_inputs(x, j);
	if (x->o->check_best) {
		check_best(x, j);
	}
	use(x, j, 1);
	if (job_at(x, j)->needless) {
		use(x, j, -1);
		find_more(x, j);
		job_at(x, j)->end = SCHED_SKIPPED;
		job_at(x, j)->done = true;
		scheduler_skip(x->s, j);
		return;
	}
	job_at(x, j)->end = SCHED_RUNNING;
	vec_push(&x->running, j);
}

/* A running job ends. */
static void end_at(struct simulation *x, uint32_t at)
{
	uint32_t j = x->running.v[at];
	x->running.v[at] = vec_last(&x->running);
	x->running.n--;
	use(x, j, -1);
	struct sim_job *job = job_at(x, j);
	job->end = SCHED_WAITING;
	enum sched_end how = SCHED_END_OK;
	if (job->asked && sim_below(&x->random, 4)) {
		how = SCHED_END_CANCELLED;
		job->end = SCHED_LEFT;
	} else if (job->tries <= job->failures) {
		how = SCHED_END_FAILED;
		uint32_t retries = class_of(x, j)->retries;
		if (job->tries > retries || x->interrupts ||
			(x->failed && !x->o->keep_going)) {
			job->end = SCHED_FAILED;
			x->failed = true;
		}
	} else {
		find_more(x, j);
		job_at(x, j)->end = SCHED_SUCCEEDED;
		job_at(x, j)->done = true;
	}
	scheduler_ended(x->s, j, how, x->now);
}

/* One of them at random. */
static void end_one(struct simulation *x)
{
	end_at(x, sim_below(&x->random, (uint32_t)x->running.n));
}

static void on_cancel(struct simulation *x, const struct sched_action *a)
{
	assert_true(x->interrupts > 0);
	assert_int_equal(job_at(x, a->job)->end, SCHED_RUNNING);
	assert_true(job_at(x, a->job)->asked < (a->hard ? 2 : 1));
	job_at(x, a->job)->asked = a->hard ? 2 : 1;
	if (sim_below(&x->random, 3) == 0) {
		end_one(x); /* while others are still to be told */
	}
}

/* What became of each job is what must have become of it. */
static uint64_t check_end(struct simulation *x)
{
	struct sched_counts c = scheduler_counts(x->s);
	uint32_t count[8] = {0}, wanted = 0;
	bool stopped = x->interrupts || (x->failed && !x->o->keep_going);
	uint64_t digest = 0;
	for (uint32_t j = 0; j < x->m.jobs.n; j++) {
		enum sched_job_state state = scheduler_state(x->s, j);
		bool lost = false;
		uint64_t mix = job_at(x, j)->key ^ (job_at(x, j)->done ? 77 : state);
		digest += sim_next(&mix);
		if (!x->m.wanted.v[j]) {
			continue;
		}
		wanted++;
		count[state]++;
		for (uint32_t e = job_at(x, j)->inputs; e != SCHED_NONE;
			e = x->m.edges.v[e].next) {
			uint32_t input = x->m.edges.v[e].job;
			enum sched_job_state in = scheduler_state(x->s, input);
			lost |= in == SCHED_FAILED || in == SCHED_BLOCKED;
		}
		if (!x->o->dropping) {
			assert_int_equal(state == SCHED_BLOCKED, lost);
		}
		if (job_at(x, j)->end != SCHED_WAITING) {
			assert_int_equal(state, job_at(x, j)->end);
		} else if (state == SCHED_LEFT) {
			/* only a run that was stopped leaves what could have run */
			assert_true(stopped || x->o->dropping);
		} else {
			assert_int_equal(state, SCHED_BLOCKED);
		}
	}
	for (uint32_t r = 0; r < x->m.g.resource_count; r++) {
		assert_int_equal(x->used[r], 0);
	}
	assert_int_equal(c.running, 0);
	if (!x->o->dropping || !stopped) {
		/* what was dropped counts no more */
		assert_int_equal(
			c.wanted, wanted - (x->o->dropping ? count[SCHED_LEFT] : 0));
	}
	assert_int_equal(c.succeeded, count[SCHED_SUCCEEDED]);
	assert_int_equal(c.failed, count[SCHED_FAILED]);
	assert_int_equal(c.blocked, count[SCHED_BLOCKED]);
	assert_int_equal(c.skipped, count[SCHED_SKIPPED]);
	return digest;
}

/* Nothing can be started: time goes on, a job ends, or somebody interrupts. */
static void wait(struct simulation *x, const struct sched_action *a, bool interrupt)
{
	assert_true(x->running.n > 0);
	if (x->o->check_best && !x->interrupts && (!x->failed || x->o->keep_going)) {
		check_best(x, SCHED_NONE);
	}
	for (size_t i = 0; x->interrupts && i < x->running.n; i++) {
		assert_true(job_at(x, x->running.v[i])->asked >= 1);
	}
	if (interrupt && x->interrupts < 2) {
		x->interrupts++;
		scheduler_interrupt(x->s, x->now, 1000);
	} else if (a->until_ns && sim_below(&x->random, 2)) {
		x->now = a->until_ns; /* the grace is over */
	} else {
		x->now++;
		end_one(x);
	}
}

/* One run of the engine. It dies, or is interrupted, when so many jobs have ended. True:
 * it came to its end. */
static bool run(struct simulation *x, uint32_t dies_at, uint32_t stops_at)
{
	uint32_t waits = 0;
	for (uint32_t j = 0; j < x->m.jobs.n; j++) {
		struct sim_job *job = job_at(x, j);
		job->tries = job->asked = 0;
		job->end = SCHED_WAITING;
		x->m.class_now.v[j] = x->m.class_of.v[j];
	}
	memset(x->used, 0, sizeof(x->used));
	vec_clear(&x->running);
	x->interrupts = 0;
	x->failed = false;
	sim_graph_link(&x->m);
	point(x);
	x->s = scheduler_new(&x->m.g);
	for (;;) {
		struct sched_action a = scheduler_next(x->s, x->now);
		switch (a.kind) {
		case SCHED_ADMIT:
			on_admit(x, &a);
			break;
		case SCHED_START:
			on_start(x, &a);
			break;
		case SCHED_CANCEL:
			on_cancel(x, &a);
			break;
		case SCHED_WAIT:
			if (waits == dies_at) {
				return false;
			}
			wait(x, &a, waits++ >= stops_at);
			break;
		case SCHED_DONE:
			return true;
		}
	}
}

uint64_t simulation_run(const struct simulation_options *o, uint64_t order_seed)
{
	struct simulation x = {.o = o, .random = order_seed};
	uint64_t digest = 0;
	unsigned crashes = 0;
	bool stopped = false, again = true;
	sim_graph_make(&x.m, o);
	while (again) {
		uint32_t dies_at = SCHED_NONE, stops_at = SCHED_NONE;
		if (crashes < o->crashes) {
			crashes++;
			dies_at = sim_below(&x.random, o->jobs);
		} else if (o->interrupt && !stopped) {
			stopped = true;
			stops_at = sim_below(&x.random, o->jobs);
		}
		bool ended = run(&x, dies_at, stops_at);
		again = !ended || x.interrupts;
		digest = ended ? check_end(&x) : 0;
		scheduler_free(x.s);
	}
	vec_release(&x.running);
	sim_graph_release(&x.m);
	return digest;
}
