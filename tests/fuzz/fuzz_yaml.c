/*
 * Any bytes as a YAML document: read, every place checked, every message printed.
 * rooms: yaml
 */
#include "base/strbuf.h"
#include "base/vec.h"
#include "yaml/yaml_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VISITS_MOST = 20000 };

static void check_scalar(const struct source_set *set, const struct yaml_tree_node *node)
{
	size_t n = node->text.n;
	size_t parts[] = {0, n / 3, n / 2, n};
	cw_assert(node->text.p[n] == '\0');
	for (size_t i = 0; i + 1 < CW_ARRAY_LEN(parts); i++) {
		struct span s =
			yaml_span_in(set, node, parts[i], parts[i + 1] - parts[i]);
		cw_assert(s.source == node->span.source && s.off >= node->span.off);
		cw_assert(s.off + s.len <= node->span.off + node->span.len);
	}
	struct span at;
	if (yaml_comment_follows(set, node, &at)) {
		cw_assert(source_text(set, at.source).p[at.off] == '#');
	}
}

static void check_tree(const struct source_set *set, struct yaml_tree_node *root)
{
	VEC(struct yaml_tree_node *) todo = {0};
	vec_push(&todo, root);
	for (size_t visits = 0; todo.n && visits < VISITS_MOST; visits++) {
		struct yaml_tree_node *node = vec_pop(&todo);
		struct strview text = source_text(set, node->span.source);
		cw_assert((size_t)node->span.off + node->span.len <= text.n);
		cw_assert(node->expanded > 0 && node->expanded <= YAML_MOST_NODES);
		(void)yaml_is_bare_braces(node);
		if (node->kind == YAML_SCALAR) {
			check_scalar(set, node);
			continue;
		}
		for (uint32_t i = 0; i < node->count; i++) {
			if (node->kind == YAML_SEQUENCE) {
				vec_push(&todo, node->items[i]);
				continue;
			}
			struct yaml_pair *pair = NULL;
			struct yaml_tree_node *key = node->pairs[i].key;
			cw_assert(key->kind == YAML_SCALAR);
			if (strlen(key->text.p) == key->text.n && i < 50) {
				cw_assert(yaml_get(node, key->text.p, &pair) ==
					  node->pairs[i].value);
				cw_assert(pair == &node->pairs[i]);
			}
			vec_push(&todo, key);
			vec_push(&todo, node->pairs[i].value);
		}
	}
	vec_release(&todo);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_set set;
	struct diag_sink sink;
	struct arena arena = ARENA_INIT;
	struct strbuf out = STRBUF_INIT;
	struct yaml_tree_node *root = NULL;
	source_set_init(&set);
	diag_sink_init(&sink, &set);
	uint32_t source =
		source_add(&set, "fuzz", (struct strview){(const char *)data, size});
	int status = yaml_parse(&sink, &arena, source, &root);
	cw_assert((status == 0) == (sink.errors == 0));
	if (status == 0 && root) {
		check_tree(&set, root);
	}
	diag_format(&sink, &out, size % 2);
	cw_assert(status == 0 || out.len > 0);
	strbuf_release(&out);
	diag_sink_release(&sink);
	source_set_release(&set);
	arena_release(&arena);
	return 0;
}
