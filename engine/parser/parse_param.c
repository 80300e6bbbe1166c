/* Params: named or positional, plain or nested; texts may hold references. */
#include "base/vec.h"
#include "parser/reader.h"

static int parse_value(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret);

static int parse_items(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret)
{
	int rc = 0;
	bool map = node->kind == YAML_MAPPING;
	ret->kind = map ? PARAM_MAP : PARAM_LIST;
	ret->items = ARENA_ARRAY(r->arena, struct param, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		struct param *p = &ret->items[ret->item_count++];
		const struct yaml_tree_node *value =
			map ? node->pairs[i].value : node->items[i];
		rc |= parse_value(r, value, rule, p);
		p->name = map ? node->pairs[i].key->text : SV("");
	}
	return rc;
}

/* Nesting is bounded by the YAML reader. */
static int parse_value(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct param *ret)
{
	struct scope scope = {.rule = rule, .command = true};
	*ret = (struct param){.span = node->span};
	if (node->kind != YAML_SCALAR) {
		return parse_items(r, node, rule, ret);
	}
	ret->kind = PARAM_TEXT;
	return make_text(r, node, TEMPLATE_TEXT, &scope, &ret->text);
}

int parse_params(struct reader *r, const struct yaml_tree_node *node, struct rule *rule)
{
	struct node_list list;
	VEC(struct param) params = {0};
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *item = list.v[i];
		for (uint32_t k = 0; item->kind == YAML_MAPPING && k < item->count; k++) {
			const struct yaml_pair *pair = &item->pairs[k];
			struct param p;
			if (check_name(r, pair->key, "the name of a param") != 0 ||
				parse_value(r, pair->value, rule, &p) != 0) {
				rc = -1;
				continue;
			}
			p.name = pair->key->text;
			vec_push(&params, p);
		}
		if (item->kind != YAML_MAPPING) {
			struct param p;
			rc |= parse_value(r, item, rule, &p);
			vec_push(&params, p);
		}
	}
	rule->params = ARENA_ARRAY(r->arena, struct param, params.n);
	memcpy(rule->params, params.v, params.n * sizeof(*params.v));
	rule->param_count = (uint32_t)params.n;
	vec_release(&params);
	return rc;
}
