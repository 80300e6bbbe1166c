/*
 * Values of the configuration, and nested params: texts, lists, mappings, each with its
 * place. Immutable once made; merging shares what it does not change.
 */
#ifndef CW_WORKFLOW_CONFIG_H
#define CW_WORKFLOW_CONFIG_H

#include "base/arena.h"
#include "base/source.h"

enum config_kind { CONFIG_TEXT, CONFIG_LIST, CONFIG_MAP };

struct config {
	enum config_kind kind;
	struct span span;
	struct strview text;   /* CONFIG_TEXT */
	struct strview *keys;  /* CONFIG_MAP: keys[i] names items[i] */
	struct config **items; /* CONFIG_LIST, CONFIG_MAP */
	uint32_t count;
};

/* The value of `key` in a mapping, or NULL (also where `map` is NULL or no mapping). */
const struct config *config_get(const struct config *map, struct strview key);

/* `high` laid over `low`: mappings merge deeply, anything else is replaced. Either may be
 * NULL. Lives in `arena` together with both. */
const struct config *config_merge(
	struct arena *arena, const struct config *low, const struct config *high);

/* A mapping that holds `value` under the dotted path `path` ("a.b"), for merging. */
const struct config *config_at_path(
	struct arena *arena, struct strview path, const struct config *value);

/* A text. */
const struct config *config_text(
	struct arena *arena, struct strview text, struct span span);

/* "a text", "a list", "a mapping". */
const char *config_kind_name(const struct config *c);

#endif
