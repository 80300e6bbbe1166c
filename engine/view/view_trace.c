/* --trace: the jobs of a run along a line of time, for chrome://tracing and Perfetto. */
#include "base/json_writer.h"
#include "view/last_run.h"
#include "view/out.h"
#include "view/view_records.h"

struct trace {
	struct state *s;
	struct last_run run;
	struct json_writer j;
	struct strbuf text;
	FILE *to;
	int rc;
};

static double microseconds(int64_t ns)
{
	return (double)ns / 1000;
}

/* What is known of a good attempt and of a failed one. */
struct attempt_words {
	struct strview rule, wildcards, command, log;
	uint32_t attempt;
};

/* What all bars have: name, kind, place, and the begin of what is shown of one. */
static void add_bar(
	struct trace *t, const struct run_bar *bar, const struct attempt_words *w)
{
	struct json_writer *j = &t->j;
	struct strbuf name = STRBUF_INIT;
	strbuf_addsv(&name, w->rule);
	if (w->wildcards.n) {
		strbuf_addf(&name, " " SV_FMT, SV_ARG(w->wildcards));
	}
	json_object(j);
	json_key_string(j, "name", strbuf_sv(&name));
	json_key_string(j, "cat", w->rule);
	json_key_string(j, "ph", SV("X"));
	json_key_double(j, "ts", microseconds(bar->start_ns - t->run.begin_ns));
	json_key_double(j, "dur", microseconds(bar->end_ns - bar->start_ns));
	json_key_int(j, "pid", 1);
	json_key_int(j, "tid", bar->lane + 1);
	if (bar->failure != STATE_NONE) {
		json_key_string(j, "cname", SV("terrible")); /* Chrome's red */
	}
	json_key(j, "args");
	json_object(j);
	json_key_string(j, "rule", w->rule);
	json_key_string(j, "wildcards", w->wildcards);
	json_key_string(j, "command", w->command);
	json_key_int(j, "attempt", w->attempt);
	if (w->log.n) {
		json_key_string(j, "log", w->log);
	}
	strbuf_release(&name);
}

static void end_bar(struct trace *t)
{
	json_end(&t->j);
	json_end(&t->j);
	t->rc = flush(&t->text, t->to, FLUSH_AT);
}

static void put_job(void *ctx, const struct row_job *job)
{
	struct trace *t = ctx;
	if (job->id >= t->run.bar_of.n || t->run.bar_of.v[job->id] == STATE_NONE ||
		t->rc != 0) {
		return;
	}
	struct attempt_words w = {
		job->rule, job->wildcards, job->command, job->log, job->attempt};
	add_bar(t, &t->run.bars.v[t->run.bar_of.v[job->id]], &w);
	json_key_int(&t->j, "threads", job->threads);
	json_key_double(&t->j, "cpu_seconds", job->user_s + job->sys_s);
	json_key_int(&t->j, "max_rss_kb", job->max_rss_kb);
	end_bar(t);
}

/* Attempts that failed. */
static void put_failures(struct trace *t)
{
	for (size_t i = 0; i < t->run.bars.n && t->rc == 0; i++) {
		const struct run_bar *bar = &t->run.bars.v[i];
		if (bar->failure == STATE_NONE) {
			continue;
		}
		const struct failure *f = &t->run.failures.list.v[bar->failure];
		struct attempt_words w = {
			f->rule, f->wildcards, f->command, f->log, f->attempt};
		add_bar(t, bar, &w);
		json_key_string(&t->j, "failed", f->reason);
		end_bar(t);
	}
}

/* What a process or a thread is called. */
static void add_name(
	struct json_writer *j, const char *what, uint32_t tid, const char *name)
{
	json_object(j);
	json_key_string(j, "name", sv_from(what));
	json_key_string(j, "ph", SV("M"));
	json_key_int(j, "pid", 1);
	json_key_int(j, "tid", tid);
	json_key(j, "args");
	json_object(j);
	json_key_string(j, "name", sv_from(name));
	json_end(j);
	json_end(j);
}

static void add_names(struct trace *t)
{
	struct row_run run;
	struct strbuf name = STRBUF_INIT;
	strbuf_addstr(&name, "cwflow");
	if (state_run(t->s, t->run.last, &run) > 0) {
		strbuf_addf(&name, " " SV_FMT " on " SV_FMT, SV_ARG(run.arguments),
			SV_ARG(run.host));
	}
	add_name(&t->j, "process_name", 0, name.buf);
	for (uint32_t lane = 1; lane <= t->run.lanes; lane++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "slot %u", (unsigned)lane);
		add_name(&t->j, "thread_name", lane, name.buf);
	}
	strbuf_release(&name);
}

int view_trace(struct state *s, FILE *to)
{
	struct trace t = {.s = s, .to = to, .text = STRBUF_INIT};
	if (last_run_find(&t.run, s) != 0 || !t.run.bars.n) {
		last_run_release(&t.run);
		return 1;
	}
	json_init(&t.j, &t.text);
	json_object(&t.j);
	json_key_string(&t.j, "displayTimeUnit", SV("ms"));
	json_key(&t.j, "traceEvents");
	json_array(&t.j);
	add_names(&t);
	t.rc = state_each_job(s, put_job, &t) != 0 ? -1 : t.rc;
	put_failures(&t);
	json_end(&t.j);
	json_end(&t.j);
	strbuf_addch(&t.text, '\n');
	t.rc |= flush(&t.text, to, 0);
	strbuf_release(&t.text);
	last_run_release(&t.run);
	return t.rc;
}
