/* Inputs: paths, lists, names, expansions. */
#include "base/vec.h"
#include "parser/reader.h"

static const char *const sources[] = {"path", "expand", "output_of", "lookup", "switch"};

static const struct known_key path_keys[] = {{"path", NULL}, {"ancient", NULL},
	{"optional", "inputs that may be missing"}, {NULL, NULL}};

static const struct known_key expand_keys[] = {{"expand", NULL}, {"for", NULL},
	{"ancient", NULL}, {"optional", "inputs that may be missing"}, {NULL, NULL}};

/* The source key of a mapping, or NULL: then it is a mapping of names. */
static const char *source_of(const struct yaml_tree_node *node)
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
	bool on = false;
	const struct yaml_tree_node *ancient = get(node, "ancient");
	if (ancient && read_bool(r, ancient, &on) != 0) {
		return -1;
	}
	ret->flags |= on ? ITEM_ANCIENT : 0;
	return 0;
}

/* "{config.files}" that is a list: one path for each of its texts. */
static int paths_from_config(struct reader *r, struct item *ret)
{
	const struct config *c = ret->path.t.pieces[0].expr->ref->bound;
	struct text as_written = ret->path;
	ret->kind = ITEM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct item, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		struct item *item = &ret->items[ret->item_count++];
		if (c->items[i]->kind != CONFIG_TEXT) {
			return diag_error(r->sink, "CW-E210", ret->span,
				"this configuration value holds %s where paths are wanted",
				config_kind_name(c->items[i]));
		}
		struct piece *piece = ARENA_NEW(r->arena, struct piece);
		piece->kind = PIECE_TEXT;
		piece->text = c->items[i]->text;
		item->kind = ITEM_PATH;
		item->flags = ret->flags;
		item->span = ret->span;
		item->path = as_written;
		item->path.t.pieces = piece;
		item->path.t.count = 1;
		item->path.t.expr_count = 0;
		item->path.plain = true;
	}
	return 0;
}

static bool is_config_list(const struct text *t)
{
	if (t->t.count != 1 || t->t.pieces[0].kind != PIECE_EXPR) {
		return false;
	}
	const struct expr *e = t->t.pieces[0].expr;
	const struct config *c =
		e->op == EXPR_REF && e->ref->kind == REF_CONFIG ? e->ref->bound : NULL;
	return c && c->kind == CONFIG_LIST && e->ref->slot == e->ref->step_count;
}

static int parse_path(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct item *ret)
{
	struct scope scope = {.rule = rule};
	ret->kind = ITEM_PATH;
	if (parse_text(r, node, TEMPLATE_TEXT, SHELL_BASH, &ret->path) != 0) {
		return -1;
	}
	if (!node->text.n) {
		return diag_error(r->sink, "CW-E024", node->span, "an empty path");
	}
	if (is_config_list(&ret->path)) {
		return paths_from_config(r, ret);
	}
	return bind_text(r, &ret->path, &scope);
}

/* --- expansions --------------------------------------------------------------------- */

struct expansion_reader {
	struct reader *r;
	const struct yaml_tree_node *node;
	const struct rule *rule;
	VEC(struct expand_var) vars;
	uint32_t for_table; /* UINT32_MAX: none */
};

static int no_such_name(
	struct expansion_reader *x, const struct text *t, const struct ref *ref)
{
	struct nearest near;
	nearest_init(&near, ref->name);
	for (uint32_t i = 0; i < x->r->wf->set_count; i++) {
		nearest_offer(&near, x->r->wf->sets[i].name);
	}
	for (uint32_t i = 0; i < x->rule->wildcard_count; i++) {
		nearest_offer(&near, x->rule->wildcards[i]);
	}
	diag_error(x->r->sink, "CW-E214",
		t->origin.span_of(t->origin.ctx, ref->off, ref->len),
		"\"" SV_FMT
		"\" is neither a set, nor a value beside this expansion, nor a "
		"wildcard of this rule",
		SV_ARG(ref->name));
	if (near.best.p) {
		diag_note(x->r->sink, (struct span){0}, "did you mean \"" SV_FMT "\"?",
			SV_ARG(near.best));
	}
	return -1;
}

static bool has_column(const struct set_def *def, struct strview name)
{
	for (uint32_t i = 0; i < def->column_count; i++) {
		if (sv_eq(def->columns[i], name)) {
			return true;
		}
	}
	/* the columns of a table are known when it is read */
	return def->kind == SET_TABLE;
}

/* A list written beside the pattern becomes a set of its own. */
static int local_set(struct expansion_reader *x, struct strview name, uint32_t *ret)
{
	const struct yaml_tree_node *node = yaml_get(x->node, name.p, NULL);
	const char *full = arena_printf(x->r->arena, SV_FMT "." SV_FMT "@%u",
		SV_ARG(x->rule->name), SV_ARG(name), (unsigned)node->span.off);
	*ret = set_number(x->r, sv_from(full));
	return *ret == UINT32_MAX ? add_set(x->r, sv_from(full), node, ret) : 0;
}

static int make_var(struct expansion_reader *x, const struct text *t,
	const struct ref *ref, struct expand_var *var)
{
	var->name = ref->name;
	var->column = ref->step_count ? ref->steps[0].name : SV("");
	var->span = t->origin.span_of(t->origin.ctx, ref->off, ref->len);
	var->kind = VAR_SET;
	bool beside = yaml_get(x->node, ref->name.p, NULL) &&
		      !sv_eq_str(ref->name, "for") && !sv_eq_str(ref->name, "expand");
	if (beside) {
		return local_set(x, ref->name, &var->set);
	}
	for (uint32_t i = 0; !ref->step_count && i < x->rule->wildcard_count; i++) {
		if (sv_eq(x->rule->wildcards[i], ref->name)) {
			var->kind = VAR_WILDCARD;
			var->wildcard = i;
			return 0;
		}
	}
	var->set = set_number(x->r, ref->name);
	if (var->set != UINT32_MAX) {
		return 0;
	}
	if (x->for_table != UINT32_MAX && !ref->step_count &&
		has_column(&x->r->wf->sets[x->for_table], ref->name)) {
		var->set = x->for_table;
		var->column = ref->name;
		return 0;
	}
	return no_such_name(x, t, ref);
}

static int add_vars(struct expansion_reader *x, const struct text *t)
{
	int rc = 0;
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF ||
			p->expr->ref->kind != REF_WILDCARD) {
			continue;
		}
		struct expand_var var = {0};
		rc |= make_var(x, t, p->expr->ref, &var);
		bool known = false;
		for (size_t v = 0; v < x->vars.n; v++) {
			known |= sv_eq(x->vars.v[v].name, var.name) &&
				 (sv_eq(x->vars.v[v].column, var.column) ||
					 x->vars.v[v].set == x->for_table);
		}
		if (!known) {
			vec_push(&x->vars, var);
		}
	}
	return rc;
}

/* A column of the table named by `for` is asked for by its own name. */
static void name_by_column(struct expansion_reader *x, struct expand *e)
{
	for (uint32_t i = 0; i < e->var_count; i++) {
		if (x->for_table != UINT32_MAX && e->vars[i].kind == VAR_SET &&
			e->vars[i].set == x->for_table) {
			e->vars[i].name = e->vars[i].column;
		}
	}
}

static int bind_patterns(struct expansion_reader *x, struct expand *e)
{
	struct scope scope = {.rule = x->rule, .expand = e};
	int rc = 0;
	for (uint32_t i = 0; i < e->pattern_count; i++) {
		for (uint32_t k = 0; k < e->patterns[i].t.count; k++) {
			struct piece *p = &e->patterns[i].t.pieces[k];
			if (p->kind == PIECE_EXPR && p->expr->op == EXPR_REF &&
				p->expr->ref->kind == REF_WILDCARD) {
				/* found by number: two names may be one column */
				struct ref *ref = p->expr->ref;
				struct strview column =
					ref->step_count ? ref->steps[0].name : SV("");
				for (uint32_t v = 0; v < e->var_count; v++) {
					if (sv_eq(e->vars[v].name, ref->name) &&
						(sv_eq(e->vars[v].column, column) ||
							!column.n)) {
						ref->slot = v;
						break;
					}
				}
			} else if (p->kind == PIECE_EXPR) {
				rc |= bind_text(x->r, &e->patterns[i], &scope);
				break;
			}
		}
	}
	return rc;
}

static int parse_for(struct expansion_reader *x)
{
	const struct yaml_tree_node *table = get(x->node, "for");
	x->for_table = UINT32_MAX;
	if (!table) {
		return 0;
	}
	if (want_scalar(x->r, table, "for") != 0) {
		return -1;
	}
	x->for_table = set_number(x->r, table->text);
	if (x->for_table == UINT32_MAX) {
		return diag_error(x->r->sink, "CW-E214", table->span,
			"there is no set \"" SV_FMT "\"", SV_ARG(table->text));
	}
	return 0;
}

static int parse_expand(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct item *ret)
{
	struct expansion_reader x = {.r = r, .node = node, .rule = rule};
	struct node_list list;
	int rc = check_keys(r, node, expand_keys, "an expansion", true);
	rc |= parse_for(&x);
	struct expand *e = ARENA_NEW(r->arena, struct expand);
	ret->kind = ITEM_EXPAND;
	ret->expand = e;
	list_of(get(node, "expand"), &list);
	e->patterns = ARENA_ARRAY(r->arena, struct text, list.n);
	for (uint32_t i = 0; i < list.n && rc == 0; i++) {
		struct text *t = &e->patterns[e->pattern_count++];
		rc = parse_text(r, list.v[i], TEMPLATE_TEXT, SHELL_BASH, t);
		if (rc == 0) {
			rc = add_vars(&x, t);
		}
	}
	if (!list.n) {
		rc = diag_error(
			r->sink, "CW-E013", node->span, "an expansion needs a pattern");
	}
	e->vars = ARENA_ARRAY(r->arena, struct expand_var, x.vars.n);
	memcpy(e->vars, x.vars.v, x.vars.n * sizeof(*e->vars));
	e->var_count = (uint32_t)x.vars.n;
	vec_release(&x.vars);
	if (rc == 0) {
		name_by_column(&x, e);
		rc = bind_patterns(&x, e);
	}
	return rc;
}

/* --- items -------------------------------------------------------------------------- */

static int parse_list(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct item *ret)
{
	int rc = 0;
	ret->kind = ITEM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct item, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		rc |= parse_item(r, node->items[i], rule, &ret->items[ret->item_count++]);
	}
	return rc;
}

int parse_item(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	struct item *ret)
{
	*ret = (struct item){.span = node->span};
	if (node->kind == YAML_SCALAR) {
		return parse_path(r, node, rule, ret);
	}
	if (node->kind == YAML_SEQUENCE) {
		return parse_list(r, node, rule, ret);
	}
	const char *source = source_of(node);
	if (!source) {
		return diag_error(r->sink, "CW-E025", node->span,
			"this mapping is no source of files: it needs one of path, expand");
	}
	if (parse_flags(r, node, ret) != 0) {
		return -1;
	}
	if (strcmp(source, "path") == 0) {
		const struct yaml_tree_node *path = get(node, "path");
		int rc = check_keys(r, node, path_keys, "an input", false);
		return rc == 0 && path ? parse_path(r, path, rule, ret) : -1;
	}
	if (strcmp(source, "expand") == 0) {
		return parse_expand(r, node, rule, ret);
	}
	return diag_error(r->sink, "CW-E016", node->span,
		"`%s` is a name that is taken, but not there yet", source);
}

typedef VEC(struct entry) entry_vec;

static int add_entry(struct reader *r, const struct yaml_tree_node *node,
	struct strview name, struct rule *rule, void *entries)
{
	entry_vec *v = entries;
	struct entry e = {.name = name, .span = node->span};
	int rc = parse_item(r, node, rule, &e.item);
	vec_push(v, e);
	return rc;
}

static int add_named(struct reader *r, const struct yaml_tree_node *map,
	struct rule *rule, void *entries)
{
	int rc = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct yaml_pair *p = &map->pairs[i];
		if (check_name(r, p->key, "the name of an input") != 0) {
			rc = -1;
		} else if (!yaml_is_absent(p->value)) {
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
		if (item->kind == YAML_MAPPING && !source_of(item)) {
			rc |= add_named(r, item, rule, &entries);
		} else if (!yaml_is_absent(item)) {
			rc |= add_entry(r, item, SV(""), rule, &entries);
		}
	}
	rule->inputs = ARENA_ARRAY(r->arena, struct entry, entries.n);
	memcpy(rule->inputs, entries.v, entries.n * sizeof(*entries.v));
	rule->input_count = (uint32_t)entries.n;
	vec_release(&entries);
	return rc;
}
