/* Rules: declared first, so that they can name each other; then their products, whose
 * wildcards the others may ask for; then everything else. */
#include "base/hash.h"
#include "base/number.h"
#include "parser/reader.h"
#include "parser/when.h"

static const struct known_key rule_keys[] = {{"input", NULL}, {"output", NULL},
	{"params", NULL}, {"log", NULL}, {"benchmark", NULL}, {"shell", NULL},
	{"threads", NULL}, {"resources", NULL}, {"priority", NULL}, {"retries", NULL},
	{"timeout", NULL}, {"message", NULL}, {"wildcard_constraints", NULL},
	{"env", NULL}, {"extends", NULL}, {"when", NULL}, {"command", NULL},
	{"stdin", NULL}, {"stdout", NULL}, {"stderr", NULL}, {"script", NULL},
	{"envmodules", NULL}, {"container", NULL}, {"group", NULL}, {"bundle", NULL},
	{"localrule", NULL}, {"shadow", NULL}, {"depfile", NULL},
	{"cache", "results shared between workflows"}, {"conda", "conda environments"},
	{NULL, NULL}};

/* --- names --------------------------------------------------------------------------- */

static uint64_t name_key(const struct module *m, struct strview local)
{
	return hash64(local.p, local.n) + m->number * UINT64_C(0x9e3779b97f4a7c15);
}

struct rule_decl *find_own_rule(
	const struct reader *r, const struct module *m, struct strview name)
{
	uint32_t at = hashmap_get(&r->rule_names, name_key(m, name));
	if (at == HASHMAP_NONE) {
		return NULL;
	}
	struct rule_decl *d = &r->rules.v[at];
	return d->unit->module == m && sv_eq(d->local, name) ? d : NULL;
}

/* Whether `inner` was included by `m` or by what it includes. */
static bool is_within(const struct module *inner, const struct module *m)
{
	while (inner && inner != m) {
		inner = inner->parent;
	}
	return inner != NULL;
}

struct rule_decl *find_rule(const struct reader *r, struct strview name)
{
	const struct module *m = r->unit->module;
	struct rule_decl *own = find_own_rule(r, m, name);
	if (own) {
		return own;
	}
	/* rules of the modules in it, with what `as` puts before their names */
	struct strbuf full = STRBUF_INIT;
	strbuf_addsv(&full, m->as);
	strbuf_addsv(&full, name);
	uint32_t at = hashmap_get(&r->full_names, hash64(full.buf, full.len));
	struct rule_decl *d = at == HASHMAP_NONE ? NULL : &r->rules.v[at];
	if (d && (!sv_eq(d->full, strbuf_sv(&full)) || !is_within(d->unit->module, m))) {
		d = NULL;
	}
	strbuf_release(&full);
	return d;
}

int no_such_rule(struct reader *r, struct strview name, struct span span)
{
	struct nearest near;
	const struct rule_decl *d = find_rule(r, name);
	if (d && !d->rule) {
		return diag_error(r->sink, "CW-E028", span,
			"rule \"" SV_FMT
			"\" does not exist here: its `when` does not hold",
			SV_ARG(name));
	}
	nearest_init(&near, name);
	size_t as = r->unit->module->as.n;
	for (size_t i = 0; i < r->rules.n; i++) {
		if (is_within(r->rules.v[i].unit->module, r->unit->module)) {
			nearest_offer(&near, sv_skip(r->rules.v[i].full, as));
		}
	}
	if (near.best.p) {
		return diag_error(r->sink, "CW-E028", span,
			"there is no rule \"" SV_FMT "\"; did you mean \"" SV_FMT "\"?",
			SV_ARG(name), SV_ARG(near.best));
	}
	return diag_error(r->sink, "CW-E028", span, "there is no rule \"" SV_FMT "\"",
		SV_ARG(name));
}

/* --- where keys come from ------------------------------------------------------------ */

const struct yaml_tree_node *find_default(
	const struct rule_source *s, const char *key, struct file_unit **ret_unit)
{
	for (uint32_t i = 0; i < s->all_count; i++) {
		const struct yaml_tree_node *value = get(s->chain[i].map, key);
		if (value) {
			*ret_unit = s->chain[i].unit;
			return value;
		}
	}
	return NULL;
}

const struct yaml_tree_node *find_key(
	const struct rule_source *s, const char *key, struct file_unit **ret_unit)
{
	struct rule_source own = *s;
	own.all_count = s->count;
	return find_default(&own, key, ret_unit);
}

static int check_rule_map(struct reader *r, const struct yaml_tree_node *map)
{
	if (want_mapping(r, map, "a rule") != 0) {
		return -1;
	}
	/* told, and what else is wrong too */
	r->failed |= check_keys(r, map, rule_keys, "a rule", false) != 0;
	return 0;
}

/* The mappings of a rule: what `with` says of it, then itself. *ret_base is the rule that it
 * extends, as *ret_unit says it; NULL: none. */
static int add_maps(struct reader *r, const struct rule_decl *d, struct rule_source *s,
	const struct yaml_tree_node **ret_base, struct file_unit **ret_unit)
{
	const struct module *m = d->unit->module;
	const struct yaml_tree_node *with =
		m->with ? yaml_get(m->with, d->local.p, NULL) : NULL;
	if (with && !yaml_is_absent(with)) {
		if (check_rule_map(r, with) != 0) {
			return -1;
		}
		s->chain[s->count++] = (struct source_map){with, m->with_unit};
	}
	s->chain[s->count++] = (struct source_map){d->pair->value, d->unit};
	bool over = with && get(with, "extends");
	*ret_base = get(over ? with : d->pair->value, "extends");
	*ret_unit = over ? m->with_unit : d->unit;
	return 0;
}

static int extend(struct reader *r, const struct yaml_tree_node *base,
	struct rule_source *s, struct rule_decl **ret)
{
	if (want_scalar(r, base, "extends") != 0) {
		return -1;
	}
	struct rule_decl *next = find_rule(r, base->text);
	if (!next) {
		return no_such_rule(r, base->text, base->span);
	}
	if (s->count >= EXTENDS_MOST) {
		return diag_error(r->sink, "CW-E028", base->span,
			"rules extend each other more than %d deep", (int)EXTENDS_MOST);
	}
	for (uint32_t i = 0; i < s->count; i++) {
		if (s->chain[i].map == next->pair->value) {
			return diag_error(r->sink, "CW-E028", base->span,
				"rules extend each other in a circle");
		}
	}
	*ret = next;
	return want_mapping(r, next->pair->value, "a rule");
}

/* Follows `extends` from the rule itself; then the defaults of its file and of those that
 * join it. */
static int find_sources(struct reader *r, struct rule_decl *d, struct rule_source *s)
{
	struct file_unit *before = r->unit;
	struct rule_decl *at = d;
	const struct yaml_tree_node *base;
	*s = (struct rule_source){0};
	int rc = check_rule_map(r, d->pair->value);
	/* a base is named as the file says it that extends it */
	while (rc == 0 && at) {
		rc = add_maps(r, at, s, &base, &r->unit);
		at = NULL;
		if (rc == 0 && base) {
			rc = extend(r, base, s, &at);
		}
	}
	r->unit = before;
	if (rc != 0) {
		return -1;
	}
	s->all_count = s->count;
	for (struct file_unit *u = d->unit; u && u->module == d->unit->module &&
					    s->all_count < CW_ARRAY_LEN(s->chain);
		u = u->parent) {
		if (u->defaults) {
			s->chain[s->all_count++] = (struct source_map){u->defaults, u};
		}
	}
	return 0;
}

/* --- simple keys ----------------------------------------------------------------------- */

/* The value of a key as one constant text; ret->p NULL where it is not set. */
static const struct yaml_tree_node *constant_key(struct reader *r,
	const struct rule_source *s, const char *key, struct strview *ret, int *rc)
{
	struct file_unit *before = r->unit;
	const struct yaml_tree_node *node = find_default(s, key, &r->unit);
	if (node && constant(r, node, ret) != 0) {
		*rc = -1;
		node = NULL;
	}
	r->unit = before;
	return node;
}

static int int_key(struct reader *r, const struct rule_source *s, const char *key,
	int64_t low, int64_t high, int64_t *ret)
{
	struct strview text;
	int64_t x;
	int rc = 0;
	const struct yaml_tree_node *node = constant_key(r, s, key, &text, &rc);
	if (!node) {
		return rc;
	}
	if (parse_i64(text, &x) != 0) {
		return diag_error(r->sink, "CW-E011", node->span,
			"%s must be an integer, this is \"" SV_FMT "\"", key,
			SV_ARG(text));
	}
	if (x < low || x > high) {
		return diag_error(r->sink, "CW-E011", node->span,
			"%s must be between %lld and %lld", key, (long long)low,
			(long long)high);
	}
	*ret = x;
	return 0;
}

static int parse_numbers(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	int64_t priority = 0, retries = -1, bundle = 1;
	struct strview text;
	int rc = int_key(r, s, "priority", INT32_MIN, INT32_MAX, &priority);
	rc |= int_key(r, s, "retries", 0, 1000, &retries);
	rc |= int_key(r, s, "bundle", 1, 100000, &bundle);
	rule->priority = (int32_t)priority;
	rule->retries = (int32_t)retries;
	rule->bundle = (uint32_t)bundle;
	const struct yaml_tree_node *node = constant_key(r, s, "timeout", &text, &rc);
	if (node &&
		(parse_seconds(text, &rule->timeout_s) != 0 || rule->timeout_s <= 0)) {
		rc = diag_error(r->sink, "CW-E011", node->span,
			"timeout must be seconds or a time such as 90s, 15m, 2h, 1d");
	}
	return rc;
}

static int parse_words(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	static const char *const kinds[] = {"none", "minimal", "shallow", "full"};
	struct strview text;
	int rc = 0;
	const struct yaml_tree_node *node = constant_key(r, s, "shadow", &text, &rc);
	if (node) {
		size_t i = 0; /* `none` undoes the defaults and what is extended */
		while (i < CW_ARRAY_LEN(kinds) && !sv_eq_str(text, kinds[i])) {
			i++;
		}
		if (i == CW_ARRAY_LEN(kinds)) {
			rc = diag_error(r->sink, "CW-E011", node->span,
				"shadow must be none, minimal, shallow or full");
		} else {
			rule->shadow = (enum shadow_kind)i;
		}
	}
	if ((node = constant_key(r, s, "localrule", &text, &rc))) {
		rule->localrule = sv_eq_str(text, "true");
		if (!rule->localrule && !sv_eq_str(text, "false")) {
			rc = diag_error(r->sink, "CW-E011", node->span,
				"this must be true or false");
		}
	}
	if (constant_key(r, s, "group", &text, &rc)) {
		rule->group = text;
	}
	return rc;
}

static int text_key(struct reader *r, const struct rule_source *s, const char *key,
	const struct scope *scope, struct text **ret)
{
	struct file_unit *before = r->unit;
	const struct yaml_tree_node *node = find_default(s, key, &r->unit);
	int rc = 0;
	if (node) {
		*ret = ARENA_NEW(r->arena, struct text);
		rc = make_text(r, node, TEMPLATE_TEXT, scope, *ret);
	}
	r->unit = before;
	return rc;
}

static int parse_envmodules(
	struct reader *r, const struct rule_source *s, struct rule *rule)
{
	struct scope scope = {.rule = rule, .stage = STAGE_PATHS};
	struct file_unit *before = r->unit;
	struct node_list list;
	int rc = 0;
	list_of(find_default(s, "envmodules", &r->unit), &list);
	rule->envmodules = ARENA_ARRAY(r->arena, struct text, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		rc |= make_text(r, list.v[i], TEMPLATE_TEXT, &scope,
			&rule->envmodules[rule->envmodule_count++]);
	}
	r->unit = before;
	return rc;
}

/* A mapping of names whose values are merged by name along the chain and the defaults. */
static int parse_env(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	VEC(struct named_text) all = {0};
	struct scope scope = {.rule = rule, .stage = STAGE_ENV};
	struct file_unit *before = r->unit;
	int rc = 0;
	for (uint32_t i = 0; i < s->all_count; i++) {
		const struct yaml_tree_node *map = get(s->chain[i].map, "env");
		r->unit = s->chain[i].unit;
		if (!map || want_mapping(r, map, "env") != 0) {
			rc |= map ? -1 : 0;
			continue;
		}
		for (uint32_t k = 0; k < map->count; k++) {
			struct named_text t = {.name = map->pairs[k].key->text,
				.span = map->pairs[k].value->span};
			bool known = !is_name(t.name);
			if (yaml_is_absent(map->pairs[k].value)) {
				continue;
			}
			rc |= known ? check_name(r, map->pairs[k].key,
					      "an environment variable")
				    : 0;
			for (size_t a = 0; a < all.n; a++) {
				known |= sv_eq(all.v[a].name, t.name);
			}
			if (!known) {
				rc |= make_text(r, map->pairs[k].value, TEMPLATE_TEXT,
					&scope, &t.value);
				vec_push(&all, t);
			}
		}
	}
	r->unit = before;
	rule->env = ARENA_ARRAY(r->arena, struct named_text, all.n);
	if (all.n) {
		memcpy(rule->env, all.v, all.n * sizeof(*all.v));
	}
	rule->env_count = (uint32_t)all.n;
	vec_release(&all);
	return rc;
}

static int check_constraints(struct reader *r, const struct yaml_tree_node *map)
{
	if (!map) {
		return 0;
	}
	if (want_mapping(r, map, "wildcard_constraints") != 0) {
		return -1;
	}
	int rc = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		rc |= check_constraint(r, map->pairs[i].key->text, map->pairs[i].value);
	}
	return rc;
}

/* --- the two passes -------------------------------------------------------------------- */

static int parse_rule_products(struct reader *r, struct rule_decl *d)
{
	struct rule_source s;
	struct rule *rule = d->rule;
	struct file_unit *unit = d->unit, *said;
	r->unit = d->unit;
	if (find_sources(r, d, &s) != 0) {
		return -1;
	}
	const struct yaml_tree_node *constraints =
		find_key(&s, "wildcard_constraints", &said);
	if (check_constraints(r, constraints) != 0) {
		return -1;
	}
	const struct yaml_tree_node *output = find_key(&s, "output", &unit);
	const struct yaml_tree_node *log = find_key(&s, "log", &said);
	const struct yaml_tree_node *benchmark = find_key(&s, "benchmark", &said);
	r->unit = output ? unit : d->unit;
	int rc = parse_products(r, rule, output, log, benchmark, constraints);
	r->unit = d->unit;
	return rc;
}

/* Constraints of wildcards that the rule has not are slips of the pen. */
static int check_constraint_names(
	struct reader *r, const struct rule_source *s, const struct rule *rule)
{
	const struct yaml_tree_node *map = get(s->chain[0].map, "wildcard_constraints");
	for (uint32_t i = 0; map && i < map->count; i++) {
		struct nearest near;
		bool known = false;
		nearest_init(&near, map->pairs[i].key->text);
		for (uint32_t k = 0; k < rule->wildcard_count; k++) {
			known |= sv_eq(map->pairs[i].key->text, rule->wildcards[k]);
			nearest_offer(&near, rule->wildcards[k]);
		}
		if (!known) {
			diag_error(r->sink, "CW-E020", map->pairs[i].key->span,
				"unknown wildcard \"" SV_FMT
				"\": the outputs of rule \"" SV_FMT
				"\" have none of that "
				"name",
				SV_ARG(map->pairs[i].key->text), SV_ARG(rule->name));
			nearest_note(&near, r->sink);
			return -1;
		}
	}
	return 0;
}

/* Inputs to params; what goes wrong is noted in r->broken. */
static int parse_values(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	struct file_unit *unit = r->unit;
	const struct yaml_tree_node *input = find_key(s, "input", &r->unit);
	int inputs = parse_inputs(r, input, rule);
	r->unit = unit;
	r->broken |= inputs ? BROKEN_INPUTS : 0;
	int threads = parse_threads(r, s, rule);
	int resources = parse_resources(r, s, rule);
	r->broken |= resources ? BROKEN_RESOURCES : 0;
	int params = parse_params(r, s, rule);
	r->broken |= params ? BROKEN_PARAMS : 0;
	return inputs | threads | resources | params;
}

static int parse_rule_body(struct reader *r, struct rule_decl *d)
{
	struct rule_source s;
	struct rule *rule = d->rule;
	struct scope paths = {.rule = rule, .stage = STAGE_PATHS};
	struct scope command = {.rule = rule, .stage = STAGE_COMMAND};
	r->unit = d->unit;
	if (find_sources(r, d, &s) != 0) {
		return -1;
	}
	r->broken = d->failed ? BROKEN_PRODUCTS : 0;
	r->uses_env = false;
	int rc = d->failed ? -1 : check_constraint_names(r, &s, rule);
	rc |= parse_values(r, &s, rule);
	rc |= parse_env(r, &s, rule);
	rc |= parse_numbers(r, &s, rule);
	rc |= parse_words(r, &s, rule);
	rc |= parse_envmodules(r, &s, rule);
	rc |= text_key(r, &s, "container", &paths, &rule->container);
	rc |= text_key(r, &s, "depfile", &paths, &rule->depfile);
	if (rule->depfile && rc == 0) {
		normalise_pattern(r, rule->depfile, true);
	}
	rc |= text_key(r, &s, "message", &command, &rule->message);
	rc |= parse_commands(r, &s, rule);
	rule->uses_env = r->uses_env;
	return rc;
}

/* --- declaration ------------------------------------------------------------------------ */

static int check_double(struct reader *r, const struct rule_decl *d)
{
	for (size_t i = 0; i < r->rules.n; i++) {
		const struct rule_decl *other = &r->rules.v[i];
		if (sv_eq(other->full, d->full)) {
			diag_error(r->sink, "CW-E017", d->pair->key->span,
				"there are two rules \"" SV_FMT "\"", SV_ARG(d->full));
			diag_note(r->sink, other->pair->key->span, "the other one");
			if (d->unit->module->number || other->unit->module->number) {
				diag_note(r->sink, d->unit->asked,
					"`as` puts something before the names of a module's "
					"rules");
			}
			return -1;
		}
	}
	return 0;
}

static int declare(struct reader *r, const struct yaml_pair *pair)
{
	struct module *m = r->unit->module;
	struct rule_decl d = {.pair = pair, .unit = r->unit, .local = pair->key->text};
	d.full = m->as.n ? sv_from(arena_printf(r->arena, SV_FMT SV_FMT, SV_ARG(m->as),
				   SV_ARG(d.local)))
			 : d.local;
	int rc = check_name(r, pair->key, "the name of a rule");
	uint64_t key = hash64(d.full.p, d.full.n);
	if (hashmap_get(&r->full_names, key) != HASHMAP_NONE) {
		rc |= check_double(r, &d);
	}
	hashmap_set(&r->full_names, key, (uint32_t)r->rules.n);
	hashmap_set(&r->rule_names, name_key(m, d.local), (uint32_t)r->rules.n);
	vec_push(&r->rules, d);
	return rc;
}

/* Names in `with` that the module has not. */
static int check_with(struct reader *r, struct module *m)
{
	int rc = 0;
	for (uint32_t i = 0; m->with && i < m->with->count; i++) {
		const struct yaml_tree_node *key = m->with->pairs[i].key;
		struct file_unit inside = {.module = m};
		r->unit = &inside;
		if (!find_own_rule(r, m, key->text)) {
			rc = no_such_rule(r, key->text, key->span);
		}
	}
	return rc;
}

/* `when` of the rule, of `with`, or of what it extends. */
static int exists(struct reader *r, struct rule_decl *d, bool *ret)
{
	struct rule_source s;
	struct file_unit *unit = d->unit;
	*ret = true;
	r->unit = unit;
	r->sink->muted++; /* all but `when` is told later */
	int rc = find_sources(r, d, &s);
	r->sink->muted--;
	const struct yaml_tree_node *when =
		rc == 0 ? find_key(&s, "when", &unit) : get(d->pair->value, "when");
	r->unit = unit;
	rc = when_holds(r, when, ret);
	r->unit = d->unit;
	return rc;
}

int declare_rules(struct reader *r)
{
	int rc = 0;
	for (size_t u = 0; u < r->units.n; u++) {
		const struct yaml_tree_node *rules = r->units.v[u]->rules;
		r->unit = r->units.v[u];
		for (uint32_t i = 0; rules && i < rules->count; i++) {
			if (!yaml_is_absent(rules->pairs[i].value)) {
				rc |= declare(r, &rules->pairs[i]);
			}
		}
	}
	for (size_t m = 0; m < r->modules.n; m++) {
		rc |= check_with(r, r->modules.v[m]);
	}
	return rc;
}

static void init_rule(struct reader *r, struct rule_decl *d)
{
	struct rule *rule = d->rule;
	rule->index = r->wf->rule_count++;
	rule->name = d->full;
	rule->span = d->pair->key->span;
	rule->shell = d->unit->shell;
	rule->workflow_dir = d->unit->base;
	rule->config = d->unit->module->config;
	rule->origin = d->unit->module->origin;
	rule->included = d->unit->parent != NULL;
	rule->retries = -1;
	rule->bundle = 1;
}

/* A rule whose products are wrong makes nothing; patterns of it may be compiled already. */
static void drop_products(struct rule *rule)
{
	for (uint32_t i = 0; i < rule->product_count; i++) {
		pattern_release(rule->products[i].pattern);
	}
	rule->product_count = rule->wildcard_count = 0;
	rule->output_count = rule->log_count = 0;
}

int parse_rules(struct reader *r)
{
	int rc = 0;
	r->wf->rules = ARENA_ARRAY(r->arena, struct rule, r->rules.n);
	r->wf->absent_rules = ARENA_ARRAY(r->arena, struct strview, r->rules.n);
	for (size_t i = 0; i < r->rules.n; i++) {
		struct rule_decl *d = &r->rules.v[i];
		bool is_there;
		if (exists(r, d, &is_there) != 0) {
			d->failed = true;
			rc = -1;
		} else if (is_there) {
			d->rule = &r->wf->rules[r->wf->rule_count];
			init_rule(r, d);
		} else {
			r->wf->absent_rules[r->wf->absent_rule_count++] = d->full;
		}
	}
	for (size_t i = 0; i < r->rules.n; i++) {
		struct rule_decl *d = &r->rules.v[i];
		if (d->rule && parse_rule_products(r, d) != 0) {
			d->failed = true;
			drop_products(d->rule);
			rc = -1;
		}
	}
	for (size_t i = 0; i < r->rules.n; i++) {
		struct rule_decl *d = &r->rules.v[i];
		if (d->rule) {
			rc |= parse_rule_body(r, d);
			r->broken = 0;
		}
	}
	return rc;
}
