/* Scalars with references: parsed, the configuration put in. */
#include "parser/reader.h"

struct scalar_place {
	const struct source_set *sources;
	const struct yaml_tree_node *node;
};

static struct span span_in_scalar(const void *ctx, size_t off, size_t len)
{
	const struct scalar_place *p = ctx;
	return yaml_span_in(p->sources, p->node, off, len);
}

struct span span_of_ref(const struct text *t, const struct ref *ref)
{
	return t->origin.span_of(t->origin.ctx, ref->off, ref->len);
}

struct span span_of_piece(const struct text *t, const struct piece *p)
{
	return t->origin.span_of(t->origin.ctx, p->off, p->len);
}

/* --- configuration ------------------------------------------------------------------ */

/* "a.b[3]": the steps of a reference before `end`, as --config takes keys. */
static const char *config_path(struct reader *r, const struct ref *ref, uint32_t end)
{
	struct strbuf sb = STRBUF_INIT;
	for (uint32_t s = 0; s < end; s++) {
		const struct ref_step *step = &ref->steps[s];
		bool index = step->index >= 0 && !step->name.n;
		strbuf_addf(&sb, "%s" SV_FMT "%s",
			index ? "["
			: s   ? "."
			      : "",
			SV_ARG(step->text), index ? "]" : "");
	}
	const char *path = arena_strdup(r->arena, sb.buf);
	strbuf_release(&sb);
	return path;
}

/* The configuration, of which `in` is what the steps before `at` lead to, has no more. */
static int no_config(struct reader *r, const struct text *t, const struct ref *ref,
	const struct config *in, uint32_t at)
{
	const struct ref_step *step = &ref->steps[at];
	const char *whole = at ? config_path(r, ref, at) : "";
	struct nearest near;
	if (in && in->kind == CONFIG_LIST) {
		return diag_error(r->sink, "CW-E031", span_of_ref(t, ref),
			"\"config.%s\" is a list of %u, counted from 0, and has no \"" SV_FMT
			"\"",
			whole, (unsigned)in->count, SV_ARG(step->text));
	}
	if (in && in->kind == CONFIG_TEXT && at) {
		return diag_error(r->sink, "CW-E031", span_of_ref(t, ref),
			"\"config.%s\" is one value, and has no \"" SV_FMT "\"", whole,
			SV_ARG(step->text));
	}
	nearest_init(&near, step->text);
	for (uint32_t i = 0; in && in->kind == CONFIG_MAP && i < in->count; i++) {
		nearest_offer(&near, in->keys[i]);
	}
	diag_error(r->sink, "CW-E031", span_of_ref(t, ref),
		"the configuration has no \"%s\"", config_path(r, ref, at + 1));
	if (!nearest_note(&near, r->sink)) {
		diag_note(r->sink, (struct span){0},
			"give it a value under `config:`, or with --config %s=VALUE",
			config_path(r, ref, at + 1));
	}
	return -1;
}

/* Goes down as far as the steps are constant; ref->slot is the first that is not. */
static int bind_config(struct reader *r, const struct text *t, struct ref *ref)
{
	const struct config *c = r->unit->module->config;
	uint32_t s = 0;
	for (; s < ref->step_count && !ref->steps[s].inner; s++) {
		const struct ref_step *step = &ref->steps[s];
		const struct config *next = NULL;
		if (c && c->kind == CONFIG_LIST && step->index >= 0) {
			next = step->index < (int64_t)c->count ? c->items[step->index]
							       : NULL;
		} else {
			next = config_get(c, step->text);
		}
		if (!next) {
			return no_config(r, t, ref, c, s);
		}
		c = next;
	}
	ref->bound = c;
	ref->slot = s;
	return 0;
}

static bool is_constant_config(const struct piece *p)
{
	if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF ||
		p->expr->ref->kind != REF_CONFIG || p->format != FORMAT_NONE) {
		return false;
	}
	const struct ref *ref = p->expr->ref;
	const struct config *c = ref->bound;
	return c && ref->slot == ref->step_count && c->kind == CONFIG_TEXT;
}

/* Puts constant values of the configuration in as text and joins neighbouring texts. */
static void fold(struct reader *r, struct text *t)
{
	struct template *tp = &t->t;
	uint32_t n = 0;
	for (uint32_t i = 0; i < tp->count; i++) {
		struct piece p = tp->pieces[i];
		if (is_constant_config(&p)) {
			const struct config *c = p.expr->ref->bound;
			p.kind = PIECE_TEXT;
			p.text = c->text;
			tp->expr_count--;
		}
		if (p.kind == PIECE_TEXT && n > 0 &&
			tp->pieces[n - 1].kind == PIECE_TEXT) {
			struct strview a = tp->pieces[n - 1].text;
			char *both = arena_alloc(r->arena, a.n + p.text.n + 1, 1);
			memcpy(both, a.p, a.n);
			memcpy(both + a.n, p.text.p, p.text.n);
			both[a.n + p.text.n] = '\0';
			tp->pieces[n - 1].text = (struct strview){both, a.n + p.text.n};
		} else {
			tp->pieces[n++] = p;
		}
	}
	tp->count = n;
}

static void judge_plain(struct text *t)
{
	t->plain = true;
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind == PIECE_EXPR &&
			(p->expr->op != EXPR_REF || p->format != FORMAT_NONE ||
				p->expr->ref->kind != REF_WILDCARD)) {
			t->plain = false;
		}
	}
}

typedef int (*ref_fn)(struct reader *, struct text *, struct ref *, void *);

/* Calls `fn` for a reference and for those within its brackets. */
static int one_ref(
	struct reader *r, struct text *t, struct ref *ref, void *ctx, ref_fn fn)
{
	int rc = fn(r, t, ref, ctx);
	for (uint32_t s = 0; s < ref->step_count; s++) {
		if (ref->steps[s].inner) {
			/* ours to bind: the parser of templates made it for us */
			struct ref *inner;
			memcpy(&inner, &ref->steps[s].inner, sizeof(inner));
			rc |= one_ref(r, t, inner, ctx, fn);
		}
	}
	return rc;
}

/* No deeper than the parser of templates allows. */
static int each_ref(
	struct reader *r, struct text *t, struct expr *e, void *ctx, ref_fn fn)
{
	if (e->op == EXPR_REF) {
		return one_ref(r, t, e->ref, ctx, fn);
	}
	int rc = 0;
	for (uint32_t i = 0; i < e->arg_count; i++) {
		rc |= each_ref(r, t, e->args[i], ctx, fn);
	}
	return rc;
}

int each_ref_of_text(struct reader *r, struct text *t, void *ctx, ref_fn fn)
{
	int rc = 0;
	for (uint32_t i = 0; i < t->t.count; i++) {
		if (t->t.pieces[i].kind == PIECE_EXPR) {
			rc |= each_ref(r, t, t->t.pieces[i].expr, ctx, fn);
		}
	}
	return rc;
}

static int bind_if_config(struct reader *r, struct text *t, struct ref *ref, void *ctx)
{
	(void)ctx;
	return ref->kind == REF_CONFIG ? bind_config(r, t, ref) : 0;
}

/* -1 where there is no text to go on with; *ret_rc -1 also where the configuration has not
 * what it asks for. */
static int read_text(struct reader *r, const struct yaml_tree_node *node,
	enum template_use use, enum shell_kind shell, const char *const *extra_names,
	struct text *ret, int *ret_rc)
{
	*ret = (struct text){0};
	*ret_rc = -1;
	if (want_scalar(r, node, "this") != 0) {
		return -1;
	}
	struct scalar_place *place = ARENA_NEW(r->arena, struct scalar_place);
	*place = (struct scalar_place){r->sink->sources, node};
	ret->origin = (struct template_origin){span_in_scalar, place};
	ret->span = node->span;
	if (template_parse(r->sink, r->arena, node->text, use, shell, extra_names,
		    ret->origin, &ret->t) != 0) {
		return -1;
	}
	*ret_rc = each_ref_of_text(r, ret, NULL, bind_if_config);
	if (use != TEMPLATE_SHELL) {
		fold(r, ret);
	}
	judge_plain(ret);
	return 0;
}

int parse_text_with(struct reader *r, const struct yaml_tree_node *node,
	enum template_use use, enum shell_kind shell, const char *const *extra_names,
	struct text *ret)
{
	int rc;
	read_text(r, node, use, shell, extra_names, ret, &rc);
	return rc;
}

int parse_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	enum shell_kind shell, struct text *ret)
{
	return parse_text_with(r, node, use, shell, NULL, ret);
}

int make_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	const struct scope *scope, struct text *ret)
{
	enum shell_kind shell =
		scope->rule && scope->rule->shell ? scope->rule->shell->kind : SHELL_BASH;
	int rc;
	if (read_text(r, node, use, shell, NULL, ret, &rc) != 0) {
		return -1;
	}
	return rc | bind_text(r, ret, scope);
}

const struct config *config_list_of(const struct text *t)
{
	if (t->t.count != 1 || t->t.pieces[0].kind != PIECE_EXPR) {
		return NULL;
	}
	const struct expr *e = t->t.pieces[0].expr;
	if (e->op != EXPR_REF || e->ref->kind != REF_CONFIG ||
		e->ref->slot != e->ref->step_count) {
		return NULL;
	}
	const struct config *c = e->ref->bound;
	return c && c->kind == CONFIG_LIST ? c : NULL;
}

struct text literal_text(struct reader *r, struct strview text, const struct text *like)
{
	struct text t = *like;
	struct piece *piece = ARENA_NEW(r->arena, struct piece);
	piece->kind = PIECE_TEXT;
	piece->text = text;
	t.t.pieces = piece;
	t.t.count = 1;
	t.t.expr_count = 0;
	t.plain = true;
	return t;
}

int check_constraint(
	struct reader *r, struct strview wildcard, const struct yaml_tree_node *node)
{
	struct scalar_place place = {r->sink->sources, node};
	if (yaml_is_absent(node)) {
		return 0;
	}
	if (want_scalar(r, node, "a constraint") != 0) {
		return -1;
	}
	return constraint_check(r->sink, wildcard, node->text,
		(struct template_origin){span_in_scalar, &place});
}

int constant(struct reader *r, const struct yaml_tree_node *node, struct strview *ret)
{
	struct text t;
	if (parse_text(r, node, TEMPLATE_TEXT, SHELL_BASH, &t) != 0) {
		return -1;
	}
	if (t.t.expr_count) {
		struct scope none = {0};
		if (bind_text(r, &t, &none) == 0) {
			diag_error(r->sink, "CW-E023", node->span,
				"this must be a text here, not a list or a mapping");
		}
		return -1;
	}
	*ret = t.t.count ? t.t.pieces[0].text : SV("");
	return 0;
}
