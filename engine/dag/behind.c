#include "dag/behind.h"

#include "base/xalloc.h"
#include "dag/inputs.h"

struct search {
	const struct dag *d;
	bool *rules; /* found */
	struct arena arena;
	VEC(struct strview) paths; /* not looked at yet */
	struct strbuf scratch;
};

/* The one rule that can make the path, or NULL; the values of its wildcards are views. */
static const struct rule *only_rule(
	const struct workflow *wf, struct strview path, struct strview *values)
{
	const struct rule *found = NULL;
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		const struct rule *rule = &wf->rules[r];
		struct strview mine[WILDCARDS_MOST];
		for (uint32_t k = 0; k < rule->product_count; k++) {
			if (pattern_match(rule->products[k].pattern, path, mine) !=
				MATCH_YES) {
				continue;
			}
			if (found) {
				return NULL;
			}
			found = rule;
			memcpy(values, mine, rule->wildcard_count * sizeof(*values));
			break;
		}
	}
	return found;
}

/* Each rule is followed once, so that this ends. */
static void follow(struct search *s, struct strview path)
{
	struct strview values[WILDCARDS_MOST];
	const struct rule *rule = only_rule(s->d->wf, path, values);
	if (!rule || s->rules[rule->index]) {
		return;
	}
	s->rules[rule->index] = true;
	for (uint32_t i = 0; i < rule->input_count; i++) {
		const struct item *item = &rule->inputs[i].item;
		if (item->kind == ITEM_PATH && !(item->flags & ITEM_OPTIONAL) &&
			item->path.plain) {
			strbuf_reset(&s->scratch);
			text_expand_plain(&item->path, values, &s->scratch);
			vec_push(&s->paths, arena_sv(&s->arena, strbuf_sv(&s->scratch)));
		}
	}
}

static bool waits(const struct workflow *wf, const struct expand *e)
{
	for (uint32_t v = 0; v < e->var_count; v++) {
		if (e->vars[v].kind == VAR_SET &&
			wf->sets[e->vars[v].set].after != UINT32_MAX) {
			return true;
		}
	}
	return false;
}

/* The paths of a waiting expansion, with `probe` for all that is not known. */
static void add_expansion(struct search *s, const struct expand *e,
	const struct strview *wildcards, struct strview probe)
{
	struct strview values[WILDCARDS_MOST];
	for (uint32_t v = 0; v < e->var_count; v++) {
		bool known = e->vars[v].kind == VAR_WILDCARD;
		values[v] = known ? wildcards[e->vars[v].wildcard] : probe;
	}
	for (uint32_t p = 0; p < e->pattern_count; p++) {
		if (e->patterns[p].plain) {
			strbuf_reset(&s->scratch);
			text_expand_plain(&e->patterns[p], values, &s->scratch);
			vec_push(&s->paths, arena_sv(&s->arena, strbuf_sv(&s->scratch)));
		}
	}
}

/* Lists are nested no deeper than YAML allows. */
static void add_item(
	struct search *s, const struct item *item, const struct strview *wildcards)
{
	for (uint32_t i = 0; item->kind == ITEM_LIST && i < item->item_count; i++) {
		add_item(s, &item->items[i], wildcards);
	}
	bool expands = item->kind == ITEM_EXPAND || item->kind == ITEM_OUTPUT_OF;
	if (expands && !(item->flags & ITEM_OPTIONAL) && waits(s->d->wf, item->expand)) {
		add_expansion(s, item->expand, wildcards, SV("1"));
		add_expansion(s, item->expand, wildcards, SV("a"));
	}
}

void dag_rules_behind(const struct dag *d, bool *ret)
{
	struct search s = {.d = d, .rules = ret};
	bool *seen = xcalloc(d->wf->rule_count + 1, sizeof(*seen));
	arena_init(&s.arena);
	strbuf_init(&s.scratch);
	for (size_t w = 0; w < d->waits.n; w++) {
		struct strview values[WILDCARDS_MOST];
		uint32_t job = d->waits.v[w].job;
		const struct rule *rule = dag_rule(d, job);
		if (d->waits.v[w].done || seen[rule->index]) {
			continue; /* one job of a rule tells for all */
		}
		seen[rule->index] = true;
		dag_values(d, job, values);
		for (uint32_t i = 0; i < rule->input_count; i++) {
			add_item(&s, &rule->inputs[i].item, values);
		}
	}
	while (s.paths.n) {
		follow(&s, vec_pop(&s.paths));
	}
	vec_release(&s.paths);
	strbuf_release(&s.scratch);
	arena_release(&s.arena);
	free(seen);
}
