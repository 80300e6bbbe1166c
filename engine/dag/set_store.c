#include "dag/set_store.h"

#include "base/edit_distance.h"
#include "base/xalloc.h"

enum slot_state { SLOT_UNREAD, SLOT_READ, SLOT_FAILED };

struct slot {
	enum slot_state state;
	struct set set;
};

/* A lookup of the workflow, made when first asked for. */
struct lookup_slot {
	bool tried;
	const struct set *set;
	struct lookup_index *index;
	uint32_t column;
};

struct set_store {
	const struct workflow *wf;
	struct diag_sink *sink;
	struct arena arena;
	struct slot *slots;
	struct lookup_slot *lookups;
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
	s->lookups = xcalloc(wf->lookup_count, sizeof(*s->lookups));
	arena_init(&s->arena);
	return s;
}

void set_store_forget(struct set_store *s)
{
	for (uint32_t i = 0; i < s->wf->lookup_count; i++) {
		lookup_index_free(s->lookups[i].index);
		s->lookups[i] = (struct lookup_slot){.tried = false};
	}
	for (uint32_t i = 0; i < s->wf->set_count; i++) {
		s->slots[i] = (struct slot){.state = SLOT_UNREAD};
	}
	arena_release(&s->arena);
}

void set_store_free(struct set_store *s)
{
	if (s) {
		set_store_forget(s);
		free(s->lookups);
		free(s->slots);
		free(s);
	}
}

static int apply_where(struct set_store *s, const struct set_def *def,
	struct arena *arena, struct set *set)
{
	struct set all = *set;
	struct set_filter *filters =
		ARENA_ARRAY(arena, struct set_filter, def->where_count);
	for (uint32_t i = 0; i < def->where_count; i++) {
		struct strbuf value = STRBUF_INIT;
		text_expand_plain(&def->where[i].value, NULL, &value);
		filters[i].column = def->where[i].column;
		filters[i].equals = arena_sv(arena, strbuf_sv(&value));
		filters[i].span = def->where[i].span;
		strbuf_release(&value);
	}
	return set_where(s->sink, arena, &all, filters, def->where_count, set);
}

static void fill_in_place(const struct set_def *def, struct set *ret)
{
	ret->columns = def->columns;
	ret->column_count = def->column_count;
	ret->values = def->values;
	ret->row_count = def->value_count / def->column_count;
}

static struct strview no_constraint(void *ctx, struct strview name)
{
	(void)ctx;
	(void)name;
	return (struct strview){NULL, 0};
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
	if (rc == 0 && (def->kind == SET_RANGE || def->kind == SET_LINES)) {
		ret->columns = def->columns; /* the only one is called as the set is */
	}
	return rc == 0 && def->where_count ? apply_where(s, def, &s->arena, ret) : rc;
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

const struct set *set_store_peek(const struct set_store *s, uint32_t index)
{
	return s->slots[index].state == SLOT_READ ? &s->slots[index].set : NULL;
}

/* The glob with the given names put in as text. */
static int glob_for(struct set_store *s, const struct set_def *def,
	const struct strview *values, struct arena *arena, struct set *ret)
{
	struct template t = def->glob_text.t;
	struct pattern *p;
	t.pieces = ARENA_ARRAY(arena, struct piece, t.count);
	for (uint32_t i = 0; i < t.count; i++) {
		t.pieces[i] = def->glob_text.t.pieces[i];
		const struct piece *from = &t.pieces[i];
		if (from->kind == PIECE_EXPR && from->expr->ref->slot_count) {
			t.pieces[i] = (struct piece){.kind = PIECE_TEXT,
				.text = values[from->expr->ref->slot],
				.off = from->off,
				.len = from->len};
		}
	}
	if (pattern_compile(s->sink, arena, &t, def->columns, def->column_count,
		    no_constraint, NULL, "[^/]+", def->glob_text.origin, &p) != 0) {
		return -1;
	}
	int rc = set_glob(s->sink, arena, s->dir, p, def->columns, def->column_count,
		def->span, ret);
	pattern_release(p);
	return rc;
}

static int resolve_slot(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	const struct strview *values = ctx;
	(void)err;
	*ret = (struct value){.kind = VALUE_TEXT, .text = values[ref->slot]};
	return 0;
}

static int file_for(struct set_store *s, const struct set_def *def,
	const struct strview *values, struct arena *arena, struct set *ret)
{
	struct strbuf path = STRBUF_INIT;
	struct render_error err = {0};
	struct strview *mine = ARENA_ARRAY(arena, struct strview, WILDCARDS_MOST);
	memcpy(mine, values, WILDCARDS_MOST * sizeof(*mine));
	struct renderer r = {.resolve = resolve_slot, .ctx = mine, .arena = arena};
	int rc = template_render(&def->path_text.t, &r, true, &path, &err);
	if (rc != 0) {
		rc = diag_error(s->sink, "CW-E410", def->span, "%s",
			err.text ? err.text : "an expression has no value");
	} else if (def->kind == SET_TABLE) {
		rc = set_table(s->sink, arena, path.buf, def->span, ret);
	} else {
		rc = set_lines(s->sink, arena, path.buf, def->span, ret);
	}
	strbuf_release(&path);
	return rc;
}

int set_store_read_for(struct set_store *s, uint32_t index, const struct strview *values,
	struct arena *arena, struct set *ret)
{
	const struct set_def *def = &s->wf->sets[index];
	int rc = def->kind == SET_GLOB ? glob_for(s, def, values, arena, ret)
				       : file_for(s, def, values, arena, ret);
	ret->name = def->name;
	ret->span = def->span;
	return rc == 0 && def->where_count ? apply_where(s, def, arena, ret) : rc;
}

/* --- lookups -------------------------------------------------------------------------- */

static void note_columns(struct diag_sink *sink, const struct set *set)
{
	struct strbuf all = STRBUF_INIT;
	for (uint32_t i = 0; i < set->column_count && i < 20; i++) {
		strbuf_addf(&all, "%s" SV_FMT, i ? ", " : "", SV_ARG(set->columns[i]));
	}
	if (set->column_count) {
		diag_note(sink, (struct span){0}, "it has: %s%s", all.buf,
			set->column_count > 20 ? ", ..." : "");
	}
	strbuf_release(&all);
}

int set_store_column(struct set_store *s, const struct set *set, struct strview name,
	struct span span, uint32_t *ret)
{
	int column = set_column(set, name);
	if (column >= 0) {
		*ret = (uint32_t)column;
		return 0;
	}
	struct nearest near;
	nearest_init(&near, name);
	for (uint32_t i = 0; i < set->column_count; i++) {
		nearest_offer(&near, set->columns[i]);
	}
	diag_error(s->sink, "CW-E205", span,
		"set \"" SV_FMT "\" has no column \"" SV_FMT "\"", SV_ARG(set->name),
		SV_ARG(name));
	if (!nearest_note(&near, s->sink)) {
		note_columns(s->sink, set);
	}
	return -1;
}

static void make_lookup(
	struct set_store *s, const struct item *item, struct lookup_slot *slot)
{
	const struct set *set = set_store_get(s, item->table);
	int rc = 0;
	slot->tried = true;
	if (!set || set_store_column(s, set, item->column, item->column_span,
			    &slot->column) != 0) {
		return;
	}
	uint32_t *columns = ARENA_ARRAY(&s->arena, uint32_t, item->where_count);
	for (uint32_t i = 0; i < item->where_count; i++) {
		rc |= set_store_column(
			s, set, item->where[i].column, item->where[i].span, &columns[i]);
	}
	if (rc == 0) {
		slot->set = set;
		slot->index = lookup_index_new(set, columns, item->where_count);
	}
}

const struct lookup_index *set_store_lookup(struct set_store *s, const struct item *item,
	const struct set **ret_set, uint32_t *ret_column)
{
	struct lookup_slot *slot = &s->lookups[item->lookup];
	if (!slot->tried) {
		make_lookup(s, item, slot);
	}
	*ret_set = slot->set;
	*ret_column = slot->column;
	return slot->index;
}
