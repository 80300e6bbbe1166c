/* One rule: its own keys, those of the rules it extends, the file's defaults. */
#include "base/number.h"
#include "base/vec.h"
#include "parser/reader.h"

#define LATER_GROUP "jobs that go to a cluster together"

static const struct known_key rule_keys[] = {{"input", NULL}, {"output", NULL},
	{"params", NULL}, {"log", NULL}, {"benchmark", NULL}, {"shell", NULL},
	{"threads", NULL}, {"resources", NULL}, {"priority", NULL}, {"retries", NULL},
	{"timeout", NULL}, {"message", NULL}, {"wildcard_constraints", NULL},
	{"env", NULL}, {"extends", NULL}, {"when", NULL},
	{"command", "commands without a shell"}, {"stdin", "commands without a shell"},
	{"stdout", "commands without a shell"}, {"stderr", "commands without a shell"},
	{"script", "scripts that read $CWFLOW_JOB"},
	{"envmodules", "environment modules"}, {"container", "containers"},
	{"group", LATER_GROUP}, {"bundle", LATER_GROUP}, {"localrule", LATER_GROUP},
	{"shadow", "jobs in a scratch folder"}, {"depfile", "inputs told by the job"},
	{"cache", "results shared between workflows"}, {"conda", "conda environments"},
	{NULL, NULL}};

enum { EXTENDS_MOST = 50 };

/* The mappings a key of a rule is looked for in, nearest first. */
struct rule_source {
	const struct yaml_tree_node *chain[EXTENDS_MOST + 1];
	uint32_t count;
};

static const struct yaml_tree_node *find(const struct rule_source *s, const char *key)
{
	for (uint32_t i = 0; i < s->count; i++) {
		const struct yaml_tree_node *value = get(s->chain[i], key);
		if (value) {
			return value;
		}
	}
	return NULL;
}

static const struct yaml_tree_node *find_default(
	struct reader *r, const struct rule_source *s, const char *key)
{
	const struct yaml_tree_node *value = find(s, key);
	return value ? value : get(r->defaults, key);
}

/* Follows `extends` from the rule itself. */
static int find_chain(
	struct reader *r, const struct yaml_pair *pair, struct rule_source *s)
{
	s->chain[s->count++] = pair->value;
	const struct yaml_tree_node *base;
	while ((base = get(s->chain[s->count - 1], "extends"))) {
		if (want_scalar(r, base, "extends") != 0) {
			return -1;
		}
		const struct yaml_tree_node *next =
			yaml_get(r->rules, base->text.p, NULL);
		if (!next || next->kind != YAML_MAPPING) {
			return diag_error(r->sink, "CW-E028", base->span,
				"there is no rule \"" SV_FMT "\" to extend",
				SV_ARG(base->text));
		}
		for (uint32_t i = 0; i < s->count; i++) {
			if (s->chain[i] == next || s->count > EXTENDS_MOST) {
				return diag_error(r->sink, "CW-E028", base->span,
					"rules extend each other in a circle");
			}
		}
		s->chain[s->count++] = next;
	}
	return 0;
}

/* A mapping of names whose values are merged by name along the chain and the defaults. */
static int parse_named(struct reader *r, struct rule *rule, const struct rule_source *s,
	const char *key, struct named_text **ret, uint32_t *ret_count)
{
	VEC(struct named_text) all = {0};
	struct scope scope = {.rule = rule, .command = true};
	int rc = 0;
	for (uint32_t i = 0; i <= s->count; i++) {
		const struct yaml_tree_node *map =
			get(i < s->count ? s->chain[i] : r->defaults, key);
		if (!map || want_mapping(r, map, key) != 0) {
			rc |= map ? -1 : 0;
			continue;
		}
		for (uint32_t k = 0; k < map->count; k++) {
			struct named_text t = {.name = map->pairs[k].key->text,
				.span = map->pairs[k].value->span};
			bool known = false;
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
	*ret = ARENA_ARRAY(r->arena, struct named_text, all.n);
	memcpy(*ret, all.v, all.n * sizeof(*all.v));
	*ret_count = (uint32_t)all.n;
	vec_release(&all);
	return rc;
}

static int optional_text(struct reader *r, struct rule *rule,
	const struct yaml_tree_node *node, struct text **ret)
{
	struct scope scope = {.rule = rule, .command = true};
	if (!node) {
		return 0;
	}
	*ret = ARENA_NEW(r->arena, struct text);
	return make_text(r, node, TEMPLATE_TEXT, &scope, *ret);
}

static int parse_numbers(struct reader *r, struct rule *rule, const struct rule_source *s)
{
	const struct yaml_tree_node *node;
	int64_t x;
	int rc = 0;
	if ((node = find_default(r, s, "priority"))) {
		rc |= read_int(r, node, INT32_MIN, INT32_MAX, "priority", &x);
		rule->priority = rc ? 0 : (int32_t)x;
	}
	rule->retries = -1;
	if ((node = find_default(r, s, "retries"))) {
		rc |= read_int(r, node, 0, 1000, "retries", &x);
		rule->retries = rc ? -1 : (int32_t)x;
	}
	if ((node = find_default(r, s, "timeout"))) {
		if (want_scalar(r, node, "timeout") != 0 ||
			parse_seconds(node->text, &rule->timeout_s) != 0 ||
			rule->timeout_s <= 0) {
			rc = diag_error(r->sink, "CW-E011", node->span,
				"timeout must be seconds or a time such as 90s, 15m, 2h, 1d");
		}
	}
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
		rc |= want_scalar(r, map->pairs[i].value, "a constraint");
	}
	return rc;
}

/* A plain command with ` #` behind it: YAML has cut it there. */
static void warn_comment(struct reader *r, const struct yaml_tree_node *shell)
{
	struct span comment;
	if (yaml_comment_follows(r->sink->sources, shell, &comment)) {
		diag_warning(r->sink, "CW-W010", comment,
			"YAML takes what follows ` #` as a comment: quote the command, or "
			"write it below `|`, if it belongs to it");
	}
}

/* Several files right behind > or <: the shell would take only the first. */
static int check_redirects(struct reader *r, const struct rule *rule)
{
	int rc = 0;
	const struct text *t = &rule->command;
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR || !p->after_redirect ||
			p->expr->op != EXPR_REF) {
			continue;
		}
		const struct ref *ref = p->expr->ref;
		bool products = ref->kind == REF_OUTPUT || ref->kind == REF_LOG;
		bool several = products ? ref->slot_count > 1 && !ref->step_count
					: ref->kind == REF_INPUT && !ref->step_count &&
						  !ref->name.n && rule->input_count > 1;
		if (several) {
			rc = diag_error(r->sink, "CW-E029",
				t->origin.span_of(t->origin.ctx, p->off, p->len),
				"several files behind a redirection: name one of them, as in "
				"{output[0]} or {output.NAME}");
		}
	}
	return rc;
}

static int parse_shell(
	struct reader *r, struct rule *rule, const struct yaml_tree_node *node)
{
	struct scope scope = {.rule = rule, .command = true};
	rule->command_kind = RULE_SHELL;
	rule->shell_span = node->span;
	warn_comment(r, node);
	if (want_scalar(r, node, "shell") != 0 ||
		make_text(r, node, TEMPLATE_SHELL, &scope, &rule->command) != 0) {
		return -1;
	}
	return check_redirects(r, rule);
}

int parse_rule(struct reader *r, const struct yaml_pair *pair, struct rule *rule)
{
	struct rule_source s = {0};
	const struct yaml_tree_node *shell;
	rule->name = pair->key->text;
	rule->span = pair->key->span;
	rule->shell = r->shell;
	rule->workflow_dir = r->dir;
	rule->retries = -1;
	if (want_mapping(r, pair->value, "a rule") != 0 ||
		check_keys(r, pair->value, rule_keys, "a rule", false) != 0 ||
		find_chain(r, pair, &s) != 0) {
		return -1;
	}
	const struct yaml_tree_node *constraints = find(&s, "wildcard_constraints");
	if (check_constraints(r, constraints) != 0 ||
		parse_products(r, rule, find(&s, "output"), find(&s, "log"),
			find(&s, "benchmark"), constraints) != 0) {
		return -1;
	}
	int rc = parse_inputs(r, find(&s, "input"), rule);
	rc |= parse_named(
		r, rule, &s, "resources", &rule->resources, &rule->resource_count);
	rc |= parse_params(r, find(&s, "params"), rule);
	rc |= parse_named(r, rule, &s, "env", &rule->env, &rule->env_count);
	rc |= optional_text(r, rule, find_default(r, &s, "threads"), &rule->threads);
	rc |= optional_text(r, rule, find(&s, "message"), &rule->message);
	rc |= parse_numbers(r, rule, &s);
	if ((shell = find(&s, "shell"))) {
		rc |= parse_shell(r, rule, shell);
	}
	return rc;
}
