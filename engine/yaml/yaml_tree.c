#include "yaml/yaml_tree.h"

struct yaml_tree_node *yaml_get(
	const struct yaml_tree_node *map, const char *key, struct yaml_pair **ret_pair)
{
	if (map->kind != YAML_MAPPING) {
		return NULL;
	}
	struct strview wanted = sv_from(key);
	for (uint32_t i = 0; i < map->count; i++) {
		if (sv_eq(map->pairs[i].key->text, wanted)) {
			if (ret_pair) {
				*ret_pair = &map->pairs[i];
			}
			return map->pairs[i].value;
		}
	}
	return NULL;
}

bool yaml_is_absent(const struct yaml_tree_node *node)
{
	return node->kind == YAML_SCALAR && node->style == YAML_PLAIN &&
	       node->text.n == 0 && !node->tagged_str;
}

bool yaml_is_bare_braces(const struct yaml_tree_node *node)
{
	if (node->kind != YAML_MAPPING || node->style != YAML_FLOW || !node->count) {
		return false;
	}
	for (uint32_t i = 0; i < node->count; i++) {
		if (!yaml_is_absent(node->pairs[i].value)) {
			return false;
		}
	}
	return true;
}

bool yaml_comment_follows(const struct source_set *sources,
	const struct yaml_tree_node *node, struct span *ret_at)
{
	if (node->kind != YAML_SCALAR || node->style != YAML_PLAIN) {
		return false;
	}
	struct strview text = source_text(sources, node->span.source);
	size_t end = (size_t)node->span.off + node->span.len;
	size_t at = end;
	while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) {
		at++;
	}
	if (at == end || at == text.n || text.p[at] != '#') {
		return false;
	}
	size_t stop = at;
	while (stop < text.n && text.p[stop] != '\n' && text.p[stop] != '\r') {
		stop++;
	}
	if (ret_at) {
		*ret_at = (struct span){
			node->span.source, (uint32_t)at, (uint32_t)(stop - at)};
	}
	return true;
}

const char *yaml_kind_name(const struct yaml_tree_node *node)
{
	switch (node->kind) {
	case YAML_SCALAR:
		return "a text";
	case YAML_SEQUENCE:
		return "a list";
	case YAML_MAPPING:
		return "a mapping";
	}
	CW_BUG("kind %d", (int)node->kind);
}
