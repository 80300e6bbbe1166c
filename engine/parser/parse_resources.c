/* Threads and resources: of the rule, the defaults, the command line. */
#include "base/number.h"
#include "parser/reader.h"

typedef VEC(struct resource) resource_vec;

/* Names by which a resource is given in a unit of its own. */
static const struct {
	const char *key, *name;
	enum resource_unit unit;
	const char *example;
} units[] = {{"mem", "mem_mb", UNIT_MB, "4GB"}, {"disk", "disk_mb", UNIT_MB, "10GB"},
	{"runtime", "runtime", UNIT_MINUTES, "2h"}};

static bool is_known(const resource_vec *all, struct strview name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (sv_eq(all->v[i].name, name)) {
			return true;
		}
	}
	return false;
}

static int check_constant(struct reader *r, const struct resource *res, size_t unit)
{
	const struct template *t = &res->value.t;
	int64_t x;
	if (t->expr_count || res->unit == UNIT_NONE) {
		return 0;
	}
	struct strview text = t->count ? t->pieces[0].text : SV("");
	if ((res->unit == UNIT_MB ? parse_size_mb(text, &x) : parse_minutes(text, &x)) !=
			0 ||
		x < 0) {
		return diag_error(r->sink, "CW-E011", res->span,
			"`%s` must be %s such as %s, this is \"" SV_FMT "\"",
			units[unit].key,
			res->unit == UNIT_MB ? "a size" : "minutes or a time",
			units[unit].example, SV_ARG(text));
	}
	return 0;
}

static int check_mb(struct reader *r, const struct resource *res)
{
	const struct template *t = &res->value.t;
	int64_t x;
	bool mb = sv_eq_str(res->name, "mem_mb") || sv_eq_str(res->name, "disk_mb");
	if (!mb || res->unit != UNIT_NONE || t->expr_count ||
		(t->count && parse_i64(t->pieces[0].text, &x) == 0 && x >= 0)) {
		return 0;
	}
	return diag_error(r->sink, "CW-E011", res->span,
		SV_FMT " must be an integer (MB); with a unit write `%s: 4GB`",
		SV_ARG(res->name), sv_eq_str(res->name, "mem_mb") ? "mem" : "disk");
}

static int add_resource(struct reader *r, struct rule *rule, struct strview key,
	const struct yaml_tree_node *value, resource_vec *all)
{
	struct scope scope = {.rule = rule, .stage = STAGE_RESOURCES};
	struct resource res = {.name = key, .span = value->span};
	size_t unit = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(units); i++) {
		if (sv_eq_str(key, units[i].key)) {
			res.name = sv_from(units[i].name);
			res.unit = units[i].unit;
			unit = i;
		}
	}
	if (is_known(all, res.name)) {
		return 0;
	}
	int rc = make_text(r, value, TEMPLATE_TEXT, &scope, &res.value);
	if (rc == 0) {
		rc = check_constant(r, &res, unit) | check_mb(r, &res);
	}
	vec_push(all, res);
	return rc;
}

static int add_map(struct reader *r, struct rule *rule, const struct yaml_tree_node *map,
	resource_vec *all)
{
	if (want_mapping(r, map, "resources") != 0) {
		return -1;
	}
	int rc = 0;
	for (uint32_t k = 0; k < map->count; k++) {
		const struct yaml_pair *p = &map->pairs[k];
		const char *both = sv_eq_str(p->key->text, "mem")    ? "mem_mb"
				   : sv_eq_str(p->key->text, "disk") ? "disk_mb"
								     : NULL;
		if (both && get(map, both)) {
			rc = diag_error(r->sink, "CW-E017", p->key->span,
				"`" SV_FMT
				"` and `%s` are one resource: give one of them",
				SV_ARG(p->key->text), both);
		} else if (!is_name(p->key->text)) {
			rc |= check_name(r, p->key, "the name of a resource");
		} else if (!yaml_is_absent(p->value)) {
			rc |= add_resource(r, rule, p->key->text, p->value, all);
		}
	}
	return rc;
}

/* The text behind `=` in an option, as a node; NULL with an error. Parsed once for all
 * rules. */
static struct yaml_tree_node *option_value(
	struct reader *r, const char *option, const char *value)
{
	struct option_value v = {.text = value};
	for (size_t i = 0; i < r->option_values.n; i++) {
		if (r->option_values.v[i].text == value) {
			return r->option_values.v[i].node;
		}
	}
	uint32_t source = source_add(r->sink->sources, option, sv_from(value));
	if (yaml_parse(r->sink, r->arena, source, &v.node) != 0 || !v.node) {
		diag_error(r->sink, "CW-E030", (struct span){source, 0, 0},
			"%s needs a value behind =", option);
		v.node = NULL;
	}
	vec_push(&r->option_values, v);
	return v.node;
}

static int bad_option(
	struct reader *r, const char *option, const char *form, const char *is)
{
	return diag_error(r->sink, "CW-E030", (struct span){0},
		"%s takes %s, this is \"%s\"", option, form, is);
}

/* --set-resources RULE:NAME=VALUE of this rule. */
static int add_set_resources(struct reader *r, struct rule *rule, resource_vec *all)
{
	const struct parse_options *o = r->options;
	int rc = 0;
	for (uint32_t i = o->set_resources_count; i-- > 0;) {
		const char *text = o->set_resources[i];
		const char *colon = strchr(text, ':'), *eq = strchr(text, '=');
		if (!colon || !eq || eq < colon || colon == text || eq == colon + 1) {
			return bad_option(r, "--set-resources", "RULE:NAME=VALUE", text);
		}
		struct strview name = {text, (size_t)(colon - text)};
		if (!sv_eq(name, rule->name)) {
			continue;
		}
		struct yaml_tree_node *value = option_value(r, "--set-resources", eq + 1);
		struct strview key = {colon + 1, (size_t)(eq - colon - 1)};
		rc |= value ? add_resource(r, rule, key, value, all) : -1;
	}
	return rc;
}

static int add_default_resources(struct reader *r, struct rule *rule, resource_vec *all)
{
	const struct parse_options *o = r->options;
	int rc = 0;
	for (uint32_t i = o->default_resources_count; i-- > 0;) {
		const char *text = o->default_resources[i];
		const char *eq = strchr(text, '=');
		if (!eq || eq == text) {
			return bad_option(r, "--default-resources", "NAME=VALUE", text);
		}
		struct yaml_tree_node *value =
			option_value(r, "--default-resources", eq + 1);
		struct strview key = {text, (size_t)(eq - text)};
		rc |= value ? add_resource(r, rule, key, value, all) : -1;
	}
	return rc;
}

int parse_resources(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	struct file_unit *unit = r->unit;
	resource_vec all = {0};
	int rc = add_set_resources(r, rule, &all);
	for (uint32_t i = 0; i < s->all_count; i++) {
		const struct yaml_tree_node *map = get(s->chain[i].map, "resources");
		if (map) {
			r->unit = s->chain[i].unit;
			rc |= add_map(r, rule, map, &all);
		}
	}
	r->unit = unit;
	rc |= add_default_resources(r, rule, &all);
	rule->resources = ARENA_ARRAY(r->arena, struct resource, all.n);
	if (all.n) {
		memcpy(rule->resources, all.v, all.n * sizeof(*all.v));
	}
	rule->resource_count = (uint32_t)all.n;
	vec_release(&all);
	return rc;
}

/* --set-threads RULE=N of this rule, or NULL. */
static int set_threads(
	struct reader *r, const struct rule *rule, struct yaml_tree_node **ret)
{
	const struct parse_options *o = r->options;
	for (uint32_t i = 0; i < o->set_threads_count; i++) {
		const char *text = o->set_threads[i];
		const char *eq = strchr(text, '=');
		int64_t n;
		if (!eq || eq == text || parse_i64(sv_from(eq + 1), &n) != 0) {
			return bad_option(r, "--set-threads", "RULE=N", text);
		}
		if (sv_eq((struct strview){text, (size_t)(eq - text)}, rule->name)) {
			*ret = option_value(r, "--set-threads", eq + 1);
		}
	}
	return 0;
}

int parse_threads(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	struct scope scope = {.rule = rule, .stage = STAGE_THREADS};
	struct file_unit *unit = r->unit, *said = r->unit;
	struct yaml_tree_node *set = NULL;
	int64_t x;
	if (set_threads(r, rule, &set) != 0) {
		return -1;
	}
	const struct yaml_tree_node *node = set ? set : find_default(s, "threads", &said);
	if (!node) {
		return 0;
	}
	rule->threads = ARENA_NEW(r->arena, struct text);
	r->unit = said;
	int rc = make_text(r, node, TEMPLATE_TEXT, &scope, rule->threads);
	r->unit = unit;
	const struct template *t = &rule->threads->t;
	if (rc == 0 && !t->expr_count &&
		(!t->count || parse_i64(t->pieces[0].text, &x) != 0)) {
		return diag_error(r->sink, "CW-E011", node->span,
			"threads must be an integer, this is \"" SV_FMT "\"",
			SV_ARG(t->count ? t->pieces[0].text : SV("")));
	}
	return rc;
}

/* A rule that an option names and that is not there. */
static void warn_option_rule(struct reader *r, const char *option, struct strview name)
{
	struct nearest near;
	nearest_init(&near, name);
	for (size_t i = 0; i < r->rules.n; i++) {
		if (sv_eq(r->rules.v[i].full, name)) {
			return;
		}
		nearest_offer(&near, r->rules.v[i].full);
	}
	diag_warning(r->sink, "CW-W013", (struct span){0},
		"%s: there is no rule \"" SV_FMT "\"", option, SV_ARG(name));
	nearest_note(&near, r->sink);
}

void warn_option_rules(struct reader *r)
{
	const struct parse_options *o = r->options;
	for (uint32_t i = 0; i < o->set_threads_count; i++) {
		const char *eq = strchr(o->set_threads[i], '=');
		size_t n = eq ? (size_t)(eq - o->set_threads[i]) : 0;
		warn_option_rule(
			r, "--set-threads", (struct strview){o->set_threads[i], n});
	}
	for (uint32_t i = 0; i < o->set_resources_count; i++) {
		const char *colon = strchr(o->set_resources[i], ':');
		size_t n = colon ? (size_t)(colon - o->set_resources[i]) : 0;
		warn_option_rule(
			r, "--set-resources", (struct strview){o->set_resources[i], n});
	}
}
