/* A document parsed for a test, its messages as text. */
#ifndef CW_TESTS_YAML_HELPER_H
#define CW_TESTS_YAML_HELPER_H

#include "base/strbuf.h"
#include "yaml/yaml_tree.h"

struct parsed {
	struct source_set sources;
	struct diag_sink sink;
	struct arena arena;
	struct yaml_tree_node *root;
	int status;
	struct strbuf messages;
};

/* Parses `text` as the file "f"; the caller ends it with parsed_release(). */
void parsed_init(struct parsed *p, struct strview text);
void parsed_release(struct parsed *p);

/* The node at a path such as "rules/a/0"; NULL where there is none. */
struct yaml_tree_node *parsed_at(const struct parsed *p, const char *path);

/* Bytes of the source that a span covers. */
struct strview parsed_bytes(const struct parsed *p, struct span span);

#endif
