#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/xalloc.h"
#include "report/line_printer.h"
#include "report/reporter.h"

/* One JSON object a line and event, written when time passes and at the end. */
struct json_sink {
	struct reporter base;
	int fd;
	int *fault;
	struct strbuf out;
};

enum { FLUSH_AT = 64 * 1024 };

static const char *name_of(enum run_event_kind kind)
{
	switch (kind) {
	case EVENT_RUN_STARTED:
		return "run_started";
	case EVENT_JOB_READY:
		return "job_ready";
	case EVENT_JOB_STARTED:
		return "job_started";
	case EVENT_JOB_FINISHED:
		return "job_finished";
	case EVENT_JOB_FAILED:
		return "job_failed";
	case EVENT_JOB_RETRIED:
		return "job_retried";
	case EVENT_JOB_SKIPPED:
		return "job_skipped";
	case EVENT_MESSAGE:
		return "message";
	case EVENT_INTERRUPTED:
		return "interrupted";
	case EVENT_RUN_FINISHED:
		return "run_finished";
	}
	return "unknown";
}

static void flush(struct json_sink *s)
{
	if (s->out.len && s->fd >= 0 && !line_printer_write(s->fd, strbuf_sv(&s->out))) {
		*s->fault = errno; /* a full disk or a reader gone: no more events */
		close(s->fd);
		s->fd = -1;
	}
	strbuf_reset(&s->out);
}

/* The time in UTC to the millisecond. */
static void add_time(struct json_writer *j, int64_t ns)
{
	time_t s = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[40];
	gmtime_r(&s, &tm);
	size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%03dZ", (int)(ns / 1000000 % 1000));
	json_key_string(j, "time", sv_from(text));
}

static void add_names(
	struct json_writer *j, const char *key, const char *const *names, uint32_t n)
{
	if (n == 0) {
		return;
	}
	json_key(j, key);
	json_array(j);
	for (uint32_t i = 0; i < n; i++) {
		json_string(j, sv_from(names[i]));
	}
	json_end(j);
}

static void add_text(struct json_writer *j, const char *key, const char *text)
{
	if (text) {
		json_key_string(j, key, sv_from(text));
	}
}

static void add_job(struct json_writer *j, const struct run_event *e)
{
	json_key_int(j, "job", e->job);
	json_key_int(j, "attempt", e->attempt);
	add_text(j, "rule", e->rule);
	add_text(j, "wildcards", e->wildcards);
	add_text(j, "reason", e->reason);
	if (e->kind == EVENT_JOB_STARTED) {
		json_key_int(j, "threads", e->threads);
	}
	if (e->kind == EVENT_JOB_STARTED || e->kind == EVENT_JOB_FAILED) {
		add_text(j, "command", e->command);
	}
	if (e->kind != EVENT_JOB_READY && e->kind != EVENT_JOB_STARTED &&
		e->kind != EVENT_JOB_SKIPPED) {
		json_key_double(j, "seconds", e->seconds);
		json_key_int(j, "printed", (int64_t)e->output_size);
	}
	add_names(j, "output", e->outputs, e->output_count);
	add_names(j, "log", e->logs, e->log_count);
}

static void json_event(struct reporter *r, const struct run_event *e)
{
	struct json_sink *s = (struct json_sink *)r;
	struct json_writer j;
	if (s->fd < 0) {
		return;
	}
	json_init(&j, &s->out);
	json_object(&j);
	json_key_string(&j, "event", sv_from(name_of(e->kind)));
	add_time(&j, e->time_ns);
	bool of_job = e->kind >= EVENT_JOB_READY && e->kind <= EVENT_JOB_SKIPPED;
	if (of_job) {
		add_job(&j, e);
	}
	if (e->kind == EVENT_RUN_STARTED) {
		json_key_int(&j, "cores", e->threads);
	}
	add_text(&j, "text", e->text);
	json_key_int(&j, "total", e->total);
	json_key_int(&j, "done", e->done);
	json_key_int(&j, "failed", e->failed);
	json_key_int(&j, "running", e->running);
	json_end(&j);
	strbuf_addch(&s->out, '\n');
	if (s->out.len > FLUSH_AT || !of_job) {
		flush(s);
	}
}

static void json_tick(struct reporter *r, int64_t now_ns)
{
	(void)now_ns;
	flush((struct json_sink *)r);
}

static void json_free(struct reporter *r)
{
	struct json_sink *s = (struct json_sink *)r;
	flush(s);
	if (s->fd >= 0 && close(s->fd) != 0) {
		*s->fault = errno;
	}
	strbuf_release(&s->out);
	free(s);
}

struct reporter *report_json_new(const char *path, bool more, int *fault)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
	int fd = strcmp(path, "-") == 0
			 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
			 : open(path, flags | (more ? O_APPEND : O_TRUNC), 0666);
	if (fd < 0) {
		return NULL;
	}
	struct json_sink *s = xcalloc(1, sizeof(*s));
	s->base = (struct reporter){json_event, json_tick, json_free};
	s->fd = fd;
	s->fault = fault;
	strbuf_init(&s->out);
	return &s->base;
}
