#include "exec/executor.h"
#include "sched/job_words.h"
#include "sched/run_impl.h"
#include "sys/fs.h"

enum { LOG_TAIL = 16 * 1024 };

void run_tell(struct run *r, struct run_event *e)
{
	struct sched_counts c = scheduler_counts(r->sched);
	e->time_ns = clock_wall_ns(&clock_real);
	e->total = c.wanted;
	e->done = c.succeeded + c.skipped;
	e->failed = c.failed;
	e->running = c.running;
	e->blocked = c.blocked;
	e->left = c.wanted - c.succeeded - c.skipped - c.failed - c.running - c.blocked;
	r->o->reporter->event(r->o->reporter, e);
}

/* An event about `a`, with what is known of its spec. */
static struct run_event event_of(
	struct run *r, const struct active *a, enum run_event_kind kind)
{
	const struct job_spec *s = &a->spec;
	struct run_event e = {
		.kind = kind,
		.job = a->job,
		.attempt = s->attempt,
		.rule = s->rule,
		.wildcards = s->wildcards,
		.message = s->message,
		.threads = s->threads,
		.logs = s->logs,
		.log_count = s->log_count,
	};
	if (kind == EVENT_JOB_STARTED && r->o->source.reason) {
		e.reason = r->o->source.reason(r->o->source.ctx, a->job);
	}
	strbuf_reset(&r->command);
	job_words_command(&r->command, s);
	e.command = r->command.len ? r->command.buf : NULL;
	return e;
}

void run_tell_of(struct run *r, const struct active *a, enum run_event_kind kind)
{
	struct run_event e = event_of(r, a, kind);
	run_tell(r, &e);
}

void run_tell_ended(struct run *r, const struct active *a,
	const struct job_result *result, enum run_event_kind kind)
{
	struct run_event e = event_of(r, a, kind);
	struct strbuf tail = STRBUF_INIT;
	const char **outputs = NULL;
	e.seconds = result->usage.seconds;
	e.output = result->output;
	e.output_size = result->output_size;
	if (kind != EVENT_JOB_FINISHED) {
		strbuf_reset(&r->words);
		job_words_outcome(&r->words, &a->spec, result);
		e.reason = r->words.buf;
		outputs = xcalloc(a->spec.output_count, sizeof(*outputs));
		for (uint32_t i = 0; i < a->spec.output_count; i++) {
			outputs[i] = a->spec.outputs[i].path;
		}
		e.outputs = outputs;
		e.output_count = a->spec.output_count;
		if (a->spec.log_count) {
			fs_read_tail(a->spec.logs[0], LOG_TAIL, &tail);
		}
		e.log_tail = strbuf_sv(&tail);
	}
	run_tell(r, &e);
	free(outputs);
	strbuf_release(&tail);
}

void run_tell_dropped(struct run *r, const struct run_drop *d)
{
	struct arena arena = ARENA_INIT;
	struct job_spec spec = {.job = d->job, .rule = "", .wildcards = ""};
	r->o->source.name(r->o->source.ctx, d->job, &arena, &spec);
	struct run_event e = {.kind = EVENT_JOB_FAILED,
		.job = d->job,
		.attempt = 1,
		.rule = spec.rule,
		.wildcards = spec.wildcards,
		.reason = "its inputs cannot be worked out",
		.output = sv_from(d->words)};
	e.output_size = e.output.n;
	run_tell(r, &e);
	arena_release(&arena);
}

void run_tell_waiting(struct run *r, const struct active *a)
{
	struct strbuf text = STRBUF_INIT;
	strbuf_addf(&text,
		"rule %s%s%s: %s; waiting up to %lld s for the file system to "
		"show it",
		a->spec.rule, *a->spec.wildcards ? " " : "", a->spec.wildcards,
		r->words.buf, (long long)r->o->latency_wait_s);
	struct run_event e = {.kind = EVENT_MESSAGE, .text = text.buf};
	run_tell(r, &e);
	strbuf_release(&text);
}

void run_say(void *ctx, const char *text)
{
	struct run_event e = {.kind = EVENT_MESSAGE, .text = text};
	run_tell(ctx, &e);
}
