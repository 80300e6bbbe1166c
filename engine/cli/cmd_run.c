/* The run: plan, classes of jobs, reporters, driver. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cluster_run.h"
#include "cli/failure_sink.h"
#include "cli/growth.h"
#include "cli/hooks.h"
#include "cli/job_scratch.h"
#include "cli/recorder.h"
#include "cli/redact_sink.h"
#include "cli/refusals.h"
#include "cli/rounds.h"
#include "cli/run_classes.h"
#include "cli/run_lock.h"
#include "cli/session.h"
#include "cli/spare_memory.h"
#include "cli/temp_sweep.h"
#include "exec/pilot.h"
#include "job/job_spec_build.h"
#include "report/reporter.h"
#include "sched/job_files.h"
#include "sched/run.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/path.h"
#include "sys/term.h"

/* what {log} is in hooks */
#define RUN_LOG STATE_DIR "/run.log"

struct run {
	struct session *s;
	struct job_context context;
	struct job_scratch scratch;
	struct recorder recorder;
	struct strbuf reason;
	struct run_classes *classes;
	struct growth growth;
	uint8_t *failed; /* by rule: its last job failed */
	bool begun;
};

/* The records have threads of their own: they begin after the run's helper process. */
static void begin_records(void *ctx)
{
	struct run *r = ctx;
	spare_memory(r->s, false);
	recorder_begin(&r->recorder);
	r->begun = true;
}

/* What is told of a job that is not needed. */
static void name_job(
	struct run *r, uint32_t job, struct arena *arena, struct job_spec *ret)
{
	const struct dag *d = &r->s->dag;
	struct strbuf sb = STRBUF_INIT;
	dag_wildcards_text(d, job, &sb);
	ret->rule = arena_sv(arena, dag_rule(d, job)->name).p;
	ret->wildcards = arena_sv(arena, strbuf_sv(&sb)).p;
	strbuf_release(&sb);
}

/* For struct run_source. */
static const struct run_growth *grow(void *ctx, uint32_t job)
{
	struct run *r = ctx;
	return growth_of(&r->growth, job);
}

static const struct run_growth *catch_up(void *ctx)
{
	struct run *r = ctx;
	return growth_catch_up(&r->growth);
}

static bool may_grow(void *ctx)
{
	const struct run *r = ctx;
	return growth_may_come(&r->growth);
}

static void job_name(void *ctx, uint32_t job, struct arena *arena, struct job_spec *ret)
{
	name_job(ctx, job, arena, ret);
}

static uint32_t admit_job(void *ctx, uint32_t job, uint32_t attempt)
{
	struct run *r = ctx;
	return run_classes_admit(r->classes, job, attempt);
}

/*
 * An input in a folder that a job made: that job succeeded with the folder, whatever is in
 * it. The words for one that is not there, or NULL. Jobs of a cluster look for themselves:
 * what they see on a network file system is not what we see.
 */
static const char *lacks_inside(struct run *r, uint32_t job, struct arena *arena)
{
	const struct dag *d = &r->s->dag;
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n && d->has_inside && !r->s->o.cluster; i++) {
		uint32_t file = INPUT_FILE(in[i]), maker = d->producer[file];
		if (maker != DAG_NONE && !dag_has_product(d, maker, file) &&
			!fs_exists(dag_path(d, file).p)) {
			return arena_printf(arena,
				"input " SV_FMT " is not there: rule " SV_FMT
				" made the folder it lies in, but not this file",
				SV_ARG(dag_path(d, file)),
				SV_ARG(dag_rule(d, maker)->name));
		}
	}
	return NULL;
}

/* A job that starts with others of its group, and which of them it needs. */
static void set_group(
	struct run *r, uint32_t job, struct arena *arena, struct job_spec *s)
{
	const struct job_groups *g = &r->classes->groups;
	const struct dag *d = &r->s->dag;
	if (!g->of || g->of[job] == JOB_GROUP_NONE) {
		return;
	}
	uint32_t n, count = 0;
	const uint32_t *in = dag_inputs(d, job, &n);
	uint32_t *after = ARENA_ARRAY(arena, uint32_t, n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && maker != job && g->of[maker] == g->of[job] &&
			!r->s->plan.done[maker]) {
			after[count++] = maker;
		}
	}
	s->group = g->of[job] + 1;
	s->group_size = g->size[g->of[job]];
	s->after = after;
	s->after_count = count;
}

static int build_spec(void *ctx, uint32_t job, uint32_t attempt, struct arena *arena,
	struct job_spec *ret, const char **ret_error)
{
	struct run *r = ctx;
	const char *fault = recorder_fault(&r->recorder);
	if (fault) {
		name_job(r, job, arena, ret);
		*ret_error = arena_printf(arena, "it could not be recorded: %s", fault);
		return -1;
	}
	if (attempt == 1 && recorder_is_needless(&r->recorder, job)) {
		name_job(r, job, arena, ret);
		return 1;
	}
	const char *lacks = lacks_inside(r, job, arena);
	if (lacks) {
		name_job(r, job, arena, ret);
		*ret_error = lacks;
		return -1;
	}
	int rc = job_spec_build(&r->context, arena, job, attempt, ret, ret_error);
	const char *over = rc ? NULL : run_classes_over(r->classes, arena, job, attempt);
	if (over) {
		*ret_error = over;
		job_scratch_remove(&r->scratch, job, attempt);
		return -1;
	}
	if (rc == 0) {
		ret->job = job;
		set_group(r, job, arena, ret);
		recorder_mark_stale(&r->recorder, arena, ret);
	}
	return rc;
}

static void job_starting(void *ctx, const struct job_spec *spec)
{
	struct run *r = ctx;
	recorder_starting(&r->recorder, spec);
}

static void job_ended(
	void *ctx, const struct job_spec *spec, const struct job_result *result)
{
	struct run *r = ctx;
	recorder_ended(&r->recorder, spec, result);
	r->failed[r->s->dag.jobs.v[spec->job].rule] =
		result->outcome != JOB_OK && result->outcome != JOB_UNBEGUN;
	job_scratch_remove(&r->scratch, spec->job, spec->attempt);
}

/* Temporary outputs stay that were asked for, or that a job left out would need. */
static bool keeps_temp(void *ctx, uint32_t job, const char *path)
{
	struct run *r = ctx;
	const struct dag *d = &r->s->dag;
	uint32_t file = intern_find(&d->paths, path, strlen(path));
	(void)job;
	return file == INTERN_NONE || d->file_flags[file] & FILE_TARGET ||
	       plan_left_out_needs(&r->s->plan, file);
}

static const char *reason_of(void *ctx, uint32_t job)
{
	struct run *r = ctx;
	strbuf_reset(&r->reason);
	plan_reason_text(&r->s->plan, job, &r->reason);
	return r->reason.buf;
}

static int make_state_dir(struct session *s)
{
	if (mkdir(STATE_DIR, 0700) != 0 && errno != EEXIST) {
		diag_system(&s->sink, "CW-E304", errno, STATE_DIR, "make");
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* The run's log, of all its rounds. */
static void open_run_log(struct session *s)
{
	int flags = O_WRONLY | O_CREAT | (s->round ? O_APPEND : O_TRUNC);
	s->log_fd = s->log_fd > 0 ? s->log_fd : fs_open_regular(RUN_LOG, flags, 0666);
}

static struct reporter *log_reporter(struct session *s)
{
	open_run_log(s);
	struct report_options o = {
		.verbose = true, .print_commands = true, .fd = s->log_fd};
	return s->log_fd > 0 ? redact_sink_new(report_plain_new(&o), &s->wf) : NULL;
}

/* --events; NULL with an error. */
static struct reporter *events_reporter(struct session *s)
{
	struct reporter *r = report_json_new(s->o.events, s->round, &s->events_fault);
	if (!r) {
		diag_system(&s->sink, "CW-E300", errno, s->o.events, "write");
	}
	return r;
}

/* Programs that read events are told, too, that there is nothing to be done. */
static int tell_nothing(struct session *s)
{
	struct reporter *r;
	struct run_event e = {.kind = EVENT_RUN_STARTED,
		.time_ns = clock_wall_ns(&clock_real),
		.threads = (uint32_t)s->cores};
	if (!s->o.events || s->round) {
		return EXIT_DONE;
	}
	r = events_reporter(s);
	if (!r) {
		return EXIT_WRONG;
	}
	r->event(r, &e);
	e.kind = EVENT_RUN_FINISHED;
	r->event(r, &e);
	r->free(r);
	return EXIT_DONE;
}

/* `run`: its failures are kept; NULL: nothing is recorded. */
static struct reporter *make_reporter(struct session *s, const struct row_run *run)
{
	struct report_options o = {.color = s->color,
		.terminal = term_is_live(STDERR_FILENO),
		.quiet = s->o.quiet,
		.verbose = s->o.verbose,
		.print_commands = s->o.print_commands,
		.fd = STDERR_FILENO};
	struct reporter *sinks[4];
	uint32_t n = 0;
	if (s->o.events && !(sinks[n++] = events_reporter(s))) {
		return NULL;
	}
	sinks[n++] = o.terminal ? report_terminal_new(&o) : report_plain_new(&o);
	sinks[n] = log_reporter(s);
	n += sinks[n] ? 1 : 0;
	if (run) {
		sinks[n++] = failure_sink_new(s, run);
	}
	return n == 1 ? sinks[0] : report_mux_new(sinks, n);
}

static int exit_status(const struct run_result *result)
{
	if (result->signal) {
		return 128 + result->signal;
	}
	const struct sched_counts *c = &result->counts;
	return c->succeeded + c->skipped == c->wanted ? EXIT_DONE : EXIT_FAILED;
}

/* For {failed} of onerror. */
static void note_failed_rules(struct run *r)
{
	struct session *s = r->s;
	s->failed = ARENA_ARRAY(&s->wf.arena, struct strview, s->wf.rule_count);
	s->failed_count = 0;
	for (uint32_t i = 0; i < s->wf.rule_count; i++) {
		if (r->failed[i]) {
			s->failed[s->failed_count++] = s->wf.rules[i].name;
		}
	}
}

/* Beside libexec/cwflow, in a build tree too. */
static const char *share_dir(struct session *s)
{
	struct strview libexec = path_dir(strbuf_sv(&s->tools_dir));
	struct strview prefix = path_dir(libexec);
	return arena_printf(&s->wf.arena, SV_FMT "/share/cwflow", SV_ARG(prefix));
}

static int run_plan(struct session *s)
{
	struct run r = {.s = s};
	struct run_classes classes;
	struct cluster_run cluster;
	struct run_result result = {0};
	struct run_options o = {.cores = (uint32_t)s->cores,
		.tools_dir = s->tools_dir.len ? s->tools_dir.buf : NULL,
		.state_dir = STATE_DIR,
		.keep_incomplete = s->o.keep_incomplete,
		.notemp = s->o.notemp,
		.always_shell = s->o.always_shell,
		.source = {.ctx = &r,
			.begin = begin_records,
			.admit = admit_job,
			.grow = grow,
			.catch_up = catch_up,
			.may_grow = may_grow,
			.name = job_name,
			.build = build_spec,
			.starting = job_starting,
			.ended = job_ended,
			.reason = reason_of,
			.keeps_temp = keeps_temp}};
	o.latency_wait_s = s->values.latency_wait_s;
	strbuf_init(&r.reason);
	job_context_init(&r.context, &s->dag, &s->sink);
	r.context.cores = s->cores;
	r.context.enforce = s->o.enforce;
	if (pilot_workers() && r.context.cores > pilot_most_cores()) {
		r.context.cores = pilot_most_cores(); /* a job is on one host */
	}
	r.context.remote = s->cluster.on;
	r.context.remote_cores = s->cluster.max_threads;
	cluster_run_init(&cluster, s, &r.context, &o);
	r.context.write_file = job_scratch_write;
	r.context.write_ctx = &r.scratch;
	job_scratch_init(&r.scratch, s->wf.workdir);
	r.context.share_dir = share_dir(s);
	r.context.container_program = s->o.container_program;
	r.failed = xcalloc(s->wf.rule_count, 1);
	int rc = EXIT_WRONG;
	plan_link(&s->plan);
	recorder_init(&r.recorder, s->records, &s->plan, s->arguments.buf, s->wf.file);
	r.recorder.keep_incomplete = s->o.keep_incomplete;
	r.recorder.sync = s->o.sync;
	r.classes = &classes;
	cluster.classes = &classes;
	if (run_classes_make(&classes, s, &r.context) == 0 &&
		(o.reporter = make_reporter(
			 s, r.recorder.records ? &r.recorder.run : NULL))) {
		o.graph = &classes.graph;
		growth_init(&r.growth, s, &classes, &r.recorder);
		session_tell(s); /* warnings, before the first line of the run */
		spare_memory(s, true);
		if (run_jobs(&o, &result) == 0) {
			rc = s->wrong ? EXIT_WRONG : exit_status(&result);
		} else {
			diag_system(&s->sink, "CW-E306", errno, ".", "run jobs in");
			rc = EXIT_FAILED;
		}
		if (r.begun) {
			recorder_end(&r.recorder, rc);
		}
		note_failed_rules(&r);
		o.reporter->free(o.reporter);
		growth_release(&r.growth);
	}
	recorder_release(&r.recorder);
	run_classes_release(&classes);
	job_context_release(&r.context);
	strbuf_release(&r.reason);
	free(r.failed);
	return rc;
}

/* Targets that no job makes: sources that are there. */
static void tell_sources(struct session *s)
{
	for (size_t i = 0; i < s->dag.targets.n; i++) {
		uint32_t file = s->dag.targets.v[i];
		if (s->dag.producer[file] == DAG_NONE) {
			fprintf(stderr,
				"\"" SV_FMT "\" is a source file: no rule makes it\n",
				SV_ARG(dag_path(&s->dag, file)));
		}
	}
}

static void tell_unfinished(struct session *s)
{
	uint32_t n = s->plan.unfinished_count;
	if (n && !s->o.quiet) {
		fprintf(stderr,
			"%u job%s that an earlier run left unfinished %s made again\n",
			(unsigned)n, n == 1 ? "" : "s", n == 1 ? "is" : "are");
	}
}

/* Records go in before the lock does. */
static int close_records(struct session *s, int rc)
{
	int closed = records_free(s->records, s);
	s->records = NULL;
	return closed != 0 && rc == EXIT_DONE ? EXIT_FAILED : rc;
}

/* One round: all that can run with what is known of inputs. */
static int run_round(struct session *s)
{
	session_tell(s);
	if (!s->round) {
		tell_sources(s);
		tell_unfinished(s);
	}
	s->again = false;
	if (s->plan.wanted_count) {
		return run_plan(s);
	}
	records_keep_stamps(s->records, &s->plan);
	if (!s->o.quiet && !s->round) {
		fprintf(stderr, "nothing to be done\n");
	}
	return tell_nothing(s);
}

static int run_rounds(struct session *s)
{
	for (;;) {
		int rc = run_round(s);
		if (rc != EXIT_DONE || !s->again) {
			return rc;
		}
		rounds_forget(s);
		s->round++;
		rc = rounds_plan(s, STATE_RUN);
		if (rc != EXIT_DONE) {
			return rc;
		}
	}
}

/* Events that somebody waits for and that are lost; a reader that went wants no more. */
static int tell_events(struct session *s, int rc)
{
	if (!s->events_fault || s->events_fault == EPIPE) {
		return rc;
	}
	diag_system(&s->sink, "CW-E302", s->events_fault,
		strcmp(s->o.events, "-") == 0 ? "standard output" : s->o.events,
		"write events to");
	return rc == EXIT_DONE ? EXIT_FAILED : rc;
}

/* A hook that fails makes a run fail that did not. */
static int call_hook(struct session *s, const struct hook *hook, const char *name, int rc)
{
	session_tell(s);
	if (hook_run(&s->sink, &s->wf, hook, name, RUN_LOG, s->failed, s->failed_count) !=
		0) {
		return rc == EXIT_DONE ? EXIT_FAILED : rc;
	}
	return rc;
}

static int build_and_run(struct session *s)
{
	touch_targets(s);
	int rc = rounds_plan(s, STATE_RUN);
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (s->o.touch || s->o.accept.n) {
		return touch_outputs(s);
	}
	rc = refuse_missing_scripts(s);
	if (rc != EXIT_DONE || (rc = refuse_protected(s, false)) != EXIT_DONE) {
		return rc;
	}
	bool works = s->plan.wanted_count > 0;
	if (works) {
		open_run_log(s); /* {log} of the first hook is there */
		rc = call_hook(s, &s->wf.onstart, "onstart", rc);
	}
	rc = rc == EXIT_DONE ? tell_events(s, run_rounds(s)) : rc;
	if (!s->o.notemp) {
		temp_sweep(s);
	}
	if (works && rc == EXIT_DONE) {
		rc = call_hook(s, &s->wf.onsuccess, "onsuccess", rc);
	} else if (works) {
		rc = call_hook(s, &s->wf.onerror, "onerror", rc);
	}
	return rc;
}

int cmd_run(struct session *s)
{
	struct lockfile lock = LOCKFILE_INIT;
	int rc = make_state_dir(s);
	if (rc == EXIT_DONE) {
		rc = run_lock_take(s, &lock);
	}
	if (rc == EXIT_DONE) {
		/* what a killed run left, before anything is looked at */
		job_files_recover(STATE_DIR);
		rc = cluster_run_recover(s, &s->has_live_jobs);
	}
	if (rc == EXIT_DONE) {
		rc = close_records(s, build_and_run(s));
	}
	lockfile_release(&lock);
	return rc;
}
