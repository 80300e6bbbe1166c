#include "cli/cluster_run.h"

#include <errno.h>
#include <unistd.h>

#include "cli/cluster_words.h"
#include "exec/cluster_files.h"
#include "exec/pilot.h"
#include "sched/aside.h"
#include "sys/clock.h"

#define GRACE_NS (5 * NS_PER_S)
#define SILENCE_NS (20 * NS_PER_S)

extern char **environ;

bool cluster_takes(const struct session *s, uint32_t job)
{
	const struct rule *rule = dag_rule(&s->dag, job);
	return s->cluster.on && !rule->localrule && rule->command_kind != RULE_NOTHING;
}

static int submit_words(void *ctx, const struct submit_request *q, struct strbuf *out,
	struct strbuf *error)
{
	struct cluster_run *c = ctx;
	return cluster_words_submit(&c->s->cluster, c->context, q, out, error);
}

static int status_words(void *ctx, const char *const *ids, uint32_t count,
	struct strbuf *out, struct strbuf *error)
{
	struct cluster_run *c = ctx;
	const struct cluster_settings *settings = &c->s->cluster;
	return cluster_words_ids(settings, &settings->status, ids, count, out, error);
}

static int cancel_words(void *ctx, const char *const *ids, uint32_t count,
	struct strbuf *out, struct strbuf *error)
{
	struct cluster_run *c = ctx;
	const struct cluster_settings *settings = &c->s->cluster;
	return cluster_words_ids(settings, &settings->cancel, ids, count, out, error);
}

static bool is_local(void *ctx, uint32_t job)
{
	const struct cluster_run *c = ctx;
	return !cluster_takes(c->s, job);
}

static bool is_localrule(void *ctx, uint32_t job)
{
	const struct cluster_run *c = ctx;
	return dag_rule(&c->s->dag, job)->localrule;
}

static bool is_remote(void *ctx, uint32_t job)
{
	return !is_local(ctx, job);
}

/* What the job asks for as its time, in minutes; 0: nothing, or no number. */
static int64_t runtime_of(const struct cluster_run *c, uint32_t job, uint32_t attempt)
{
	const struct rule *rule = dag_rule(&c->s->dag, job);
	struct arena arena = ARENA_INIT;
	struct job_values v;
	struct render_error err = {0};
	struct value value = {.kind = VALUE_INT};
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		if (sv_eq_str(rule->resources[k].name, "runtime") &&
			(job_values_init(&v, c->context, &arena, job, attempt) != 0 ||
				job_resource(&v, k, &value, &err) != 0)) {
			value = (struct value){.kind = VALUE_INT};
		}
	}
	arena_release(&arena);
	return value.kind == VALUE_INT && value.i > 0 ? value.i : 0;
}

static void pack_of(void *ctx, uint32_t job, uint32_t attempt, struct pack_wish *ret)
{
	const struct cluster_run *c = ctx;
	const struct rule *rule = dag_rule(&c->s->dag, job);
	const struct cluster_settings *settings = &c->s->cluster;
	*ret = (struct pack_wish){.kind = rule->index,
		.most = rule->bundle ? rule->bundle : 1,
		.expected_s = -1};
	if (settings->bundle_minutes && ret->most == 1 && c->classes->expected) {
		ret->expected_s = (double)c->classes->expected[job];
		ret->fill_s = (double)settings->bundle_minutes * 60;
	}
	if (settings->array || ret->most > 1 || ret->fill_s > 0) {
		ret->runtime_s = runtime_of(c, job, attempt) * 60;
	}
}

static struct executor *make(void *ctx, struct loop *loop, struct executor *local,
	void (*say)(void *say_ctx, const char *text), void *say_ctx)
{
	struct cluster_run *c = ctx;
	const struct cluster_settings *settings = &c->s->cluster;
	struct cluster_options o = {.loop = loop,
		.dir = CLUSTER_DIR,
		.workdir = c->workdir.buf,
		.tools_dir = c->s->tools_dir.len ? c->s->tools_dir.buf : NULL,
		.environ_from = environ,
		.commands = {.ctx = c,
			.submit = submit_words,
			.status = settings->status.text.p ? status_words : NULL,
			.cancel = settings->cancel.text.p ? cancel_words : NULL,
			.status_one_by_one = settings->status_one_by_one,
			.is_local = is_local,
			.pack_of = pack_of},
		.states = settings->states,
		.id_pattern = settings->id_pattern,
		.array_id = settings->array ? settings->array_id : NULL,
		.array_from_zero = settings->array_from_zero,
		.array_most = (uint32_t)settings->array_most,
		.submissions_most = settings->jobs,
		.submits_per_second = settings->submits_per_second,
		.statuses_per_second = settings->statuses_per_second,
		.latency_ns = c->latency_s * NS_PER_S,
		.lost_ns = settings->lost_s * NS_PER_S,
		.say = say,
		.say_ctx = say_ctx,
		.local = local};
	if (cluster_journal_read(CLUSTER_DIR, &o.found) != 0) {
		return NULL;
	}
	c->executor = executor_cluster_new(&o);
	if (!c->executor) {
		cluster_entries_release(&o.found);
	}
	return c->executor;
}

/* Jobs on the other ranks of an MPI program. */
static struct executor *make_pilot(void *ctx, struct loop *loop, struct executor *local,
	void (*say)(void *say_ctx, const char *text), void *say_ctx)
{
	struct cluster_run *c = ctx;
	struct pilot_options o = {.loop = loop,
		.workdir = c->workdir.buf,
		.tools_dir = c->s->tools_dir.len ? c->s->tools_dir.buf : NULL,
		.spill_dir = STATE_DIR,
		.grace_ns = c->grace_ns,
		.silence_ns = SILENCE_NS,
		.is_local = is_localrule,
		.is_local_ctx = c,
		.say = say,
		.say_ctx = say_ctx,
		.local = local};
	return pilot_executor_new(&o);
}

static void interrupted(void *ctx, int times, struct strbuf *out)
{
	struct cluster_run *c = ctx;
	unsigned n = c->executor ? executor_cluster_live(c->executor) : 0;
	const char *s = n == 1 ? "" : "s";
	if (times == 1) {
		strbuf_addf(out,
			"interrupted: nothing more is submitted, %u job%s with the scheduler "
			"%s waited for; Ctrl-C again cancels",
			n, s, n == 1 ? "is" : "are");
	} else if (times == 2) {
		strbuf_addf(out,
			"interrupted: %u job%s with the scheduler %s cancelled; Ctrl-C again "
			"leaves them to run",
			n, s, n == 1 ? "is" : "are");
	} else {
		strbuf_addf(out,
			"interrupted: %u job%s left with the scheduler; the next run here "
			"finds them",
			n, s);
	}
}

void cluster_run_init(struct cluster_run *c, struct session *s,
	struct job_context *context, struct run_options *o)
{
	*c = (struct cluster_run){.s = s, .context = context, .workdir = s->workdir};
	c->latency_s = o->latency_wait_s;
	if (!s->cluster.on && pilot_workers()) {
		o->remote = (struct run_remote){.ctx = c, .make = make_pilot};
		c->grace_ns = o->grace_ns > 0 ? o->grace_ns : GRACE_NS;
	}
	if (!s->cluster.on) {
		return;
	}
	o->remote = (struct run_remote){.ctx = c,
		.make = make,
		.is_remote = is_remote,
		.state_dir = CLUSTER_DIR,
		.interrupted = interrupted};
}

/* Whether `path` is an output of a submission that may still be there. */
static bool is_live_output(void *ctx, const char *path)
{
	const struct cluster_entries *e = ctx;
	for (size_t i = 0; i < e->list.n; i++) {
		for (size_t k = 0; k < e->list.v[i].outputs.n; k++) {
			if (strcmp(e->list.v[i].outputs.v[k], path) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* Without a cluster nobody waits for what is there: those that ended are forgotten, those
 * that have not begun never will. How many are left, with their ids. */
static uint32_t settle(struct cluster_entries *e, struct strbuf *ids)
{
	uint32_t left = 0;
	for (size_t i = 0; i < e->list.n; i++) {
		struct cluster_entry *n = &e->list.v[i];
		struct jobscript_status status;
		if (cluster_read_status(CLUSTER_DIR, n->tag, &status) == 0 ||
			cluster_claim(CLUSTER_DIR, n->tag)) {
			n->ended = true;
		} else {
			strbuf_addf(
				ids, "%s%s", left ? " " : "", n->id ? n->id : n->name);
			left++;
		}
	}
	return left;
}

int cluster_run_recover(struct session *s, bool *ret_live)
{
	struct cluster_entries found = {0};
	struct strbuf ids = STRBUF_INIT;
	int rc = EXIT_DONE;
	*ret_live = false;
	if (access(CLUSTER_DIR, F_OK) != 0) {
		return EXIT_DONE;
	}
	if (cluster_journal_read(CLUSTER_DIR, &found) != 0) {
		diag_system(&s->sink, "CW-E320", errno, CLUSTER_DIR "/journal", "read");
		rc = EXIT_FAILED;
	} else if (found.list.n && !s->cluster.on) {
		uint32_t left = settle(&found, &ids);
		if (left) {
			diag_error(&s->sink, "CW-E321", (struct span){0},
				"%u job%s of an earlier run %s still with a scheduler: %s",
				left, left == 1 ? "" : "s", left == 1 ? "is" : "are",
				ids.buf);
			diag_note(&s->sink, (struct span){0},
				"run with the same --profile to wait for them; or cancel "
				"them, and when they are gone remove " CLUSTER_DIR);
			rc = EXIT_FAILED;
		}
	}
	*ret_live = found.list.n > 0;
	if (rc == EXIT_DONE && !s->cluster.on && found.list.n) {
		struct cluster_journal journal;
		struct cluster_entries none = {0};
		if (cluster_journal_open(&journal, CLUSTER_DIR, &none) == 0) {
			cluster_journal_close(&journal);
		}
		aside_recover(CLUSTER_DIR);
		*ret_live = false;
	} else if (rc == EXIT_DONE) {
		aside_recover_others(CLUSTER_DIR, is_live_output, &found);
	}
	cluster_entries_release(&found);
	strbuf_release(&ids);
	return rc;
}
