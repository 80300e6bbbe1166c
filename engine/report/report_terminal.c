#include "base/diag.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "report/event_text.h"
#include "report/line_printer.h"
#include "report/reporter.h"
#include "sys/term.h"

#define SECOND INT64_C(1000000000)

enum { REDRAW_MS = 100, SAMPLES = 32, MOST_RULES = 3 };

/* How many jobs of a rule are running. */
struct rule_count {
	char *rule; /* owned */
	uint32_t running;
};

/* Jobs done by a second of the run. */
struct sample {
	int64_t ns;
	uint32_t done;
};

struct terminal {
	struct reporter base;
	struct line_printer printer;
	struct event_text text;
	struct strbuf lines, live;
	VEC(struct rule_count) rules;
	uint32_t total, done, failed, running;
	bool stopping;
	struct sample samples[SAMPLES]; /* ring, about one a second */
	unsigned sample_count;
	int64_t drawn_ns;
};

static struct terminal *terminal_of(struct reporter *r)
{
	return (struct terminal *)r;
}

static void count_rule(struct terminal *t, const char *rule, int change)
{
	if (!rule) {
		return;
	}
	for (size_t i = 0; i < t->rules.n; i++) {
		struct rule_count *c = &t->rules.v[i];
		if (strcmp(c->rule, rule) != 0) {
			continue;
		}
		if (change > 0) {
			c->running++;
		} else if (c->running) {
			c->running--;
		}
		return;
	}
	if (change > 0) {
		vec_push(&t->rules, (struct rule_count){xstrdup(rule), 1});
	}
}

/* Jobs a second over the last half minute; 0: not known yet. */
static double rate(const struct terminal *t, int64_t now)
{
	if (t->sample_count == 0) {
		return 0;
	}
	unsigned first = t->sample_count > SAMPLES ? t->sample_count % SAMPLES : 0;
	const struct sample *s = &t->samples[first];
	double seconds = (double)(now - s->ns) / (double)SECOND;
	return seconds > 0.2 ? (double)(t->done - s->done) / seconds : 0;
}

static void take_sample(struct terminal *t, int64_t now)
{
	if (t->sample_count) {
		const struct sample *last = &t->samples[(t->sample_count - 1) % SAMPLES];
		if (now - last->ns < SECOND) {
			return;
		}
	}
	t->samples[t->sample_count++ % SAMPLES] = (struct sample){now, t->done};
}

/* "3 count_words, 1 zipf_test" */
static void add_rules(struct terminal *t, struct strbuf *out)
{
	unsigned shown = 0;
	for (size_t i = 0; i < t->rules.n; i++) {
		const struct rule_count *c = &t->rules.v[i];
		if (c->running == 0) {
			continue;
		}
		if (shown == MOST_RULES) {
			strbuf_addstr(out, ", ...");
			break;
		}
		strbuf_addstr(out, shown++ ? ", " : "");
		strbuf_addf(out, "%u ", c->running);
		escape_for_terminal(out, sv_from(c->rule));
	}
}

/* The line: with the names of the rules, or, where there is little room, their number. */
static void compose(struct terminal *t, int64_t now, bool names)
{
	struct strbuf *s = &t->live;
	strbuf_reset(s);
	unsigned percent =
		t->total ? (unsigned)((uint64_t)t->done * 100 / t->total) : 100;
	strbuf_addf(s, "%u/%u (%u%%)", t->done, t->total, percent);
	if (t->failed) {
		strbuf_addf(s, " | %u failed", t->failed);
	}
	if (t->running && names) {
		strbuf_addstr(s, t->stopping ? " | stopping: " : " | running: ");
		add_rules(t, s);
	} else if (t->running) {
		strbuf_addf(
			s, " | %u %s", t->running, t->stopping ? "stopping" : "running");
	}
	double per_s = rate(t, now);
	if (per_s > 0) {
		strbuf_addf(s, per_s < 9.95 ? " | %.1f/s" : " | %.0f/s", per_s);
		double left = (double)(t->total - t->done - t->failed) / per_s;
		if (!t->stopping && left >= 1) {
			strbuf_addstr(s, " | ");
			event_text_whole_seconds(s, left);
			strbuf_addstr(s, " left");
		}
	}
}

static void draw(struct terminal *t, int64_t now)
{
	unsigned width = term_width(t->printer.fd);
	compose(t, now, true);
	if (utf8_width(strbuf_sv(&t->live)) >= width) {
		compose(t, now, false);
	}
	line_printer_live(&t->printer, strbuf_sv(&t->live), width);
	t->drawn_ns = now;
}

static void terminal_event(struct reporter *r, const struct run_event *e)
{
	struct terminal *t = terminal_of(r);
	t->total = e->total;
	t->done = e->done;
	t->failed = e->failed;
	t->running = e->running;
	switch (e->kind) {
	case EVENT_JOB_STARTED:
		count_rule(t, e->rule, 1);
		break;
	case EVENT_JOB_FINISHED:
	case EVENT_JOB_FAILED:
	case EVENT_JOB_RETRIED:
		count_rule(t, e->rule, -1);
		break;
	case EVENT_INTERRUPTED:
		t->stopping = true;
		break;
	case EVENT_RUN_FINISHED:
		line_printer_live(&t->printer, SV(""), 80);
		break;
	case EVENT_RUN_STARTED:
	case EVENT_JOB_READY:
	case EVENT_JOB_SKIPPED:
	case EVENT_MESSAGE:
		break;
	}
	event_text_add(&t->text, &t->lines, e);
	if (t->lines.len) {
		line_printer_lines(&t->printer, strbuf_sv(&t->lines));
		strbuf_reset(&t->lines);
		if (t->lines.cap > 1 << 20) {
			strbuf_release(&t->lines);
		}
	}
}

static void terminal_tick(struct reporter *r, int64_t now_ns)
{
	struct terminal *t = terminal_of(r);
	take_sample(t, now_ns);
	if (now_ns - t->drawn_ns >= (REDRAW_MS - 10) * (SECOND / 1000)) {
		draw(t, now_ns);
	}
}

static void terminal_free(struct reporter *r)
{
	struct terminal *t = terminal_of(r);
	line_printer_release(&t->printer);
	for (size_t i = 0; i < t->rules.n; i++) {
		free(t->rules.v[i].rule);
	}
	vec_release(&t->rules);
	strbuf_release(&t->lines);
	strbuf_release(&t->live);
	free(t);
}

struct reporter *report_terminal_new(const struct report_options *o)
{
	struct terminal *t = xcalloc(1, sizeof(*t));
	t->base = (struct reporter){terminal_event, terminal_tick, terminal_free};
	line_printer_init(&t->printer, o->fd);
	event_text_init(&t->text, o);
	t->text.terse = true;
	strbuf_init(&t->lines);
	strbuf_init(&t->live);
	return &t->base;
}
