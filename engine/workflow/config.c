#include "workflow/config.h"

static uint32_t find_key(const struct config *map, struct strview key)
{
	for (uint32_t i = 0; i < map->count; i++) {
		if (sv_eq(map->keys[i], key)) {
			return i;
		}
	}
	return UINT32_MAX;
}

const struct config *config_get(const struct config *map, struct strview key)
{
	if (!map || map->kind != CONFIG_MAP) {
		return NULL;
	}
	uint32_t i = find_key(map, key);
	return i == UINT32_MAX ? NULL : map->items[i];
}

/* Nesting is bounded by the YAML reader, so going down by recursion is safe here. */
static struct config *merge(
	struct arena *arena, const struct config *low, const struct config *high)
{
	struct config *out = ARENA_NEW(arena, struct config);
	uint32_t most = low->count + high->count;
	*out = *high;
	out->keys = ARENA_ARRAY(arena, struct strview, most);
	out->items = ARENA_ARRAY(arena, struct config *, most);
	memcpy(out->keys, low->keys, low->count * sizeof(*low->keys));
	memcpy(out->items, low->items, low->count * sizeof(struct config *));
	out->count = low->count;
	for (uint32_t i = 0; i < high->count; i++) {
		uint32_t at = find_key(low, high->keys[i]);
		struct config *item = high->items[i];
		if (at == UINT32_MAX) {
			out->keys[out->count] = high->keys[i];
			out->items[out->count++] = item;
		} else if (item->kind == CONFIG_MAP &&
			   low->items[at]->kind == CONFIG_MAP) {
			out->items[at] = merge(arena, low->items[at], item);
		} else {
			out->items[at] = item;
		}
	}
	return out;
}

const struct config *config_merge(
	struct arena *arena, const struct config *low, const struct config *high)
{
	if (!low || !high) {
		return low ? low : high;
	}
	if (low->kind != CONFIG_MAP || high->kind != CONFIG_MAP) {
		return high;
	}
	return merge(arena, low, high);
}

const struct config *config_text(
	struct arena *arena, struct strview text, struct span span)
{
	struct config *c = ARENA_NEW(arena, struct config);
	c->kind = CONFIG_TEXT;
	c->text = arena_sv(arena, text);
	c->span = span;
	return c;
}

const struct config *config_at_path(
	struct arena *arena, struct strview path, const struct config *value)
{
	const struct config *inner = value;
	while (path.n) {
		size_t at = path.n;
		while (at > 0 && path.p[at - 1] != '.') {
			at--;
		}
		struct config *map = ARENA_NEW(arena, struct config);
		map->kind = CONFIG_MAP;
		map->span = value->span;
		map->keys = ARENA_ARRAY(arena, struct strview, 1);
		map->items = ARENA_ARRAY(arena, struct config *, 1);
		map->keys[0] = arena_sv(arena, sv_skip(path, at));
		/* the tree is built bottom up: the cast only drops const of our own nodes */
		memcpy(&map->items[0], &inner, sizeof(inner));
		map->count = 1;
		inner = map;
		path.n = at ? at - 1 : 0;
	}
	return inner;
}

const char *config_kind_name(const struct config *c)
{
	switch (c->kind) {
	case CONFIG_TEXT:
		return "a text";
	case CONFIG_LIST:
		return "a list";
	case CONFIG_MAP:
		break;
	}
	return "a mapping";
}
