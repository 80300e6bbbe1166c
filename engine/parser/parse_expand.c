/*
 * Expansions: patterns over sets, and the outputs of another rule. The names of a pattern
 * become vars, in the order in which they first appear; the text is bound to them.
 */
#include "parser/reader.h"

static const struct known_key expand_keys[] = {{"expand", NULL}, {"for", NULL},
	{"ancient", NULL}, {"optional", NULL}, {NULL, NULL}};

static const struct known_key output_of_keys[] = {{"output_of", NULL}, {"name", NULL},
	{"for", NULL}, {"ancient", NULL}, {"optional", NULL}, {NULL, NULL}};

static const struct known_key waiting_keys[] = {{"glob", NULL}, {"table", NULL},
	{"lines", NULL}, {"where", NULL}, {"after", NULL}, {NULL, NULL}};

struct expansion_reader {
	struct reader *r;
	const struct yaml_tree_node *node;
	const struct rule *rule;
	VEC(struct expand_var) vars;
	uint32_t for_table; /* UINT32_MAX: none */
	uint32_t depth;     /* of sets that need names */
	bool over;          /* more names than there may be: told */
};

static uint32_t need_var(struct expansion_reader *x, const struct text *t,
	struct strview name, struct strview column, struct span span, bool hidden);

static int no_such_name(struct expansion_reader *x, struct strview name, struct span span)
{
	struct nearest near;
	if (x->r->broken & BROKEN_PRODUCTS) {
		return -1;
	}
	nearest_init(&near, name);
	for (uint32_t i = 0; i < x->r->wf->set_count; i++) {
		nearest_offer(&near, x->r->wf->sets[i].name);
	}
	for (uint32_t i = 0; i < x->rule->wildcard_count; i++) {
		nearest_offer(&near, x->rule->wildcards[i]);
	}
	reference_words_offer(&near);
	diag_error(x->r->sink, "CW-E214", span,
		"\"" SV_FMT
		"\" is neither a set, nor a value beside this expansion, nor a "
		"wildcard of this rule",
		SV_ARG(name));
	const struct yaml_tree_node *of = get(x->node, "output_of");
	if (of) {
		diag_note(x->r->sink, of->span, "asked for here");
	}
	if (!nearest_note(&near, x->r->sink)) {
		diag_note(x->r->sink, (struct span){0},
			"write its values beside `%s`, as in " SV_FMT
			": [1, 2], or under `sets:`",
			of ? "output_of" : "expand", SV_ARG(name));
	}
	return -1;
}

/* The value beside the pattern that is called `name`, or NULL. */
static const struct yaml_tree_node *beside(
	const struct expansion_reader *x, struct strview name)
{
	static const char *const keys[] = {
		"expand", "output_of", "name", "for", "ancient", "optional"};
	for (uint32_t i = 0; i < x->node->count; i++) {
		if (!sv_eq(x->node->pairs[i].key->text, name)) {
			continue;
		}
		for (size_t k = 0; k < CW_ARRAY_LEN(keys); k++) {
			if (sv_eq_str(name, keys[k]) &&
				!(strcmp(keys[k], "name") == 0 &&
					yaml_get(x->node, "expand", NULL))) {
				return NULL;
			}
		}
		return x->node->pairs[i].value;
	}
	return NULL;
}

static bool is_wildcard(const struct expansion_reader *x, struct strview name)
{
	for (uint32_t i = 0; i < x->rule->wildcard_count; i++) {
		if (sv_eq(x->rule->wildcards[i], name)) {
			return true;
		}
	}
	return false;
}

/* --- sets beside the pattern that need its names ------------------------------------- */

/* Whether a name in a waiting set's text is given by the expansion around it. */
static bool is_given(
	const struct expansion_reader *x, struct strview own, struct strview name)
{
	return !sv_eq(own, name) &&
	       (beside(x, name) || is_wildcard(x, name) ||
		       set_number(x->r, name) != UINT32_MAX ||
		       (x->for_table != UINT32_MAX &&
			       set_has_column(&x->r->wf->sets[x->for_table], name)));
}

struct given_names {
	struct expansion_reader *x;
	struct strview own;
	uint32_t count;
	bool bind;
	struct set_def *def;
};

/* One reference in the text of a set: a name that is given is bound to its var, any other
 * is a column. */
static int bind_given(struct reader *r, struct text *t, struct ref *ref, void *ctx)
{
	struct given_names *g = ctx;
	(void)r;
	if (ref->kind != REF_WILDCARD) {
		return 0;
	}
	if (!is_given(g->x, g->own, ref->name)) {
		struct set_def *def = g->def;
		for (uint32_t i = 0; g->bind && i < def->column_count; i++) {
			if (sv_eq(def->columns[i], ref->name)) {
				return 0;
			}
		}
		if (g->bind) {
			def->columns[def->column_count++] = ref->name;
		}
		return 0;
	}
	g->count++;
	if (g->bind) {
		ref->slot = need_var(g->x, t, ref->name,
			ref->step_count ? ref->steps[0].name : SV(""),
			span_of_ref(t, ref), true);
		ref->slot_count = 1; /* bound */
		return ref->slot == UINT32_MAX ? -1 : 0;
	}
	return 0;
}

/* The wildcards of the rule that is waited for stand for names of the expansion. */
static int bind_after(struct expansion_reader *x, struct strview own,
	const struct yaml_tree_node *after, struct set_def *def)
{
	struct reader *r = x->r;
	if (want_scalar(r, after, "after") != 0) {
		return -1;
	}
	struct rule_decl *decl = find_rule(r, after->text);
	if (!decl || (!decl->rule && !decl->failed)) {
		return no_such_rule(r, after->text, after->span);
	}
	if (decl->failed) {
		return -1; /* told */
	}
	const struct rule *rule = decl->rule;
	if (!rule->product_count) {
		diag_error(r->sink, "CW-E215", after->span,
			"rule \"" SV_FMT
			"\" has no output, so nothing can wait for its jobs",
			SV_ARG(rule->name));
		diag_note(r->sink, rule->span,
			"give it one, which may be a mark: `output: {path: " SV_FMT
			".done, touch: true}`",
			SV_ARG(rule->name));
		return -1;
	}
	def->after = rule->index;
	def->after_vars = ARENA_ARRAY(r->arena, uint32_t, rule->wildcard_count);
	r->wf->has_after = true;
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		struct strview name = rule->wildcards[i];
		if (!is_given(x, own, name)) {
			return diag_error(r->sink, "CW-E215", after->span,
				"rule \"" SV_FMT "\" has the wildcard \"" SV_FMT
				"\", which is neither a wildcard of rule \"" SV_FMT
				"\" nor a name that this expansion loops over",
				SV_ARG(rule->name), SV_ARG(name), SV_ARG(x->rule->name));
		}
		def->after_vars[i] = need_var(x, NULL, name, SV(""), after->span, true);
		if (def->after_vars[i] == UINT32_MAX) {
			return -1;
		}
	}
	return 0;
}

static int parse_waiting_text(struct expansion_reader *x, struct strview name,
	const struct yaml_tree_node *source, struct set_def *def)
{
	struct reader *r = x->r;
	struct given_names g = {.x = x, .own = name, .bind = true, .def = def};
	bool glob = def->kind == SET_GLOB;
	struct text *t = glob ? &def->glob_text : &def->path_text;
	if (parse_text(r, source, glob ? TEMPLATE_PATTERN : TEMPLATE_TEXT, SHELL_BASH,
		    t) != 0) {
		return -1;
	}
	if (glob) {
		normalise_glob(r, t, false);
		prefix_input(r, t);
	}
	def->columns = ARENA_ARRAY(r->arena, struct strview, t->t.count + 1);
	if (each_ref_of_text(r, t, &g, bind_given) != 0) {
		return -1;
	}
	if (!glob && def->column_count) {
		return no_such_name(x, def->columns[0], source->span);
	}
	if (glob && !def->column_count) {
		return diag_error(r->sink, "CW-E211", source->span,
			"a glob needs a wildcard for the part that varies, as in "
			"\"data/{name}.txt\"");
	}
	if (def->kind == SET_LINES) {
		def->columns[0] = name;
		def->column_count = 1;
	}
	return 0;
}

/* A set in place that is read for each job anew. */
static int add_waiting(struct expansion_reader *x, struct strview name,
	const struct yaml_tree_node *node, const struct yaml_tree_node *source,
	uint32_t *ret)
{
	struct reader *r = x->r;
	struct scope none = {0};
	struct set_def def = {.name = name,
		.span = node->span,
		.module = UINT32_MAX, /* nobody asks for it by name */
		.after = UINT32_MAX,
		.used = true,
		.dynamic = true};
	def.kind = get(node, "glob")    ? SET_GLOB
		   : get(node, "table") ? SET_TABLE
					: SET_LINES;
	if (++x->depth > 20) {
		return diag_error(r->sink, "CW-E215", node->span,
			"these sets need each other in a circle");
	}
	int rc = check_keys(r, node, waiting_keys, "a set", false);
	rc |= check_set_sources(r, node);
	rc |= parse_waiting_text(x, name, source, &def);
	if (get(node, "after")) {
		rc |= bind_after(x, name, get(node, "after"), &def);
	}
	if (get(node, "where")) {
		rc |= parse_where(
			r, get(node, "where"), &none, &def.where, &def.where_count);
	}
	x->depth--;
	*ret = push_set(r, &def);
	return rc;
}

/* Whether the text of a set in place holds names of the expansion. */
static bool needs_names(struct expansion_reader *x, struct strview name,
	const struct yaml_tree_node *source, bool glob)
{
	struct given_names g = {.x = x, .own = name};
	struct text t;
	if (source->kind != YAML_SCALAR) {
		return false;
	}
	x->r->sink->muted++;
	int rc = parse_text(
		x->r, source, glob ? TEMPLATE_PATTERN : TEMPLATE_TEXT, SHELL_BASH, &t);
	x->r->sink->muted--;
	if (rc == 0) {
		each_ref_of_text(x->r, &t, &g, bind_given);
	}
	return g.count > 0;
}

/* Values written beside the pattern become a set of their own. */
static int local_set(struct expansion_reader *x, struct strview name,
	const struct yaml_tree_node *node, uint32_t *ret)
{
	const struct yaml_tree_node *source = NULL;
	struct reader *r = x->r;
	if (node->kind == YAML_MAPPING) {
		source = get(node, "glob")    ? get(node, "glob")
			 : get(node, "table") ? get(node, "table")
					      : get(node, "lines");
	}
	if (source && (yaml_get(node, "after", NULL) ||
			      needs_names(x, name, source, get(node, "glob") != NULL))) {
		return add_waiting(x, name, node, source, ret);
	}
	const char *full = arena_printf(r->arena, SV_FMT "@%u.%u", SV_ARG(name),
		(unsigned)node->span.source, (unsigned)node->span.off);
	*ret = set_number(r, sv_from(full));
	int rc = *ret == UINT32_MAX ? add_set(r, sv_from(full), node, ret) : 0;
	r->wf->sets[*ret].used = true;
	return rc;
}

/* --- vars ---------------------------------------------------------------------------- */

static int make_var(struct expansion_reader *x, struct expand_var *var)
{
	const struct yaml_tree_node *here = beside(x, var->name);
	var->kind = VAR_SET;
	if (here) {
		return local_set(x, var->name, here, &var->set);
	}
	for (uint32_t i = 0; !var->column.n && i < x->rule->wildcard_count; i++) {
		if (sv_eq(x->rule->wildcards[i], var->name)) {
			var->kind = VAR_WILDCARD;
			var->wildcard = i;
			return 0;
		}
	}
	var->set = set_number(x->r, var->name);
	if (var->set != UINT32_MAX) {
		x->r->wf->sets[var->set].used = true;
		return 0;
	}
	if (x->for_table != UINT32_MAX && !var->column.n &&
		set_has_column(&x->r->wf->sets[x->for_table], var->name)) {
		var->set = x->for_table;
		var->column = var->name;
		return 0;
	}
	return no_such_name(x, var->name, var->span);
}

/* A set that is in the expansion already under that name: its vars share it. */
static bool share_local(struct expansion_reader *x, struct expand_var *var)
{
	for (size_t v = 0; v < x->vars.n; v++) {
		if (sv_eq(x->vars.v[v].name, var->name) && x->vars.v[v].kind == VAR_SET &&
			beside(x, var->name)) {
			var->kind = VAR_SET;
			var->set = x->vars.v[v].set;
			return true;
		}
	}
	return false;
}

/* The number of the var for a name, new if need be; UINT32_MAX with an error. */
static uint32_t need_var(struct expansion_reader *x, const struct text *t,
	struct strview name, struct strview column, struct span span, bool hidden)
{
	(void)t;
	struct expand_var var = {
		.name = name, .column = column, .span = span, .hidden = hidden};
	for (size_t v = 0; v < x->vars.n; v++) {
		struct expand_var *known = &x->vars.v[v];
		bool for_column = known->kind == VAR_SET && known->set == x->for_table &&
				  !column.n && sv_eq(known->column, name);
		if (sv_eq(known->name, name) &&
			(sv_eq(known->column, column) || for_column)) {
			known->hidden = known->hidden && hidden;
			return (uint32_t)v;
		}
	}
	if (!share_local(x, &var) && make_var(x, &var) != 0) {
		return UINT32_MAX;
	}
	const struct set_def *def = var.kind == VAR_SET ? &x->r->wf->sets[var.set] : NULL;
	if (def && var.column.n && !set_has_column(def, var.column)) {
		diag_error(x->r->sink, "CW-E205", span,
			"set \"" SV_FMT "\" has no column \"" SV_FMT "\"", SV_ARG(name),
			SV_ARG(var.column));
		return UINT32_MAX;
	}
	if (def && !var.column.n && def->column_count > 1) {
		diag_error(x->r->sink, "CW-E205", span,
			"set \"" SV_FMT "\" has several columns: write {" SV_FMT
			".COLUMN}",
			SV_ARG(name), SV_ARG(name));
		return UINT32_MAX;
	}
	if (x->vars.n >= WILDCARDS_MOST) {
		if (!x->over) {
			diag_error(x->r->sink, "CW-E026", span,
				"an expansion has at most %d names", (int)WILDCARDS_MOST);
		}
		x->over = true;
		return UINT32_MAX;
	}
	vec_push(&x->vars, var);
	return (uint32_t)x->vars.n - 1;
}

static int bind_name(struct reader *r, struct text *t, struct ref *ref, void *ctx)
{
	struct expansion_reader *x = ctx;
	struct scope scope = {.rule = x->rule, .stage = STAGE_PATHS};
	if (ref->kind == REF_CONFIG) {
		return 0;
	}
	if (ref->kind != REF_WILDCARD) {
		return bind_text(r, t, &scope);
	}
	ref->slot =
		need_var(x, t, ref->name, ref->step_count ? ref->steps[0].name : SV(""),
			span_of_ref(t, ref), false);
	return ref->slot == UINT32_MAX ? -1 : 0;
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
		return no_such_name(x, table->text, table->span);
	}
	x->r->wf->sets[x->for_table].used = true;
	return 0;
}

static void keep_vars(struct expansion_reader *x, struct expand *e)
{
	e->vars = ARENA_ARRAY(x->r->arena, struct expand_var, x->vars.n);
	if (x->vars.n) {
		memcpy(e->vars, x->vars.v, x->vars.n * sizeof(*e->vars));
	}
	e->var_count = (uint32_t)x->vars.n;
	vec_release(&x->vars);
}

/* Values beside the pattern that no pattern asks for are most likely mistakes. */
static int check_unused(struct expansion_reader *x)
{
	for (uint32_t i = 0; i < x->node->count; i++) {
		struct strview name = x->node->pairs[i].key->text;
		bool used = !beside(x, name);
		for (size_t v = 0; v < x->vars.n; v++) {
			used |= sv_eq(x->vars.v[v].name, name);
		}
		if (!used) {
			struct nearest near;
			nearest_init(&near, name);
			for (size_t k = 0; expand_keys[k].name; k++) {
				nearest_offer(&near, sv_from(expand_keys[k].name));
			}
			for (size_t v = 0; v < x->vars.n; v++) {
				nearest_offer(&near, x->vars.v[v].name);
			}
			diag_error(x->r->sink, "CW-E012", x->node->pairs[i].key->span,
				"no pattern of this expansion uses \"" SV_FMT "\"",
				SV_ARG(name));
			nearest_note(&near, x->r->sink);
			return -1;
		}
	}
	return 0;
}

int parse_expand(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	bool plain, struct item *ret)
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
		rc = rc ? rc : each_ref_of_text(r, t, &x, bind_name);
		if (rc == 0 && !plain) {
			prefix_input(r, t);
		}
	}
	if (!list.n) {
		rc = diag_error(
			r->sink, "CW-E013", node->span, "an expansion needs a pattern");
	}
	rc = rc ? rc : check_unused(&x);
	keep_vars(&x, e);
	return rc;
}

/* --- output_of ----------------------------------------------------------------------- */

/* A copy of an output's path whose references are this expansion's own. */
static struct text copy_pattern(struct reader *r, const struct text *from)
{
	struct text t = *from;
	t.t.pieces = ARENA_ARRAY(r->arena, struct piece, from->t.count);
	for (uint32_t i = 0; i < from->t.count; i++) {
		t.t.pieces[i] = from->t.pieces[i];
		if (t.t.pieces[i].kind == PIECE_EXPR) {
			struct expr *e = ARENA_NEW(r->arena, struct expr);
			*e = *from->t.pieces[i].expr;
			struct ref *ref = ARENA_NEW(r->arena, struct ref);
			*ref = *e->ref;
			e->ref = ref;
			t.t.pieces[i].expr = e;
		}
	}
	return t;
}

static int copy_outputs(struct expansion_reader *x, const struct rule *rule,
	const struct yaml_tree_node *name, struct expand *e)
{
	struct reader *r = x->r;
	struct nearest near;
	nearest_init(&near, name ? name->text : SV(""));
	e->patterns = ARENA_ARRAY(r->arena, struct text, rule->output_count);
	int rc = 0;
	for (uint32_t i = 0; i < rule->output_count; i++) {
		const struct product *p = &rule->products[i];
		if (name && !sv_eq(name->text, p->name)) {
			nearest_offer(&near, p->name);
			continue;
		}
		struct text *t = &e->patterns[e->pattern_count++];
		*t = copy_pattern(r, &p->path);
		rc |= each_ref_of_text(r, t, x, bind_name);
	}
	if (e->pattern_count) {
		return rc;
	}
	diag_error(r->sink, "CW-E020", name ? name->span : x->node->span,
		name ? "rule \"" SV_FMT "\" has no output of that name"
		     : "rule \"" SV_FMT "\" has no outputs",
		SV_ARG(rule->name));
	nearest_note(&near, r->sink);
	return -1;
}

int parse_output_of(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct item *ret)
{
	struct expansion_reader x = {.r = r, .node = node, .rule = rule};
	const struct yaml_tree_node *other = get(node, "output_of"),
				    *name = get(node, "name");
	struct expand *e = ARENA_NEW(r->arena, struct expand);
	ret->kind = ITEM_EXPAND;
	ret->expand = e;
	if (check_keys(r, node, output_of_keys, "an input", true) != 0 || !other ||
		want_scalar(r, other, "output_of") != 0 || parse_for(&x) != 0 ||
		(name && want_scalar(r, name, "name") != 0)) {
		return -1;
	}
	struct rule_decl *decl = find_rule(r, other->text);
	if (!decl || (!decl->rule && !decl->failed)) {
		return no_such_rule(r, other->text, other->span);
	}
	if (decl->failed) {
		return -1; /* its own error is told */
	}
	int rc = copy_outputs(&x, decl->rule, name, e);
	rc = rc ? rc : check_unused(&x);
	keep_vars(&x, e);
	return rc;
}
