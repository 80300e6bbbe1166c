/* Sets: lists, ranges, globs, tables, lines, as definitions; nothing is read here. */
#include "base/hash.h"
#include "base/number.h"
#include "parser/reader.h"

static const struct known_key set_keys[] = {{"from", NULL}, {"to", NULL}, {"step", NULL},
	{"glob", NULL}, {"table", NULL}, {"lines", NULL}, {"columns", NULL},
	{"where", NULL}, {NULL, NULL}};

static uint64_t set_key(struct strview name, uint32_t module)
{
	return hash64(name.p, name.n) + module * UINT64_C(0x9e3779b97f4a7c15);
}

uint32_t set_number(const struct reader *r, struct strview name)
{
	uint32_t module = r->unit->module->number;
	uint32_t at = hashmap_get(&r->set_names, set_key(name, module));
	bool known = at != HASHMAP_NONE && r->wf->sets[at].module == module &&
		     sv_eq(r->wf->sets[at].name, name);
	return known ? at : UINT32_MAX;
}

/* A whole item "{config.x}": its value in the configuration, else NULL. */
static const struct config *whole_config(
	struct reader *r, const struct yaml_tree_node *node)
{
	struct text t;
	if (node->kind != YAML_SCALAR ||
		!memmem(node->text.p, node->text.n, "{config", 7)) {
		return NULL;
	}
	r->sink->muted++;
	int rc = parse_text(r, node, TEMPLATE_TEXT, SHELL_BASH, &t);
	r->sink->muted--;
	if (rc != 0 || t.t.count != 1 || t.t.pieces[0].kind != PIECE_EXPR ||
		t.t.pieces[0].expr->op != EXPR_REF ||
		t.t.pieces[0].expr->ref->kind != REF_CONFIG) {
		return NULL;
	}
	return t.t.pieces[0].expr->ref->bound;
}

static int list_from_config(
	struct reader *r, const struct config *c, struct set_def *def, struct span where)
{
	def->values = ARENA_ARRAY(r->arena, struct strview, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->items[i]->kind != CONFIG_TEXT) {
			return diag_error(r->sink, "CW-E210", where,
				"this configuration value holds %s where texts are wanted",
				config_kind_name(c->items[i]));
		}
		def->values[def->value_count++] = c->items[i]->text;
	}
	return 0;
}

static int parse_list(
	struct reader *r, const struct yaml_tree_node *node, struct set_def *def)
{
	struct node_list list;
	def->kind = SET_LIST;
	const struct config *c = whole_config(r, node);
	if (c && c->kind == CONFIG_LIST) {
		return list_from_config(r, c, def, node->span);
	}
	if (c && c->kind == CONFIG_MAP) {
		return diag_error(r->sink, "CW-E210", node->span,
			"this value of the configuration is a mapping, and a set wants a "
			"list");
	}
	list_of(node, &list);
	def->values = ARENA_ARRAY(r->arena, struct strview, list.n);
	int rc = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		if (want_scalar(r, list.v[i], "an item of a set") != 0) {
			rc = -1;
		} else {
			rc |= constant(r, list.v[i], &def->values[def->value_count++]);
		}
	}
	return rc;
}

static int parse_number(struct reader *r, const struct yaml_tree_node *map,
	const char *key, bool required, int64_t *ret)
{
	const struct yaml_tree_node *node = get(map, key);
	struct strview text;
	if (!node) {
		return required ? diag_error(r->sink, "CW-E013", map->span,
					  "a range needs `from` and `to`")
				: 0;
	}
	if (want_scalar(r, node, key) != 0 || constant(r, node, &text) != 0) {
		return -1;
	}
	if (parse_i64(text, ret) != 0) {
		return diag_error(r->sink, "CW-E011", node->span,
			"`%s` must be an integer, this is \"" SV_FMT "\"", key,
			SV_ARG(text));
	}
	return 0;
}

static int parse_range(
	struct reader *r, const struct yaml_tree_node *node, struct set_def *def)
{
	def->kind = SET_RANGE;
	def->step = 1;
	int rc = parse_number(r, node, "from", true, &def->from) |
		 parse_number(r, node, "to", true, &def->to) |
		 parse_number(r, node, "step", false, &def->step);
	if (rc == 0 && def->step == 0) {
		rc = diag_error(r->sink, "CW-E011", get(node, "step")->span,
			"`step` must not be 0");
	}
	return rc;
}

/* The distinct wildcards of a pattern in the order in which they appear. */
static void wildcards_of(struct reader *r, const struct text *t, struct set_def *def)
{
	def->columns = ARENA_ARRAY(r->arena, struct strview, t->t.count);
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		bool known = p->kind != PIECE_EXPR;
		for (uint32_t k = 0; !known && k < def->column_count; k++) {
			known = sv_eq(def->columns[k], p->expr->ref->name);
		}
		if (!known) {
			def->columns[def->column_count++] = p->expr->ref->name;
		}
	}
}

static struct strview no_constraint(void *ctx, struct strview name)
{
	(void)ctx;
	(void)name;
	return (struct strview){NULL, 0};
}

static int parse_glob(
	struct reader *r, const struct yaml_tree_node *node, struct set_def *def)
{
	def->kind = SET_GLOB;
	struct text *t = &def->glob_text;
	if (parse_text(r, node, TEMPLATE_PATTERN, SHELL_BASH, t) != 0) {
		return -1;
	}
	normalise_glob(r, t, true);
	wildcards_of(r, t, def);
	if (!def->column_count) {
		return diag_error(r->sink, "CW-E211", node->span,
			"a glob needs a wildcard for the part that varies, as in "
			"\"data/{name}.txt\"");
	}
	return pattern_compile(r->sink, r->arena, &t->t, def->columns, def->column_count,
		no_constraint, NULL, "[^/]+", t->origin, &def->glob);
}

static int parse_columns(
	struct reader *r, const struct yaml_tree_node *node, struct set_def *def)
{
	def->kind = SET_COLUMNS;
	if (want_mapping(r, node, "columns") != 0) {
		return -1;
	}
	uint32_t rows = 0, n = node->count;
	struct set_def *lists = ARENA_ARRAY(r->arena, struct set_def, n);
	def->columns = ARENA_ARRAY(r->arena, struct strview, n);
	for (uint32_t i = 0; i < n; i++) {
		def->columns[i] = node->pairs[i].key->text;
		if (check_name(r, node->pairs[i].key, "a column") != 0 ||
			parse_list(r, node->pairs[i].value, &lists[i]) != 0) {
			return -1;
		}
		rows = i ? rows : lists[i].value_count;
		if (lists[i].value_count != rows) {
			return diag_error(r->sink, "CW-E212", node->pairs[i].value->span,
				"column \"" SV_FMT "\" has %u value%s, \"" SV_FMT
				"\" has %u",
				SV_ARG(def->columns[i]), (unsigned)lists[i].value_count,
				lists[i].value_count == 1 ? "" : "s",
				SV_ARG(def->columns[0]), (unsigned)rows);
		}
	}
	def->column_count = n;
	def->value_count = rows * n;
	def->values = ARENA_ARRAY(r->arena, struct strview, (size_t)rows * n);
	for (uint32_t i = 0; i < rows * n; i++) {
		def->values[i] = lists[i % n].values[i / n];
	}
	return 0;
}

int parse_where(struct reader *r, const struct yaml_tree_node *node,
	const struct scope *scope, struct where_clause **ret, uint32_t *ret_count)
{
	if (want_mapping(r, node, "where") != 0) {
		return -1;
	}
	int rc = 0;
	if (node->count > WILDCARDS_MOST) {
		return diag_error(r->sink, "CW-E026", node->span,
			"`where` has at most %d columns", (int)WILDCARDS_MOST);
	}
	*ret = ARENA_ARRAY(r->arena, struct where_clause, node->count);
	*ret_count = 0;
	for (uint32_t i = 0; i < node->count; i++) {
		if (yaml_is_absent(node->pairs[i].value)) {
			continue;
		}
		struct where_clause *w = &(*ret)[(*ret_count)++];
		w->column = node->pairs[i].key->text;
		w->span = node->pairs[i].key->span;
		rc |= make_text(r, node->pairs[i].value, TEMPLATE_TEXT, scope, &w->value);
	}
	return rc;
}

int check_set_sources(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const sources[] = {
		"from", "to", "glob", "table", "lines", "columns"};
	const char *first = NULL;
	for (size_t i = 0; i < CW_ARRAY_LEN(sources); i++) {
		const struct yaml_tree_node *source = get(node, sources[i]);
		if (source && first && strcmp(sources[i], "to") != 0) {
			return diag_error(r->sink, "CW-E018", source->span,
				"a set has one source, and this one has `%s` and `%s`: "
				"keep one of them",
				first, sources[i]);
		}
		first = source ? sources[i] : first;
	}
	return 0;
}

static int parse_mapping(
	struct reader *r, const struct yaml_tree_node *node, struct set_def *def)
{
	const struct yaml_tree_node *source;
	struct strview path;
	struct scope none = {0};
	int rc = 0;
	if (yaml_get(node, "after", NULL)) {
		rc = diag_error(r->sink, "CW-E215", yaml_get(node, "after", NULL)->span,
			"`after` stands only in a set written beside an `expand`, whose "
			"rule waits for it");
	} else {
		rc = check_keys(r, node, set_keys, "a set", false);
		rc |= check_set_sources(r, node);
	}
	if (get(node, "where")) {
		rc |= parse_where(
			r, get(node, "where"), &none, &def->where, &def->where_count);
	}
	if ((source = get(node, "glob"))) {
		return rc | parse_glob(r, source, def);
	}
	if (get(node, "from") || get(node, "to")) {
		return rc | parse_range(r, node, def);
	}
	if ((source = get(node, "columns"))) {
		return rc | parse_columns(r, source, def);
	}
	source = get(node, "table") ? get(node, "table") : get(node, "lines");
	if (!source) {
		return rc ? rc
			  : diag_error(r->sink, "CW-E213", node->span,
				    "a set is a list, or a mapping with one of: from/to, "
				    "glob, table, lines, columns");
	}
	def->kind = get(node, "table") ? SET_TABLE : SET_LINES;
	if (want_scalar(r, source, "the path of a table") != 0 ||
		constant(r, source, &path) != 0) {
		return -1;
	}
	def->path = path_beside(r, path, source->span);
	return def->path ? rc : -1;
}

bool set_has_column(const struct set_def *def, struct strview name)
{
	for (uint32_t i = 0; i < def->column_count; i++) {
		if (sv_eq(def->columns[i], name)) {
			return true;
		}
	}
	/* the columns of a table are known when it is read */
	return def->kind == SET_TABLE;
}

uint32_t push_set(struct reader *r, const struct set_def *def)
{
	struct workflow *wf = r->wf;
	if (wf->set_count == r->set_cap) {
		r->set_cap = r->set_cap ? 2 * r->set_cap : 16;
		struct set_def *grown = ARENA_ARRAY(r->arena, struct set_def, r->set_cap);
		if (wf->set_count) {
			memcpy(grown, wf->sets, wf->set_count * sizeof(*grown));
		}
		wf->sets = grown;
	}
	wf->sets[wf->set_count] = *def;
	uint64_t key = set_key(def->name, def->module);
	if (hashmap_get(&r->set_names, key) == HASHMAP_NONE) {
		hashmap_set(&r->set_names, key, wf->set_count);
	}
	return wf->set_count++;
}

int add_set(struct reader *r, struct strview name, const struct yaml_tree_node *node,
	uint32_t *ret)
{
	struct set_def def = {.name = name,
		.span = node->span,
		.module = r->unit->module->number,
		.after = UINT32_MAX};
	int rc;
	if (node->kind == YAML_MAPPING && node->count == 0) {
		rc = diag_error(r->sink, "CW-E213", node->span,
			yaml_is_bare_braces(node) ? "this set is empty: write [] for one "
						    "without values"
						  : "this set is empty");
	} else {
		rc = node->kind == YAML_MAPPING ? parse_mapping(r, node, &def)
						: parse_list(r, node, &def);
	}
	if (rc != 0) {
		/* told: as with a table, nobody knows its columns */
		def.kind = SET_TABLE;
		def.column_count = 0;
	} else if (def.kind == SET_LIST || def.kind == SET_RANGE ||
		   def.kind == SET_LINES) {
		def.columns = ARENA_ARRAY(r->arena, struct strview, 1);
		def.columns[0] = name;
		def.column_count = 1;
	}
	*ret = push_set(r, &def);
	return rc;
}

/* Another set of that name in the same module. */
static int check_double(struct reader *r, const struct yaml_tree_node *key)
{
	uint32_t other = set_number(r, key->text);
	if (other == UINT32_MAX) {
		return 0;
	}
	diag_error(r->sink, "CW-E017", key->span, "there are two sets \"" SV_FMT "\"",
		SV_ARG(key->text));
	diag_note(r->sink, r->wf->sets[other].span, "the other one");
	return -1;
}

int parse_sets(struct reader *r, const struct yaml_tree_node *sets)
{
	if (!sets) {
		return 0;
	}
	if (want_mapping(r, sets, "sets") != 0) {
		return -1;
	}
	int rc = 0;
	for (uint32_t i = 0; i < sets->count; i++) {
		const struct yaml_pair *p = &sets->pairs[i];
		uint32_t number;
		rc |= check_name(r, p->key, "the name of a set");
		rc |= check_double(r, p->key);
		if (!yaml_is_absent(p->value)) {
			rc |= add_set(r, p->key->text, p->value, &number);
		}
	}
	return rc;
}
