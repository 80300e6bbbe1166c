/* The names in texts: what references mean in their place, and what is said where they
 * mean nothing. */
#include "parser/reader.h"

static int unknown(struct reader *r, struct span span, const char *kind,
	struct strview name, const struct nearest *near)
{
	diag_error(r->sink, "CW-E020", span, "unknown %s \"" SV_FMT "\"%s", kind,
		SV_ARG(name), near->best.p ? "" : " in this place");
	nearest_note(near, r->sink);
	return -1;
}

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
	nearest_note(&near, r->sink);
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

/* What a constant reference leads to in the configuration, where it can have no text. */
static int check_config(struct reader *r, const struct text *t, const struct ref *ref,
	const struct scope *scope)
{
	const struct config *c = ref->bound;
	if (c && c->kind == CONFIG_TEXT && ref->slot < ref->step_count) {
		return diag_error(r->sink, "CW-E031", span_of_ref(t, ref),
			"what stands before the bracket is one value, and has no parts");
	}
	bool paths = scope->stage == STAGE_PATHS && !scope->hook; /* parse_item.c */
	bool param = scope->stage == STAGE_PARAMS && t->t.count == 1;
	if (!c || ref->slot < ref->step_count || paths || param) {
		return 0;
	}
	bool wrong = c->kind == CONFIG_MAP;
	for (uint32_t i = 0; c->kind == CONFIG_LIST && i < c->count; i++) {
		wrong = wrong || c->items[i]->kind != CONFIG_TEXT;
	}
	return wrong ? diag_error(r->sink, "CW-E210", span_of_ref(t, ref),
			       "this value of the configuration is %s, and a text is "
			       "wanted here",
			       c->kind == CONFIG_MAP ? "a mapping"
						     : "a list of lists or mappings")
		     : 0;
}

static int bind_ref(struct reader *r, struct text *t, struct ref *ref, void *ctx)
{
	const struct scope *scope = ctx;
	const struct rule *rule = scope->rule;
	if (is_broken(r, ref, scope)) {
		return -1;
	}
	if (ref->kind == REF_CONFIG) {
		return check_config(r, t, ref, scope); /* bound when it was parsed */
	}
	if (scope->hook && (ref->kind == REF_LOG || ref->kind == REF_EXTRA) &&
		!ref->name.n == (ref->kind == REF_LOG)) {
		return 0;
	}
	if (ref->kind == REF_WORKFLOW_DIR) {
		ref->bound = &r->unit->base;
		return 0;
	}
	if (ref->kind == REF_WORKDIR) {
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
