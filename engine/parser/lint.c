#include "parser/lint.h"

#include "parser/lint_impl.h"

void lint_remark(struct linter *l, const char *code, struct span span, const char *text,
	struct strview name)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	diag_warning(l->sink, code, span, text, SV_ARG(name));
#pragma GCC diagnostic pop
	l->count++;
}

static struct ends ends_of(const struct text *t)
{
	struct ends e = {SV(""), SV(""), false};
	if (!t->t.count) {
		return e;
	}
	const struct piece *first = &t->t.pieces[0], *last = &t->t.pieces[t->t.count - 1];
	e.prefix = first->kind == PIECE_TEXT ? first->text : e.prefix;
	e.suffix = last->kind == PIECE_TEXT ? last->text : e.suffix;
	e.constant = t->t.count == 1 && first->kind == PIECE_TEXT;
	return e;
}

static bool may_be(const struct ends *e, const struct pattern *p)
{
	struct strview a = pattern_prefix(p), b = pattern_suffix(p);
	struct strview values[WILDCARDS_MOST];
	if (e->constant) {
		return pattern_match(p, e->prefix, values) == MATCH_YES;
	}
	if (pattern_is_constant(p)) {
		return a.n >= e->prefix.n + e->suffix.n && sv_starts(a, e->prefix) &&
		       sv_ends(a, e->suffix);
	}
	return (sv_starts(a, e->prefix) || sv_starts(e->prefix, a)) &&
	       (sv_ends(b, e->suffix) || sv_ends(e->suffix, b));
}

/* --- patterns ------------------------------------------------------------------------ */

static bool ordered(const struct workflow *wf, const struct rule *x, const struct rule *y)
{
	for (uint32_t l = 0; l < wf->ruleorder_count; l++) {
		bool has_x = false, has_y = false;
		for (uint32_t i = 0; i < wf->ruleorder_counts[l]; i++) {
			has_x |= sv_eq(wf->ruleorder[l][i], x->name);
			has_y |= sv_eq(wf->ruleorder[l][i], y->name);
		}
		if (has_x && has_y) {
			return true;
		}
	}
	return false;
}

static bool overlap(
	const struct rule *x, const struct rule *y, const struct product **ret)
{
	for (uint32_t i = 0; i < x->output_count; i++) {
		for (uint32_t k = 0; k < y->output_count; k++) {
			const struct pattern *p = x->products[i].pattern,
					     *q = y->products[k].pattern;
			if (pattern_is_constant(p) == pattern_is_constant(q) &&
				pattern_may_overlap(p, q)) {
				*ret = &y->products[k];
				return true;
			}
		}
	}
	return false;
}

static void lint_overlaps(struct linter *l)
{
	enum { RULES_MOST = 2000 };
	const struct workflow *wf = l->wf;
	const struct product *at;
	for (uint32_t i = 0; i < wf->rule_count && i < RULES_MOST; i++) {
		for (uint32_t k = i + 1; k < wf->rule_count && k < RULES_MOST; k++) {
			const struct rule *x = &wf->rules[i], *y = &wf->rules[k];
			if (!overlap(x, y, &at) || ordered(wf, x, y)) {
				continue;
			}
			diag_warning(l->sink, "CW-W701", at->span,
				"rules \"" SV_FMT "\" and \"" SV_FMT
				"\" may fit the same file",
				SV_ARG(x->name), SV_ARG(y->name));
			diag_note(l->sink, (struct span){0},
				"say which is preferred with `ruleorder`, or narrow a "
				"wildcard, as in {name,[^/]+}");
			l->count++;
		}
	}
}

/* Two unconstrained wildcards without a slash between them. */
static void lint_neighbours(struct linter *l, const struct product *p)
{
	const struct template *t = &p->path.t;
	for (uint32_t i = 0; i + 1 < t->count; i++) {
		const struct piece *a = &t->pieces[i], *b = &t->pieces[i + 1];
		bool touch = b->kind == PIECE_EXPR;
		if (!touch && i + 2 < t->count && !memchr(b->text.p, '/', b->text.n)) {
			b = &t->pieces[i + 2];
		}
		if (a->kind == PIECE_EXPR && b->kind == PIECE_EXPR &&
			!pattern_is_bound(p->pattern, a->expr->ref->name) &&
			!pattern_is_bound(p->pattern, b->expr->ref->name)) {
			diag_warning(l->sink, "CW-W702", p->span,
				"wildcard \"" SV_FMT
				"\" takes as much as it can, `/` too, "
				"and \"" SV_FMT
				"\" follows it: give them constraints, as in {name,[^/]+}",
				SV_ARG(a->expr->ref->name), SV_ARG(b->expr->ref->name));
			l->count++;
			return;
		}
	}
}

/* --- what nobody uses ------------------------------------------------------------------ */

static void ask(struct linter *l, const struct text *t)
{
	vec_push(&l->asked, ends_of(t));
}

/* Nesting is bounded by the YAML reader. */
static void ask_item(struct linter *l, const struct item *item)
{
	static const struct ends any = {{"", 0}, {"", 0}, false};
	switch (item->kind) {
	case ITEM_PATH:
		ask(l, &item->path);
		break;
	case ITEM_EXPAND:
	case ITEM_OUTPUT_OF:
		for (uint32_t i = 0; i < item->expand->pattern_count; i++) {
			ask(l, &item->expand->patterns[i]);
		}
		break;
	case ITEM_LOOKUP:
		vec_push(&l->asked, any); /* nobody knows what is in the table */
		break;
	case ITEM_SWITCH:
		for (uint32_t i = 0; i < item->case_count; i++) {
			ask_item(l, item->cases[i].item);
		}
		break;
	case ITEM_LIST:
		for (uint32_t i = 0; i < item->item_count; i++) {
			ask_item(l, &item->items[i]);
		}
		break;
	}
	if (item->otherwise) {
		ask_item(l, item->otherwise);
	}
}

static bool is_asked(const struct linter *l, const struct rule *rule)
{
	for (uint32_t s = 0; s < l->wf->set_count; s++) {
		if (l->wf->sets[s].after == rule->index) {
			return true;
		}
	}
	for (uint32_t k = 0; k < rule->product_count; k++) {
		const struct product *p = &rule->products[k];
		bool folder = p->flags & PRODUCT_DIRECTORY;
		for (size_t i = 0; i < l->asked.n; i++) {
			if (may_be(&l->asked.v[i], p->pattern) ||
				(folder && sv_starts(l->asked.v[i].prefix,
						   pattern_prefix(p->pattern)))) {
				return true;
			}
		}
	}
	return false;
}

static bool is_target(const struct linter *l, const struct rule *rule)
{
	const struct workflow *wf = l->wf;
	for (uint32_t i = 0; i < wf->default_target_count; i++) {
		if (sv_eq(wf->default_targets[i], rule->name)) {
			return true;
		}
	}
	return rule == workflow_first_target(wf) ||
	       (!rule->product_count && rule->command_kind == RULE_NOTHING);
}

static void lint_unused(struct linter *l)
{
	const struct workflow *wf = l->wf;
	for (uint32_t s = 0; s < wf->set_count; s++) {
		if (!wf->sets[s].used) {
			lint_remark(l, "CW-W703", wf->sets[s].span,
				"nothing uses set \"" SV_FMT "\"", wf->sets[s].name);
		}
	}
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		for (uint32_t i = 0; i < wf->rules[r].input_count; i++) {
			ask_item(l, &wf->rules[r].inputs[i].item);
		}
	}
	for (uint32_t i = 0; i < wf->default_target_count; i++) {
		struct ends e = {wf->default_targets[i], wf->default_targets[i], true};
		vec_push(&l->asked, e);
	}
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		const struct rule *rule = &wf->rules[r];
		if (!is_target(l, rule) && !is_asked(l, rule)) {
			lint_remark(l, "CW-W704", rule->span,
				"no rule needs what rule \"" SV_FMT "\" makes",
				rule->name);
		}
	}
}

/* --- one rule ---------------------------------------------------------------------------- */

static void lint_path(struct linter *l, const struct text *t)
{
	struct ends e = ends_of(t);
	if (sv_starts(e.prefix, SV("/"))) {
		lint_remark(l, "CW-W706", t->span,
			"an absolute path: the workflow works on this host alone (" SV_FMT
			")",
			e.prefix);
	}
}

static void lint_paths(struct linter *l, const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->product_count; i++) {
		lint_path(l, &rule->products[i].path);
	}
	for (uint32_t i = 0; i < rule->input_count; i++) {
		if (rule->inputs[i].item.kind == ITEM_PATH) {
			lint_path(l, &rule->inputs[i].item.path);
		}
	}
}

/* Whether a word is what some product is written as. */
static bool is_declared(const struct rule *rule, struct strview word)
{
	for (uint32_t i = 0; i < rule->product_count; i++) {
		struct ends e = ends_of(&rule->products[i].path);
		if ((e.constant && sv_eq(e.prefix, word)) ||
			sv_eq(rule->products[i].path.t.text, word)) {
			return true;
		}
	}
	return false;
}

/* The word behind a redirection that ends before `at`; empty where there is none that is
 * spelled out here. */
static struct strview word_at(struct strview s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t')) {
		at++;
	}
	size_t end = at;
	while (end < s.n && !strchr(" \t\n;|&<>()\"'$`", s.p[end])) {
		end++;
	}
	bool cut = end == s.n || strchr("\"'$`(", s.p[end]);
	return cut && end < s.n ? SV("") : sv_sub(s, at, end - at);
}

static void lint_redirects(struct linter *l, const struct rule *rule)
{
	const struct template *t = &rule->command.t;
	char quote = '\0';
	for (uint32_t i = 0; i < t->count; i++) {
		struct strview s = t->pieces[i].text;
		bool followed = i + 1 < t->count;
		for (size_t k = 0; t->pieces[i].kind == PIECE_TEXT && k < s.n; k++) {
			char c = s.p[k];
			if (quote) {
				quote = c == quote ? '\0' : quote;
				continue;
			}
			if (c == '"' || c == '\'') {
				quote = c;
			}
			if (c != '>') {
				continue;
			}
			while (k + 1 < s.n && (s.p[k + 1] == '>' || s.p[k + 1] == '|')) {
				k++;
			}
			struct strview word = word_at(s, k + 1);
			bool whole =
				word.n && !(followed && word.p + word.n == s.p + s.n);
			if (whole && word.p[0] != '&' && !sv_starts(word, SV("/dev/")) &&
				!is_declared(rule, word)) {
				lint_remark(l, "CW-W707", rule->shell_span,
					"the command writes to \"" SV_FMT
					"\", which is no output or log of the rule",
					word);
			}
		}
	}
}

static void lint_rule(struct linter *l, const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->output_count; i++) {
		lint_neighbours(l, &rule->products[i]);
	}
	if (rule->command_kind != RULE_NOTHING && !rule->log_count) {
		lint_remark(l, "CW-W705", rule->span,
			"rule \"" SV_FMT
			"\" has no log: a failure is easier to understand "
			"with one",
			rule->name);
	}
	lint_paths(l, rule);
	if (rule->command_kind == RULE_SHELL) {
		lint_redirects(l, rule);
		lint_inner_shells(l, rule);
	}
}

/* A glob that finds what the workflow makes gives other values in every run. */
static void lint_globs(struct linter *l)
{
	const struct workflow *wf = l->wf;
	for (uint32_t s = 0; s < wf->set_count; s++) {
		const struct set_def *def = &wf->sets[s];
		bool found = def->kind != SET_GLOB || def->dynamic || !def->glob;
		for (uint32_t r = 0; r < wf->rule_count && !found; r++) {
			for (uint32_t k = 0; k < wf->rules[r].output_count && !found;
				k++) {
				found = pattern_may_overlap(
					def->glob, wf->rules[r].products[k].pattern);
				if (found) {
					diag_warning(l->sink, "CW-W708", def->span,
						"this glob may match outputs of rule \"" SV_FMT
						"\": its values change from run to run",
						SV_ARG(wf->rules[r].name));
					l->count++;
				}
			}
		}
	}
}

uint32_t lint_workflow(struct diag_sink *sink, const struct workflow *wf)
{
	struct linter l = {.sink = sink, .wf = wf};
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		lint_rule(&l, &wf->rules[r]);
	}
	lint_overlaps(&l);
	lint_globs(&l);
	lint_unused(&l);
	vec_release(&l.asked);
	return l.count;
}
