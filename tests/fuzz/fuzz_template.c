/*
 * Any bytes as a text with references: parsed for each use and shell, rendered with
 * values of all kinds; pieces must cover the text, and what is rendered must be the same
 * twice.
 * rooms: pattern
 */
#include "base/strbuf.h"
#include "pattern/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARK "\001mark:"

static struct span span_of(const void *ctx, size_t off, size_t len)
{
	const struct strview *text = ctx;
	cw_assert(off <= text->n && len <= text->n - off);
	return (struct span){1, (uint32_t)off, (uint32_t)len};
}

/* Values that depend on the reference alone. */
static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	static const struct strview items[] = {SV_INIT("a b"), SV_INIT("-x'\""),
		SV_INIT("EOF\nE"), SV_INIT("\xff$`\\"),
		SV_INIT("a" MARK "HOME\001'b" MARK "V\001")};
	static const struct strview numbers[] = {SV_INIT("7"), SV_INIT("007"),
		SV_INIT("-3"), SV_INIT("9223372036854775807")};
	uint32_t n = (uint32_t)ref->kind + ref->step_count +
		     (ref->name.n ? (unsigned char)ref->name.p[0] : 0);
	(void)ctx;
	*ret = (struct value){.kind = VALUE_TEXT, .is_path = ref->kind == REF_INPUT};
	switch (n % 8) {
	case 0:
		ret->kind = VALUE_LIST;
		ret->list = items;
		ret->count = n % 6;
		break;
	case 1:
		*ret = (struct value){.kind = VALUE_INT, .i = (int64_t)n - 100};
		break;
	case 2:
		*ret = (struct value){.kind = VALUE_REAL, .real = 2.5 * n};
		break;
	case 3:
		*err = (struct render_error){RENDER_ERROR, ref->off, ref->len, "none"};
		return -1;
	case 4:
		ret->text = SV("HOME");
		ret->verbatim = ref->kind == REF_ENV;
		break;
	case 5:
		ret->text = items[n % 5];
		break;
	default:
		ret->text = numbers[n % 4];
	}
	return 0;
}

static int list_file(void *ctx, const struct value *items, struct strview *ret_path,
	struct render_error *err)
{
	(void)ctx;
	(void)err;
	cw_assert(items->kind == VALUE_LIST);
	*ret_path = SV("items.list");
	return 0;
}

static void check_pieces(const struct template *t, struct strview text)
{
	uint32_t at = 0, refs = 0;
	for (uint32_t i = 0; i < t->count; i++) {
		const struct piece *p = &t->pieces[i];
		cw_assert(p->off == at && p->len > 0);
		at += p->len;
		refs += p->kind == PIECE_EXPR;
		cw_assert(p->kind == PIECE_EXPR ? p->expr != NULL : p->text.n > 0);
	}
	cw_assert(at == text.n && refs == t->expr_count);
}

static void render_both_ways(struct arena *arena, const struct template *t)
{
	struct renderer r = {.resolve = resolve,
		.list_file = list_file,
		.arena = arena,
		.mark = SV(MARK)};
	for (int as_path = 0; as_path < 2; as_path++) {
		struct strbuf one = STRBUF_INIT, two = STRBUF_INIT;
		struct render_error err;
		strbuf_addstr(&two, "before");
		int rc = template_render(t, &r, as_path, &one, &err);
		cw_assert((rc == 0) == (err.fault == RENDER_OK));
		cw_assert(rc == 0 || (one.len == 0 && err.text));
		cw_assert(template_render(t, &r, as_path, &two, &err) == rc);
		cw_assert(two.len == one.len + strlen("before"));
		cw_assert(memcmp(two.buf + strlen("before"), one.buf, one.len) == 0);
		strbuf_release(&one);
		strbuf_release(&two);
	}
}

static void try_use(struct strview text, enum template_use use, enum shell_kind shell)
{
	static const char *const extra[] = {"failed", "jobscript", NULL};
	struct source_set sources;
	struct diag_sink sink;
	struct arena arena = ARENA_INIT;
	struct template t;
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	source_add(&sources, "text", text);
	int rc = template_parse(&sink, &arena, text, use, shell, extra,
		(struct template_origin){span_of, &text}, &t);
	cw_assert((rc != 0) == (sink.errors > 0));
	if (!rc) {
		check_pieces(&t, text);
		render_both_ways(&arena, &t);
		if (use != TEMPLATE_SHELL) {
			template_clean_path(&arena, &t, use == TEMPLATE_PATTERN);
			render_both_ways(&arena, &t);
		}
	} else {
		struct strbuf out = STRBUF_INIT;
		diag_format(&sink, &out, true);
		cw_assert(out.len > 0);
		strbuf_release(&out);
	}
	arena_release(&arena);
	diag_sink_release(&sink);
	source_set_release(&sources);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 100000) {
		return 0;
	}
	struct strview text = {(const char *)data + 1, size - 1};
	try_use(text, TEMPLATE_TEXT, SHELL_SH);
	try_use(text, TEMPLATE_PATTERN, SHELL_SH);
	try_use(text, TEMPLATE_SHELL, (enum shell_kind)(data[0] % (SHELL_ZSH + 1)));
	return 0;
}
