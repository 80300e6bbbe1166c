/*
 * A YAML document as a tree with places. Every scalar is text as written (no types),
 * with the style it had; mappings keep their order; duplicate keys, custom tags, several
 * documents and texts that are not UTF-8 are errors, aliases and `<<` are resolved with
 * bounds. The only room that knows libyaml.
 */
#ifndef CW_YAML_YAML_TREE_H
#define CW_YAML_YAML_TREE_H

#include "base/arena.h"
#include "base/diag.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum yaml_style {
	YAML_PLAIN,
	YAML_SINGLE_QUOTED,
	YAML_DOUBLE_QUOTED,
	YAML_LITERAL,
	YAML_FOLDED,
	YAML_BLOCK,
	YAML_FLOW
};

struct yaml_pair;

struct yaml_tree_node {
	enum yaml_kind kind;
	enum yaml_style
		style;       /* BLOCK and FLOW for collections, the others for scalars */
	struct span span;    /* from the first byte to the last, without what follows */
	uint32_t expanded;   /* nodes in it, itself included, aliases counted in full */
	struct strview text; /* scalars: the value; NUL-terminated in the arena */
	union {
		struct yaml_tree_node **items; /* sequence */
		struct yaml_pair *pairs;       /* mapping, in order, `<<` merged in */
	};
	uint32_t count;
	bool tagged_str; /* !!str or a quoted style: an empty text is a text, not absence */
};

struct yaml_pair {
	struct yaml_tree_node *key; /* a scalar */
	struct yaml_tree_node *value;
};

/* Bounds of one document; past them it is an error that says so (CW-E005). */
enum {
	YAML_MOST_DEPTH = 200,      /* nesting, no recursion over it anywhere */
	YAML_MOST_NODES = 10000000, /* nodes after aliases are expanded */
};

/*
 * Parses the text of `source` (source_add before). Nodes lie in `arena`; aliases share
 * the node they name (its span is where it was written first), what `<<` names stands in
 * its place. *ret_root is NULL for an empty document. 0, or -1 with errors in the sink:
 *
 *	CW-E001 invalid UTF-8, control characters      CW-E005 too deep, alias bombs
 *	CW-E002 no YAML: libyaml's own, in our words   CW-E006 aliases and `<<`
 *	CW-E003 YAML's traps: {x}.txt, [a/{x}.txt],    CW-E007 tags
 *	        a: b: c, "\d", tabs, @ ` % * & ! ...   CW-E008 several documents
 *	CW-E004 duplicate keys                         CW-E009 keys that are no scalars
 *
 * Duplicate keys, aliases, tags and keys are reported together, syntax errors end it.
 * Where nothing but doubled keys is wrong, *ret_root is set all the same, with the first of
 * each: what else is wrong can be told with them.
 */
int yaml_parse(struct diag_sink *sink, struct arena *arena, uint32_t source,
	struct yaml_tree_node **ret_root);

/* The value of `key` in a mapping, or NULL. *ret_pair (may be NULL) is the pair. */
struct yaml_tree_node *yaml_get(
	const struct yaml_tree_node *map, const char *key, struct yaml_pair **ret_pair);

/* An empty plain scalar: as if the key were absent. */
bool yaml_is_absent(const struct yaml_tree_node *node);

/* A `{...}` whose keys all lack a value: most likely a reference that was not quoted,
 * `output: {x}` for `output: "{x}"`. */
bool yaml_is_bare_braces(const struct yaml_tree_node *node);

/* Whether a comment follows the plain scalar on the line it ends in: ` #` in an unquoted
 * command cuts it off, which YAML says nothing about. `*ret_at` (may be NULL) is the
 * comment. False for other nodes. */
bool yaml_comment_follows(const struct source_set *sources,
	const struct yaml_tree_node *node, struct span *ret_at);

/*
 * The place in the file of bytes [off, off + len) of a scalar's text, found by reading
 * the scalar's source again beside its value (indentation of block scalars, escapes and
 * folding of the others). Falls back to the node's span. For messages only.
 */
struct span yaml_span_in(const struct source_set *sources,
	const struct yaml_tree_node *scalar, size_t off, size_t len);

/* A name for messages: "a text", "a list", "a mapping". */
const char *yaml_kind_name(const struct yaml_tree_node *node);

#endif
