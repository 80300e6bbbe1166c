/* Scalars with references: parsed, the configuration put in, the names bound. */
#include "base/vec.h"
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

static int unknown(struct reader *r, struct span span, const char *kind,
	struct strview name, const struct nearest *near)
{
	diag_error(r->sink, "CW-E020", span, "unknown %s \"" SV_FMT "\"%s", kind,
		SV_ARG(name), near->best.p ? "" : " in this place");
	note_near(r, near);
	return -1;
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
	if (near.best.p) {
		diag_note(r->sink, (struct span){0}, "did you mean \"" SV_FMT "\"?",
			SV_ARG(near.best));
	} else {
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

/* --- names -------------------------------------------------------------------------- */

static int bind_wildcard(
	struct reader *r, const struct text *t, struct ref *ref, const struct rule *rule)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	for (uint32_t i = 0; rule && i < rule->wildcard_count; i++) {
		if (sv_eq(rule->wildcards[i], ref->name)) {
			ref->slot = i;
			return 0;
		}
		nearest_offer(&near, rule->wildcards[i]);
	}
	unsigned distance = near.distance;
	reference_words_offer(&near);
	unknown(r, span_of_ref(t, ref), "wildcard", ref->name, &near);
	if (near.distance < distance) {
		return -1; /* the wildcards were not meant */
	}
	if (!near.best.p && rule && rule->wildcard_count == 0) {
		diag_note(r->sink, rule->span,
			"the outputs of rule \"" SV_FMT
			"\" have no wildcards; to loop over a set write "
			"{expand: \"...{name}...\"}; literal braces are doubled: {{" SV_FMT
			"}}",
			SV_ARG(rule->name), SV_ARG(ref->name));
	} else if (rule && rule->wildcard_count) {
		diag_note(r->sink, rule->span,
			"wildcards are those of the outputs of rule \"" SV_FMT "\"",
			SV_ARG(rule->name));
	}
	return -1;
}

static int bind_var(
	struct reader *r, const struct text *t, struct ref *ref, const struct expand *e)
{
	for (uint32_t i = 0; i < e->var_count; i++) {
		struct strview column = ref->step_count ? ref->steps[0].name : SV("");
		if (sv_eq(e->vars[i].name, ref->name) &&
			sv_eq(e->vars[i].column, column)) {
			ref->slot = i;
			return 0;
		}
	}
	return diag_error(r->sink, "CW-E020", span_of_ref(t, ref),
		"unknown name \"" SV_FMT "\"", SV_ARG(ref->name));
}

/* {output[3]} where there are two. */
static int check_index(struct reader *r, const struct text *t, const struct ref *ref,
	uint32_t count, const char *word)
{
	if (!ref->step_count || ref->steps[0].index < (int64_t)count) {
		return 0;
	}
	return diag_error(r->sink, "CW-E020", span_of_ref(t, ref),
		"there is no number %lld here: %u %s%s, counted from 0",
		(long long)ref->steps[0].index, (unsigned)count, word,
		count == 1 ? "" : "s");
}

/* How many files an entry gives, UINT32_MAX where that is known later. */
static uint32_t files_of(const struct entry *e)
{
	bool fixed = e->item.kind == ITEM_PATH && !(e->item.flags & ITEM_OPTIONAL) &&
		     e->item.path.plain;
	return fixed ? 1 : UINT32_MAX;
}

static int check_input_index(struct reader *r, const struct text *t,
	const struct ref *ref, const struct rule *rule)
{
	uint32_t count = 0;
	if (ref->name.n) {
		count = files_of(&rule->inputs[ref->slot]);
	}
	for (uint32_t i = 0; !ref->name.n && i < rule->input_count; i++) {
		uint32_t n = files_of(&rule->inputs[i]);
		count = n == UINT32_MAX || count == UINT32_MAX ? UINT32_MAX : count + n;
	}
	return count == UINT32_MAX ? 0 : check_index(r, t, ref, count, "input");
}

static int bind_input(
	struct reader *r, const struct text *t, struct ref *ref, const struct rule *rule)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	for (uint32_t i = 0; ref->name.n && i < rule->input_count; i++) {
		if (sv_eq(rule->inputs[i].name, ref->name)) {
			ref->slot = i;
			return check_input_index(r, t, ref, rule);
		}
		nearest_offer(&near, rule->inputs[i].name);
	}
	return ref->name.n ? unknown(r, span_of_ref(t, ref), "input", ref->name, &near)
			   : check_input_index(r, t, ref, rule);
}

/* The stretch of products that {output}, {log.NAME}, ... stands for. */
static int bind_product(struct reader *r, const struct text *t, struct ref *ref,
	const struct rule *rule, enum product_kind kind, const char *word)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	ref->slot_count = 0;
	for (uint32_t i = 0; i < rule->product_count; i++) {
		const struct product *p = &rule->products[i];
		if (p->kind != kind) {
			continue;
		}
		nearest_offer(&near, p->name);
		if (!ref->name.n || sv_eq(p->name, ref->name)) {
			ref->slot = ref->slot_count ? ref->slot : i;
			ref->slot_count++;
		}
	}
	if (ref->slot_count) {
		return check_index(r, t, ref, ref->slot_count, word);
	}
	if (ref->name.n) {
		return unknown(r, span_of_ref(t, ref), word, ref->name, &near);
	}
	diag_error(r->sink, "CW-E021", span_of_ref(t, ref),
		"rule \"" SV_FMT "\" has no `%s`", SV_ARG(rule->name), word);
	diag_note(r->sink, rule->span, "add a line such as `%s: %s`", word,
		kind == PRODUCT_LOG ? "logs/NAME.log" : "results/NAME.txt");
	return -1;
}

/* A mapping has no text, nor has a list that holds one. Nesting is bounded by the YAML
 * reader. */
static const struct param *mapping_in(const struct param *p)
{
	const struct param *found = p->kind == PARAM_MAP ? p : NULL;
	for (uint32_t i = 0; p->kind == PARAM_LIST && i < p->item_count && !found; i++) {
		found = mapping_in(&p->items[i]);
	}
	return found;
}

static int check_text_of(struct reader *r, const struct text *t, const struct ref *ref,
	const struct param *p)
{
	const struct param *map = mapping_in(p);
	if (!map) {
		return 0;
	}
	diag_error(r->sink, "CW-E023", span_of_ref(t, ref),
		map == p ? "this param is a mapping: name one of its values"
			 : "this param holds a mapping: name one of its values");
	diag_note(r->sink, map->span, "the mapping");
	return -1;
}

/* Steps into a param that is written out as lists and mappings. */
static int bind_nested(struct reader *r, const struct text *t, const struct ref *ref,
	const struct rule *rule)
{
	const struct param *p = &rule->params[ref->slot];
	for (uint32_t s = 0; s < ref->step_count; s++) {
		const struct ref_step *step = &ref->steps[s];
		const struct param *found = NULL;
		struct nearest near;
		if (p->kind != PARAM_MAP && p->kind != PARAM_LIST) {
			return 0;
		}
		nearest_init(&near, step->text);
		for (uint32_t i = 0; i < p->item_count && !found; i++) {
			bool here = step->index >= 0 && p->kind == PARAM_LIST
					    ? step->index == (int64_t)i
					    : sv_eq(p->items[i].name, step->text);
			found = here ? &p->items[i] : NULL;
			nearest_offer(&near, p->items[i].name);
		}
		if (!found && p->kind == PARAM_LIST) {
			return diag_error(r->sink, "CW-E020", span_of_ref(t, ref),
				"this param has %u values, counted from 0, and no \"" SV_FMT
				"\"",
				(unsigned)p->item_count, SV_ARG(step->text));
		}
		if (!found) {
			return unknown(r, span_of_ref(t, ref), "key", step->text, &near);
		}
		p = found;
	}
	return check_text_of(r, t, ref, p);
}

static int bind_param(
	struct reader *r, const struct text *t, struct ref *ref, const struct rule *rule)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	if (!ref->name.n && ref->step_count && ref->steps[0].index >= 0) {
		if (ref->steps[0].index < (int64_t)rule->param_count) {
			ref->slot = (uint32_t)ref->steps[0].index;
			ref->steps++;
			ref->step_count--;
			ref->name = SV("0"); /* one param, not all of them */
			return bind_nested(r, t, ref, rule);
		}
		return check_index(r, t, ref, rule->param_count, "param");
	}
	for (uint32_t i = 0; ref->name.n && i < rule->param_count; i++) {
		if (sv_eq(rule->params[i].name, ref->name)) {
			ref->slot = i;
			return bind_nested(r, t, ref, rule);
		}
		nearest_offer(&near, rule->params[i].name);
	}
	if (ref->name.n) {
		return unknown(r, span_of_ref(t, ref), "param", ref->name, &near);
	}
	int rc = 0;
	for (uint32_t i = 0; i < rule->param_count && rc == 0; i++) {
		rc = check_text_of(r, t, ref, &rule->params[i]);
	}
	return rc;
}

static int bind_resource(
	struct reader *r, const struct text *t, struct ref *ref, const struct rule *rule)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	for (uint32_t i = 0; i < rule->resource_count; i++) {
		if (sv_eq(rule->resources[i].name, ref->name)) {
			ref->slot = i;
			return 0;
		}
		nearest_offer(&near, rule->resources[i].name);
	}
	return unknown(r, span_of_ref(t, ref), "resource", ref->name, &near);
}

static int only_in_commands(struct reader *r, const struct text *t, const struct ref *ref,
	const struct scope *scope)
{
	if (scope->hook) {
		return diag_error(r->sink, "CW-E022", span_of_ref(t, ref),
			"this reference has no value here: a hook knows {log}, {failed}, "
			"the configuration and the environment");
	}
	return diag_error(r->sink, "CW-E022", span_of_ref(t, ref),
		"this reference has no value here: it belongs into `shell`, `params` or "
		"`message`");
}

/* The stage in which a kind of reference gets its value. */
static enum stage stage_of(enum ref_kind kind)
{
	switch (kind) {
	case REF_THREADS:
		return STAGE_THREADS;
	case REF_RESOURCES:
		return STAGE_RESOURCES;
	case REF_PARAMS:
		return STAGE_PARAMS;
	case REF_WILDCARD:
	case REF_INPUT:
	case REF_OUTPUT:
	case REF_LOG:
	case REF_BENCHMARK:
	case REF_RULE:
	case REF_JOBID:
	case REF_ATTEMPT:
	case REF_CONFIG:
	case REF_ENV:
	case REF_WORKFLOW_DIR:
	case REF_WORKDIR:
	case REF_INPUT_SIZE:
	case REF_EXTRA:
		break;
	}
	return STAGE_PATHS;
}

static int too_early(struct reader *r, const struct text *t, const struct ref *ref)
{
	return diag_error(r->sink, "CW-E022", span_of_ref(t, ref),
		"this reference has no value yet: the order is wildcards, input, output, "
		"log and benchmark, threads, resources, params, env, command");
}

/* Variables that reach jobs are those that the file says it needs. */
static int bind_env(struct reader *r, const struct text *t, const struct ref *ref)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	r->uses_env = true;
	for (const struct file_unit *u = r->unit; u; u = u->parent) {
		struct node_list list;
		list_of(get(u->root, "envvars"), &list);
		for (uint32_t i = 0; i < list.n; i++) {
			if (sv_eq(list.v[i]->text, ref->name)) {
				return 0;
			}
			nearest_offer(&near, list.v[i]->text);
		}
	}
	diag_error(r->sink, "CW-E020", span_of_ref(t, ref),
		"the environment variable \"" SV_FMT "\" is not among `envvars`",
		SV_ARG(ref->name));
	note_near(r, &near);
	if (!near.best.p) {
		diag_note(r->sink, (struct span){0},
			"write `envvars: [" SV_FMT "]` at the top level",
			SV_ARG(ref->name));
	}
	return -1;
}

/* Whether what the reference names may be missing only because it is wrong elsewhere. */
static bool is_broken(
	const struct reader *r, const struct ref *ref, const struct scope *scope)
{
	unsigned parts = 0;
	switch (ref->kind) {
	case REF_WILDCARD:
		parts = scope->expand ? 0 : BROKEN_PRODUCTS;
		break;
	case REF_OUTPUT:
	case REF_LOG:
	case REF_BENCHMARK:
		parts = BROKEN_PRODUCTS;
		break;
	case REF_INPUT:
		parts = BROKEN_INPUTS;
		break;
	case REF_PARAMS:
		parts = BROKEN_PARAMS;
		break;
	case REF_RESOURCES:
		parts = BROKEN_RESOURCES;
		break;
	case REF_THREADS:
	case REF_RULE:
	case REF_JOBID:
	case REF_ATTEMPT:
	case REF_CONFIG:
	case REF_ENV:
	case REF_WORKFLOW_DIR:
	case REF_WORKDIR:
	case REF_INPUT_SIZE:
	case REF_EXTRA:
		break;
	}
	return scope->rule && (r->broken & parts);
}

static int bind_ref(struct reader *r, struct text *t, struct ref *ref, void *ctx)
{
	const struct scope *scope = ctx;
	const struct rule *rule = scope->rule;
	if (is_broken(r, ref, scope)) {
		return -1;
	}
	if (ref->kind == REF_CONFIG) {
		return 0; /* bound when it was parsed */
	}
	if (scope->hook && (ref->kind == REF_LOG || ref->kind == REF_EXTRA) &&
		!ref->name.n == (ref->kind == REF_LOG)) {
		return 0;
	}
	if (ref->kind == REF_WORKFLOW_DIR || ref->kind == REF_WORKDIR) {
		return 0;
	}
	if (ref->kind == REF_ENV && (scope->stage != STAGE_PATHS || scope->hook)) {
		return bind_env(r, t, ref);
	}
	if (ref->kind == REF_WILDCARD) {
		return scope->expand ? bind_var(r, t, ref, scope->expand)
				     : bind_wildcard(r, t, ref, rule);
	}
	if (scope->stage == STAGE_PATHS || !rule) {
		return only_in_commands(r, t, ref, scope);
	}
	if (stage_of(ref->kind) >= scope->stage) {
		return too_early(r, t, ref);
	}
	switch (ref->kind) {
	case REF_INPUT:
		return bind_input(r, t, ref, rule);
	case REF_OUTPUT:
		return bind_product(r, t, ref, rule, PRODUCT_OUTPUT, "output");
	case REF_LOG:
		return bind_product(r, t, ref, rule, PRODUCT_LOG, "log");
	case REF_BENCHMARK:
		return bind_product(r, t, ref, rule, PRODUCT_BENCHMARK, "benchmark");
	case REF_PARAMS:
		return bind_param(r, t, ref, rule);
	case REF_RESOURCES:
		return bind_resource(r, t, ref, rule);
	case REF_THREADS:
	case REF_RULE:
	case REF_JOBID:
	case REF_ATTEMPT:
	case REF_INPUT_SIZE:
		return 0;
	case REF_WORKFLOW_DIR:
	case REF_WORKDIR:
	case REF_ENV:
	case REF_EXTRA:
	case REF_WILDCARD:
	case REF_CONFIG:
		break;
	}
	return only_in_commands(r, t, ref, scope);
}

int bind_text(struct reader *r, struct text *t, const struct scope *scope)
{
	struct scope copy = *scope;
	return each_ref_of_text(r, t, &copy, bind_ref);
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
