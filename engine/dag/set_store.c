#include "dag/set_store.h"

#include "base/xalloc.h"

enum slot_state { SLOT_UNREAD, SLOT_READ, SLOT_FAILED };

struct slot {
	enum slot_state state;
	struct set set;
};

struct set_store {
	const struct workflow *wf;
	struct diag_sink *sink;
	struct arena arena;
	struct slot *slots;
	int dir;
};

struct set_store *set_store_new(
	const struct workflow *wf, struct diag_sink *sink, int dir)
{
	struct set_store *s = xmalloc(sizeof(*s));
	s->wf = wf;
	s->sink = sink;
	s->dir = dir;
	s->slots = xcalloc(wf->set_count, sizeof(*s->slots));
	arena_init(&s->arena);
	return s;
}

void set_store_free(struct set_store *s)
{
	if (s) {
		arena_release(&s->arena);
		free(s->slots);
		free(s);
	}
}

static int apply_where(struct set_store *s, const struct set_def *def, struct set *set)
{
	struct set all = *set;
	struct set_filter *filters =
		ARENA_ARRAY(&s->arena, struct set_filter, def->where_count);
	for (uint32_t i = 0; i < def->where_count; i++) {
		struct strbuf value = STRBUF_INIT;
		text_expand_plain(&def->where[i].value, NULL, &value);
		filters[i].column = def->where[i].column;
		filters[i].equals = arena_sv(&s->arena, strbuf_sv(&value));
		filters[i].span = def->where[i].span;
		strbuf_release(&value);
	}
	return set_where(s->sink, &s->arena, &all, filters, def->where_count, set);
}

static void fill_in_place(const struct set_def *def, struct set *ret)
{
	ret->columns = def->columns;
	ret->column_count = def->column_count;
	ret->values = def->values;
	ret->row_count = def->value_count / def->column_count;
}

static int read_set(struct set_store *s, const struct set_def *def, struct set *ret)
{
	int rc = 0;
	switch (def->kind) {
	case SET_LIST:
	case SET_COLUMNS:
		fill_in_place(def, ret);
		break;
	case SET_RANGE:
		rc = set_range(s->sink, &s->arena, def->from, def->to, def->step,
			def->span, ret);
		break;
	case SET_GLOB:
		rc = set_glob(s->sink, &s->arena, s->dir, def->glob, def->columns,
			def->column_count, def->span, ret);
		break;
	case SET_TABLE:
		rc = set_table(s->sink, &s->arena, def->path, def->span, ret);
		break;
	case SET_LINES:
		rc = set_lines(s->sink, &s->arena, def->path, def->span, ret);
		break;
	}
	ret->name = def->name;
	ret->span = def->span;
	return rc == 0 && def->where_count ? apply_where(s, def, ret) : rc;
}

const struct set *set_store_get(struct set_store *s, uint32_t index)
{
	struct slot *slot = &s->slots[index];
	if (slot->state == SLOT_UNREAD) {
		int rc = read_set(s, &s->wf->sets[index], &slot->set);
		slot->state = rc ? SLOT_FAILED : SLOT_READ;
	}
	return slot->state == SLOT_READ ? &slot->set : NULL;
}
