#include "cli/redact_sink.h"

#include "base/xalloc.h"
#include "state/redact.h"
#include "workflow/workflow.h"

struct redact_sink {
	struct reporter base;
	struct reporter *to;
	const struct workflow *wf;
	struct strbuf output, tail, reason, text;
};

void redact_text(const struct workflow *wf, struct strbuf *text)
{
	redact_urls(text);
	for (uint32_t i = 0; i < wf->envvar_count; i++) {
		char *name = xmemdup0(wf->envvars[i].p, wf->envvars[i].n);
		const char *value = getenv(name);
		struct strview secret = sv_from(value ? value : "");
		redact_values(text, &secret, 1);
		free(name);
	}
}

/* The text without secrets, in `scratch` where it may hold any. */
static struct strview clean(
	const struct redact_sink *s, struct strbuf *scratch, struct strview text)
{
	if (!text.n || (!s->wf->envvar_count && !memchr(text.p, '@', text.n))) {
		return text;
	}
	strbuf_reset(scratch);
	strbuf_addsv(scratch, text);
	redact_text(s->wf, scratch);
	return strbuf_sv(scratch);
}

static const char *clean_words(
	const struct redact_sink *s, struct strbuf *scratch, const char *words)
{
	return words ? clean(s, scratch, sv_from(words)).p : NULL;
}

static void redact_event(struct reporter *r, const struct run_event *e)
{
	struct redact_sink *s = (struct redact_sink *)r;
	struct run_event plain = *e;
	plain.output = clean(s, &s->output, e->output);
	plain.log_tail = clean(s, &s->tail, e->log_tail);
	plain.reason = clean_words(s, &s->reason, e->reason);
	plain.text = clean_words(s, &s->text, e->text);
	s->to->event(s->to, &plain);
}

static void redact_tick(struct reporter *r, int64_t now_ns)
{
	struct redact_sink *s = (struct redact_sink *)r;
	if (s->to->tick) {
		s->to->tick(s->to, now_ns);
	}
}

static void redact_free(struct reporter *r)
{
	struct redact_sink *s = (struct redact_sink *)r;
	s->to->free(s->to);
	strbuf_release(&s->output);
	strbuf_release(&s->tail);
	strbuf_release(&s->reason);
	strbuf_release(&s->text);
	free(s);
}

struct reporter *redact_sink_new(struct reporter *to, const struct workflow *wf)
{
	struct redact_sink *s = xcalloc(1, sizeof(*s));
	s->base = (struct reporter){redact_event, redact_tick, redact_free};
	s->to = to;
	s->wf = wf;
	strbuf_init(&s->output);
	strbuf_init(&s->tail);
	strbuf_init(&s->reason);
	strbuf_init(&s->text);
	return &s->base;
}
