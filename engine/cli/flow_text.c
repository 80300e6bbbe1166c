#include "cli/flow_text.h"

#include "base/json_writer.h"
#include "base/vec.h"
#include "yaml/yaml_tree.h"

/* A collection that is being written, and which of its entries is next. */
struct open_node {
	const struct yaml_tree_node *node;
	uint32_t next;
};

static void add_scalar(struct strbuf *out, const struct yaml_tree_node *node)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+";
	struct strview s = node->text;
	if (node->style == YAML_PLAIN && strspn(s.p, plain) == s.n) {
		strbuf_addsv(out, s); /* as it stands: it may be a number or nothing */
	} else {
		struct json_writer j;
		json_init(&j, out);
		json_string(&j, s);
	}
}

void flow_text_add(struct strbuf *out, const struct yaml_tree_node *node)
{
	VEC(struct open_node) open = {0};
	for (;;) {
		if (node && node->kind == YAML_SCALAR) {
			add_scalar(out, node);
		} else if (node) {
			strbuf_addch(out, node->kind == YAML_MAPPING ? '{' : '[');
			vec_push(&open, (struct open_node){node, 0});
		}
		if (!open.n) {
			break;
		}
		struct open_node *in = &vec_last(&open);
		bool is_map = in->node->kind == YAML_MAPPING;
		node = NULL;
		if (in->next == in->node->count) {
			strbuf_addch(out, is_map ? '}' : ']');
			(void)vec_pop(&open);
			continue;
		}
		strbuf_addstr(out, in->next ? ", " : "");
		if (is_map) {
			add_scalar(out, in->node->pairs[in->next].key);
			strbuf_addstr(out, ": ");
		}
		node = is_map ? in->node->pairs[in->next].value
			      : in->node->items[in->next];
		in->next++;
	}
	vec_release(&open);
}
