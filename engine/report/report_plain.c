#include "base/strbuf.h"
#include "base/xalloc.h"
#include "report/event_text.h"
#include "report/line_printer.h"
#include "report/reporter.h"

/* Lines for files and pipes: one a finished job, in few writes. */
struct plain {
	struct reporter base;
	struct report_options o;
	bool broken; /* nobody reads any more */
	struct strbuf out;
	struct event_text text;
};

enum { FLUSH_AT = 32 * 1024 };

/* Writes what is there; a reader that went away is no reason to stop. */
static void flush(struct plain *p)
{
	if (!p->broken && !line_printer_write(p->o.fd, strbuf_sv(&p->out))) {
		p->broken = true;
	}
	strbuf_reset(&p->out);
}

static void plain_event(struct reporter *r, const struct run_event *e)
{
	struct plain *p = (struct plain *)r;
	event_text_add(&p->text, &p->out, e);
	switch (e->kind) {
	case EVENT_JOB_FAILED:
	case EVENT_JOB_RETRIED:
	case EVENT_MESSAGE:
	case EVENT_INTERRUPTED:
	case EVENT_RUN_FINISHED:
	case EVENT_RUN_STARTED:
		flush(p);
		break;
	case EVENT_JOB_READY:
	case EVENT_JOB_STARTED:
	case EVENT_JOB_FINISHED:
	case EVENT_JOB_SKIPPED:
		if (p->out.len > FLUSH_AT) {
			flush(p);
		}
		break;
	}
}

static void plain_tick(struct reporter *r, int64_t now_ns)
{
	(void)now_ns;
	flush((struct plain *)r);
}

static void plain_free(struct reporter *r)
{
	struct plain *p = (struct plain *)r;
	flush(p);
	strbuf_release(&p->out);
	free(p);
}

struct reporter *report_plain_new(const struct report_options *o)
{
	struct plain *p = xcalloc(1, sizeof(*p));
	p->base = (struct reporter){plain_event, plain_tick, plain_free};
	p->o = *o;
	strbuf_init(&p->out);
	event_text_init(&p->text, o);
	return &p->base;
}
