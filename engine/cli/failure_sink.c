#include "cli/failure_sink.h"

#include "cli/redact_sink.h"
#include "cli/session.h"
#include "state/failures.h"

enum { TAIL_LINES = 20, TAIL_BYTES = 4096 };

struct failure_sink {
	struct reporter base;
	const struct row_run *run;
	const struct workflow *wf;
	struct failure_log log;
	struct strbuf tail, command;
};

static void put_redacted(
	struct failure_sink *sink, struct strbuf *text, struct strview words)
{
	strbuf_reset(text);
	strbuf_addsv(text, words);
	redact_text(sink->wf, text);
}

static void sink_event(struct reporter *r, const struct run_event *e)
{
	struct failure_sink *sink = (struct failure_sink *)r;
	if (e->kind != EVENT_JOB_FAILED && e->kind != EVENT_JOB_RETRIED) {
		return;
	}
	put_redacted(sink, &sink->tail, e->log_tail.n ? e->log_tail : e->output);
	put_redacted(sink, &sink->command, sv_from(e->command ? e->command : ""));
	struct failure f = {.run = sink->run->id,
		.attempt = e->attempt,
		.threads = e->threads,
		.again = e->kind == EVENT_JOB_RETRIED,
		.end_ns = e->time_ns,
		.seconds = e->seconds,
		.rule = sv_from(e->rule ? e->rule : ""),
		.wildcards = sv_from(e->wildcards ? e->wildcards : ""),
		.reason = sv_from(e->reason ? e->reason : ""),
		.command = strbuf_sv(&sink->command),
		.log = sv_from(e->log_count ? e->logs[0] : ""),
		.tail = failure_tail(strbuf_sv(&sink->tail), TAIL_LINES, TAIL_BYTES)};
	failure_log_put(&sink->log, &f);
}

static void sink_free(struct reporter *r)
{
	struct failure_sink *sink = (struct failure_sink *)r;
	failure_log_release(&sink->log);
	strbuf_release(&sink->tail);
	strbuf_release(&sink->command);
	free(sink);
}

struct reporter *failure_sink_new(struct session *s, const struct row_run *run)
{
	struct failure_sink *sink = xcalloc(1, sizeof(*sink));
	sink->base = (struct reporter){sink_event, NULL, sink_free};
	sink->run = run;
	sink->wf = &s->wf;
	failure_log_init(&sink->log, FAILURES_FILE, s->round == 0);
	strbuf_init(&sink->tail);
	strbuf_init(&sink->command);
	return &sink->base;
}
