#include "yaml_helper.h"

#include "base/number.h"

void parsed_init(struct parsed *p, struct strview text)
{
	*p = (struct parsed){.messages = STRBUF_INIT};
	source_set_init(&p->sources);
	diag_sink_init(&p->sink, &p->sources);
	uint32_t source = source_add(&p->sources, "f", text);
	p->status = yaml_parse(&p->sink, &p->arena, source, &p->root);
	diag_format(&p->sink, &p->messages, false);
}

void parsed_release(struct parsed *p)
{
	strbuf_release(&p->messages);
	arena_release(&p->arena);
	diag_sink_release(&p->sink);
	source_set_release(&p->sources);
}

struct yaml_tree_node *parsed_at(const struct parsed *p, const char *path)
{
	struct yaml_tree_node *node = p->root;
	while (node && *path) {
		size_t n = strcspn(path, "/");
		int64_t index;
		if (node->kind == YAML_SEQUENCE) {
			struct strview digits = {path, n};
			bool there =
				parse_i64(digits, &index) == 0 && index < node->count;
			node = there ? node->items[index] : NULL;
		} else {
			char *key = strndup(path, n);
			node = yaml_get(node, key, NULL);
			free(key);
		}
		path += n + (path[n] == '/');
	}
	return node;
}

struct strview parsed_bytes(const struct parsed *p, struct span span)
{
	return sv_sub(source_text(&p->sources, span.source), span.off, span.len);
}
