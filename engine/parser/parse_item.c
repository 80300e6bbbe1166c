/* Inputs: paths, lists, names, and the sources that give several files. */
#include "parser/reader.h"

static const char *const sources[] = {"path", "expand", "output_of", "lookup", "switch"};

static const struct known_key path_keys[] = {
	{"path", NULL}, {"ancient", NULL}, {"optional", NULL}, {NULL, NULL}};

static const struct known_key lookup_keys[] = {{"lookup", NULL}, {"where", NULL},
	{"column", NULL}, {"default", NULL}, {"ancient", NULL}, {"optional", NULL},
	{NULL, NULL}};

static const struct known_key switch_keys[] = {{"switch", NULL}, {"cases", NULL},
	{"default", NULL}, {"ancient", NULL}, {"optional", NULL}, {NULL, NULL}};

const char *source_of(const struct yaml_tree_node *node)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(sources); i++) {
		if (yaml_get(node, sources[i], NULL)) {
			return sources[i];
		}
	}
	return NULL;
}

static int parse_flags(
	struct reader *r, const struct yaml_tree_node *node, struct item *ret)
{
	const struct yaml_tree_node *ancient = get(node, "ancient");
	const struct yaml_tree_node *optional = get(node, "optional");
	bool is_ancient = false, is_optional = false;
	int rc = ancient ? read_bool(r, ancient, &is_ancient) : 0;
	rc |= optional ? read_bool(r, optional, &is_optional) : 0;
	ret->flags |=
		(is_ancient ? ITEM_ANCIENT : 0u) | (is_optional ? ITEM_OPTIONAL : 0u);
	return rc;
}

/* "{config.files}" that is a list: one path for each of its texts. */
static int items_from_config(
	struct reader *r, const struct config *c, bool plain, struct item *ret)
{
	struct text as_written = ret->path;
	ret->kind = ITEM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct item, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		struct item *item = &ret->items[ret->item_count++];
		if (c->items[i]->kind != CONFIG_TEXT) {
			return diag_error(r->sink, "CW-E210", ret->span,
				"this configuration value holds %s where texts are wanted",
				config_kind_name(c->items[i]));
		}
		item->kind = ITEM_PATH;
		item->span = ret->span;
		item->path = literal_text(r, c->items[i]->text, &as_written);
		if (!plain) {
			prefix_input(r, &item->path);
		}
	}
	return 0;
}

/* A constant list or mapping within a path has no meaning. */
static int check_config_pieces(struct reader *r, const struct text *t)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF ||
			p->expr->ref->kind != REF_CONFIG ||
			p->expr->ref->slot != p->expr->ref->step_count) {
			continue;
		}
		const struct config *c = p->expr->ref->bound;
		if (c && c->kind != CONFIG_TEXT) {
			return diag_error(r->sink, "CW-E210", span_of_piece(t, p),
				"this value of the configuration is %s, and a text is "
				"wanted here",
				config_kind_name(c));
		}
	}
	return 0;
}

static int parse_path(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool plain, struct item *ret)
{
	struct scope scope = {.rule = rule, .stage = plain ? STAGE_PARAMS : STAGE_PATHS};
	ret->kind = ITEM_PATH;
	if (parse_text(r, node, TEMPLATE_TEXT, SHELL_BASH, &ret->path) != 0) {
		return -1;
	}
	if (!node->text.n && !plain) {
		return diag_error(r->sink, "CW-E024", node->span, "an empty path");
	}
	const struct config *list = config_list_of(&ret->path);
	if (list) {
		return items_from_config(r, list, plain, ret);
	}
	if (bind_text(r, &ret->path, &scope) != 0 ||
		check_config_pieces(r, &ret->path) != 0) {
		return -1;
	}
	if (!plain) {
		prefix_input(r, &ret->path);
	}
	return 0;
}

/* --- lookup, switch ------------------------------------------------------------------ */

static int parse_otherwise(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool plain, struct item *ret)
{
	const struct yaml_tree_node *value = get(node, "default");
	if (!value) {
		return 0;
	}
	ret->otherwise = ARENA_NEW(r->arena, struct item);
	return parse_item(r, value, rule, plain, ret->otherwise);
}

static int check_column(struct reader *r, const struct set_def *def,
	struct strview column, struct span span)
{
	if (set_has_column(def, column)) {
		return 0;
	}
	struct nearest near;
	nearest_init(&near, column);
	for (uint32_t i = 0; i < def->column_count; i++) {
		nearest_offer(&near, def->columns[i]);
	}
	diag_error(r->sink, "CW-E205", span,
		"set \"" SV_FMT "\" has no column \"" SV_FMT "\"", SV_ARG(def->name),
		SV_ARG(column));
	nearest_note(&near, r->sink);
	return -1;
}

static int find_table(struct reader *r, const struct yaml_tree_node *node, uint32_t *ret)
{
	struct nearest near;
	if (want_scalar(r, node, "the name of a table") != 0) {
		return -1;
	}
	*ret = set_number(r, node->text);
	if (*ret != UINT32_MAX) {
		r->wf->sets[*ret].used = true;
		return 0;
	}
	nearest_init(&near, node->text);
	for (uint32_t i = 0; i < r->wf->set_count; i++) {
		nearest_offer(&near, r->wf->sets[i].name);
	}
	diag_error(r->sink, "CW-E214", node->span, "there is no set \"" SV_FMT "\"",
		SV_ARG(node->text));
	nearest_note(&near, r->sink);
	return -1;
}

static int parse_lookup(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool plain, struct item *ret)
{
	struct scope scope = {.rule = rule, .stage = plain ? STAGE_PARAMS : STAGE_PATHS};
	const struct yaml_tree_node *column = get(node, "column");
	ret->kind = ITEM_LOOKUP;
	int rc = check_keys(r, node, lookup_keys, "a lookup", false);
	rc |= parse_otherwise(r, node, rule, plain, ret);
	if (find_table(r, yaml_get(node, "lookup", NULL), &ret->table) != 0) {
		return -1;
	}
	const struct set_def *def = &r->wf->sets[ret->table];
	ret->lookup = r->wf->lookup_count++;
	if (get(node, "where")) {
		rc |= parse_where(
			r, get(node, "where"), &scope, &ret->where, &ret->where_count);
		for (uint32_t i = 0; i < ret->where_count && rc == 0; i++) {
			rc |= check_column(
				r, def, ret->where[i].column, ret->where[i].span);
		}
	}
	if (!column && def->column_count != 1) {
		return diag_error(r->sink, "CW-E013", node->span,
			"a lookup needs `column`: the column whose values it gives");
	}
	if (!column) {
		ret->column = def->columns[0];
		ret->column_span = node->span;
		return rc;
	}
	if (want_scalar(r, column, "column") != 0 ||
		constant(r, column, &ret->column) != 0) {
		return -1;
	}
	ret->column_span = column->span;
	return rc | check_column(r, def, ret->column, column->span);
}

static int parse_cases(struct reader *r, const struct yaml_tree_node *cases,
	struct rule *rule, bool plain, struct item *ret)
{
	int rc = 0;
	ret->cases = ARENA_ARRAY(r->arena, struct switch_case, cases->count);
	for (uint32_t i = 0; i < cases->count; i++) {
		if (yaml_is_absent(cases->pairs[i].value)) {
			continue;
		}
		struct switch_case *c = &ret->cases[ret->case_count++];
		c->key = cases->pairs[i].key->text;
		c->span = cases->pairs[i].key->span;
		c->item = ARENA_NEW(r->arena, struct item);
		rc |= parse_item(r, cases->pairs[i].value, rule, plain, c->item);
	}
	return rc;
}

static int parse_switch(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool plain, struct item *ret)
{
	struct scope scope = {.rule = rule, .stage = plain ? STAGE_PARAMS : STAGE_PATHS};
	const struct yaml_tree_node *cases = get(node, "cases");
	ret->kind = ITEM_SWITCH;
	int rc = check_keys(r, node, switch_keys, "a switch", false);
	rc |= make_text(
		r, yaml_get(node, "switch", NULL), TEMPLATE_TEXT, &scope, &ret->subject);
	rc |= parse_otherwise(r, node, rule, plain, ret);
	if (!cases) {
		return diag_error(r->sink, "CW-E013", node->span,
			"a switch needs `cases`: a mapping from values to items");
	}
	if (want_mapping(r, cases, "cases") != 0) {
		return -1;
	}
	return rc | parse_cases(r, cases, rule, plain, ret);
}

/* Outputs have `multiext`; inputs an expansion. */
static int no_multiext(
	struct reader *r, const struct yaml_tree_node *node, struct span span)
{
	const struct yaml_tree_node *name = yaml_get(node, "multiext", NULL);
	const char *text = name && name->kind == YAML_SCALAR ? name->text.p : "NAME";
	diag_error(r->sink, "CW-E025", span,
		"`multiext` names outputs; for inputs write {expand: \"%s{ext}\", ext: "
		"[...]}",
		text);
	return -1;
}

/* --- items -------------------------------------------------------------------------- */

static int parse_list(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, bool plain, struct item *ret)
{
	int rc = 0;
	ret->kind = ITEM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct item, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		if (!yaml_is_absent(node->items[i])) {
			rc |= parse_item(r, node->items[i], rule, plain,
				&ret->items[ret->item_count++]);
		}
	}
	return rc;
}

/* An item has one source: no other beside `source`. */
static int check_one_source(
	struct reader *r, const struct yaml_tree_node *node, const char *source)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(sources); i++) {
		const struct yaml_tree_node *other = get(node, sources[i]);
		if (other && strcmp(sources[i], source) != 0) {
			return diag_error(r->sink, "CW-E018", other->span,
				"an item has one source, and this one has `%s` and `%s`: "
				"keep one of them",
				source, sources[i]);
		}
	}
	return 0;
}

static int parse_source(struct reader *r, const struct yaml_tree_node *node,
	const char *source, struct rule *rule, bool plain, struct item *ret)
{
	if (check_one_source(r, node, source) != 0) {
		return -1;
	}
	if (parse_flags(r, node, ret) != 0) {
		return -1;
	}
	if (strcmp(source, "path") == 0) {
		const struct yaml_tree_node *path = get(node, "path");
		if (check_keys(r, node, path_keys, "an input", false) != 0) {
			return -1;
		}
		if (!path) {
			return diag_error(
				r->sink, "CW-E024", node->span, "an empty path");
		}
		unsigned flags = ret->flags;
		int rc = parse_item(r, path, rule, plain, ret);
		ret->flags |= flags;
		return rc;
	}
	if (strcmp(source, "expand") == 0) {
		return parse_expand(r, node, rule, plain, ret);
	}
	if (strcmp(source, "output_of") == 0) {
		return parse_output_of(r, node, rule, ret);
	}
	if (strcmp(source, "lookup") == 0) {
		return parse_lookup(r, node, rule, plain, ret);
	}
	return parse_switch(r, node, rule, plain, ret);
}

/* Nesting is bounded by the YAML reader. */
int parse_item(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	bool plain, struct item *ret)
{
	*ret = (struct item){.span = node->span};
	if (yaml_is_absent(node)) {
		ret->kind = ITEM_LIST; /* nothing, as [] */
		return 0;
	}
	if (node->kind == YAML_SCALAR) {
		return parse_path(r, node, rule, plain, ret);
	}
	if (node->kind == YAML_SEQUENCE) {
		return parse_list(r, node, rule, plain, ret);
	}
	const char *source = source_of(node);
	if (!source && yaml_is_bare_braces(node)) {
		return want_scalar(r, node, "a path");
	}
	if (!source && yaml_get(node, "multiext", NULL)) {
		return no_multiext(r, node, node->span);
	}
	if (!source) {
		diag_error(r->sink, "CW-E025", node->span,
			"this mapping is no source of files: it needs one of path, expand, "
			"output_of, lookup, switch");
		for (uint32_t i = 0; i < node->count; i++) {
			struct nearest near;
			nearest_init(&near, node->pairs[i].key->text);
			for (size_t k = 0; k < CW_ARRAY_LEN(sources); k++) {
				nearest_offer(&near, sv_from(sources[k]));
			}
			nearest_note(&near, r->sink);
		}
		return -1;
	}
	return parse_source(r, node, source, rule, plain, ret);
}

typedef VEC(struct entry) entry_vec;

static int add_entry(struct reader *r, const struct yaml_tree_node *node,
	struct strview name, struct rule *rule, entry_vec *v)
{
	struct entry e = {.name = name, .span = node->span};
	int rc = parse_item(r, node, rule, false, &e.item);
	vec_push(v, e);
	return rc;
}

static int add_named(struct reader *r, const struct yaml_tree_node *map,
	struct rule *rule, entry_vec *entries)
{
	int rc = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		bool twice = false;
		for (size_t e = 0; e < entries->n; e++) {
			twice |= sv_eq(entries->v[e].name, p->key->text);
		}
		if (sv_eq_str(p->key->text, "multiext")) {
			rc = no_multiext(r, map, p->key->span);
			break;
		} else if (check_name(r, p->key, "the name of an input") != 0) {
			rc = -1;
		} else if (twice) {
			rc = diag_error(r->sink, "CW-E017", p->key->span,
				"there are two inputs \"" SV_FMT "\"",
				SV_ARG(p->key->text));
		} else if (!yaml_is_absent(p->value)) {
			if (sv_eq_str(p->key->text, "ancient") ||
				sv_eq_str(p->key->text, "optional")) {
				diag_warning(r->sink, "CW-W012", p->key->span,
					"this names an input \"" SV_FMT
					"\"; the flag is written {path: FILE, " SV_FMT
					": true}",
					SV_ARG(p->key->text), SV_ARG(p->key->text));
			}
			rc |= add_entry(r, p->value, p->key->text, rule, entries);
		}
	}
	return rc;
}

int parse_inputs(struct reader *r, const struct yaml_tree_node *node, struct rule *rule)
{
	struct node_list list;
	entry_vec entries = {0};
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *item = list.v[i];
		if (item->kind == YAML_MAPPING && !source_of(item) &&
			!yaml_is_bare_braces(item)) {
			rc |= add_named(r, item, rule, &entries);
		} else if (!yaml_is_absent(item)) {
			rc |= add_entry(r, item, SV(""), rule, &entries);
		}
	}
	rule->inputs = ARENA_ARRAY(r->arena, struct entry, entries.n);
	if (entries.n) {
		memcpy(rule->inputs, entries.v, entries.n * sizeof(*entries.v));
	}
	rule->input_count = (uint32_t)entries.n;
	vec_release(&entries);
	return rc;
}
