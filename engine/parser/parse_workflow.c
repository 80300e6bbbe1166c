/* A workflow, in the order in which its parts stand on each other: all files, settings of
 * each, sets, rules, and what is said about rules. */
#include "parser/reader.h"
#include "sys/path.h"

static const struct known_key default_keys[] = {{"threads", NULL}, {"resources", NULL},
	{"retries", NULL}, {"priority", NULL}, {"timeout", NULL}, {"env", NULL},
	{"envmodules", NULL}, {"container", NULL}, {"group", NULL}, {"bundle", NULL},
	{"localrule", NULL}, {"shadow", NULL}, {"conda", "conda environments"},
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

/* --- settings of one file --------------------------------------------------------------- */

static int choose_shell(
	struct reader *r, const struct yaml_tree_node *name, struct shell_setting *shell)
{
	struct strview base = path_name(name->text);
	for (size_t i = 0; i < CW_ARRAY_LEN(shells); i++) {
		if (sv_eq_str(base, shells[i].name)) {
			shell->executable = name->text.p;
			shell->kind = shells[i].kind;
			shell->prefix = shells[i].prefix;
			return 0;
		}
	}
	diag_error(r->sink, "CW-E033", name->span,
		"the shell must be one of sh, dash, bash, ksh, zsh");
	diag_note(r->sink, (struct span){0},
		"programs in other languages are `script` or `command`");
	return -1;
}

static int parse_shell_setting(struct reader *r, const struct yaml_tree_node *node)
{
	struct file_unit *u = r->unit;
	if (!node && u->parent && u->parent->module == u->module) {
		u->shell = u->parent->shell;
		return 0;
	}
	u->shell = ARENA_NEW(r->arena, struct shell_setting);
	u->shell->executable = "bash";
	u->shell->kind = SHELL_BASH;
	u->shell->prefix = shells[0].prefix;
	if (!node) {
		return 0;
	}
	if (want_mapping(r, node, "shell") != 0 ||
		check_keys(r, node, shell_keys, "shell", false) != 0) {
		return -1;
	}
	const struct yaml_tree_node *executable = get(node, "executable");
	if (executable && (want_scalar(r, executable, "executable") != 0 ||
				  choose_shell(r, executable, u->shell) != 0)) {
		return -1;
	}
	/* an empty quoted prefix is a prefix, so not get() */
	const struct yaml_tree_node *prefix = yaml_get(node, "prefix", NULL);
	if (prefix) {
		if (want_scalar(r, prefix, "prefix") != 0) {
			return -1;
		}
		u->shell->prefix = prefix->text;
	}
	return 0;
}

/* ">=0.1" against this program. */
static int check_version(struct reader *r, const struct yaml_tree_node *node)
{
	unsigned want[3] = {0}, have[3] = {0};
	int n = 0;
	if (!node) {
		return 0;
	}
	const char *text = node->kind == YAML_SCALAR ? node->text.p : "";
	if (sscanf(text, " >= %u%n.%u%n.%u%n", &want[0], &n, &want[1], &n, &want[2], &n) <
			1 ||
		text[n]) {
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
	struct workflow *wf = r->wf;
	struct strview *grown =
		ARENA_ARRAY(r->arena, struct strview, wf->envvar_count + list.n);
	if (wf->envvar_count) {
		memcpy(grown, wf->envvars, wf->envvar_count * sizeof(*grown));
	}
	wf->envvars = grown;
	for (uint32_t i = 0; i < list.n; i++) {
		wf->envvars[wf->envvar_count++] = list.v[i]->text;
		if (want_scalar(r, list.v[i], "a name of envvars") != 0) {
			rc = -1;
		} else if (!is_name(list.v[i]->text)) {
			rc |= check_name(r, list.v[i], "an environment variable");
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
	if (want_mapping(r, node, "defaults") != 0) {
		return -1;
	}
	r->unit->defaults = node;
	return check_keys(r, node, default_keys, "defaults", false);
}

/* A constraint of a wildcard that no rule has does nothing: it is a slip of the pen. */
static int parse_constraints(struct reader *r, const struct yaml_tree_node *node)
{
	if (!node) {
		return 0;
	}
	int rc = want_mapping(r, node, "wildcard_constraints");
	for (uint32_t i = 0; rc == 0 && i < node->count; i++) {
		rc |= check_constraint(r, node->pairs[i].key->text, node->pairs[i].value);
		rc |= check_name(r, node->pairs[i].key, "a wildcard");
	}
	r->unit->constraints = rc == 0 ? node : NULL;
	return rc;
}

static int parse_settings(struct reader *r)
{
	const struct yaml_tree_node *root = r->unit->root;
	int rc = check_version(r, get(root, "cwflow"));
	rc |= check_envvars(r, get(root, "envvars"));
	rc |= parse_shell_setting(r, get(root, "shell"));
	rc |= parse_constraints(r, get(root, "wildcard_constraints"));
	rc |= parse_defaults(r, get(root, "defaults"));
	r->unit->rules = get(root, "rules");
	if (r->unit->rules && want_mapping(r, r->unit->rules, "rules") != 0) {
		r->unit->rules = NULL;
		rc = -1;
	}
	return rc;
}

/* --- what is said about rules ------------------------------------------------------------- */

/* A rule that is in the file, whether its `when` holds or not; its full name. */
static int known_rule(
	struct reader *r, const struct yaml_tree_node *name, struct strview *ret)
{
	if (want_scalar(r, name, "the name of a rule") != 0) {
		return -1;
	}
	const struct rule_decl *d = find_rule(r, name->text);
	if (d) {
		*ret = d->full;
		return 0;
	}
	return no_such_rule(r, name->text, name->span);
}

/* Place of a name in a list of ruleorder, or UINT32_MAX. */
static uint32_t place_in_order(
	const struct strview *order, uint32_t n, struct strview name)
{
	uint32_t i = 0;
	while (i < n && !sv_eq(order[i], name)) {
		i++;
	}
	return i < n ? i : UINT32_MAX;
}

/* A list that names rules the other way round than one before it. */
static int check_order(
	struct reader *r, const struct node_list *names, const struct strview *order)
{
	const struct workflow *wf = r->wf;
	for (uint32_t l = 0; l < wf->ruleorder_count; l++) {
		uint32_t last = 0;
		for (uint32_t i = 0; i < names->n; i++) {
			uint32_t at = place_in_order(
				wf->ruleorder[l], wf->ruleorder_counts[l], order[i]);
			if (at == UINT32_MAX) {
				continue;
			}
			if (at < last) {
				return diag_error(r->sink, "CW-E018", names->v[i]->span,
					"another list of ruleorder prefers \"" SV_FMT
					"\" to \"" SV_FMT "\": keep one of the two",
					SV_ARG(order[i]), SV_ARG(wf->ruleorder[l][last]));
			}
			last = at;
		}
	}
	return 0;
}

static int parse_order(struct reader *r, const struct node_list *names)
{
	struct workflow *wf = r->wf;
	struct strview *order = ARENA_ARRAY(r->arena, struct strview, names->n);
	int rc = 0;
	for (uint32_t i = 0; i < names->n; i++) {
		if (known_rule(r, names->v[i], &order[i]) != 0) {
			rc = -1;
		} else if (place_in_order(order, i, order[i]) != UINT32_MAX) {
			rc = diag_error(r->sink, "CW-E017", names->v[i]->span,
				"\"" SV_FMT "\" stands twice in this order",
				SV_ARG(order[i]));
		}
	}
	rc |= rc == 0 ? check_order(r, names, order) : 0;
	uint32_t most = wf->ruleorder_count + 1;
	struct strview **grown = ARENA_ARRAY(r->arena, struct strview *, most);
	uint32_t *counts = ARENA_ARRAY(r->arena, uint32_t, most);
	for (uint32_t i = 0; i < wf->ruleorder_count; i++) {
		grown[i] = wf->ruleorder[i];
		counts[i] = wf->ruleorder_counts[i];
	}
	grown[wf->ruleorder_count] = order;
	counts[wf->ruleorder_count++] = names->n;
	wf->ruleorder = grown;
	wf->ruleorder_counts = counts;
	return rc;
}

static int parse_ruleorder(struct reader *r, const struct yaml_tree_node *node)
{
	struct node_list list, inner;
	int rc = 0;
	list_of(node, &list);
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

/* Of the user's file, or of the first that joins it and says one. */
static int parse_default_target(struct reader *r, const struct yaml_tree_node *node)
{
	struct workflow *wf = r->wf;
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	wf->default_targets = ARENA_ARRAY(r->arena, struct strview, list.n);
	wf->default_target_spans = ARENA_ARRAY(r->arena, struct span, list.n);
	for (uint32_t i = 0; i < list.n; i++) {
		struct strview *target = &wf->default_targets[wf->default_target_count];
		if (want_scalar(r, list.v[i], "a target") != 0 ||
			constant(r, list.v[i], target) != 0) {
			rc = -1;
			continue;
		}
		wf->default_target_spans[wf->default_target_count++] = list.v[i]->span;
		const struct rule_decl *d = find_rule(r, *target);
		if (d && !d->rule && !d->failed) {
			rc = no_such_rule(r, *target, list.v[i]->span);
		}
	}
	return rc;
}

/* Hooks of the user's file and of what it joins; those of modules are not run. */
static int parse_hooks(struct reader *r)
{
	struct workflow *wf = r->wf;
	const struct {
		const char *key;
		struct hook *hook;
	} hooks[] = {{"onstart", &wf->onstart}, {"onsuccess", &wf->onsuccess},
		{"onerror", &wf->onerror}};
	int rc = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(hooks); i++) {
		if (!hooks[i].hook->set) {
			rc |= parse_hook(
				r, get(r->unit->root, hooks[i].key), hooks[i].hook);
		}
	}
	return rc;
}

/* What stands in the files that could be read and needs nothing of the others. */
static int parse_alone(struct reader *r)
{
	int rc = 0;
	for (size_t u = 0; u < r->units.n; u++) {
		r->unit = r->units.v[u];
		rc |= parse_settings(r);
	}
	for (size_t u = 0; u < r->units.n && !r->no_config; u++) {
		r->unit = r->units.v[u];
		rc |= parse_sets(r, get(r->unit->root, "sets"));
	}
	return rc;
}

static int parse_all(struct reader *r)
{
	int rc = parse_alone(r);
	rc |= declare_rules(r);
	rc |= parse_rules(r);
	for (size_t u = 0; u < r->units.n; u++) {
		r->unit = r->units.v[u];
		rc |= parse_ruleorder(r, get(r->unit->root, "ruleorder"));
		if (r->unit->module->number == 0) {
			rc |= parse_hooks(r);
			if (!r->wf->default_target_count) {
				rc |= parse_default_target(
					r, get(r->unit->root, "default_target"));
			}
		}
	}
	r->unit = r->units.v[0];
	r->wf->config = r->unit->module->config;
	return rc;
}

int parse_workflow(
	struct diag_sink *sink, struct workflow *wf, const struct parse_options *o)
{
	struct reader r = {.sink = sink, .wf = wf, .arena = &wf->arena, .options = o};
	hashmap_init(&r.rule_names);
	hashmap_init(&r.full_names);
	hashmap_init(&r.set_names);
	wf->file = arena_strdup(r.arena, o->file);
	wf->workdir = arena_sv(r.arena, sv_from(o->workdir));
	int rc = read_units(&r, o->file);
	/* what is missing in an included file would be missed in all rules */
	rc = rc == 0 ? parse_all(&r) : parse_alone(&r) | -1;
	if (rc == 0) {
		warn_option_rules(&r);
	}
	hashmap_release(&r.rule_names);
	hashmap_release(&r.full_names);
	hashmap_release(&r.set_names);
	vec_release(&r.option_values);
	vec_release(&r.rules);
	vec_release(&r.units);
	vec_release(&r.modules);
	return rc || r.failed ? -1 : 0;
}
