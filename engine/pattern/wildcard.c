#include "pattern/wildcard.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "pattern/pattern_parts.h"

/* One compilation. */
struct compiler {
	struct diag_sink *sink;
	struct arena *arena;
	const struct template *t;
	struct template_origin origin;
	struct pattern *p;
};

static struct span span_at(const struct compiler *c, size_t off, size_t len)
{
	return c->origin.span_of(c->origin.ctx, off, len);
}

/* Number of a wildcard in the rule's names, or PART_TEXT. */
static uint32_t name_number(const struct pattern *p, struct strview name)
{
	for (uint32_t i = 0; i < p->wildcard_count; i++) {
		if (sv_eq(p->wildcards[i].name, name)) {
			return i;
		}
	}
	return PART_TEXT;
}

/* Takes a constraint in a reference; two of one wildcard must be equal. */
static int take_constraint(
	struct compiler *c, struct pattern_wildcard *w, const struct ref *ref)
{
	size_t off = ref->off, len = ref->len;
	const char *text = c->t->text.p;
	if (text && ref->constraint.p >= text &&
		ref->constraint.p + ref->constraint.n <= text + c->t->text.n) {
		off = (size_t)(ref->constraint.p - text);
		len = ref->constraint.n;
	}
	if (w->constraint.p && !sv_eq(w->constraint, ref->constraint)) {
		diag_error(c->sink, "CW-E111", span_at(c, off, len),
			"wildcard \"" SV_FMT "\" has two different constraints; "
			"write it once, where the wildcard stands first",
			SV_ARG(w->name));
		diag_note(c->sink, span_at(c, w->off, w->len), "the other one");
		return -1;
	}
	if (!w->constraint.p) {
		w->constraint = ref->constraint;
		w->off = (uint32_t)off;
		w->len = (uint32_t)len;
	}
	return 0;
}

static int add_reference(struct compiler *c, const struct piece *piece)
{
	const struct ref *ref = piece->expr->ref;
	struct pattern *p = c->p;
	if (piece->expr->op != EXPR_REF || ref->kind != REF_WILDCARD || ref->step_count) {
		return diag_error(c->sink, "CW-E108", span_at(c, piece->off, piece->len),
			"only wildcards and config can stand in a pattern");
	}
	uint32_t number = name_number(p, ref->name);
	if (number == PART_TEXT) {
		return diag_error(c->sink, "CW-E112", span_at(c, ref->off, ref->len),
			"wildcard \"" SV_FMT "\" is not one of this rule's wildcards",
			SV_ARG(ref->name));
	}
	struct pattern_wildcard *w = &p->wildcards[number];
	p->parts[p->part_count++] = (struct pattern_part){
		.wildcard = number, .off = piece->off, .len = piece->len};
	if (!w->seen++ && !w->constraint.p) {
		w->off = piece->off;
		w->len = piece->len;
	}
	return ref->constraint.p ? take_constraint(c, w, ref) : 0;
}

/* A literal; what follows a literal (configuration put in) is joined to it. */
static void add_text(struct compiler *c, const struct piece *piece)
{
	struct pattern *p = c->p;
	struct pattern_part *last = p->part_count ? &p->parts[p->part_count - 1] : NULL;
	if (!piece->text.n) {
		return;
	}
	if (!last || last->wildcard != PART_TEXT) {
		p->parts[p->part_count++] = (struct pattern_part){.wildcard = PART_TEXT,
			.text = piece->text,
			.off = piece->off,
			.len = piece->len};
		return;
	}
	char *both = arena_alloc(c->arena, last->text.n + piece->text.n, 1);
	memcpy(both, last->text.p, last->text.n);
	memcpy(both + last->text.n, piece->text.p, piece->text.n);
	last->text = (struct strview){both, last->text.n + piece->text.n};
}

static int check_part(struct compiler *c, struct strview name, struct strview expr,
	size_t off, size_t len, bool exact)
{
	size_t fault_off = 0, fault_len = 0;
	const char *fault = regex_part_fault(expr, &fault_off, &fault_len);
	struct regex_error err;
	if (!fault) {
		struct regex *re = regex_new(expr, &err);
		if (re) {
			regex_free(re);
			return 0;
		}
		fault = err.text;
		fault_off = err.offset < expr.n ? err.offset : expr.n;
		fault_len = fault_off < expr.n ? 1 : 0;
	}
	if (exact) {
		off += fault_off;
		len = fault_len;
	}
	return diag_error(c->sink, "CW-E110", span_at(c, off, len),
		"constraint of wildcard \"" SV_FMT "\": %s", SV_ARG(name), fault);
}

int constraint_check(struct diag_sink *sink, struct strview wildcard, struct strview expr,
	struct template_origin origin)
{
	struct compiler c = {.sink = sink, .origin = origin};
	return check_part(&c, wildcard, expr, 0, expr.n, true);
}

/* Constraints from elsewhere, and all of them judged. */
static int settle_constraints(
	struct compiler *c, constraint_fn constraint, void *ctx, bool dot_crosses)
{
	int rc = 0;
	for (uint32_t i = 0; i < c->p->wildcard_count; i++) {
		struct pattern_wildcard *w = &c->p->wildcards[i];
		bool here = w->constraint.p;
		if (!here && constraint) {
			w->constraint = constraint(ctx, w->name);
		}
		if (w->constraint.p && sv_eq_str(w->constraint, ".+")) {
			w->constraint = (struct strview){NULL, 0};
			w->crosses = true;
			continue;
		}
		w->crosses = w->constraint.p || dot_crosses;
		if (w->seen && w->constraint.p &&
			check_part(c, w->name, w->constraint, w->off, w->len, here)) {
			rc = -1;
		}
	}
	return rc;
}

/* The literal ends, and how short a path can be. */
static void measure(struct pattern *p)
{
	const struct pattern_part *first = &p->parts[0];
	const struct pattern_part *last = &p->parts[p->part_count - (p->part_count > 0)];
	if (p->part_count && first->wildcard == PART_TEXT) {
		p->prefix = first->text;
	}
	if (p->part_count > 1 && last->wildcard == PART_TEXT) {
		p->suffix = last->text;
	}
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct pattern_part *part = &p->parts[i];
		if (part->wildcard == PART_TEXT) {
			p->shortest += part->text.n;
		} else if (!p->wildcards[part->wildcard].constraint.p) {
			p->shortest++;
		}
	}
}

/* Whether the wildcards can be told apart by the literals between them alone. */
static bool can_split(const struct pattern *p)
{
	bool crosses = false, any = false;
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct pattern_part *part = &p->parts[i];
		if (part->wildcard == PART_TEXT) {
			if (!utf8_valid(part->text, NULL)) {
				return false;
			}
			continue;
		}
		const struct pattern_wildcard *w = &p->wildcards[part->wildcard];
		bool side_by_side = i && p->parts[i - 1].wildcard != PART_TEXT;
		if (w->constraint.p || w->seen > 1 || side_by_side ||
			(any && w->crosses != crosses)) {
			return false;
		}
		crosses = w->crosses;
		any = true;
	}
	return true;
}

static enum pattern_kind choose_kind(const struct pattern *p)
{
	uint32_t occurrences = 0;
	const struct pattern_wildcard *only = NULL;
	for (uint32_t i = 0; i < p->wildcard_count; i++) {
		occurrences += p->wildcards[i].seen;
		only = p->wildcards[i].seen ? &p->wildcards[i] : only;
	}
	if (!only) {
		return PATTERN_LITERAL;
	}
	if (occurrences == 1 && !only->constraint.p) {
		return PATTERN_SIMPLE;
	}
	return can_split(p) ? PATTERN_SPLIT : PATTERN_REGEX;
}

/* Escapes what could mean something; letters, digits and bytes of UTF-8 cannot. */
static void add_literal(struct strbuf *out, struct strview text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];
		bool plain = ch >= 0x80 || (ch >= '0' && ch <= '9') ||
			     (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
		if (!plain) {
			strbuf_addch(out, '\\');
		}
		strbuf_addch(out, text.p[i]);
	}
}

static void build_expression(const struct pattern *p, const char *dot, struct strbuf *out)
{
	bool *done = xcalloc(p->wildcard_count, sizeof(*done));
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct pattern_part *part = &p->parts[i];
		if (part->wildcard == PART_TEXT) {
			add_literal(out, part->text);
			continue;
		}
		const struct pattern_wildcard *w = &p->wildcards[part->wildcard];
		if (done[part->wildcard]) {
			strbuf_addf(out, "\\k<_cw%u>", part->wildcard);
			continue;
		}
		done[part->wildcard] = true;
		strbuf_addf(out, "(?<_cw%u>", part->wildcard);
		if (w->constraint.p) {
			strbuf_addsv(out, w->constraint);
		} else {
			strbuf_addstr(out, w->crosses ? ".+" : dot);
		}
		strbuf_addch(out, ')');
	}
	free(done);
}

static int misfit(struct compiler *c, const char *why)
{
	return diag_error(c->sink, "CW-E110", span_at(c, 0, c->t->text.n),
		"the constraints of this pattern do not go together: %s", why);
}

static int compile_expression(struct compiler *c, const char *dot)
{
	struct pattern *p = c->p;
	struct strbuf expr = STRBUF_INIT;
	struct regex_error err;
	build_expression(p, dot, &expr);
	p->re = regex_new(strbuf_sv(&expr), &err);
	strbuf_release(&expr);
	if (!p->re) {
		return misfit(c, err.text);
	}
	for (uint32_t i = 0; i < p->wildcard_count; i++) {
		struct pattern_wildcard *w = &p->wildcards[i];
		char name[24];
		snprintf(name, sizeof(name), "_cw%u", i);
		w->group = w->seen ? regex_group(p->re, name) : 0;
		if (w->seen && !w->group) {
			regex_free(p->re);
			p->re = NULL;
			return misfit(c, "one takes in what stands behind it");
		}
	}
	return 0;
}

int pattern_compile(struct diag_sink *sink, struct arena *arena, const struct template *t,
	const struct strview *names, uint32_t name_count, constraint_fn constraint,
	void *ctx, const char *dot, struct template_origin origin, struct pattern **ret)
{
	struct pattern *p = ARENA_NEW(arena, struct pattern);
	struct compiler c = {sink, arena, t, origin, p};
	p->parts = ARENA_ARRAY(arena, struct pattern_part, (size_t)t->count + 1);
	p->wildcards =
		ARENA_ARRAY(arena, struct pattern_wildcard, (size_t)name_count + 1);
	p->wildcard_count = name_count;
	for (uint32_t i = 0; i < name_count; i++) {
		p->wildcards[i].name = names[i];
	}
	int rc = 0;
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->pieces[i].kind == PIECE_TEXT) {
			add_text(&c, &t->pieces[i]);
		} else if (add_reference(&c, &t->pieces[i])) {
			rc = -1;
		}
	}
	if (rc || settle_constraints(&c, constraint, ctx, strcmp(dot, ".+") == 0)) {
		return -1;
	}
	measure(p);
	p->kind = choose_kind(p);
	if (p->kind == PATTERN_REGEX && compile_expression(&c, dot)) {
		return -1;
	}
	*ret = p;
	return 0;
}

void pattern_release(struct pattern *p)
{
	if (p) {
		regex_free(p->re);
		p->re = NULL;
	}
}

struct strview pattern_prefix(const struct pattern *p)
{
	return p->prefix;
}

struct strview pattern_suffix(const struct pattern *p)
{
	return p->suffix;
}

/* The wildcard of a pattern that holds one occurrence. */
static uint32_t only_wildcard(const struct pattern *p)
{
	uint32_t first = p->parts[0].wildcard;
	return first != PART_TEXT ? first : p->parts[1].wildcard;
}

bool pattern_is_constant(const struct pattern *p)
{
	return p->kind == PATTERN_LITERAL;
}

bool pattern_is_simple(const struct pattern *p)
{
	return p->kind == PATTERN_SIMPLE && p->wildcards[only_wildcard(p)].crosses;
}

/* A value of an unconstrained wildcard. */
static bool value_fits(const struct pattern_wildcard *w, struct strview value)
{
	return value.n && (w->crosses || !memchr(value.p, '/', value.n));
}

/* Last place where `needle` begins in `hay`, or NULL. */
static const char *find_last(struct strview hay, struct strview needle)
{
	if (needle.n > hay.n) {
		return NULL;
	}
	const char *p = hay.p + (hay.n - needle.n);
	while ((p = memrchr(hay.p, needle.p[0], (size_t)(p - hay.p) + 1))) {
		if (memcmp(p, needle.p, needle.n) == 0 || p == hay.p) {
			break;
		}
		p--;
	}
	return p && memcmp(p, needle.p, needle.n) == 0 ? p : NULL;
}

/*
 * From the right: each literal at its last place that leaves the wildcard behind it a
 * byte. That gives the leftmost wildcard all it can have, then the next, as a greedy
 * expression does: a literal further left could only shorten what stands before it (and,
 * where values hold no `/`, only move a `/` from one value to the next).
 */
static enum match match_split(
	const struct pattern *p, struct strview path, struct strview *ret_values)
{
	uint32_t n = p->part_count;
	uint32_t first = p->prefix.n ? 1 : 0;
	uint32_t last = p->suffix.n ? n - 2 : n - 1;
	struct strview rest =
		sv_sub(path, p->prefix.n, path.n - p->prefix.n - p->suffix.n);
	for (uint32_t i = last; i > first; i -= 2) {
		struct strview literal = p->parts[i - 1].text;
		const struct pattern_wildcard *w = &p->wildcards[p->parts[i].wildcard];
		const char *at = NULL;
		if (rest.n) {
			at = find_last((struct strview){rest.p, rest.n - 1}, literal);
		}
		if (!at) {
			return MATCH_NO;
		}
		struct strview value = {at + literal.n, 0};
		value.n = (size_t)(rest.p + rest.n - value.p);
		if (!value_fits(w, value)) {
			return MATCH_NO;
		}
		ret_values[p->parts[i].wildcard] = value;
		rest.n = (size_t)(at - rest.p);
	}
	uint32_t leftmost = p->parts[first].wildcard;
	if (!value_fits(&p->wildcards[leftmost], rest)) {
		return MATCH_NO;
	}
	ret_values[leftmost] = rest;
	return MATCH_YES;
}

static enum match match_simple(
	const struct pattern *p, struct strview path, struct strview *ret_values)
{
	uint32_t number = only_wildcard(p);
	struct strview value =
		sv_sub(path, p->prefix.n, path.n - p->prefix.n - p->suffix.n);
	if (!value_fits(&p->wildcards[number], value)) {
		return MATCH_NO;
	}
	ret_values[number] = value;
	return MATCH_YES;
}

static enum match match_regex(
	const struct pattern *p, struct strview path, struct strview *ret_values)
{
	enum match m = regex_match(p->re, path);
	for (uint32_t i = 0; m == MATCH_YES && i < p->wildcard_count; i++) {
		if (p->wildcards[i].seen) {
			ret_values[i] = regex_capture(p->re, p->wildcards[i].group, path);
		}
	}
	return m;
}

enum match pattern_match(
	const struct pattern *p, struct strview path, struct strview *ret_values)
{
	if (path.n < p->shortest || !sv_starts(path, p->prefix) ||
		!sv_ends(path, p->suffix)) {
		return MATCH_NO;
	}
	switch (p->kind) {
	case PATTERN_LITERAL:
		return path.n == p->prefix.n ? MATCH_YES : MATCH_NO;
	case PATTERN_SIMPLE:
		return match_simple(p, path, ret_values);
	case PATTERN_SPLIT:
		return match_split(p, path, ret_values);
	case PATTERN_REGEX:
		return match_regex(p, path, ret_values);
	}
	CW_BUG("pattern kind %d", (int)p->kind);
}

void pattern_expand(
	const struct pattern *p, const struct strview *values, struct strbuf *out)
{
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct pattern_part *part = &p->parts[i];
		strbuf_addsv(out, part->wildcard == PART_TEXT ? part->text
							      : values[part->wildcard]);
	}
}

bool pattern_is_bound(const struct pattern *p, struct strview name)
{
	uint32_t number = name_number(p, name);
	return number != PART_TEXT && p->wildcards[number].constraint.p;
}

bool pattern_may_overlap(const struct pattern *a, const struct pattern *b)
{
	if (a->kind == PATTERN_LITERAL && b->kind == PATTERN_LITERAL) {
		return sv_eq(a->prefix, b->prefix);
	}
	if (b->kind == PATTERN_LITERAL) {
		const struct pattern *swap = a;
		a = b;
		b = swap;
	}
	if (a->kind == PATTERN_LITERAL) {
		return a->prefix.n >= b->shortest && sv_starts(a->prefix, b->prefix) &&
		       sv_ends(a->prefix, b->suffix);
	}
	return (sv_starts(a->prefix, b->prefix) || sv_starts(b->prefix, a->prefix)) &&
	       (sv_ends(a->suffix, b->suffix) || sv_ends(b->suffix, a->suffix));
}
