/* The top level of a Workflowfile, in the order in which its parts stand on each other. */
#include "base/hash.h"
#include "base/hashmap.h"
#include "parser/reader.h"
#include "parser/when.h"
#include "sys/path.h"

static const struct known_key top_keys[] = {{"cwflow", NULL}, {"config", NULL},
	{"configfile", NULL}, {"envvars", NULL}, {"sets", NULL},
	{"wildcard_constraints", NULL}, {"shell", NULL}, {"defaults", NULL},
	{"include", "files that are joined to this one"}, {"rules", NULL},
	{"ruleorder", NULL}, {"default_target", NULL},
	{"onstart", "commands around a run"}, {"onsuccess", "commands around a run"},
	{"onerror", "commands around a run"}, {NULL, NULL}};

static const struct known_key default_keys[] = {{"threads", NULL}, {"resources", NULL},
	{"retries", NULL}, {"priority", NULL}, {"timeout", NULL}, {"env", NULL},
	{NULL, NULL}};

static const struct known_key shell_keys[] = {
	{"executable", NULL}, {"prefix", NULL}, {NULL, NULL}};

static const struct {
	const char *name;
	enum shell_kind kind;
	struct strview prefix;
} shells[] = {{"bash", SHELL_BASH, SV_INIT("set -euo pipefail;")},
	{"sh", SHELL_SH, SV_INIT("set -eu;")}, {"dash", SHELL_DASH, SV_INIT("set -eu;")},
	{"ksh", SHELL_KSH, SV_INIT("set -euo pipefail;")},
	{"zsh", SHELL_ZSH, SV_INIT("set -euo pipefail;")}};

static int choose_shell(struct reader *r, const struct yaml_tree_node *name)
{
	struct strview base = path_name(name->text);
	for (size_t i = 0; i < CW_ARRAY_LEN(shells); i++) {
		if (sv_eq_str(base, shells[i].name)) {
			r->shell->executable = name->text.p;
			r->shell->kind = shells[i].kind;
			r->shell->prefix = shells[i].prefix;
			return 0;
		}
	}
	return diag_error(r->sink, "CW-E033", name->span,
		"the shell must be one of sh, dash, bash, ksh, zsh");
}

static int parse_shell_setting(struct reader *r, const struct yaml_tree_node *node)
{
	r->shell = ARENA_NEW(r->arena, struct shell_setting);
	r->shell->executable = "bash";
	r->shell->kind = SHELL_BASH;
	r->shell->prefix = shells[0].prefix;
	if (!node) {
		return 0;
	}
	if (want_mapping(r, node, "shell") != 0 ||
		check_keys(r, node, shell_keys, "shell", false) != 0) {
		return -1;
	}
	const struct yaml_tree_node *executable = get(node, "executable");
	if (executable && (want_scalar(r, executable, "executable") != 0 ||
				  choose_shell(r, executable) != 0)) {
		return -1;
	}
	/* an empty quoted prefix is a prefix, so not get() */
	const struct yaml_tree_node *prefix = yaml_get(node, "prefix", NULL);
	if (prefix) {
		if (want_scalar(r, prefix, "prefix") != 0) {
			return -1;
		}
		r->shell->prefix = prefix->text;
	}
	return 0;
}

/* ">=0.1" against this program. */
static int check_version(struct reader *r, const struct yaml_tree_node *node)
{
	unsigned want[3] = {0}, have[3] = {0};
	if (!node) {
		return 0;
	}
	const char *text = node->kind == YAML_SCALAR ? node->text.p : "";
	int n = 0;
	if (sscanf(text, ">=%u.%u.%u%n", &want[0], &want[1], &want[2], &n) < 2 &&
		sscanf(text, ">= %u.%u.%u%n", &want[0], &want[1], &want[2], &n) < 2) {
		return diag_error(r->sink, "CW-E034", node->span,
			"cwflow must be the lowest version that is needed, as in \">=0.1\"");
	}
	sscanf(CWFLOW_VERSION, "%u.%u.%u", &have[0], &have[1], &have[2]);
	for (int i = 0; i < 3; i++) {
		if (want[i] < have[i]) {
			return 0;
		}
		if (want[i] > have[i]) {
			return diag_error(r->sink, "CW-E034", node->span,
				"this workflow needs cwflow %s, and this is %s", text,
				CWFLOW_VERSION);
		}
	}
	return 0;
}

static int check_envvars(struct reader *r, const struct yaml_tree_node *node)
{
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		if (want_scalar(r, list.v[i], "a name of envvars") != 0) {
			rc = -1;
		} else if (!getenv(list.v[i]->text.p)) {
			rc = diag_error(r->sink, "CW-E035", list.v[i]->span,
				"the environment variable \"" SV_FMT "\" must be set",
				SV_ARG(list.v[i]->text));
		}
	}
	return rc;
}

static int parse_defaults(struct reader *r, const struct yaml_tree_node *node)
{
	if (!node) {
		return 0;
	}
	if (want_mapping(r, node, "defaults") != 0 ||
		check_keys(r, node, default_keys, "defaults", false) != 0) {
		return -1;
	}
	r->defaults = node;
	return 0;
}

static int parse_constraints(struct reader *r, const struct yaml_tree_node *node)
{
	if (!node) {
		return 0;
	}
	int rc = want_mapping(r, node, "wildcard_constraints");
	for (uint32_t i = 0; rc == 0 && i < node->count; i++) {
		rc |= want_scalar(r, node->pairs[i].value, "a constraint");
	}
	r->constraints = rc == 0 ? node : NULL;
	return rc;
}

static int parse_rules(struct reader *r, const struct yaml_tree_node *node)
{
	struct workflow *wf = r->wf;
	if (!node) {
		return 0;
	}
	if (want_mapping(r, node, "rules") != 0) {
		return -1;
	}
	int rc = 0;
	r->rules = node;
	wf->rules = ARENA_ARRAY(r->arena, struct rule, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		bool exists;
		rc |= check_name(r, pair->key, "the name of a rule");
		if (rule_exists(r, pair->value, &exists) != 0) {
			rc = -1;
		} else if (exists) {
			struct rule *rule = &wf->rules[wf->rule_count];
			rule->index = wf->rule_count++;
			rc |= parse_rule(r, pair, rule);
		}
	}
	return rc;
}

/* A name of a rule that is in the file, whether its `when` holds or not. */
static int known_rule(struct reader *r, const struct yaml_tree_node *name)
{
	if (want_scalar(r, name, "the name of a rule") != 0) {
		return -1;
	}
	if (r->rules && yaml_get(r->rules, name->text.p, NULL)) {
		return 0;
	}
	struct nearest near;
	nearest_init(&near, name->text);
	for (uint32_t i = 0; i < r->wf->rule_count; i++) {
		nearest_offer(&near, r->wf->rules[i].name);
	}
	diag_error(r->sink, "CW-E028", name->span,
		"there is no rule \"" SV_FMT "\"%s" SV_FMT "%s", SV_ARG(name->text),
		near.best.p ? "; did you mean \"" : "",
		SV_ARG(near.best.p ? near.best : SV("")), near.best.p ? "\"?" : "");
	return -1;
}

static int parse_order(struct reader *r, const struct node_list *names)
{
	struct workflow *wf = r->wf;
	struct strview *order = ARENA_ARRAY(r->arena, struct strview, names->n);
	int rc = 0;
	for (uint32_t i = 0; i < names->n; i++) {
		rc |= known_rule(r, names->v[i]);
		order[i] = names->v[i]->text;
	}
	wf->ruleorder_counts[wf->ruleorder_count] = names->n;
	wf->ruleorder[wf->ruleorder_count++] = order;
	return rc;
}

static int parse_ruleorder(struct reader *r, const struct yaml_tree_node *node)
{
	struct node_list list, inner;
	int rc = 0;
	list_of(node, &list);
	r->wf->ruleorder = ARENA_ARRAY(r->arena, struct strview *, list.n + 1);
	r->wf->ruleorder_counts = ARENA_ARRAY(r->arena, uint32_t, list.n + 1);
	if (list.n && list.v[0]->kind == YAML_SEQUENCE) {
		for (uint32_t i = 0; i < list.n; i++) {
			list_of(list.v[i], &inner);
			rc |= parse_order(r, &inner);
		}
	} else if (list.n) {
		rc = parse_order(r, &list);
	}
	return rc;
}

static int parse_default_target(struct reader *r, const struct yaml_tree_node *node)
{
	struct workflow *wf = r->wf;
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	wf->default_targets = ARENA_ARRAY(r->arena, struct strview, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		rc |= want_scalar(r, list.v[i], "a target");
		wf->default_targets[wf->default_target_count++] = list.v[i]->text;
	}
	return rc;
}

static int parse_root(struct reader *r, const struct yaml_tree_node *root)
{
	if (want_mapping(r, root, "a Workflowfile") != 0) {
		return -1;
	}
	int rc = check_keys(r, root, top_keys, "the top level", false);
	rc |= check_version(r, get(root, "cwflow"));
	rc |= check_envvars(r, get(root, "envvars"));
	if (parse_config(r, root) != 0) {
		return -1; /* everything else would complain about missing values */
	}
	rc |= parse_shell_setting(r, get(root, "shell"));
	rc |= parse_constraints(r, get(root, "wildcard_constraints"));
	rc |= parse_defaults(r, get(root, "defaults"));
	rc |= parse_sets(r, get(root, "sets"));
	rc |= parse_rules(r, get(root, "rules"));
	rc |= parse_ruleorder(r, get(root, "ruleorder"));
	rc |= parse_default_target(r, get(root, "default_target"));
	return rc;
}

int parse_workflow(
	struct diag_sink *sink, struct workflow *wf, const struct parse_options *o)
{
	struct reader r = {.sink = sink, .wf = wf, .arena = &wf->arena, .options = o};
	struct yaml_tree_node *root;
	struct strview dir = path_dir(sv_from(o->file));
	r.dir = arena_sv(r.arena, dir);
	wf->file = arena_strdup(r.arena, o->file);
	wf->workdir = arena_sv(r.arena, sv_from(o->workdir));
	if (read_yaml_file(&r, o->file, (struct span){0}, &root) != 0) {
		return -1;
	}
	return root ? parse_root(&r, root) : 0;
}
