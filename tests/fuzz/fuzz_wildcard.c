/*
 * A pattern, a zero byte, a path: what matches must give the path back when its values
 * are put in, and the fast ways to match must agree with the expression they stand for.
 * rooms: pattern
 */
#include "base/strbuf.h"
#include "base/vec.h"
#include "pattern/wildcard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAMES_MOST = 16 };

struct names {
	struct strview v[NAMES_MOST];
	uint32_t n;
};

static struct span span_of(const void *ctx, size_t off, size_t len)
{
	const struct strview *text = ctx;
	cw_assert(off <= text->n && len <= text->n - off);
	return (struct span){1, (uint32_t)off, (uint32_t)len};
}

/* The wildcards of a template, each once; false where there are too many. */
static bool collect(const struct template *t, struct names *names)
{
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->pieces[i].kind != PIECE_EXPR) {
			continue;
		}
		const struct ref *ref = t->pieces[i].expr->ref;
		uint32_t k = 0;
		while (k < names->n && !sv_eq(names->v[k], ref->name)) {
			k++;
		}
		if (k == names->n) {
			if (ref->kind != REF_WILDCARD || names->n == NAMES_MOST) {
				return false;
			}
			names->v[names->n++] = ref->name;
		}
	}
	return true;
}

/* The same as no constraint, but never taken for one. */
static struct strview spelled_out(void *ctx, struct strview wildcard)
{
	(void)wildcard;
	return strcmp(ctx, ".+") == 0 ? SV("(?:.+)") : SV("(?:[^/]+)");
}

static void check_match(const struct pattern *p, const struct pattern *slow,
	const struct names *names, struct strview path)
{
	struct strview a[NAMES_MOST] = {{NULL, 0}}, b[NAMES_MOST] = {{NULL, 0}};
	enum match m = pattern_match(p, path, a);
	enum match n = pattern_match(slow, path, b);
	if (m == MATCH_LIMIT || n == MATCH_LIMIT) {
		return;
	}
	cw_assert(m == n);
	if (m == MATCH_NO) {
		return;
	}
	for (uint32_t i = 0; i < names->n; i++) {
		cw_assert(a[i].p >= path.p && a[i].p + a[i].n <= path.p + path.n);
		cw_assert(a[i].p == b[i].p && a[i].n == b[i].n);
	}
	struct strbuf again = STRBUF_INIT;
	pattern_expand(p, a, &again);
	cw_assert(sv_eq(strbuf_sv(&again), path));
	cw_assert(sv_starts(path, pattern_prefix(p)) && sv_ends(path, pattern_suffix(p)));
	cw_assert(pattern_may_overlap(p, slow));
	strbuf_release(&again);
}

static void try_pattern(struct diag_sink *sink, struct strview text, struct strview path)
{
	struct arena arena = ARENA_INIT;
	struct template t;
	struct names names = {.n = 0};
	struct template_origin origin = {span_of, &text};
	if (!template_parse(
		    sink, &arena, text, TEMPLATE_PATTERN, SHELL_SH, NULL, origin, &t) &&
		collect(&t, &names)) {
		char dots[2][8] = {".+", "[^/]+"};
		for (int i = 0; i < 2; i++) {
			struct pattern *p = NULL, *slow = NULL;
			int rc = pattern_compile(sink, &arena, &t, names.v, names.n, NULL,
				NULL, dots[i], origin, &p);
			if (!rc &&
				!pattern_compile(sink, &arena, &t, names.v, names.n,
					spelled_out, dots[i], dots[i], origin, &slow)) {
				check_match(p, slow, &names, path);
			}
			pattern_release(p);
			pattern_release(slow);
		}
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	if (!zero || size > 5000) {
		return 0;
	}
	struct strview text = {(const char *)data, (size_t)(zero - data)};
	struct strview path = {(const char *)zero + 1, size - text.n - 1};
	if (path.n && memchr(path.p, 0, path.n)) {
		return 0;
	}
	struct source_set sources;
	struct diag_sink sink;
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	source_add(&sources, "pattern", text);
	try_pattern(&sink, text, path);
	struct strbuf out = STRBUF_INIT;
	diag_format(&sink, &out, false);
	strbuf_release(&out);
	diag_sink_release(&sink);
	source_set_release(&sources);
	return 0;
}
