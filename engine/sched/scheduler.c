#include "sched/scheduler.h"

#include "base/xalloc.h"
#include "sched/group_starts.h"
#include "sched/ready_tree.h"

enum cancel_level { CANCEL_NONE, CANCEL_SOFT, CANCEL_HARD };

struct scheduler {
	const struct sched_graph *graph;
	struct ready_tree ready;
	/*
	 * One number a job that means what its state needs: while waiting, how many jobs
	 * it waits for; while running, its place in `running`; while being marked as
	 * blocked, the next one to mark.
	 */
	uint32_t *link;
	uint32_t *class_of; /* of the attempt to come; NULL: what the graph says */
	uint16_t *attempts; /* that were started */
	uint8_t *state;     /* enum sched_job_state */
	uint8_t *cancelled; /* enum cancel_level that was sent */
	uint32_t job_count, job_cap;
	VEC(uint32_t) running;
	VEC(uint32_t) running_of; /* class -> how many of them */
	uint32_t ahead;           /* jobs given out that wait for a running one to end */
	VEC(uint32_t) fresh;      /* ready and to be admitted, from fresh_first on */
	size_t fresh_first;
	struct group_starts groups;
	int64_t spare[SCHED_MOST_RESOURCES];
	struct sched_counts counts;
	uint32_t ready_count; /* admitted ones */
	bool failed;          /* some job has failed for good */
	bool draining;        /* nothing new starts */
	bool finished;        /* SCHED_DONE was said */
	enum cancel_level level;
	uint32_t
		cursor; /* place in `running` where the next job to cancel is looked for */
	int64_t hard_at_ns;
};

static uint32_t class_number(const struct scheduler *s, uint32_t job)
{
	const uint32_t *of = s->class_of ? s->class_of : s->graph->class_of;
	return of ? of[job] : 0;
}

static const struct sched_class *class_of(const struct scheduler *s, uint32_t job)
{
	static const struct sched_class one_core = {.amount = {1}};
	return s->graph->class_count ? &s->graph->classes[class_number(s, job)]
				     : &one_core;
}

/* Whether the job has to be admitted before its next attempt. */
static bool is_late(const struct scheduler *s, uint32_t job)
{
	const struct sched_graph *g = s->graph;
	unsigned when = s->attempts[job] ? SCHED_LATE_RETRY : SCHED_LATE_FIRST;
	return g->admit_all || (g->late && g->late[job] & when);
}

/* Rows for the jobs that the graph has now. */
static void make_room(struct scheduler *s)
{
	const struct sched_graph *g = s->graph;
	uint32_t n = g->job_count, cap = s->job_cap + s->job_cap / 2;
	bool classes = g->late && !s->class_of;
	if (n > s->job_cap) {
		cap = cap < n ? n : cap;
		s->link = xreallocarray(s->link, cap, sizeof(*s->link));
		s->attempts = xreallocarray(s->attempts, cap, sizeof(*s->attempts));
		s->state = xreallocarray(s->state, cap, 1);
		s->cancelled = xreallocarray(s->cancelled, cap, 1);
		if (g->late || s->class_of) {
			s->class_of =
				xreallocarray(s->class_of, cap, sizeof(*s->class_of));
		}
		s->job_cap = cap;
	} else if (classes) {
		s->class_of = xcalloc(s->job_cap, sizeof(*s->class_of));
	}
	for (uint32_t j = 0; classes && j < s->job_count; j++) {
		s->class_of[j] = g->class_of ? g->class_of[j] : 0;
	}
}

/* A job that waits for nothing more. `many`: ready_settle comes afterwards. */
static void make_ready(struct scheduler *s, uint32_t job, bool many)
{
	s->state[job] = SCHED_READY;
	if (is_late(s, job)) {
		vec_push(&s->fresh, job);
		return;
	}
	s->ready_count++;
	if (many) {
		ready_fill(&s->ready, class_number(s, job), job);
	} else {
		ready_push(&s->ready, class_number(s, job), job);
	}
}

/* Jobs of a group that may start now. */
static void start_groups(struct scheduler *s)
{
	uint32_t job;
	while ((job = group_starts_next(&s->groups)) != SCHED_NO_GROUP) {
		if (s->state[job] == SCHED_WAITING) {
			make_ready(s, job, false);
		}
	}
}

/* Takes in the jobs from `from` on. */
static void add_jobs(struct scheduler *s, uint32_t from, bool many)
{
	const struct sched_graph *g = s->graph;
	size_t n = g->job_count - from;
	make_room(s);
	s->job_count = g->job_count;
	if (n == 0) {
		return;
	}
	memset(s->attempts + from, 0, n * sizeof(*s->attempts));
	memset(s->cancelled + from, CANCEL_NONE, n);
	memset(s->state + from, SCHED_SUCCEEDED, n);
	for (uint32_t j = from; s->class_of && j < g->job_count; j++) {
		s->class_of[j] = g->class_of ? g->class_of[j] : 0;
	}
	for (uint32_t j = from; j < g->job_count; j++) {
		if (!g->wanted[j]) {
			continue;
		}
		s->counts.wanted++;
		s->link[j] = g->pending[j];
		s->state[j] = SCHED_WAITING;
		if (s->link[j] == 0 && !group_starts_has(g, j)) {
			make_ready(s, j, many);
		}
	}
}

struct scheduler *scheduler_new(const struct sched_graph *graph)
{
	struct scheduler *s = xcalloc(1, sizeof(*s));
	s->graph = graph;
	for (uint32_t r = 0; r < SCHED_MOST_RESOURCES; r++) {
		s->spare[r] = INT64_MAX;
		if (r < graph->resource_count && graph->limit[r] >= 0) {
			s->spare[r] = graph->limit[r];
		}
	}
	ready_init(&s->ready, graph);
	add_jobs(s, 0, true);
	ready_settle(&s->ready);
	group_starts_grow(&s->groups, graph);
	start_groups(s);
	return s;
}

void scheduler_grow(struct scheduler *s)
{
	s->finished = false;
	add_jobs(s, s->job_count, false);
	group_starts_grow(&s->groups, s->graph);
	start_groups(s);
}

void scheduler_free(struct scheduler *s)
{
	if (!s) {
		return;
	}
	ready_release(&s->ready);
	group_starts_release(&s->groups);
	vec_release(&s->running);
	vec_release(&s->running_of);
	vec_release(&s->fresh);
	free(s->link);
	free(s->class_of);
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

/* `job`, for which `d` waited, is done. */
static void unblock(struct scheduler *s, uint32_t job, uint32_t d)
{
	bool with_group = group_starts_made(&s->groups, job, d);
	if (s->state[d] != SCHED_WAITING) {
		return; /* blocked by another, not wanted, or begun early */
	}
	cw_assert(s->link[d] > 0);
	if (--s->link[d] == 0 && !with_group) {
		make_ready(s, d, false);
	}
}

/* A job that ended well. */
struct unblocking {
	struct scheduler *s;
	uint32_t job;
};

static void unblock_one(void *ctx, uint32_t d)
{
	struct unblocking *u = ctx;
	unblock(u->s, u->job, d);
}

/* A job ended well or was needless: those that waited for it alone become ready. */
static void unblock_dependents(struct scheduler *s, uint32_t job)
{
	struct unblocking u = {s, job};
	sched_each_dependent(s->graph, job, unblock_one, &u);
	start_groups(s);
}

/* Jobs that were marked and whose own dependents are still to be. */
struct marking {
	struct scheduler *s;
	enum sched_job_state as;
	uint32_t list;
};

static void mark_one(void *ctx, uint32_t d)
{
	struct marking *m = ctx;
	struct scheduler *s = m->s;
	group_starts_failed(&s->groups, d, true);
	if (s->state[d] == SCHED_WAITING) {
		group_starts_blocked(&s->groups, d);
		s->state[d] = (uint8_t)m->as;
		if (m->as == SCHED_BLOCKED) {
			s->counts.blocked++;
		} else {
			s->counts.wanted--;
		}
		s->link[d] = m->list;
		m->list = d;
	}
}

/* All that need `job`, near or far, will not run. */
static void mark_dependents(struct scheduler *s, uint32_t job, enum sched_job_state as)
{
	struct marking m = {s, as, READY_NONE};
	for (;;) {
		sched_each_dependent(s->graph, job, mark_one, &m);
		if (m.list == READY_NONE) {
			break;
		}
		job = m.list;
		m.list = s->link[job];
	}
	start_groups(s);
}

/* What a job needs will never be there. */
static void block(struct scheduler *s, uint32_t job)
{
	s->state[job] = SCHED_BLOCKED;
	s->counts.blocked++;
	mark_dependents(s, job, SCHED_BLOCKED);
}

static void void_one(void *ctx, uint32_t d)
{
	struct scheduler *s = ctx;
	if (s->state[d] == SCHED_RUNNING || s->state[d] == SCHED_READY) {
		group_starts_failed(&s->groups, d, false);
	}
}

/* A job did not end well: what its dependents of the same group make of it is void. */
static void void_dependents(struct scheduler *s, uint32_t job)
{
	if (s->graph->group_of) {
		sched_each_dependent(s->graph, job, void_one, s);
	}
}

/* It has to wait again for what it needs, or need not wait any more. */
static void start_anew(struct scheduler *s, uint32_t job)
{
	group_starts_leave(&s->groups, job);
	s->link[job] = group_starts_unmet(&s->groups, job);
	s->state[job] = SCHED_WAITING;
	if (s->link[job] == 0) {
		make_ready(s, job, false);
	}
}

void scheduler_wait_more(struct scheduler *s, uint32_t job, uint32_t count)
{
	cw_assert(s->state[job] == SCHED_WAITING);
	s->link[job] += count;
	group_starts_wait_more(&s->groups, job, count);
}

void scheduler_drop(struct scheduler *s, uint32_t job, enum sched_job_state why)
{
	if (s->state[job] != SCHED_WAITING) {
		return;
	}
	group_starts_blocked(&s->groups, job);
	s->state[job] = (uint8_t)why;
	if (why == SCHED_FAILED) {
		s->counts.failed++;
		s->failed = true;
	} else if (why == SCHED_BLOCKED) {
		s->counts.blocked++;
	} else {
		s->counts.wanted--;
	}
	mark_dependents(s, job, why == SCHED_LEFT ? SCHED_LEFT : SCHED_BLOCKED);
}

/* A running job leaves the running ones. */
static void leave_running(struct scheduler *s, uint32_t job)
{
	cw_assert(job < s->job_count && s->state[job] == SCHED_RUNNING);
	uint32_t at = s->link[job], moved = vec_pop(&s->running);
	s->running.v[at] = moved;
	s->link[moved] = at;
	s->cursor = s->cursor > at ? at : s->cursor;
	s->counts.running--;
	s->running_of.v[class_number(s, job)]--;
	account(s, job, 1);
	s->cancelled[job] = CANCEL_NONE;
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
	if ((how == SCHED_END_CANCELLED || how == SCHED_END_UNBEGUN) && stopping) {
		s->state[job] = SCHED_LEFT;
		return;
	}
	void_dependents(s, job);
	if (how == SCHED_END_UNBEGUN && !group_starts_doomed(&s->groups, job)) {
		s->attempts[job]--;
		start_anew(s, job);
		return;
	}
	if (how == SCHED_END_UNBEGUN) {
		block(s, job);
		return;
	}
	bool may_retry = how == SCHED_END_FAILED && !stopping &&
			 (!s->failed || s->graph->keep_going);
	if (may_retry && s->attempts[job] <= class_of(s, job)->retries) {
		start_anew(s, job);
		return;
	}
	s->state[job] = SCHED_FAILED;
	s->counts.failed++;
	s->failed = true;
	mark_dependents(s, job, SCHED_BLOCKED);
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
	for (; s->cursor < s->running.n; s->cursor++) {
		uint32_t job = s->running.v[s->cursor];
		if (s->cancelled[job] < s->level) {
			return job;
		}
	}
	return READY_NONE;
}

/* Whether jobs may start. */
static bool may_start(const struct scheduler *s)
{
	return s->level == CANCEL_NONE && !s->draining &&
	       (!s->failed || s->graph->keep_going);
}

/* The next ready job that is to be admitted. */
static bool admit_one(struct scheduler *s, struct sched_action *ret)
{
	if (s->fresh_first == s->fresh.n) {
		s->fresh_first = s->fresh.n = 0;
		return false;
	}
	uint32_t job = s->fresh.v[s->fresh_first];
	*ret = (struct sched_action){
		.kind = SCHED_ADMIT, .job = job, .attempt = s->attempts[job] + 1u};
	return true;
}

void scheduler_admit(struct scheduler *s, uint32_t job, uint32_t class)
{
	cw_assert(s->fresh_first < s->fresh.n && s->fresh.v[s->fresh_first] == job);
	s->fresh_first++;
	if (s->class_of) {
		s->class_of[job] = class;
	}
	s->ready_count++;
	ready_push(&s->ready, class_number(s, job), job);
}

/* A job of a group was ready to follow one that has failed meanwhile. */
static bool is_too_late(struct scheduler *s, uint32_t job)
{
	if (group_starts_unmet(&s->groups, job) == 0 ||
		!group_starts_void(&s->groups, job)) {
		return false;
	}
	if (group_starts_doomed(&s->groups, job)) {
		block(s, job);
	} else {
		start_anew(s, job);
	}
	return true;
}

/* The best job that fits, taken off the ready ones; READY_NONE: there is none. */
static uint32_t take_ready(struct scheduler *s)
{
	for (;;) {
		uint32_t job =
			s->ready_count ? ready_best(&s->ready, s->spare) : READY_NONE;
		if (job == READY_NONE) {
			return job;
		}
		ready_pop(&s->ready, class_number(s, job), job);
		s->ready_count--;
		if (!is_too_late(s, job)) {
			return job;
		}
	}
}

/* A job joins the running ones. */
static void begin(struct scheduler *s, uint32_t job)
{
	uint32_t class = class_number(s, job);
	s->link[job] = (uint32_t)s->running.n;
	vec_push(&s->running, job);
	while (s->running_of.n <= class) {
		vec_push(&s->running_of, 0);
	}
	s->running_of.v[class]++;
	s->state[job] = SCHED_RUNNING;
	s->counts.running++;
	if (s->attempts[job] < UINT16_MAX) {
		s->attempts[job]++;
	}
	account(s, job, -1);
}

bool scheduler_ahead(struct scheduler *s, struct sched_action *ret)
{
	if (!may_start(s) || s->ready_count == 0 || s->running.n == 0 ||
		s->fresh_first < s->fresh.n || s->graph->group_of) {
		return false;
	}
	uint32_t class = class_number(s, s->running.v[0]);
	if (s->running_of.v[class] != s->running.n) {
		return false;
	}
	account(s, s->running.v[0], 1); /* as if it had ended */
	uint32_t job = ready_best(&s->ready, s->spare);
	account(s, s->running.v[0], -1);
	if (job == READY_NONE || class_number(s, job) != class) {
		return false;
	}
	ready_pop(&s->ready, class, job);
	s->ready_count--;
	s->ahead++;
	*ret = (struct sched_action){
		.kind = SCHED_START, .job = job, .attempt = s->attempts[job] + 1u};
	return true;
}

void scheduler_begun(struct scheduler *s, uint32_t job)
{
	cw_assert(s->ahead && s->state[job] == SCHED_READY);
	s->ahead--;
	begin(s, job);
}

/* Starts the best job that fits. */
static bool start_one(struct scheduler *s, struct sched_action *ret)
{
	uint32_t job = take_ready(s);
	if (job == READY_NONE) {
		return false;
	}
	begin(s, job);
	group_starts_begun(&s->groups, job);
	start_groups(s);
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
	if (may_start(s) && (admit_one(s, &action) || start_one(s, &action))) {
		return action;
	}
	if (s->counts.running == 0 && s->ahead == 0) {
		s->finished = true;
		action.kind = SCHED_DONE;
	} else if (s->level == CANCEL_SOFT) {
		action.until_ns = s->hard_at_ns;
	}
	return action;
}

enum sched_inputs scheduler_inputs(const struct scheduler *s, uint32_t job)
{
	if (group_starts_unmet(&s->groups, job) == 0) {
		return SCHED_INPUTS_MADE;
	}
	return group_starts_void(&s->groups, job) ? SCHED_INPUTS_FAILED
						  : SCHED_INPUTS_COMING;
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

uint32_t scheduler_ready(const struct scheduler *s)
{
	return s->ready_count;
}
