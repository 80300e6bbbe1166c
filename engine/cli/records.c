#include "cli/records.h"

#include "cli/session.h"

static uint32_t number_of(void *ctx, struct strview path)
{
	const struct dag *d = ctx;
	uint32_t file = intern_find(&d->paths, path.p, path.n);
	return file == INTERN_NONE ? STATE_NONE : file;
}

static struct strview path_of(void *ctx, uint32_t number)
{
	return dag_path(ctx, number);
}

int records_open(struct records **ret, struct session *s, enum state_mode mode)
{
	const char *off = getenv("CWFLOW_STATE"); /* to measure what records cost */
	*ret = NULL;
	if (off && strcmp(off, "off") == 0) {
		return 0;
	}
	struct records *r = xcalloc(1, sizeof(*r));
	struct state_names names = {number_of, path_of, &s->dag};
	struct strbuf note = STRBUF_INIT;
	int rc = state_open(&r->state, STATE_DIR, mode, &names, &note);
	if (rc != 0) {
		diag_error(&s->sink, "CW-E600", (struct span){0}, "%s", note.buf);
	} else if (note.len) {
		diag_warning(&s->sink, "CW-W600", (struct span){0}, "%s", note.buf);
	}
	strbuf_reset(&note);
	if (rc != 0 || (mode == STATE_LOOK && !r->state.found)) {
		state_close(&r->state, &note);
		free(r);
	} else {
		job_context_init(&r->context, &s->dag, &s->sink);
		fingerprinter_init(&r->fingerprints, &r->context);
		*ret = r;
	}
	strbuf_release(&note);
	return rc;
}

int records_free(struct records *r, struct session *s)
{
	struct strbuf note = STRBUF_INIT;
	int rc = 0;
	if (r) {
		rc = state_close(&r->state, &note);
		if (rc != 0) {
			diag_error(&s->sink, "CW-E601", (struct span){0}, "%s", note.buf);
		}
		fingerprinter_release(&r->fingerprints);
		job_context_release(&r->context);
		free(r);
	}
	strbuf_release(&note);
	return rc;
}
