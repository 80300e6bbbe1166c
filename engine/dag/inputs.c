#include "dag/inputs.h"

#include <limits.h>

#include "sys/path.h"

void input_reader_init(struct input_reader *in, struct dag *d, struct diag_sink *sink)
{
	*in = (struct input_reader){.d = d, .sink = sink};
	arena_init(&in->arena);
	strbuf_init(&in->path);
	strbuf_init(&in->normal);
	hashmap_init(&in->seen);
}

void input_reader_release(struct input_reader *in)
{
	arena_release(&in->arena);
	strbuf_release(&in->path);
	strbuf_release(&in->normal);
	hashmap_release(&in->seen);
	vec_release(&in->files);
}

void dag_grow_files(struct dag *d)
{
	uint32_t count = d->paths.count;
	if (count <= d->file_cap) {
		return;
	}
	uint32_t cap = d->file_cap + d->file_cap / 2;
	cap = cap < count ? count : cap;
	cap = cap < 64 ? 64 : cap;
	d->producer = xreallocarray(d->producer, cap, sizeof(*d->producer));
	d->file_flags = xreallocarray(d->file_flags, cap, sizeof(*d->file_flags));
	/* rows are made when their file comes, so that unused ones cost no memory */
	d->file_cap = cap;
}

static uint32_t intern_new(struct dag *d, struct strview path)
{
	uint32_t before = d->paths.count;
	uint32_t id = intern_put(&d->paths, path.p, path.n);
	if (d->paths.count != before) {
		dag_grow_files(d);
		d->producer[id] = DAG_NONE;
		d->file_flags[id] = 0;
	}
	return id;
}

uint32_t dag_intern_path(struct dag *d, struct strview path, struct strbuf *scratch)
{
	if (path_is_normal(path) && !(path.n && path.p[0] == '/')) {
		return intern_new(d, path);
	}
	strbuf_reset(scratch);
	path_normalise(scratch, path, d->wf->workdir);
	return intern_new(d, strbuf_sv(scratch));
}

/* Why a path cannot be a file's, or NULL. */
static const char *unfit(struct strview path)
{
	if (!path.n) {
		return "the path is empty";
	}
	if (path.n >= PATH_MAX) {
		return "the path is too long";
	}
	if (path.n <= NAME_MAX) {
		return NULL;
	}
	size_t part = 0;
	for (size_t i = 0; i < path.n; i++) {
		part = path.p[i] == '/' ? 0 : part + 1;
		if (part > NAME_MAX) {
			return "a part of the path is too long";
		}
	}
	return NULL;
}

/* Takes in the path in in->path as one more input. */
static enum inputs_outcome take_path(
	struct input_reader *in, uint32_t entry, unsigned flags, bool once)
{
	struct strview path = strbuf_sv(&in->path);
	in->why = unfit(path);
	if (in->why) {
		return INPUTS_NOT_APPLY;
	}
	uint32_t file = dag_intern_path(in->d, path, &in->normal);
	if (once && hashmap_set(&in->seen, file, 0) != HASHMAP_NONE) {
		return INPUTS_OK;
	}
	uint32_t bits = flags & ITEM_ANCIENT ? file | INPUT_ANCIENT : file;
	vec_push(&in->files, (struct input_file){bits, entry});
	return INPUTS_OK;
}

struct slot_values {
	const struct strview *values;
};

static int resolve_wildcard(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	const struct slot_values *slots = ctx;
	(void)err;
	*ret = (struct value){.kind = VALUE_TEXT, .text = slots->values[ref->slot]};
	return 0;
}

/* Renders `t` into in->path; values[i] for slot i. */
static enum inputs_outcome render(
	struct input_reader *in, const struct text *t, const struct strview *values)
{
	strbuf_reset(&in->path);
	if (t->plain) {
		text_expand_plain(t, values, &in->path);
		return INPUTS_OK;
	}
	struct slot_values slots = {values};
	struct renderer r = {
		.resolve = resolve_wildcard, .ctx = &slots, .arena = &in->arena};
	struct render_error err = {0};
	if (template_render(&t->t, &r, true, &in->path, &err) == 0) {
		return INPUTS_OK;
	}
	in->why = err.text ? err.text : "an expression has no value";
	if (err.fault == RENDER_NOT_APPLY) {
		return INPUTS_NOT_APPLY;
	}
	diag_error(in->sink, "CW-E410",
		t->origin.span_of(t->origin.ctx, err.off, err.len), "%s", in->why);
	return INPUTS_FAILED;
}

/* A set that a pattern loops over: its names move together. */
struct loop_group {
	uint32_t number;
	const struct set *set;
	size_t row;
};

struct expansion {
	const struct expand *e;
	const struct strview *wildcards; /* of the job */
	struct loop_group groups[WILDCARDS_MOST];
	uint32_t group_count;
	struct strview values[WILDCARDS_MOST]; /* by var */
	uint32_t columns[WILDCARDS_MOST];
	uint32_t group_of[WILDCARDS_MOST];
	bool used[WILDCARDS_MOST];
};

/* Which group a var belongs to; a new one where its set comes for the first time. */
static int join_group(struct input_reader *in, struct expansion *x, uint32_t var)
{
	const struct expand_var *v = &x->e->vars[var];
	uint32_t g = 0;
	while (g < x->group_count && x->groups[g].number != v->set) {
		g++;
	}
	if (g == x->group_count) {
		const struct set *set = set_store_get(in->d->sets, v->set);
		if (!set) {
			return -1;
		}
		x->groups[x->group_count++] = (struct loop_group){v->set, set, 0};
	}
	x->group_of[var] = g;
	int column = v->column.n ? set_column(x->groups[g].set, v->column) : 0;
	if (column < 0) {
		return diag_error(in->sink, "CW-E411", v->span,
			"set \"" SV_FMT "\" has no column \"" SV_FMT "\"",
			SV_ARG(in->d->wf->sets[v->set].name), SV_ARG(v->column));
	}
	x->columns[var] = (uint32_t)column;
	return 0;
}

/* The groups of one pattern, in the order in which its names first appear. */
static int find_groups(struct input_reader *in, struct expansion *x, const struct text *t)
{
	x->group_count = 0;
	memset(x->used, 0, sizeof(x->used));
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF) {
			continue;
		}
		uint32_t var = p->expr->ref->slot;
		if (x->used[var]) {
			continue;
		}
		x->used[var] = true;
		const struct expand_var *v = &x->e->vars[var];
		if (v->kind == VAR_WILDCARD) {
			x->values[var] = x->wildcards[v->wildcard];
		} else if (join_group(in, x, var) != 0) {
			return -1;
		}
	}
	return 0;
}

static void set_values(struct expansion *x)
{
	for (uint32_t v = 0; v < x->e->var_count; v++) {
		if (x->used[v] && x->e->vars[v].kind == VAR_SET) {
			const struct loop_group *g = &x->groups[x->group_of[v]];
			x->values[v] = g->set->values[g->row * g->set->column_count +
						      x->columns[v]];
		}
	}
}

/* The next combination, the last group fastest; false after the last. */
static bool advance(struct expansion *x)
{
	for (uint32_t g = x->group_count; g-- > 0;) {
		if (++x->groups[g].row < x->groups[g].set->row_count) {
			return true;
		}
		x->groups[g].row = 0;
	}
	return false;
}

static bool any_empty(const struct expansion *x)
{
	for (uint32_t g = 0; g < x->group_count; g++) {
		if (!x->groups[g].set->row_count) {
			return true;
		}
	}
	return false;
}

static enum inputs_outcome read_expand(struct input_reader *in, const struct item *item,
	uint32_t entry, const struct strview *wildcards)
{
	struct expansion x = {.e = item->expand, .wildcards = wildcards};
	hashmap_release(&in->seen);
	for (uint32_t p = 0; p < item->expand->pattern_count; p++) {
		const struct text *t = &item->expand->patterns[p];
		if (find_groups(in, &x, t) != 0) {
			return INPUTS_FAILED;
		}
		if (any_empty(&x)) {
			continue;
		}
		do {
			set_values(&x);
			enum inputs_outcome rc = render(in, t, x.values);
			if (rc == INPUTS_OK) {
				rc = take_path(in, entry, item->flags, true);
			}
			if (rc != INPUTS_OK) {
				return rc;
			}
		} while (advance(&x));
	}
	return INPUTS_OK;
}

static enum inputs_outcome read_item(struct input_reader *in, const struct item *item,
	uint32_t entry, const struct strview *values)
{
	enum inputs_outcome rc;
	switch (item->kind) {
	case ITEM_PATH:
		rc = render(in, &item->path, values);
		return rc == INPUTS_OK ? take_path(in, entry, item->flags, false) : rc;
	case ITEM_EXPAND:
		return read_expand(in, item, entry, values);
	case ITEM_LIST:
		for (uint32_t i = 0; i < item->item_count; i++) {
			rc = read_item(in, &item->items[i], entry, values);
			if (rc != INPUTS_OK) {
				return rc;
			}
		}
		return INPUTS_OK;
	case ITEM_OUTPUT_OF:
	case ITEM_LOOKUP:
	case ITEM_SWITCH:
		break;
	}
	CW_BUG("item of kind %d", (int)item->kind);
}

enum inputs_outcome inputs_read(
	struct input_reader *in, const struct rule *rule, const struct strview *values)
{
	vec_clear(&in->files);
	for (uint32_t i = 0; i < rule->input_count; i++) {
		enum inputs_outcome rc = read_item(in, &rule->inputs[i].item, i, values);
		if (rc != INPUTS_OK) {
			return rc;
		}
	}
	return INPUTS_OK;
}
