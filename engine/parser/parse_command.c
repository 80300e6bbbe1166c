/* What a job runs: a text for the shell, a list without one, a script; and the hooks. */
#include "parser/reader.h"
#include "sys/path.h"

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

/* Whether an item can give several files. */
static bool is_several(const struct item *item)
{
	return item->kind == ITEM_EXPAND || item->kind == ITEM_LOOKUP ||
	       (item->kind == ITEM_LIST && item->item_count > 1);
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
		if (ref->kind == REF_INPUT && !ref->step_count && !several &&
			rule->input_count && p->format != FORMAT_LIST) {
			several = is_several(
				&rule->inputs[ref->name.n ? ref->slot : 0].item);
		}
		if (several) {
			rc = diag_error(r->sink, "CW-E029", span_of_piece(t, p),
				"several files behind a redirection: name one of them, as in "
				"{output.NAME} or {output[0]}, or write `cat {input} |`");
		}
	}
	return rc;
}

static int parse_shell(
	struct reader *r, struct rule *rule, const struct yaml_tree_node *node)
{
	struct scope scope = {.rule = rule, .stage = STAGE_COMMAND};
	rule->command_kind = RULE_SHELL;
	rule->shell_span = node->span;
	warn_comment(r, node);
	if (want_scalar(r, node, "shell") != 0 ||
		make_text(r, node, TEMPLATE_SHELL, &scope, &rule->command) != 0) {
		return -1;
	}
	return check_redirects(r, rule);
}

/* --- command lists ------------------------------------------------------------------- */

static int parse_argv(
	struct reader *r, struct rule *rule, const struct yaml_tree_node *node)
{
	struct scope scope = {.rule = rule, .stage = STAGE_COMMAND};
	rule->command_kind = RULE_COMMAND;
	rule->shell_span = node->span;
	if (node->kind != YAML_SEQUENCE || !node->count) {
		diag_error(r->sink, "CW-E010", node->span,
			"`command` must be a list: the program and its arguments");
		diag_note(r->sink, (struct span){0},
			"as in `command: [sort, -u, \"{input}\"]`; a text for a shell is "
			"`shell`");
		return -1;
	}
	int rc = 0;
	rule->argv = ARENA_ARRAY(r->arena, struct text, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		rc |= make_text(r, node->items[i], TEMPLATE_TEXT, &scope,
			&rule->argv[rule->argv_count++]);
	}
	return rc;
}

/* A declared path: a reference to one, or its text once more. */
static int parse_stream(struct reader *r, struct rule *rule,
	const struct yaml_tree_node *node, bool is_input, struct text **ret)
{
	struct scope scope = {.rule = rule, .stage = STAGE_COMMAND};
	const char *what = is_input ? "an input" : "an output or a log";
	if (want_scalar(r, node, "this") != 0) {
		return -1;
	}
	for (uint32_t i = 0; i < (is_input ? rule->input_count : rule->product_count);
		i++) {
		const struct text *path =
			is_input ? &rule->inputs[i].item.path : &rule->products[i].path;
		if ((!is_input || rule->inputs[i].item.kind == ITEM_PATH) &&
			sv_eq(path->t.text, node->text)) {
			*ret = ARENA_NEW(r->arena, struct text);
			**ret = *path;
			return 0;
		}
	}
	*ret = ARENA_NEW(r->arena, struct text);
	if (make_text(r, node, TEMPLATE_TEXT, &scope, *ret) != 0) {
		return -1;
	}
	const struct template *t = &(*ret)->t;
	const struct ref *ref = t->count == 1 && t->pieces[0].kind == PIECE_EXPR &&
						t->pieces[0].expr->op == EXPR_REF
					? t->pieces[0].expr->ref
					: NULL;
	bool fits = ref && (is_input ? ref->kind == REF_INPUT
				     : ref->kind == REF_OUTPUT || ref->kind == REF_LOG);
	if (!fits) {
		return diag_error(r->sink, "CW-E024", node->span,
			"this must be %s of the rule, as in \"{%s}\"", what,
			is_input ? "input" : "output");
	}
	if (!is_input && ref->slot_count > 1 && !ref->step_count) {
		return diag_error(r->sink, "CW-E029", node->span,
			"several files here: name one of them, as in {output.NAME} or "
			"{output[0]}");
	}
	return 0;
}

static int parse_streams(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	static const struct {
		const char *key;
		bool is_input;
	} keys[] = {{"stdin", true}, {"stdout", false}, {"stderr", false}};
	struct text **slots[] = {
		&rule->stdin_path, &rule->stdout_path, &rule->stderr_path};
	int rc = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(keys); i++) {
		struct file_unit *unit;
		const struct yaml_tree_node *node = find_key(s, keys[i].key, &unit);
		if (!node) {
			continue;
		}
		if (rule->command_kind != RULE_COMMAND) {
			rc = diag_error(r->sink, "CW-E018", node->span,
				"`%s` stands beside `command` only; a shell command says < "
				"and > itself",
				keys[i].key);
			continue;
		}
		rc |= parse_stream(r, rule, node, keys[i].is_input, slots[i]);
	}
	return rc;
}

/* --- scripts -------------------------------------------------------------------------- */

static int parse_script(
	struct reader *r, struct rule *rule, const struct yaml_tree_node *node)
{
	struct scope scope = {.rule = rule, .stage = STAGE_PATHS};
	rule->command_kind = RULE_SCRIPT;
	rule->shell_span = node->span;
	rule->script_dir = r->unit->base;
	if (want_scalar(r, node, "script") != 0) {
		return -1;
	}
	if (!path_beside(r, node->text, node->span)) {
		return -1;
	}
	return make_text(r, node, TEMPLATE_TEXT, &scope, &rule->script);
}

int parse_commands(struct reader *r, const struct rule_source *s, struct rule *rule)
{
	static const struct {
		const char *key;
		int (*parse)(
			struct reader *, struct rule *, const struct yaml_tree_node *);
	} kinds[] = {{"shell", parse_shell}, {"command", parse_argv},
		{"script", parse_script}};
	struct file_unit *unit = r->unit;
	const struct yaml_tree_node *found = NULL;
	size_t first = 0;
	int rc = 0;
	/* the nearest mapping that says a command says which kind it is */
	for (uint32_t i = 0; i < s->count && !found; i++) {
		for (size_t k = 0; k < CW_ARRAY_LEN(kinds); k++) {
			const struct yaml_tree_node *node =
				get(s->chain[i].map, kinds[k].key);
			if (node && found) {
				diag_error(r->sink, "CW-E018", node->span,
					"a rule has one of shell, command, script, and there "
					"are two");
				diag_note(r->sink, found->span, "the other one");
				rc = -1;
			} else if (node) {
				found = node;
				first = k;
				unit = s->chain[i].unit;
			}
		}
	}
	if (found && rc == 0) {
		struct file_unit *before = r->unit;
		r->unit = unit;
		rc = kinds[first].parse(r, rule, found);
		r->unit = before;
	}
	return rc | parse_streams(r, s, rule);
}

/* --- hooks ---------------------------------------------------------------------------- */

int parse_hook(struct reader *r, const struct yaml_tree_node *node, struct hook *ret)
{
	static const char *const names[] = {"failed", NULL};
	struct scope scope = {.hook = true};
	struct text *t = &ret->command;
	if (!node) {
		return 0;
	}
	warn_comment(r, node);
	if (want_scalar(r, node, "a hook") != 0 ||
		parse_text_with(
			r, node, TEMPLATE_SHELL, r->unit->shell->kind, names, t) != 0 ||
		bind_text(r, t, &scope) != 0) {
		return -1;
	}
	ret->shell = r->unit->shell;
	ret->workflow_dir = r->unit->base;
	ret->set = true;
	return 0;
}
