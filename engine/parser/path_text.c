/* Texts that are paths: their normal form, and the prefixes of modules. */
#include "parser/reader.h"
#include "sys/path.h"

/* --- patterns of outputs ------------------------------------------------------------ */

enum { MARK = '\x01' }; /* stands for a reference; YAML lets no such byte in */

void normalise_pattern(struct reader *r, struct text *t, bool prefix)
{
	struct strbuf all = STRBUF_INIT, normal = STRBUF_INIT;
	VEC(struct piece) refs = {0};
	bool absolute = t->t.count && t->t.pieces[0].kind == PIECE_TEXT &&
			sv_starts(t->t.pieces[0].text, SV("/"));
	if (prefix && !absolute) {
		strbuf_addsv(&all, r->unit->module->prefix);
	}
	for (uint32_t i = 0; i < t->t.count; i++) {
		if (t->t.pieces[i].kind == PIECE_TEXT) {
			strbuf_addsv(&all, t->t.pieces[i].text);
		} else {
			strbuf_addch(&all, MARK);
			vec_push(&refs, t->t.pieces[i]);
		}
	}
	path_normalise(&normal, strbuf_sv(&all), r->wf->workdir);
	struct piece *pieces = ARENA_ARRAY(r->arena, struct piece, 2 * refs.n + 1);
	uint32_t n = 0, ref = 0;
	struct strview rest = arena_sv(r->arena, strbuf_sv(&normal));
	while (rest.n) {
		const char *mark = memchr(rest.p, MARK, rest.n);
		size_t len = mark ? (size_t)(mark - rest.p) : rest.n;
		if (len) {
			pieces[n++] = (struct piece){
				.kind = PIECE_TEXT, .text = sv_sub(rest, 0, len)};
		}
		if (mark) {
			pieces[n++] = refs.v[ref++];
			len++;
		}
		rest = sv_skip(rest, len);
	}
	t->t.pieces = pieces;
	t->t.count = n;
	strbuf_release(&all);
	strbuf_release(&normal);
	vec_release(&refs);
}

void normalise_glob(struct reader *r, struct text *t, bool prefix)
{
	struct strview said = t->t.text;
	normalise_pattern(r, t, prefix);
	if (said.n && said.p[said.n - 1] == '/' && t->t.count) {
		struct piece *pieces =
			ARENA_ARRAY(r->arena, struct piece, t->t.count + 1);
		memcpy(pieces, t->t.pieces, t->t.count * sizeof(*pieces));
		pieces[t->t.count++] =
			(struct piece){.kind = PIECE_TEXT, .text = SV("/")};
		t->t.pieces = pieces;
	}
}

/* --- prefixes of modules ------------------------------------------------------------ */

/* Whether the pattern makes the path with `value` for each of its references. */
static bool makes_with(struct reader *r, const struct pattern *p, const struct text *t,
	struct strview value)
{
	struct strview values[WILDCARDS_MOST];
	struct strbuf path = STRBUF_INIT;
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *piece = &t->t.pieces[i];
		strbuf_addsv(&path, piece->kind == PIECE_TEXT ? piece->text : value);
	}
	/* with a NUL behind it */
	struct strview copy = arena_sv(r->arena, strbuf_sv(&path));
	strbuf_release(&path);
	return pattern_match(p, copy, values) == MATCH_YES;
}

/* Whether the two could be one path, judged by the texts at both ends. */
static bool same_ends(const struct pattern *p, const struct text *t)
{
	const struct piece *first = &t->t.pieces[0], *last = &t->t.pieces[t->t.count - 1];
	struct strview prefix = first->kind == PIECE_TEXT ? first->text : SV("");
	struct strview suffix = last->kind == PIECE_TEXT ? last->text : SV("");
	struct strview a = pattern_prefix(p), b = pattern_suffix(p);
	if (pattern_is_constant(p)) {
		return prefix.n + suffix.n < a.n && sv_starts(a, prefix) &&
		       sv_ends(a, suffix);
	}
	return (a.n || b.n) && sv_eq(a, prefix) && sv_eq(b, suffix);
}

/* Whether a product of a rule outside the module could be this path: tried with a few
 * values, since what they will be is not known yet; a constraint may take none of them. */
static bool made_outside(struct reader *r, const struct text *t)
{
	bool constant = t->t.count == 1 && t->t.pieces[0].kind == PIECE_TEXT;
	for (size_t i = 0; i < r->rules.n; i++) {
		const struct rule *rule = r->rules.v[i].rule;
		if (!rule || r->rules.v[i].unit->module == r->unit->module) {
			continue;
		}
		for (uint32_t k = 0; k < rule->product_count; k++) {
			const struct pattern *p = rule->products[k].pattern;
			if (p && (makes_with(r, p, t, SV("1")) ||
					 makes_with(r, p, t, SV("a")) ||
					 (!constant && same_ends(p, t)))) {
				return true;
			}
		}
	}
	return false;
}

void prefix_input(struct reader *r, struct text *t)
{
	struct strview prefix = r->unit->module->prefix;
	if (!prefix.n || !t->t.count) {
		return;
	}
	struct piece *first = &t->t.pieces[0];
	if ((first->kind == PIECE_TEXT && sv_starts(first->text, SV("/"))) ||
		made_outside(r, t)) {
		return;
	}
	struct piece *pieces = ARENA_ARRAY(r->arena, struct piece, t->t.count + 1);
	memcpy(pieces + 1, t->t.pieces, t->t.count * sizeof(*pieces));
	pieces[0] = (struct piece){.kind = PIECE_TEXT, .text = prefix};
	if (first->kind == PIECE_TEXT) {
		/* one text: some readers look at the first piece alone */
		pieces[1].text = sv_from(arena_printf(
			r->arena, SV_FMT SV_FMT, SV_ARG(prefix), SV_ARG(first->text)));
		t->t.pieces = pieces + 1;
		return;
	}
	t->t.pieces = pieces;
	t->t.count++;
}
