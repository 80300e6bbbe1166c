#include "sched/scheduler.h"

#include "base/xalloc.h"
#include "sched/ready_tree.h"

enum cancel_level { CANCEL_NONE, CANCEL_SOFT, CANCEL_HARD };

struct scheduler {
	const struct sched_graph *graph;
	struct ready_tree ready;
	/*
	 * One number a job that means what its state needs: while waiting, how many jobs
	 * it waits for; while running, its place among the running ones; while being
	 * marked as blocked, the next one to mark.
	 */
	uint32_t *link;
	uint16_t *attempts; /* that were started */
	uint8_t *state;     /* enum sched_job_state */
	uint8_t *cancelled; /* enum cancel_level that was sent */
	int64_t spare[SCHED_MOST_RESOURCES];
	struct sched_counts counts;
	uint32_t ready_count;
	bool failed;   /* some job has failed for good */
	bool draining; /* nothing new starts */
	bool finished; /* SCHED_DONE was said */
	enum cancel_level level;
	uint32_t cursor; /* class in which the next job to cancel is looked for */
	int64_t hard_at_ns;
};

static const struct sched_class *class_of(const struct scheduler *s, uint32_t job)
{
	static const struct sched_class one_core = {.amount = {1}};
	return s->graph->class_count ? &s->graph->classes[ready_class_of(&s->ready, job)]
				     : &one_core;
}

struct scheduler *scheduler_new(const struct sched_graph *graph)
{
	struct scheduler *s = xcalloc(1, sizeof(*s));
	uint32_t n = graph->job_count;
	s->graph = graph;
	s->link = xcalloc(n, sizeof(*s->link));
	s->attempts = xcalloc(n, sizeof(*s->attempts));
	s->state = xcalloc(n, 1);
	s->cancelled = xcalloc(n, 1);
	for (uint32_t r = 0; r < SCHED_MOST_RESOURCES; r++) {
		s->spare[r] = INT64_MAX;
		if (r < graph->resource_count && graph->limit[r] >= 0) {
			s->spare[r] = graph->limit[r];
		}
	}
	ready_init(&s->ready, graph);
	for (uint32_t j = 0; j < n; j++) {
		if (!graph->wanted[j]) {
			s->state[j] = SCHED_SUCCEEDED;
			continue;
		}
		s->counts.wanted++;
		s->link[j] = graph->pending[j];
		s->state[j] = SCHED_WAITING;
		if (s->link[j] == 0) {
			s->state[j] = SCHED_READY;
			s->ready_count++;
			ready_fill(&s->ready, j);
		}
	}
	ready_settle(&s->ready);
	return s;
}

void scheduler_free(struct scheduler *s)
{
	if (!s) {
		return;
	}
	ready_release(&s->ready);
	free(s->link);
	free(s->attempts);
	free(s->state);
	free(s->cancelled);
	free(s);
}

/* Takes (sign -1) or gives back (+1) what a job asks for. */
static void account(struct scheduler *s, uint32_t job, int sign)
{
	const struct sched_class *c = class_of(s, job);
	for (uint32_t r = 0; r < s->graph->resource_count; r++) {
		if (s->graph->limit[r] >= 0) {
			s->spare[r] += sign * c->amount[r];
		}
	}
}

/* A job ended well or was needless: those that waited for it alone become ready. */
static void unblock_dependents(struct scheduler *s, uint32_t job)
{
	const struct sched_graph *g = s->graph;
	for (uint64_t e = g->dependents_start[job]; e < g->dependents_start[job + 1];
		e++) {
		uint32_t d = g->dependents[e];
		if (s->state[d] != SCHED_WAITING) {
			continue; /* blocked by another, or not wanted */
		}
		cw_assert(s->link[d] > 0);
		if (--s->link[d] == 0) {
			s->state[d] = SCHED_READY;
			s->ready_count++;
			ready_push(&s->ready, d);
		}
	}
}

/* A job failed for good: all that need it, near or far, will not run. */
static void block_dependents(struct scheduler *s, uint32_t job)
{
	const struct sched_graph *g = s->graph;
	uint32_t list = READY_NONE; /* blocked jobs whose own dependents are to do */
	for (;;) {
		for (uint64_t e = g->dependents_start[job];
			e < g->dependents_start[job + 1]; e++) {
			uint32_t d = g->dependents[e];
			if (s->state[d] == SCHED_WAITING) {
				s->state[d] = SCHED_BLOCKED;
				s->counts.blocked++;
				s->link[d] = list;
				list = d;
			}
		}
		if (list == READY_NONE) {
			return;
		}
		job = list;
		list = s->link[job];
	}
}

/* A running job leaves the running ones. */
static void leave_running(struct scheduler *s, uint32_t job)
{
	cw_assert(job < s->graph->job_count && s->state[job] == SCHED_RUNNING);
	ready_remove_running(&s->ready, job, s->link);
	s->counts.running--;
	account(s, job, 1);
	s->cancelled[job] = CANCEL_NONE;
	s->cursor = 0;
}

void scheduler_ended(
	struct scheduler *s, uint32_t job, enum sched_end how, int64_t now_ns)
{
	(void)now_ns;
	leave_running(s, job);
	if (how == SCHED_END_OK) {
		s->state[job] = SCHED_SUCCEEDED;
		s->counts.succeeded++;
		unblock_dependents(s, job);
		return;
	}
	bool stopping = s->level != CANCEL_NONE || s->draining;
	if (how == SCHED_END_CANCELLED && stopping) {
		s->state[job] = SCHED_LEFT;
		return;
	}
	bool may_retry = how == SCHED_END_FAILED && !stopping &&
			 (!s->failed || s->graph->keep_going);
	if (may_retry && s->attempts[job] <= class_of(s, job)->retries) {
		s->state[job] = SCHED_READY;
		s->ready_count++;
		ready_push(&s->ready, job);
		return;
	}
	s->state[job] = SCHED_FAILED;
	s->counts.failed++;
	s->failed = true;
	block_dependents(s, job);
}

void scheduler_skip(struct scheduler *s, uint32_t job)
{
	leave_running(s, job);
	s->state[job] = SCHED_SKIPPED;
	s->counts.skipped++;
	unblock_dependents(s, job);
}

void scheduler_interrupt(struct scheduler *s, int64_t now_ns, int64_t grace_ns)
{
	s->cursor = 0;
	if (s->level == CANCEL_NONE) {
		s->level = CANCEL_SOFT;
		s->hard_at_ns = now_ns + grace_ns;
	} else {
		s->level = CANCEL_HARD;
	}
}

void scheduler_drain(struct scheduler *s)
{
	s->draining = true;
}

/* A running job that was not yet told to end as hard as it should be. */
static uint32_t next_to_cancel(struct scheduler *s)
{
	uint32_t n = s->graph->class_count ? s->graph->class_count : 1;
	for (; s->cursor < n; s->cursor++) {
		const struct ready_class *c = &s->ready.classes[s->cursor];
		for (uint32_t i = 0; i < c->running; i++) {
			uint32_t job = s->ready.jobs[c->start + c->cap - 1 - i];
			if (s->cancelled[job] < s->level) {
				return job;
			}
		}
	}
	return READY_NONE;
}

/* Starts the best job that fits. */
static bool start_one(struct scheduler *s, struct sched_action *ret)
{
	if (s->ready_count == 0 || s->level != CANCEL_NONE || s->draining ||
		(s->failed && !s->graph->keep_going)) {
		return false;
	}
	uint32_t job = ready_best(&s->ready, s->spare);
	if (job == READY_NONE) {
		return false;
	}
	ready_pop(&s->ready, job);
	s->ready_count--;
	ready_add_running(&s->ready, job, s->link);
	s->state[job] = SCHED_RUNNING;
	s->counts.running++;
	if (s->attempts[job] < UINT16_MAX) {
		s->attempts[job]++;
	}
	account(s, job, -1);
	*ret = (struct sched_action){
		.kind = SCHED_START, .job = job, .attempt = s->attempts[job]};
	return true;
}

struct sched_action scheduler_next(struct scheduler *s, int64_t now_ns)
{
	struct sched_action action = {.kind = SCHED_WAIT};
	if (s->level == CANCEL_SOFT && now_ns >= s->hard_at_ns) {
		s->level = CANCEL_HARD;
		s->cursor = 0;
	}
	if (s->level != CANCEL_NONE) {
		uint32_t job = next_to_cancel(s);
		if (job != READY_NONE) {
			s->cancelled[job] = (uint8_t)s->level;
			return (struct sched_action){.kind = SCHED_CANCEL,
				.job = job,
				.attempt = s->attempts[job],
				.hard = s->level == CANCEL_HARD};
		}
	}
	if (start_one(s, &action)) {
		return action;
	}
	if (s->counts.running == 0) {
		s->finished = true;
		action.kind = SCHED_DONE;
	} else if (s->level == CANCEL_SOFT) {
		action.until_ns = s->hard_at_ns;
	}
	return action;
}

enum sched_job_state scheduler_state(const struct scheduler *s, uint32_t job)
{
	enum sched_job_state state = s->state[job];
	if (s->finished && (state == SCHED_WAITING || state == SCHED_READY)) {
		return SCHED_LEFT;
	}
	return state;
}

struct sched_counts scheduler_counts(const struct scheduler *s)
{
	return s->counts;
}
