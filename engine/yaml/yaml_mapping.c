#include "yaml/yaml_mapping.h"

#include "base/strbuf.h"

enum { NAME_SHOWN = 60 }; /* bytes of a key in a message */

void yaml_mapper_init(struct yaml_mapper *m, struct diag_sink *sink, struct arena *arena,
	struct strview text)
{
	*m = (struct yaml_mapper){.sink = sink, .arena = arena, .text = text};
}

void yaml_mapper_release(struct yaml_mapper *m)
{
	vec_release(&m->stamps);
	vec_release(&m->places);
	vec_release(&m->merged);
	intern_release(&m->keys);
}

int yaml_count_nodes(struct yaml_mapper *m, uint64_t n, struct span span)
{
	m->expanded += n;
	if (m->expanded <= YAML_MOST_NODES) {
		return 0;
	}
	return diag_error(m->sink, "CW-E005", span,
		"too many values: with its aliases written out the file has more than %d",
		YAML_MOST_NODES);
}

static void duplicate_key(struct yaml_mapper *m, const struct yaml_tree_node *key,
	const struct yaml_tree_node *first)
{
	struct strview name = key->text;
	bool more = name.n > NAME_SHOWN;
	m->doubled = true;
	if (sv_eq_str(name, "<<") && key->style == YAML_PLAIN) {
		diag_error(m->sink, "CW-E004", key->span,
			"the key << stands twice; write one with a list: <<: [*a, *b]");
	} else {
		diag_error(m->sink, "CW-E004", key->span,
			"the key \"" SV_FMT "%s\" stands twice",
			more ? NAME_SHOWN : (int)name.n, name.p, more ? "..." : "");
	}
	diag_note(m->sink, first->span, "first here");
}

/* The number of a key's text. */
static uint32_t key_id(struct yaml_mapper *m, const struct yaml_tree_node *key)
{
	uint32_t id = intern_put(&m->keys, key->text.p, key->text.n);
	if (id == m->stamps.n) {
		vec_push(&m->stamps, 0);
		vec_push(&m->places, 0);
	}
	return id;
}

static bool is_merge_key(const struct yaml_tree_node *key)
{
	return key->style == YAML_PLAIN && !key->tagged_str && key->text.n == 2 &&
	       memcmp(key->text.p, "<<", 2) == 0;
}

/* A key that cannot be one: reported; whether it was. */
static bool bad_key(struct yaml_mapper *m, const struct yaml_tree_node *map,
	const struct yaml_tree_node *key, bool outer)
{
	if (key->kind != YAML_SCALAR) {
		struct strbuf quoted = STRBUF_INIT;
		bool braces = map->style == YAML_FLOW;
		if (braces) {
			yaml_quote_value(&quoted, m->text, map->span.off, outer);
		} else if (key->style == YAML_FLOW) {
			struct strview upto =
				sv_sub(m->text, 0, key->span.off + key->span.len);
			yaml_quote_value(&quoted, upto, key->span.off, false);
		}
		diag_error(m->sink, "CW-E009", braces ? map->span : key->span,
			"a key must be a text, not %s%s%s",
			key->kind == YAML_MAPPING ? "a mapping" : "a list",
			quoted.len ? "; if this is a text, put it in quotes: " : "",
			quoted.buf);
		strbuf_release(&quoted);
	} else if (yaml_is_absent(key)) {
		diag_error(m->sink, "CW-E009", key->span,
			"the key before the colon is missing");
	} else {
		return false;
	}
	struct span span = map->style == YAML_FLOW ? map->span : key->span;
	m->bad = (struct yaml_range){span.off, span.off + span.len};
	m->failed = true;
	return true;
}

/* Own pairs of the mapping from `kv`, without doubled and unusable ones;
 * how many. *ret_merge is set where one of them is `<<`. */
static uint32_t own_pairs(struct yaml_mapper *m, const struct yaml_tree_node *map,
	struct yaml_tree_node **kv, size_t n, bool outer, bool *ret_merge)
{
	struct yaml_pair *own = map->pairs;
	uint32_t count = 0;
	*ret_merge = false;
	for (size_t i = 0; i + 1 < n; i += 2) {
		struct yaml_tree_node *key = kv[i];
		if (bad_key(m, map, key, outer)) {
			continue;
		}
		uint32_t id = key_id(m, key);
		if (m->stamps.v[id] == m->mapping) {
			duplicate_key(m, key, own[m->places.v[id]].key);
			continue;
		}
		m->stamps.v[id] = m->mapping;
		m->places.v[id] = count;
		*ret_merge |= is_merge_key(key);
		own[count++] = (struct yaml_pair){key, kv[i + 1]};
	}
	return count;
}

/* Adds the pairs of `from` that the mapping does not have yet. */
static int merge_one(
	struct yaml_mapper *m, const struct yaml_tree_node *from, struct span span)
{
	if (from->kind != YAML_MAPPING) {
		m->failed = true;
		diag_error(m->sink, "CW-E006", from->span.len ? from->span : span,
			"<< takes a mapping or a list of mappings, not %s",
			yaml_kind_name(from));
		return 0;
	}
	for (uint32_t i = 0; i < from->count; i++) {
		uint32_t id = key_id(m, from->pairs[i].key);
		if (m->stamps.v[id] != m->mapping) {
			m->stamps.v[id] = m->mapping;
			vec_push(&m->merged, from->pairs[i]);
		}
	}
	return yaml_count_nodes(m, from->expanded, span);
}

/* Puts in the place of `<<` what it names. */
static int merge_pairs(struct yaml_mapper *m, struct yaml_tree_node *map)
{
	vec_clear(&m->merged);
	for (uint32_t i = 0; i < map->count; i++) {
		struct yaml_pair *pair = &map->pairs[i];
		if (!is_merge_key(pair->key)) {
			vec_push(&m->merged, *pair);
			continue;
		}
		const struct yaml_tree_node *from = pair->value;
		if (from->kind != YAML_SEQUENCE) {
			if (merge_one(m, from, pair->key->span)) {
				return -1;
			}
			continue;
		}
		for (uint32_t k = 0; k < from->count; k++) {
			if (merge_one(m, from->items[k], pair->key->span)) {
				return -1;
			}
		}
	}
	map->count = (uint32_t)m->merged.n;
	map->pairs = ARENA_ARRAY(m->arena, struct yaml_pair, m->merged.n);
	if (m->merged.n) {
		memcpy(map->pairs, m->merged.v, m->merged.n * sizeof(*map->pairs));
	}
	return 0;
}

int yaml_make_mapping(struct yaml_mapper *m, struct yaml_tree_node *map,
	struct yaml_tree_node **kv, size_t n, bool outer)
{
	bool merge;
	m->mapping++;
	map->pairs = ARENA_ARRAY(m->arena, struct yaml_pair, n / 2);
	map->count = own_pairs(m, map, kv, n, outer, &merge);
	return merge ? merge_pairs(m, map) : 0;
}
