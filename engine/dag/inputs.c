#include "dag/inputs.h"

#include <limits.h>

#include "base/hash.h"
#include "dag/input_parts.h"
#include "sys/path.h"
#include "workflow/config_ref.h"

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
	vec_release(&in->waits);
	vec_release(&in->texts);
}

/* Rows are made when their file comes, so that unused ones cost no memory. */
void dag_add_file(struct dag *d, uint32_t id)
{
	if (id >= d->file_cap) {
		uint32_t cap = d->file_cap + d->file_cap / 2;
		cap = cap <= id ? id + 1 : cap;
		cap = cap < 64 ? 64 : cap;
		d->producer = xreallocarray(d->producer, cap, sizeof(*d->producer));
		d->file_flags = xreallocarray(d->file_flags, cap, sizeof(*d->file_flags));
		d->file_cap = cap;
	}
	d->producer[id] = DAG_NONE;
	d->file_flags[id] = 0;
}

static uint32_t intern_new(struct dag *d, struct strview path)
{
	uint32_t before = d->paths.count;
	uint32_t id = intern_put(&d->paths, path.p, path.n);
	if (d->paths.count != before) {
		dag_add_file(d, id);
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

/* Whether the expansion has the file already; `known`: how many names there were before
 * it was looked up. */
static bool seen_before(struct input_reader *in, uint32_t file, uint32_t known)
{
	return file < known &&
	       (file >= in->first_new || hashmap_set(&in->seen, file, 0) != HASHMAP_NONE);
}

static uint32_t input_bits(unsigned flags)
{
	return (flags & ITEM_ANCIENT ? INPUT_ANCIENT : 0) |
	       (flags & ITEM_OPTIONAL ? INPUT_OPTIONAL : 0);
}

/* Takes in what is in in->path: as one more input, or as one more text. */
enum inputs_outcome input_take(
	struct input_reader *in, uint32_t entry, unsigned flags, bool once)
{
	struct strview path = strbuf_sv(&in->path);
	if (in->as_texts) {
		uint64_t key = once ? hash64(path.p, path.n) : 0;
		if (!once || hashmap_set(&in->seen, key, 0) == HASHMAP_NONE) {
			vec_push(&in->texts, arena_sv(&in->arena, path));
		}
		return INPUTS_OK;
	}
	in->why = unfit(path);
	if (in->why) {
		return INPUTS_NOT_APPLY;
	}
	uint32_t known = in->d->paths.count;
	uint32_t file = dag_intern_path(in->d, path, &in->normal);
	if (!once || !seen_before(in, file, known)) {
		vec_push(
			&in->files, (struct input_file){file | input_bits(flags), entry});
	}
	return INPUTS_OK;
}

bool input_take_many(struct input_reader *in, uint32_t entry, unsigned flags,
	const struct strview *names, size_t count, bool once)
{
	uint32_t ids[INTERN_BATCH];
	cw_assert(count <= INTERN_BATCH);
	for (size_t i = 0; i < count; i++) {
		if (unfit(names[i]) || names[i].p[0] == '/' ||
			!path_is_normal(names[i])) {
			return false;
		}
	}
	uint32_t known = in->d->paths.count;
	intern_put_many(&in->d->paths, names, count, ids);
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == known) {
			dag_add_file(in->d, known++);
		} else if (once && seen_before(in, ids[i], known)) {
			continue;
		}
		vec_push(&in->files,
			(struct input_file){ids[i] | input_bits(flags), entry});
	}
	return true;
}

/* --- texts ---------------------------------------------------------------------------- */

struct slots {
	const struct strview *values;
	struct input_reader *in;
	struct renderer r;
};

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct slots *s = ctx;
	if (ref->kind == REF_WILDCARD) {
		*ret = (struct value){.kind = VALUE_TEXT, .text = s->values[ref->slot]};
		return 0;
	}
	if (ref->kind == REF_CONFIG) {
		return config_ref_value(ref, &s->r, ret, err);
	}
	if (ref->kind == REF_WORKDIR) {
		*ret = (struct value){.kind = VALUE_TEXT, .text = s->in->d->wf->workdir};
		return 0;
	}
	if (ref->kind == REF_WORKFLOW_DIR) {
		*ret = (struct value){.kind = VALUE_TEXT,
			.text = workflow_dir_of(ref, s->in->rule->workflow_dir)};
		return 0;
	}
	if (s->in->outer) {
		return s->in->outer->resolve(s->in->outer->ctx, ref, ret, err);
	}
	CW_BUG("reference of kind %d in a path", (int)ref->kind);
}

static enum inputs_outcome fault(
	struct input_reader *in, const struct text *t, const struct render_error *err)
{
	in->why = err->text ? err->text : "an expression has no value";
	if (err->fault == RENDER_NOT_APPLY) {
		return INPUTS_NOT_APPLY;
	}
	diag_error(in->sink, "CW-E410",
		t->origin.span_of(t->origin.ctx, err->off, err->len), "%s", in->why);
	return INPUTS_FAILED;
}

enum inputs_outcome input_render(
	struct input_reader *in, const struct text *t, const struct strview *values)
{
	strbuf_reset(&in->path);
	if (t->plain) {
		text_expand_plain(t, values, &in->path);
		return INPUTS_OK;
	}
	struct slots slots = {.values = values, .in = in};
	struct render_error err = {0};
	slots.r =
		(struct renderer){.resolve = resolve, .ctx = &slots, .arena = &in->arena};
	if (template_render(&t->t, &slots.r, !in->as_texts, &in->path, &err) == 0) {
		return INPUTS_OK;
	}
	return fault(in, t, &err);
}

/* A text that is one reference by way of another one may be a list. */
static enum inputs_outcome read_list_value(struct input_reader *in,
	const struct item *item, uint32_t entry, unsigned flags,
	const struct strview *values)
{
	struct slots slots = {.values = values, .in = in};
	struct render_error err = {0};
	struct value value;
	slots.r =
		(struct renderer){.resolve = resolve, .ctx = &slots, .arena = &in->arena};
	if (config_ref_value(item->path.t.pieces[0].expr->ref, &slots.r, &value, &err) !=
		0) {
		return fault(in, &item->path, &err);
	}
	for (uint32_t i = 0; i < (value.kind == VALUE_LIST ? value.count : 1); i++) {
		strbuf_reset(&in->path);
		strbuf_addsv(
			&in->path, value.kind == VALUE_LIST ? value.list[i] : value.text);
		enum inputs_outcome rc = input_take(in, entry, flags, false);
		if (rc != INPUTS_OK) {
			return rc;
		}
	}
	return INPUTS_OK;
}

static bool is_config_ref(const struct text *t)
{
	return t->t.count == 1 && t->t.pieces[0].kind == PIECE_EXPR &&
	       t->t.pieces[0].format == FORMAT_NONE &&
	       t->t.pieces[0].expr->op == EXPR_REF &&
	       t->t.pieces[0].expr->ref->kind == REF_CONFIG;
}

/* --- sources -------------------------------------------------------------------------- */

static enum inputs_outcome read_item(struct input_reader *in, const struct item *item,
	uint32_t entry, unsigned flags, const struct strview *values);

/* What a lookup finds. */
struct found_row {
	const struct lookup_index *index;
	const struct set *set;
	uint32_t column;
	size_t row; /* SIZE_MAX: none, and in->why says so */
};

static enum inputs_outcome find_row(struct input_reader *in, const struct item *item,
	const struct strview *values, struct found_row *ret)
{
	struct strview wanted[WILDCARDS_MOST];
	ret->index = set_store_lookup(in->d->sets, item, &ret->set, &ret->column);
	if (!ret->index) {
		return INPUTS_FAILED;
	}
	cw_assert(item->where_count <= WILDCARDS_MOST);
	for (uint32_t i = 0; i < item->where_count; i++) {
		enum inputs_outcome rc = input_render(in, &item->where[i].value, values);
		if (rc != INPUTS_OK) {
			return rc;
		}
		wanted[i] = arena_sv(&in->arena, strbuf_sv(&in->path));
	}
	ret->row = lookup_first(ret->index, wanted);
	if (ret->row == SIZE_MAX) {
		in->why = "its lookup finds no row";
		if (item->where_count) {
			in->why = arena_printf(&in->arena,
				"its lookup finds no row where " SV_FMT " is \"" SV_FMT
				"\"",
				SV_ARG(item->where[0].column), SV_ARG(wanted[0]));
		}
	}
	return INPUTS_OK;
}

static enum inputs_outcome read_lookup(struct input_reader *in, const struct item *item,
	uint32_t entry, unsigned flags, const struct strview *values)
{
	struct found_row f;
	enum inputs_outcome rc = find_row(in, item, values, &f);
	if (rc != INPUTS_OK) {
		return rc;
	}
	if (f.row == SIZE_MAX) {
		return item->otherwise
			       ? read_item(in, item->otherwise, entry, flags, values)
			       : INPUTS_NOT_APPLY;
	}
	for (size_t row = f.row; row != SIZE_MAX; row = lookup_next(f.index, row)) {
		strbuf_reset(&in->path);
		strbuf_addsv(
			&in->path, f.set->values[row * f.set->column_count + f.column]);
		rc = input_take(in, entry, flags, false);
		if (rc != INPUTS_OK) {
			return rc;
		}
	}
	return INPUTS_OK;
}

/* The item of a switch's case, or its default; NULL where there is none, and in->why. */
static enum inputs_outcome find_case(struct input_reader *in, const struct item *item,
	const struct strview *values, const struct item **ret)
{
	enum inputs_outcome rc = input_render(in, &item->subject, values);
	if (rc != INPUTS_OK) {
		return rc;
	}
	struct strview subject = strbuf_sv(&in->path);
	*ret = item->otherwise;
	for (uint32_t i = 0; i < item->case_count; i++) {
		if (sv_eq(item->cases[i].key, subject)) {
			*ret = item->cases[i].item;
			return INPUTS_OK;
		}
	}
	if (!*ret) {
		in->why = arena_printf(&in->arena,
			"its switch has no case for \"" SV_FMT "\"", SV_ARG(subject));
	}
	return INPUTS_OK;
}

static enum inputs_outcome read_switch(struct input_reader *in, const struct item *item,
	uint32_t entry, unsigned flags, const struct strview *values)
{
	const struct item *chosen;
	enum inputs_outcome rc = find_case(in, item, values, &chosen);
	if (rc != INPUTS_OK) {
		return rc;
	}
	return chosen ? read_item(in, chosen, entry, flags, values) : INPUTS_NOT_APPLY;
}

/* Nesting is bounded by the YAML reader. */
static enum inputs_outcome read_item(struct input_reader *in, const struct item *item,
	uint32_t entry, unsigned flags, const struct strview *values)
{
	enum inputs_outcome rc;
	flags |= item->flags;
	switch (item->kind) {
	case ITEM_PATH:
		if (!item->path.plain && is_config_ref(&item->path)) {
			return read_list_value(in, item, entry, flags, values);
		}
		rc = input_render(in, &item->path, values);
		return rc == INPUTS_OK ? input_take(in, entry, flags, false) : rc;
	case ITEM_EXPAND:
		return expansion_read(in, item->expand, entry, flags, values);
	case ITEM_LIST:
		for (uint32_t i = 0; i < item->item_count; i++) {
			rc = read_item(in, &item->items[i], entry, flags, values);
			if (rc != INPUTS_OK) {
				return rc;
			}
		}
		return INPUTS_OK;
	case ITEM_LOOKUP:
		return read_lookup(in, item, entry, flags, values);
	case ITEM_SWITCH:
		return read_switch(in, item, entry, flags, values);
	case ITEM_OUTPUT_OF:
		break;
	}
	CW_BUG("item of kind %d", (int)item->kind);
}

/* --- params that choose --------------------------------------------------------------- */

/* Whether the expression has a value before the job has inputs. No deeper than the parser of
 * templates allows. */
static bool is_early_expr(const struct expr *e)
{
	if (e->op == EXPR_REF) {
		return e->ref->kind == REF_WILDCARD || e->ref->kind == REF_CONFIG;
	}
	bool early = true;
	for (uint32_t i = 0; i < e->arg_count && early; i++) {
		early = is_early_expr(e->args[i]);
	}
	return early;
}

static bool is_early(const struct text *t)
{
	bool early = true;
	for (uint32_t i = 0; i < t->t.count && early; i++) {
		early = t->t.pieces[i].kind != PIECE_EXPR ||
			is_early_expr(t->t.pieces[i].expr);
	}
	return early;
}

static bool asks_early(const struct item *item)
{
	bool early = item->kind == ITEM_LOOKUP ||
		     (item->kind == ITEM_SWITCH && is_early(&item->subject));
	for (uint32_t i = 0; i < item->where_count && early; i++) {
		early = is_early(&item->where[i].value);
	}
	return early;
}

/* Whether a source of a param has something to give, as far as wildcards and configuration
 * tell; the rest is seen when the job runs. */
static enum inputs_outcome item_applies(
	struct input_reader *in, const struct item *item, const struct strview *values)
{
	while (item && asks_early(item)) {
		struct found_row f = {.row = SIZE_MAX};
		const struct item *next = NULL;
		bool lookup = item->kind == ITEM_LOOKUP;
		enum inputs_outcome rc = lookup ? find_row(in, item, values, &f)
						: find_case(in, item, values, &next);
		if (rc != INPUTS_OK || f.row != SIZE_MAX) {
			return rc;
		}
		next = lookup ? item->otherwise : next;
		if (!next) {
			return INPUTS_NOT_APPLY;
		}
		item = next;
	}
	return INPUTS_OK;
}

static enum inputs_outcome params_apply(
	struct input_reader *in, const struct rule *rule, const struct strview *values)
{
	enum inputs_outcome rc = INPUTS_OK;
	in->as_texts = true;
	for (uint32_t i = 0; i < rule->param_count && rc == INPUTS_OK; i++) {
		if (rule->params[i].kind == PARAM_ITEM) {
			rc = item_applies(in, rule->params[i].item, values);
		}
	}
	in->as_texts = false;
	return rc;
}

enum inputs_outcome inputs_read(
	struct input_reader *in, const struct rule *rule, const struct strview *values)
{
	vec_clear(&in->files);
	vec_clear(&in->waits);
	in->as_texts = false;
	in->outer = NULL;
	in->rule = rule;
	for (uint32_t i = 0; i < rule->input_count; i++) {
		enum inputs_outcome rc =
			read_item(in, &rule->inputs[i].item, i, 0, values);
		if (rc != INPUTS_OK) {
			return rc;
		}
	}
	return rule->params_choose ? params_apply(in, rule, values) : INPUTS_OK;
}

enum inputs_outcome inputs_texts(struct input_reader *in, const struct rule *rule,
	const struct item *item, const struct strview *values,
	const struct renderer *outer)
{
	vec_clear(&in->texts);
	in->as_texts = true;
	in->outer = outer;
	in->rule = rule;
	enum inputs_outcome rc = read_item(in, item, 0, 0, values);
	in->as_texts = false;
	return rc;
}
