#include "sched/run.h"

#include <errno.h>
#include <signal.h>

#include "exec/executor_local.h"
#include "sched/job_words.h"
#include "sched/run_impl.h"
#include "sys/fs.h"
#include "sys/loop.h"
#include "sys/path.h"

enum {
	GRACE_S = 5,
	LOOK_UP = 64,
	TICK_MS = 100,
	LATENCY_MS = 250,
	AHEAD_MS = 100, /* after which what waits behind others is recalled */
	WORK_MS = 10,   /* that is handed over for each running job */
	MOST_SLOTS = 4096
};

static struct active *new_active(struct run *r, uint32_t job)
{
	struct active *a;
	if (r->unused.n) {
		a = vec_pop(&r->unused);
	} else {
		a = xcalloc(1, sizeof(*a));
		a->slot = r->slots++;
		arena_init(&a->arena);
		job_files_init(&a->files, r->o->state_dir);
	}
	a->job = job;
	a->waiting = a->cancelled = a->held = a->ahead = a->silent = false;
	a->spec = (struct job_spec){0};
	a->remote =
		r->o->remote.is_remote && r->o->remote.is_remote(r->o->remote.ctx, job);
	if (a->remote) {
		job_files_init(&a->files, r->o->remote.state_dir);
	}
	vec_push(&r->active, a);
	return a;
}

static struct active *find_active(struct run *r, uint32_t job)
{
	for (size_t i = 0; i < r->active.n; i++) {
		if (r->active.v[i]->job == job) {
			return r->active.v[i];
		}
	}
	return NULL;
}

/* The job is over: its place is for another. */
static void drop_active(struct run *r, struct active *a)
{
	for (size_t i = 0; i < r->active.n; i++) {
		if (r->active.v[i] == a) {
			r->active.v[i] = vec_last(&r->active);
			r->active.n--;
			break;
		}
	}
	if (a->waiting) {
		r->waiting--;
	}
	r->ahead.silent -= a->silent;
	free(a->output);
	a->output = NULL;
	arena_clear(&a->arena);
	job_files_release(&a->files);
	job_files_init(&a->files, r->o->state_dir);
	vec_push(&r->unused, a);
}

/* Takes in what came to be known. */
static void take_growth(struct run *r, const struct run_growth *g)
{
	scheduler_grow(r->sched);
	for (size_t i = 0; i < g->wait_count; i++) {
		if (scheduler_state(r->sched, g->waits[i].job) == SCHED_WAITING) {
			scheduler_wait_more(r->sched, g->waits[i].job, g->waits[i].count);
		}
	}
	for (size_t i = 0; i < g->drop_count; i++) {
		scheduler_drop(r->sched, g->drops[i].job, g->drops[i].why);
		if (g->drops[i].why == SCHED_FAILED) {
			run_tell_dropped(r, &g->drops[i]);
		}
	}
	for (size_t i = 0; i < g->edge_count; i++) {
		enum sched_job_state from = scheduler_state(r->sched, g->edges[i].from);
		if (from == SCHED_FAILED || from == SCHED_BLOCKED) {
			scheduler_drop(r->sched, g->edges[i].to, SCHED_BLOCKED);
		} else if (from == SCHED_LEFT) {
			scheduler_drop(r->sched, g->edges[i].to, SCHED_LEFT);
		}
	}
	for (size_t i = 0; i < g->use_count; i++) {
		temp_files_add_use(&r->temp, g->uses[i].from, g->uses[i].to);
	}
}

/* A job is done, which the scheduler does not know yet: takes in what came to be known by
 * it. */
static void grow(struct run *r, uint32_t job)
{
	const struct run_source *source = &r->o->source;
	r->growth = source->grow ? source->grow(source->ctx, job) : NULL;
	if (r->growth) {
		take_growth(r, r->growth);
	}
}

/* There is little to start: whether more came of what was put off. */
static bool catch_up(struct run *r)
{
	const struct run_source *source = &r->o->source;
	const struct run_growth *g = source->catch_up && scheduler_ready(r->sched) == 0
					     ? source->catch_up(source->ctx)
					     : NULL;
	if (g) {
		take_growth(r, g);
		temp_files_flush(&r->temp, r->o);
	}
	return g != NULL;
}

/* The job is done, and all know it: its temporary files, and those it used. */
static void see_to_temps(struct run *r, uint32_t job, const struct job_spec *spec)
{
	const struct run_growth *g = r->growth;
	temp_files_job_done(&r->temp, r->o, job, spec);
	for (size_t i = 0; g && i < g->use_count; i++) {
		if (g->uses[i].from == job) {
			temp_files_add_use(&r->temp, job, g->uses[i].to);
		}
	}
	if (g) {
		temp_files_flush(&r->temp, r->o);
	}
	r->growth = NULL;
}

/* What was handed over ahead comes back, as far as it has not begun. */
static void recall(struct run *r)
{
	if (r->ahead.count) {
		r->executor->ops->recall(r->executor);
		run_ahead_pause(&r->ahead);
	}
}

/* A job that was handed over ahead runs, or never will. */
static void has_begun(struct run *r, struct active *a)
{
	a->ahead = false;
	scheduler_begun(r->sched, a->job);
	if (--r->ahead.count == 0) {
		r->ahead.paused = r->ahead.settling = false;
	}
}

/* The attempt is over, its files are seen to: records, tells, gives the slot back. */
static void conclude(struct run *r, struct active *a, const struct job_result *result)
{
	enum sched_end how = SCHED_END_FAILED;
	enum run_event_kind kind = EVENT_JOB_FAILED;
	if (result->outcome == JOB_OK) {
		how = SCHED_END_OK;
		kind = EVENT_JOB_FINISHED;
	} else if (result->outcome == JOB_CANCELLED) {
		how = SCHED_END_CANCELLED;
	} else if (result->outcome == JOB_UNBEGUN) {
		how = SCHED_END_UNBEGUN;
	}
	r->o->source.ended(r->o->source.ctx, &a->spec, result);
	if (how == SCHED_END_OK) {
		grow(r, a->job);
	}
	scheduler_ended(r->sched, a->job, how, now_ns());
	if (how == SCHED_END_OK) {
		see_to_temps(r, a->job, &a->spec);
	}
	if (how == SCHED_END_FAILED &&
		scheduler_state(r->sched, a->job) != SCHED_FAILED) {
		kind = EVENT_JOB_RETRIED;
	}
	if (how == SCHED_END_FAILED && !r->o->graph->keep_going) {
		recall(r);
	}
	if (how != SCHED_END_UNBEGUN && (how != SCHED_END_CANCELLED || r->signals == 0)) {
		run_tell_ended(r, a, result, kind);
	}
	drop_active(r, a);
}

/* Its outputs are not unfinished any more. */
static void forget_running(struct run *r, const struct active *a)
{
	if (!a->remote) {
		running_file_clear(&r->running, a->slot);
	}
}

/* The command ended well: outputs are checked, and waited for where the file system is
 * slow to show them. False: not over yet. */
static bool check(struct run *r, struct active *a, struct job_result *result)
{
	const char *missing = NULL;
	strbuf_reset(&r->words);
	struct fs_stat *seen =
		ARENA_ARRAY(&a->arena, struct fs_stat, a->spec.output_count);
	int rc = 0;
	if (result->seen) {
		memcpy(seen, result->seen, a->spec.output_count * sizeof(*seen));
	} else {
		rc = job_files_check(&a->spec, seen, &r->words, &missing);
	}
	if (rc < 0 && missing && !a->cancelled && r->o->latency_wait_s > 0 &&
		(a->waiting ? now_ns() < a->wait_until_ns : fs_is_network(missing))) {
		return false;
	}
	if (rc == 0) {
		result->seen = seen;
		forget_running(r, a);
		rc = job_files_accept(&a->files, &a->spec, &result->usage, &r->words);
	}
	if (rc < 0) {
		result->outcome = JOB_BAD_OUTPUT;
		result->text = arena_strdup(&a->arena, r->words.buf);
	}
	return true;
}

static void look_again(void *ctx);

static void look_later(struct run *r)
{
	if (!r->latency_timer) {
		loop_add_timer(r->loop, now_ns() + LATENCY_MS * NS_PER_MS, look_again, r);
		r->latency_timer = true;
	}
}

/* Another look at the result will be taken. */
static void keep_result(struct run *r, struct active *a, const struct job_result *result)
{
	if (!a->waiting) {
		a->waiting = true;
		r->waiting++;
	}
	if (!a->output) {
		a->output = xmemdup0(result->output.p, result->output.n);
		a->result = *result;
		a->result.seen = NULL; /* not for long */
		a->result.output.p = a->output;
	}
	look_later(r);
}

/* A job of a group that ended well counts only with what it needs. True: that is not
 * known yet. */
static bool hold(struct run *r, struct active *a, struct job_result *result)
{
	enum sched_inputs inputs = scheduler_inputs(r->sched, a->job);
	if (inputs == SCHED_INPUTS_COMING && !a->cancelled) {
		a->held = true;
		keep_result(r, a, result);
		return true;
	}
	if (inputs != SCHED_INPUTS_MADE) {
		result->outcome = JOB_UNBEGUN;
	}
	if (a->held) {
		a->held = a->waiting = false;
		r->waiting--;
	}
	return false;
}

static void end_attempt(struct run *r, struct active *a, struct job_result *result)
{
	if (result->outcome == JOB_OK && hold(r, a, result)) {
		return;
	}
	if (result->outcome == JOB_OK && !check(r, a, result)) {
		if (!a->waiting) {
			a->wait_until_ns = now_ns() + r->o->latency_wait_s * NS_PER_S;
			run_tell_waiting(r, a);
		}
		keep_result(r, a, result);
		return;
	}
	if (result->outcome != JOB_OK) {
		job_files_reject(&a->files, &a->spec, r->o->keep_incomplete);
		forget_running(r, a);
	}
	conclude(r, a, result);
}

/* Lists the folders of a job's outputs, for the sake of it. */
static void reread_folders(const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		struct strview dir = path_dir(sv_from(spec->outputs[i].path));
		char *name = xmemdup0(dir.p, dir.n);
		fs_reread_folder(name);
		free(name);
	}
}

/* Another look at outputs that were missing; reading their folder makes network file
 * systems forget what they believe of it. */
static void look_again(void *ctx)
{
	struct run *r = ctx;
	r->latency_timer = false;
	for (size_t i = r->active.n; i-- > 0;) {
		struct active *a = r->active.v[i];
		if (a->waiting) {
			reread_folders(&a->spec);
			end_attempt(r, a, &a->result);
		}
	}
	if (r->waiting) {
		look_later(r);
	}
}

/* What the end of a job means to those that were handed over ahead. Where none of them
 * follows, they came too late, or the job is none to be followed: they come back, and what
 * starts next is seen then, so that the order stays as it is. */
static void note_followers(struct run *r, const struct job_result *result)
{
	struct active *a = result->followed ? find_active(r, result->follower) : NULL;
	if (a && a->ahead) {
		has_begun(r, a);
		run_tell_of(r, a, EVENT_JOB_STARTED);
	} else if (r->ahead.count && !r->ahead.settling) {
		recall(r);
		r->ahead.settling = true;
	}
}

static void on_finished(void *ctx, const struct job_result *result)
{
	struct run *r = ctx;
	struct active *a = find_active(r, result->job);
	r->ended++;
	if (a && !a->waiting && a->spec.attempt == result->attempt) {
		struct job_result mine = *result;
		if (a->ahead) {
			has_begun(r, a);
		} else if (mine.outcome == JOB_OK) {
			run_ahead_measure(&r->ahead, mine.usage.seconds);
		}
		end_attempt(r, a, &mine);
	}
	note_followers(r, result);
}

/* A job that cannot even be started. */
static void fail_early(struct run *r, struct active *a, const char *why)
{
	struct job_result result = {
		.job = a->job,
		.attempt = a->spec.attempt,
		.outcome = JOB_BAD_OUTPUT,
		.text = why,
	};
	result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	/* trying again would change nothing */
	r->o->source.ended(r->o->source.ctx, &a->spec, &result);
	scheduler_ended(r->sched, a->job, SCHED_END_CANCELLED, now_ns());
	if (!r->o->graph->keep_going) {
		recall(r);
	}
	run_tell_ended(r, a, &result, EVENT_JOB_FAILED);
	drop_active(r, a);
}

/* Has the spec of an attempt built. NULL: it ended with that. */
static struct active *build(struct run *r, const struct sched_action *what, bool ahead)
{
	const struct run_source *source = &r->o->source;
	uint32_t job = what->job;
	struct active *a = new_active(r, job);
	const char *error = NULL;
	int rc = source->build(
		source->ctx, job, what->attempt, &a->arena, &a->spec, &error);
	a->spec.job = job;
	a->spec.attempt = what->attempt;
	if (rc == 0) {
		return a;
	}
	if (ahead) {
		scheduler_begun(r->sched, job);
	}
	if (rc > 0) {
		grow(r, job);
		scheduler_skip(r->sched, job);
		see_to_temps(r, job, NULL);
		run_tell_of(r, a, EVENT_JOB_SKIPPED);
		drop_active(r, a);
	} else {
		fail_early(r, a, error ? error : "the job cannot be put together");
	}
	return NULL;
}

/* Makes way for the files of the attempt, and notes it. False: it failed by that. */
static bool make_way(struct run *r, struct active *a)
{
	strbuf_reset(&r->words);
	bool adopted = a->remote && r->executor->ops->adopts &&
		       r->executor->ops->adopts(r->executor, &a->spec);
	if (adopted) {
		job_files_adopt(&a->files, &a->spec);
	} else if (job_files_prepare(&a->files, &a->spec, &r->words) < 0) {
		if (a->ahead) {
			has_begun(r, a);
		}
		fail_early(r, a, arena_strdup(&a->arena, r->words.buf));
		return false;
	}
	if (!a->remote) {
		running_file_note(&r->running, a->slot, &a->spec);
	}
	r->o->source.starting(r->o->source.ctx, &a->spec);
	return true;
}

/* Hands it over; others may wait for its end where an executor can tell it went well. */
static void submit(struct run *r, struct active *a)
{
	bool keep_going = r->o->graph->keep_going;
	a->spec.ahead = a->ahead;
	a->spec.any_end = keep_going;
	a->spec.gives_way = r->executor->ops->takes_ahead && !a->remote &&
			    (keep_going || job_files_are_plain(&a->spec));
	a->silent = !a->spec.gives_way;
	r->ahead.silent += a->silent;
	r->executor->ops->submit(r->executor, &a->spec);
}

static void start(struct run *r, const struct sched_action *what)
{
	struct active *a = build(r, what, false);
	if (!a || !make_way(r, a)) {
		return;
	}
	run_tell_of(r, a, EVENT_JOB_STARTED);
	if (a->spec.kind == COMMAND_NONE) {
		struct job_result result = {.job = a->job, .attempt = a->spec.attempt};
		result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
		end_attempt(r, a, &result);
		return;
	}
	submit(r, a);
}

/* Starts one that may begin when another ends. False: it cannot be one; it waits for its
 * turn again. */
static bool start_ahead(struct run *r, const struct sched_action *what)
{
	struct active *a = build(r, what, true);
	if (!a) {
		return true;
	}
	a->ahead = true;
	r->ahead.count++;
	if (a->spec.kind == COMMAND_NONE || !job_files_are_plain(&a->spec) ||
		job_files_have_logs(&a->spec)) {
		struct job_result result = {.outcome = JOB_UNBEGUN};
		has_begun(r, a);
		r->o->source.ended(r->o->source.ctx, &a->spec, &result);
		scheduler_ended(r->sched, a->job, SCHED_END_UNBEGUN, now_ns());
		drop_active(r, a);
		run_ahead_doubt(&r->ahead);
		return false;
	}
	if (make_way(r, a)) {
		submit(r, a);
	}
	return true;
}

/* Hands over jobs that may begin as soon as others end. */
static void feed(struct run *r)
{
	const struct executor_ops *ops = r->executor->ops;
	struct sched_action what;
	uint32_t running = scheduler_counts(r->sched).running;
	uint32_t most = ops->takes_ahead ? run_ahead_most(&r->ahead, running) : 0;
	while (r->ahead.count < most && ops->takes_ahead(r->executor) &&
		scheduler_ahead(r->sched, &what) && start_ahead(r, &what)) {
		/* a job that failed at once has others recalled */
		most = run_ahead_most(&r->ahead, running);
	}
}

/* The job is ready: what it asks for is known now, and that it is may be told. */
static void admit(struct run *r, uint32_t job, uint32_t attempt)
{
	const struct run_source *source = &r->o->source;
	const struct sched_graph *g = r->o->graph;
	uint32_t class = g->class_of ? g->class_of[job] : 0;
	if (source->admit && g->late && g->late[job]) {
		class = source->admit(source->ctx, job, attempt);
	}
	scheduler_admit(r->sched, job, class);
	if (g->admit_all) {
		struct arena arena = ARENA_INIT;
		struct job_spec spec = {.job = job};
		source->name(source->ctx, job, &arena, &spec);
		struct run_event e = {.kind = EVENT_JOB_READY,
			.job = job,
			.attempt = attempt,
			.rule = spec.rule,
			.wildcards = spec.wildcards};
		run_tell(r, &e);
		arena_release(&arena);
	}
}

static void cancel(struct run *r, uint32_t job, bool hard)
{
	struct active *a = find_active(r, job);
	if (a && a->waiting) {
		a->cancelled = true;
		a->result.outcome = JOB_CANCELLED;
		end_attempt(r, a, &a->result);
	} else if (a) {
		r->executor->ops->cancel(r->executor, job, hard);
	}
}

/* Jobs elsewhere outlive us. Ctrl-C: first nothing new is started, then they are
 * cancelled, then they are left to the next run. Other signals are of a machine that goes
 * down or a session that ends: they are left at once. */
static void interrupt_remote(struct run *r, int signal)
{
	struct strbuf text = STRBUF_INIT;
	if (signal != SIGINT) {
		r->signals = 3;
	}
	if (r->signals == 1) {
		scheduler_drain(r->sched);
	} else {
		executor_local_sweep(r->local);
		scheduler_interrupt(r->sched, now_ns(), r->grace_ns);
	}
	r->left = r->signals > 2;
	r->o->remote.interrupted(r->o->remote.ctx, r->signals, &text);
	run_say(r, text.buf);
	strbuf_release(&text);
}

static void on_signal(void *ctx, int signal, pid_t sender)
{
	struct run *r = ctx;
	(void)sender;
	if (r->signals++ == 0) {
		r->first_signal = signal;
	}
	if (r->o->remote.interrupted) {
		interrupt_remote(r, signal);
		return;
	}
	executor_local_sweep(r->local);
	recall(r);
	for (size_t i = 0; i < r->active.n; i++) {
		if (r->active.v[i]->ahead) {
			has_begun(r, r->active.v[i]); /* or not: cancelled all the same */
		}
	}
	scheduler_interrupt(r->sched, now_ns(), r->grace_ns);
	struct run_event e = {.kind = EVENT_INTERRUPTED,
		.text = strsignal(signal),
		.attempt = (uint32_t)r->signals};
	run_tell(r, &e);
}

static void on_tick(void *ctx)
{
	struct run *r = ctx;
	int64_t now = now_ns();
	r->o->reporter->tick(r->o->reporter, now);
	loop_add_timer(r->loop, now + TICK_MS * NS_PER_MS, on_tick, r);
}

/* Takes over the signals that stop a run; SIGHUP not where the user had it ignored
 * (nohup). */
static bool watch_signals(struct run *r)
{
	int signals[3] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction hup;
	size_t n = 3;
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler == SIG_IGN) {
		n = 2;
	}
	return loop_add_signals(r->loop, signals, n, on_signal, r) != 0;
}

/* In the warden, after the engine was killed and the jobs with it. */
static void clean_up(void *ctx)
{
	const struct run *r = ctx;
	job_files_recover(r->o->state_dir);
}

static int set_up(struct run *r)
{
	const struct sched_graph *g = r->o->graph;
	int64_t ahead_ns = r->o->ahead_ns ? r->o->ahead_ns : WORK_MS * NS_PER_MS;
	r->ahead.work_s = (double)ahead_ns / 1e9;
	r->grace_ns = r->o->grace_ns > 0 ? r->o->grace_ns : GRACE_S * NS_PER_S;
	r->loop = loop_new();
	if (!r->loop || !watch_signals(r)) {
		return -1;
	}
	struct local_options local = {
		.loop = r->loop,
		.slots = r->o->cores,
		.tools_dir = r->o->tools_dir,
		.spill_dir = r->o->state_dir,
		.grace_ns = r->grace_ns,
		.always_shell = r->o->always_shell,
		.orphaned = clean_up,
		.orphaned_ctx = r,
	};
	if (local.slots == 0 || g->resource_count == 0 || g->limit[0] < 0) {
		local.slots = g->job_count;
	}
	if (local.slots > MOST_SLOTS || r->o->remote.make) {
		local.slots = MOST_SLOTS;
	}
	running_file_open(&r->running, r->o->state_dir, local.slots + RUN_AHEAD_MOST);
	r->sched = scheduler_new(g);
	r->local = r->executor = executor_local_new(&local);
	if (r->o->remote.make) {
		struct executor *x = r->o->remote.make(
			r->o->remote.ctx, r->loop, r->local, run_say, r);
		if (!x) {
			return -1;
		}
		r->executor = x;
	}
	r->executor->finished = on_finished;
	r->executor->ctx = r;
	if (r->o->reporter->tick) {
		loop_add_timer(r->loop, now_ns() + TICK_MS * NS_PER_MS, on_tick, r);
	}
	return 0;
}

static void tear_down(struct run *r)
{
	if (r->executor) {
		r->executor->ops->free(r->executor);
	}
	running_file_close(&r->running);
	temp_files_release(&r->temp);
	loop_free(r->loop);
	scheduler_free(r->sched);
	for (size_t i = 0; i < r->active.n; i++) {
		vec_push(&r->unused, r->active.v[i]);
	}
	for (size_t i = 0; i < r->unused.n; i++) {
		struct active *a = r->unused.v[i];
		arena_release(&a->arena);
		job_files_release(&a->files);
		free(a->output);
		free(a);
	}
	vec_release(&r->active);
	vec_release(&r->unused);
	strbuf_release(&r->words);
	strbuf_release(&r->command);
}

/* Waits for something to happen, at most until `until_ns` (0: for ever). Jobs that wait
 * behind others for long are recalled: another may have come that goes before them. */
static int wait_for_events(struct run *r, int64_t until_ns)
{
	uint64_t before = r->ended;
	feed(r);
	int64_t rest = run_ahead_rest_ns(&r->ahead, scheduler_counts(r->sched).running);
	if (rest) {
		nanosleep(&(struct timespec){.tv_nsec = rest}, NULL);
	}
	if (!r->ahead.count || r->ahead.paused) {
		return loop_turn(r->loop, until_ns ? until_ns : INT64_MAX);
	}
	int64_t late = now_ns() + AHEAD_MS * NS_PER_MS;
	if (loop_turn(r->loop, until_ns && until_ns < late ? until_ns : late) < 0) {
		return -1;
	}
	if (r->ended == before && now_ns() >= late) {
		recall(r);
	}
	return 0;
}

/* Does what the scheduler says until it is done. */
static int drive(struct run *r)
{
	for (unsigned turn = 0; !r->left; turn++) {
		/* signals count also while jobs end without the loop */
		if (turn % LOOK_UP == LOOK_UP - 1 && loop_turn(r->loop, 0) < 0) {
			return -1;
		}
		if (r->ahead.settling) {
			if (loop_turn(r->loop, INT64_MAX) < 0) {
				return -1;
			}
			continue;
		}
		struct sched_action a = scheduler_next(r->sched, now_ns());
		switch (a.kind) {
		case SCHED_ADMIT:
			admit(r, a.job, a.attempt);
			break;
		case SCHED_START:
			start(r, &a);
			break;
		case SCHED_CANCEL:
			cancel(r, a.job, a.hard);
			break;
		case SCHED_WAIT:
			if (catch_up(r)) {
				break;
			}
			if (r->executor->ops->flush) {
				r->executor->ops->flush(r->executor);
			}
			if (wait_for_events(r, a.until_ns) < 0) {
				return -1;
			}
			break;
		case SCHED_DONE:
			if (!catch_up(r)) {
				return 0;
			}
			break;
		}
	}
	return 0;
}

int run_jobs(const struct run_options *o, struct run_result *ret)
{
	struct run r = {.o = o,
		.words = STRBUF_INIT,
		.command = STRBUF_INIT,
		.running = {.fd = -1}};
	temp_files_init(&r.temp);
	struct sigaction pipe_before, ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGPIPE, &ignore, &pipe_before);
	int rc = set_up(&r);
	int err = errno;
	if (rc == 0) {
		struct run_event e = {.kind = EVENT_RUN_STARTED, .threads = o->cores};
		if (o->source.begin) {
			o->source.begin(o->source.ctx);
		}
		int64_t start = now_ns();
		run_tell(&r, &e);
		rc = drive(&r);
		err = errno;
		e = (struct run_event){.kind = EVENT_RUN_FINISHED,
			.seconds = (double)(now_ns() - start) / 1e9};
		run_tell(&r, &e);
		*ret = (struct run_result){
			.counts = scheduler_counts(r.sched), .signal = r.first_signal};
	}
	tear_down(&r);
	sigaction(SIGPIPE, &pipe_before, NULL);
	errno = err;
	return rc;
}
