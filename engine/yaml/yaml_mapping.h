/*
 * Keys and values -> a mapping: duplicate keys and keys that are no texts are reported,
 * `<<` is resolved. Also counts the nodes of a document, since merging adds some.
 */
#ifndef CW_YAML_YAML_MAPPING_H
#define CW_YAML_YAML_MAPPING_H

#include "base/intern.h"
#include "base/vec.h"
#include "yaml/yaml_fault.h"
#include "yaml/yaml_tree.h"

struct yaml_mapper {
	struct diag_sink *sink; /* borrows */
	struct arena *arena;    /* borrows; the pairs lie in it */
	struct strview text;    /* of the source */
	struct intern keys;
	VEC(uint32_t) stamps; /* by id of the key: the last mapping that had it, ... */
	VEC(uint32_t) places; /* ... and the index of its pair there */
	uint32_t mapping;     /* number of the mapping being made; 0 is none */
	VEC(struct yaml_pair) merged;
	uint64_t expanded;     /* nodes so far, aliases and merges in full */
	struct yaml_range bad; /* the last key that could not be one */
	bool failed;           /* something was reported */
	bool doubled;          /* a doubled key was */
};

void yaml_mapper_init(struct yaml_mapper *m, struct diag_sink *sink, struct arena *arena,
	struct strview text);
void yaml_mapper_release(struct yaml_mapper *m);

/* Counts `n` more nodes; -1 (CW-E005 at `span`) past YAML_MOST_NODES. */
int yaml_count_nodes(struct yaml_mapper *m, uint64_t n, struct span span);

/* Fills `map` (kind, style and span are set) from key, value, key, value, ... in `kv`;
 * `outer`: it stands inside another value. -1 where there are too many nodes; other
 * faults are reported, `failed` or `doubled` is set and the pair is left out. */
int yaml_make_mapping(struct yaml_mapper *m, struct yaml_tree_node *map,
	struct yaml_tree_node **kv, size_t n, bool outer);

#endif
