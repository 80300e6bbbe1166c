/* Params: named or positional, plain or nested; texts may hold references, and the
 * sources of inputs give lists. */
#include "parser/reader.h"

static const struct known_key value_keys[] = {
	{"value", NULL}, {"volatile", NULL}, {NULL, NULL}};

typedef VEC(struct param) param_vec;

static int parse_value(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret);

static int parse_items(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret)
{
	int rc = 0;
	bool map = node->kind == YAML_MAPPING;
	ret->kind = map ? PARAM_MAP : PARAM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct param, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_tree_node *value =
			map ? node->pairs[i].value : node->items[i];
		if (yaml_is_absent(value)) {
			continue;
		}
		struct param *p = &ret->items[ret->item_count++];
		rc |= parse_value(r, value, rule, p);
		p->name = map ? node->pairs[i].key->text : SV("");
	}
	return rc;
}

/* {value: X, volatile: true} */
static int parse_volatile(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret)
{
	const struct yaml_tree_node *value = yaml_get(node, "value", NULL);
	bool on = false;
	if (check_keys(r, node, value_keys, "a volatile param", false) != 0 ||
		read_bool(r, yaml_get(node, "volatile", NULL), &on) != 0) {
		return -1;
	}
	if (!value) {
		return diag_error(r->sink, "CW-E013", node->span,
			"a param with `volatile` needs `value`, as in {value: X, volatile: "
			"true}");
	}
	int rc = parse_value(r, value, rule, ret);
	ret->is_volatile = on;
	return rc;
}

/* A value of the configuration, as it is nested there. */
static void from_config(struct reader *r, const struct config *c, const struct text *like,
	struct param *ret)
{
	ret->kind = c->kind == CONFIG_TEXT  ? PARAM_TEXT
		    : c->kind == CONFIG_MAP ? PARAM_MAP
					    : PARAM_LIST;
	if (c->kind == CONFIG_TEXT) {
		ret->text = literal_text(r, c->text, like);
		return;
	}
	ret->items = ARENA_ARRAY(r->arena, struct param, c->count);
	ret->item_count = c->count;
	for (uint32_t i = 0; i < c->count; i++) {
		ret->items[i].span = ret->span;
		ret->items[i].name = c->kind == CONFIG_MAP ? c->keys[i] : SV("");
		from_config(r, c->items[i], like, &ret->items[i]);
	}
}

/* A text that is one reference to a list or mapping of the configuration. */
static const struct config *nested_config(const struct text *t)
{
	if (t->t.count != 1 || t->t.pieces[0].kind != PIECE_EXPR ||
		t->t.pieces[0].format != FORMAT_NONE) {
		return NULL;
	}
	const struct expr *e = t->t.pieces[0].expr;
	if (e->op != EXPR_REF || e->ref->kind != REF_CONFIG ||
		e->ref->slot != e->ref->step_count) {
		return NULL;
	}
	const struct config *c = e->ref->bound;
	return c && c->kind != CONFIG_TEXT ? c : NULL;
}

static void warn_option(struct reader *r, const struct param *p)
{
	const struct text *t = &p->text;
	if (!t->t.count || t->t.pieces[0].kind != PIECE_TEXT) {
		return;
	}
	struct strview s = t->t.pieces[0].text;
	if (s.n > 1 && s.p[0] == '-' && memchr(s.p, ' ', s.n)) {
		diag_warning(r->sink, "CW-W011", p->span,
			"this becomes one word of the command, blanks and all; several "
			"words are a list, as in [--fast, -x, 3], or put in with :raw");
	}
}

/* Nesting is bounded by the YAML reader. */
static int parse_value(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret)
{
	struct scope scope = {.rule = rule, .stage = STAGE_PARAMS};
	*ret = (struct param){.span = node->span};
	if (node->kind == YAML_MAPPING && yaml_get(node, "volatile", NULL)) {
		return parse_volatile(r, node, rule, ret);
	}
	if (node->kind == YAML_MAPPING && source_of(node)) {
		ret->kind = PARAM_ITEM;
		r->wf->has_param_items = true;
		ret->item = ARENA_NEW(r->arena, struct item);
		int rc = parse_item(r, node, rule, true, ret->item);
		rule->params_choose |=
			ret->item->kind == ITEM_LOOKUP || ret->item->kind == ITEM_SWITCH;
		return rc;
	}
	if (node->kind == YAML_MAPPING && yaml_is_bare_braces(node)) {
		return want_scalar(r, node, "a param");
	}
	if (node->kind != YAML_SCALAR) {
		return parse_items(r, node, rule, ret);
	}
	ret->kind = PARAM_TEXT;
	if (make_text(r, node, TEMPLATE_TEXT, &scope, &ret->text) != 0) {
		return -1;
	}
	const struct config *c = nested_config(&ret->text);
	if (c) {
		struct text like = ret->text;
		from_config(r, c, &like, ret);
	} else {
		warn_option(r, ret);
	}
	return 0;
}

static bool is_known(const param_vec *params, struct strview name)
{
	for (size_t i = 0; i < params->n; i++) {
		if (sv_eq(params->v[i].name, name)) {
			return true;
		}
	}
	return false;
}

static int add_named(struct reader *r, const struct yaml_tree_node *map,
	struct rule *rule, param_vec *params)
{
	int rc = 0;
	for (uint32_t k = 0; k < map->count; k++) {
		const struct yaml_pair *pair = &map->pairs[k];
		struct param p;
		if (is_known(params, pair->key->text) || yaml_is_absent(pair->value)) {
			continue;
		}
		if (check_name(r, pair->key, "the name of a param") != 0 ||
			parse_value(r, pair->value, rule, &p) != 0) {
			rc = -1;
			continue;
		}
		p.name = pair->key->text;
		vec_push(params, p);
	}
	return rc;
}

/* A mapping that is a value by itself: a source, {value:, volatile:}. */
static bool is_value(const struct yaml_tree_node *node)
{
	return node->kind != YAML_MAPPING || source_of(node) ||
	       yaml_get(node, "volatile", NULL) || yaml_is_bare_braces(node);
}

/* `positional`: of the rule itself; those of a rule it extends give their names only. */
static int add_params(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool positional, param_vec *params)
{
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *item = list.v[i];
		if (!is_value(item)) {
			rc |= add_named(r, item, rule, params);
		} else if (positional && !yaml_is_absent(item)) {
			struct param p;
			rc |= parse_value(r, item, rule, &p);
			vec_push(params, p);
		}
	}
	return rc;
}

int parse_params(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	struct file_unit *unit = r->unit;
	param_vec params = {0};
	bool first = true;
	int rc = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct yaml_tree_node *node = get(s->chain[i].map, "params");
		if (node) {
			r->unit = s->chain[i].unit;
			rc |= add_params(r, node, rule, first, &params);
			first = false;
		}
	}
	r->unit = unit;
	rule->params = ARENA_ARRAY(r->arena, struct param, params.n);
	if (params.n) {
		memcpy(rule->params, params.v, params.n * sizeof(*params.v));
	}
	rule->param_count = (uint32_t)params.n;
	vec_release(&params);
	return rc;
}
