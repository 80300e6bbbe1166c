/*
 * Params loop over sets too, and are worked out when a job is: a table that is missing or
 * has no such column would be a job's failure then. It is the workflow's, and is told with
 * the graph.
 */
#include "dag/builder.h"

static int check_expand(struct dag *d, const struct expand *e)
{
	int rc = 0;
	for (uint32_t i = 0; i < e->var_count; i++) {
		const struct expand_var *v = &e->vars[i];
		uint32_t column;
		if (v->kind != VAR_SET || d->wf->sets[v->set].dynamic) {
			continue;
		}
		const struct set *set = set_store_get(d->sets, v->set);
		if (!set || (v->column.n && set_store_column(d->sets, set, v->column,
						    v->span, &column) != 0)) {
			rc = -1;
		}
	}
	return rc;
}

/* Nesting is bounded by the YAML reader, here and below. */
static int check_item(struct dag *d, const struct item *item)
{
	const struct set *set;
	uint32_t column;
	int rc = item->otherwise ? check_item(d, item->otherwise) : 0;
	switch (item->kind) {
	case ITEM_PATH:
		break;
	case ITEM_EXPAND:
	case ITEM_OUTPUT_OF:
		rc |= item->expand ? check_expand(d, item->expand) : 0;
		break;
	case ITEM_LOOKUP:
		rc |= set_store_lookup(d->sets, item, &set, &column) ? 0 : -1;
		break;
	case ITEM_SWITCH:
		for (uint32_t i = 0; i < item->case_count; i++) {
			rc |= check_item(d, item->cases[i].item);
		}
		break;
	case ITEM_LIST:
		for (uint32_t i = 0; i < item->item_count; i++) {
			rc |= check_item(d, &item->items[i]);
		}
		break;
	}
	return rc;
}

static int check_params(struct dag *d, const struct param *params, uint32_t n)
{
	int rc = 0;
	for (uint32_t i = 0; i < n; i++) {
		rc |= params[i].kind == PARAM_ITEM
			      ? check_item(d, params[i].item)
			      : check_params(d, params[i].items, params[i].item_count);
	}
	return rc;
}

int check_param_sets(struct dag *d)
{
	uint8_t *has_jobs = xcalloc(d->wf->rule_count, 1);
	int rc = 0;
	for (uint32_t j = 0; j < d->job_count; j++) {
		has_jobs[dag_rule(d, j)->index] = 1;
	}
	for (uint32_t r = 0; r < d->wf->rule_count; r++) {
		const struct rule *rule = &d->wf->rules[r];
		if (has_jobs[r]) {
			rc |= check_params(d, rule->params, rule->param_count);
		}
	}
	free(has_jobs);
	return rc;
}
