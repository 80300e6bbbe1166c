#include "workflow/workflow.h"

void workflow_init(struct workflow *wf)
{
	*wf = (struct workflow){0};
	arena_init(&wf->arena);
}

void workflow_release(struct workflow *wf)
{
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		for (uint32_t p = 0; p < wf->rules[r].product_count; p++) {
			pattern_release(wf->rules[r].products[p].pattern);
		}
	}
	for (uint32_t s = 0; s < wf->set_count; s++) {
		pattern_release(wf->sets[s].glob);
	}
	arena_release(&wf->arena);
	workflow_init(wf);
}

const struct rule *workflow_rule(const struct workflow *wf, struct strview name)
{
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		if (sv_eq(wf->rules[i].name, name)) {
			return &wf->rules[i];
		}
	}
	return NULL;
}

const struct rule *workflow_first_target(const struct workflow *wf)
{
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		if (wf->rules[i].wildcard_count == 0 && !wf->rules[i].included) {
			return &wf->rules[i];
		}
	}
	return NULL;
}

/* A text that is one reference may be a list of the configuration. */
static bool is_one_file(const struct item *item)
{
	const struct text *t = &item->path;
	return item->kind == ITEM_PATH && !(item->flags & ITEM_OPTIONAL) &&
	       (t->plain || t->t.count != 1 || t->t.pieces[0].kind != PIECE_EXPR);
}

bool rule_inputs_are_told(const struct rule *rule, uint32_t *ret_open)
{
	*ret_open = rule->input_count;
	for (uint32_t i = 0; i < rule->input_count; i++) {
		if (is_one_file(&rule->inputs[i].item)) {
			continue;
		}
		if (*ret_open != rule->input_count) {
			return false;
		}
		*ret_open = i;
	}
	return true;
}

void text_expand_plain(
	const struct text *t, const struct strview *values, struct strbuf *out)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		strbuf_addsv(out,
			p->kind == PIECE_TEXT ? p->text : values[p->expr->ref->slot]);
	}
}
