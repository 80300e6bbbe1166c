#include "pattern_kit.h"

void kit_init(struct kit *k)
{
	*k = (struct kit){.source = 0};
	source_set_init(&k->sources);
	diag_sink_init(&k->sink, &k->sources);
	arena_init(&k->arena);
	strbuf_init(&k->out);
}

void kit_release(struct kit *k)
{
	strbuf_release(&k->out);
	arena_release(&k->arena);
	diag_sink_release(&k->sink);
	source_set_release(&k->sources);
}

static struct span span_of(const void *ctx, size_t off, size_t len)
{
	const struct kit *k = ctx;
	return (struct span){k->source, (uint32_t)off, (uint32_t)len};
}

struct template_origin kit_origin(const struct kit *k)
{
	return (struct template_origin){span_of, k};
}

/* The errors reported since `from`, each with its place in the text. */
static void list_errors(struct kit *k, uint32_t from, struct strbuf *out)
{
	for (uint32_t i = from; i < k->sink.n; i++) {
		const struct diag *d = &k->sink.v[i];
		strbuf_addf(out, "%s%u-%u: %s", out->len ? "\n" : "", d->span.off + 1,
			d->span.len, d->text);
	}
}

static struct template parse(struct kit *k, enum template_use use, enum shell_kind shell,
	const char *text, const char *want_errors)
{
	struct template t = {.count = 0};
	uint32_t from = k->sink.n;
	k->source = source_add(&k->sources, "Workflowfile", sv_from(text));
	int rc = template_parse(&k->sink, &k->arena, source_text(&k->sources, k->source),
		use, shell, NULL, kit_origin(k), &t);
	struct strbuf errors = STRBUF_INIT;
	list_errors(k, from, &errors);
	assert_string_equal(errors.buf, want_errors ? want_errors : "");
	assert_int_equal(rc, want_errors ? -1 : 0);
	strbuf_release(&errors);
	return t;
}

struct template kit_parse(
	struct kit *k, enum template_use use, const char *text, const char *want_errors)
{
	return parse(k, use, SHELL_BASH, text, want_errors);
}

struct template kit_parse_shell(
	struct kit *k, enum shell_kind shell, const char *text, const char *want_errors)
{
	return parse(k, TEMPLATE_SHELL, shell, text, want_errors);
}

struct lookup {
	struct kit *k;
	const struct kit_value *values;
};

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	const struct lookup *l = ctx;
	struct strview name =
		sv_sub(source_text(&l->k->sources, l->k->source), ref->off, ref->len);
	for (const struct kit_value *v = l->values; v && v->ref; v++) {
		if (sv_eq_str(name, v->ref)) {
			*ret = v->value;
			return 0;
		}
	}
	*err = (struct render_error){RENDER_ERROR, ref->off, ref->len, "unknown"};
	return -1;
}

static int list_file(void *ctx, const struct value *items, struct strview *ret_path,
	struct render_error *err)
{
	(void)ctx;
	(void)err;
	*ret_path = items->count > 1 ? SV("many.list") : SV("one.list");
	return 0;
}

const char *kit_render(struct kit *k, const struct template *t,
	const struct kit_value *values, bool as_path)
{
	struct lookup l = {k, values};
	struct renderer r = {.resolve = resolve,
		.list_file = list_file,
		.ctx = &l,
		.arena = &k->arena};
	strbuf_reset(&k->out);
	strbuf_addstr(&k->out, "kept|");
	if (template_render(t, &r, as_path, &k->out, &k->err)) {
		assert_string_equal(k->out.buf, "kept|");
		assert_int_not_equal(k->err.fault, RENDER_OK);
		return NULL;
	}
	return k->out.buf + strlen("kept|");
}

static uint32_t split_names(struct kit *k, const char *names, struct strview **ret)
{
	uint32_t n = 0;
	struct strview *v = ARENA_ARRAY(&k->arena, struct strview, strlen(names) + 1);
	while (*names) {
		size_t len = strcspn(names, " ");
		v[n++] = (struct strview){names, len};
		names += len + strspn(names + len, " ");
	}
	*ret = v;
	return n;
}

struct pattern *kit_pattern(
	struct kit *k, const char *text, const char *names, const char *dot)
{
	struct template t = kit_parse(k, TEMPLATE_PATTERN, text, NULL);
	struct template *kept = ARENA_NEW(&k->arena, struct template);
	*kept = t;
	struct strview *list;
	uint32_t n = split_names(k, names, &list);
	struct pattern *p = NULL;
	if (pattern_compile(&k->sink, &k->arena, kept, list, n, NULL, NULL, dot,
		    kit_origin(k), &p)) {
		return NULL;
	}
	return p;
}

const char *kit_match(
	struct kit *k, const struct pattern *p, const char *names, struct strview path)
{
	struct strview *list;
	uint32_t n = split_names(k, names, &list);
	struct strview *values = ARENA_ARRAY(&k->arena, struct strview, (size_t)n + 1);
	strbuf_reset(&k->out);
	enum match m = pattern_match(p, path, values);
	if (m != MATCH_YES) {
		return m == MATCH_NO ? "no" : "limit";
	}
	for (uint32_t i = 0; i < n; i++) {
		if (values[i].p) {
			strbuf_addf(&k->out, "%s" SV_FMT "=" SV_FMT,
				k->out.len ? " " : "", SV_ARG(list[i]),
				SV_ARG(values[i]));
		}
	}
	struct strbuf again = STRBUF_INIT;
	pattern_expand(p, values, &again);
	assert_int_equal(again.len, path.n);
	assert_memory_equal(again.buf, path.p, path.n);
	strbuf_release(&again);
	return k->out.buf;
}
