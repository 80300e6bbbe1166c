/*
 * Expansions: nested loops over the sets that a pattern names, in the order in which they
 * first appear, the last one fastest. Names of one set move together. A set that needs
 * the value of another name is read anew inside of that one's loop.
 */
#include "dag/after.h"
#include "dag/input_parts.h"

/* A set that a pattern loops over. */
struct loop {
	uint32_t number;
	const struct set *set;
	struct set own; /* of a set that is read anew */
	size_t row;
};

struct expansion {
	struct input_reader *in;
	const struct expand *e;
	const struct strview *wildcards; /* of the job */
	struct loop loops[WILDCARDS_MOST];
	uint32_t loop_count;
	struct strview values[WILDCARDS_MOST]; /* by var */
	uint32_t columns[WILDCARDS_MOST];
	uint32_t loop_of[WILDCARDS_MOST];
	bool used[WILDCARDS_MOST];
	/* names that were spelled and are not taken yet, one behind the other in `text` */
	bool batched, distinct;
	struct strbuf text;
	struct strview names[INTERN_BATCH];
	size_t name_count;
};

static const struct set_def *def_of(const struct expansion *x, uint32_t number)
{
	return &x->in->d->wf->sets[number];
}

static int use_var(struct expansion *x, uint32_t var);

/* The vars that the text of a dynamic set, or what it waits for, needs. */
static int use_needed(struct expansion *x, const struct set_def *def)
{
	const struct template *t =
		def->kind == SET_GLOB ? &def->glob_text.t : &def->path_text.t;
	for (uint32_t i = 0; i < t->count; i++) {
		const struct piece *p = &t->pieces[i];
		if (p->kind == PIECE_EXPR && p->expr->op == EXPR_REF &&
			p->expr->ref->slot_count && use_var(x, p->expr->ref->slot) != 0) {
			return -1;
		}
	}
	if (def->after == UINT32_MAX) {
		return 0;
	}
	const struct rule *rule = &x->in->d->wf->rules[def->after];
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		if (use_var(x, def->after_vars[i]) != 0) {
			return -1;
		}
	}
	return 0;
}

static int find_column(struct expansion *x, uint32_t var, const struct set *set)
{
	const struct expand_var *v = &x->e->vars[var];
	x->columns[var] = 0;
	return v->column.n ? set_store_column(x->in->d->sets, set, v->column, v->span,
				     &x->columns[var])
			   : 0;
}

/* Which loop a var belongs to; a new one where its set comes for the first time. */
static int join_loop(struct expansion *x, uint32_t var)
{
	const struct expand_var *v = &x->e->vars[var];
	const struct set_def *def = def_of(x, v->set);
	uint32_t g = 0;
	while (g < x->loop_count && x->loops[g].number != v->set) {
		g++;
	}
	if (g == x->loop_count) {
		if (def->dynamic && use_needed(x, def) != 0) {
			return -1;
		}
		g = x->loop_count++;
		x->loops[g] = (struct loop){.number = v->set};
		if (!def->dynamic) {
			x->loops[g].set = set_store_get(x->in->d->sets, v->set);
			if (!x->loops[g].set) {
				return -1;
			}
		}
	}
	x->loop_of[var] = g;
	return def->dynamic ? 0 : find_column(x, var, x->loops[g].set);
}

static int use_var(struct expansion *x, uint32_t var)
{
	if (x->used[var]) {
		return 0;
	}
	x->used[var] = true;
	const struct expand_var *v = &x->e->vars[var];
	if (v->kind == VAR_WILDCARD) {
		x->values[var] = x->wildcards[v->wildcard];
		return 0;
	}
	return join_loop(x, var);
}

static int use_refs(struct expansion *x, const struct expr *e);

static int use_ref(struct expansion *x, const struct ref *ref)
{
	if (ref->kind == REF_WILDCARD && use_var(x, ref->slot) != 0) {
		return -1;
	}
	for (uint32_t i = 0; i < ref->step_count; i++) {
		if (ref->steps[i].inner && use_ref(x, ref->steps[i].inner) != 0) {
			return -1;
		}
	}
	return 0;
}

/* No deeper than the parser of templates allows. */
static int use_refs(struct expansion *x, const struct expr *e)
{
	if (e->op == EXPR_REF) {
		return use_ref(x, e->ref);
	}
	for (uint32_t i = 0; i < e->arg_count; i++) {
		if (use_refs(x, e->args[i]) != 0) {
			return -1;
		}
	}
	return 0;
}

/* The loops of one pattern, in the order in which its names first appear. */
static int find_loops(struct expansion *x, const struct text *t)
{
	x->loop_count = 0;
	memset(x->used, 0, x->e->var_count * sizeof(*x->used));
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind == PIECE_EXPR && use_refs(x, p->expr) != 0) {
			return -1;
		}
	}
	return 0;
}

/* The values of the vars of loop `g` in its present row. */
static void set_values(struct expansion *x, uint32_t g)
{
	const struct loop *loop = &x->loops[g];
	for (uint32_t v = 0; v < x->e->var_count; v++) {
		if (x->used[v] && x->e->vars[v].kind == VAR_SET && x->loop_of[v] == g) {
			x->values[v] =
				loop->set->values[loop->row * loop->set->column_count +
						  x->columns[v]];
		}
	}
}

/* Whether the job that a set waits for is done; notes that it is waited for. */
static bool is_done(struct expansion *x, const struct set_def *def)
{
	struct input_reader *in = x->in;
	const struct rule *rule = &in->d->wf->rules[def->after];
	struct strview values[WILDCARDS_MOST];
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		values[i] = x->values[def->after_vars[i]];
	}
	uint64_t key = after_key(rule, values);
	if (in->d->but && hashmap_get(in->d->but, key) == 1) {
		return false; /* what it tells is known */
	}
	struct input_wait wait = {.rule = rule};
	wait.values = ARENA_ARRAY(&in->arena, struct strview, rule->wildcard_count);
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		wait.values[i] = values[i];
	}
	wait.done = after_is_done(in->d->done, key);
	vec_push(&in->waits, wait);
	return wait.done;
}

/* Before the first row: reads a set that needs the values of the loops around it. */
static int enter_loop(struct expansion *x, uint32_t g)
{
	struct loop *loop = &x->loops[g];
	const struct set_def *def = def_of(x, loop->number);
	loop->row = 0;
	if (!def->dynamic) {
		return 0;
	}
	loop->set = &loop->own;
	loop->own = (struct set){.name = def->name};
	if (def->after != UINT32_MAX && !is_done(x, def)) {
		return 0;
	}
	if (set_store_read_for(x->in->d->sets, loop->number, x->values, &x->in->arena,
		    &loop->own) != 0) {
		return -1;
	}
	for (uint32_t v = 0; v < x->e->var_count; v++) {
		if (x->used[v] && x->e->vars[v].kind == VAR_SET && x->loop_of[v] == g &&
			find_column(x, v, loop->set) != 0) {
			return -1;
		}
	}
	return 0;
}

/* Whether names of this pattern can be taken in batches. */
static bool can_batch(struct expansion *x, const struct text *t)
{
	const struct set *set = x->loop_count == 1 ? x->loops[0].set : NULL;
	if (x->in->as_texts || !t->plain) {
		return false;
	}
	x->distinct = x->e->pattern_count == 1 && set && set->distinct &&
		      set->column_count == 1;
	if (set) {
		vec_reserve(&x->in->files, set->row_count);
		intern_reserve(&x->in->d->paths, set->row_count, 0);
	}
	return true;
}

/* The names spelled so far. Where one of them is no plain path, each is taken alone. */
static enum inputs_outcome take_batch(struct expansion *x, uint32_t entry, unsigned flags)
{
	struct input_reader *in = x->in;
	const char *p = x->text.buf;
	for (size_t i = 0; i < x->name_count; i++) {
		x->names[i].p = p;
		p += x->names[i].n;
	}
	enum inputs_outcome rc = INPUTS_OK;
	if (!input_take_many(in, entry, flags, x->names, x->name_count, !x->distinct)) {
		for (size_t i = 0; i < x->name_count && rc == INPUTS_OK; i++) {
			strbuf_reset(&in->path);
			strbuf_addsv(&in->path, x->names[i]);
			rc = input_take(in, entry, flags, true);
		}
	}
	strbuf_reset(&x->text);
	x->name_count = 0;
	return rc;
}

static enum inputs_outcome emit(
	struct expansion *x, const struct text *t, uint32_t entry, unsigned flags)
{
	if (!x->batched) {
		enum inputs_outcome rc = input_render(x->in, t, x->values);
		return rc == INPUTS_OK ? input_take(x->in, entry, flags, true) : rc;
	}
	size_t from = x->text.len;
	text_expand_plain(t, x->values, &x->text);
	/* the length now, the place later: the buffer may move */
	x->names[x->name_count++] = (struct strview){NULL, x->text.len - from};
	return x->name_count == INTERN_BATCH ? take_batch(x, entry, flags) : INPUTS_OK;
}

static enum inputs_outcome run_loops(
	struct expansion *x, const struct text *t, uint32_t entry, unsigned flags)
{
	if (!x->loop_count) {
		return emit(x, t, entry, flags);
	}
	uint32_t g = 0;
	if (enter_loop(x, 0) != 0) {
		return INPUTS_FAILED;
	}
	for (;;) {
		if (x->loops[g].row >= x->loops[g].set->row_count) {
			if (g-- == 0) {
				return INPUTS_OK;
			}
			x->loops[g].row++;
			continue;
		}
		set_values(x, g);
		if (g + 1 < x->loop_count) {
			if (enter_loop(x, ++g) != 0) {
				return INPUTS_FAILED;
			}
			continue;
		}
		enum inputs_outcome rc = emit(x, t, entry, flags);
		if (rc != INPUTS_OK) {
			return rc;
		}
		x->loops[g].row++;
	}
}

/* Names of plain patterns go in batches: they are spelled and hashed and their slots
 * prefetched before the first is looked up. */
static enum inputs_outcome read_pattern(
	struct expansion *x, const struct text *t, uint32_t entry, unsigned flags)
{
	if (find_loops(x, t) != 0) {
		return INPUTS_FAILED;
	}
	x->batched = can_batch(x, t);
	enum inputs_outcome rc = run_loops(x, t, entry, flags);
	return rc == INPUTS_OK && x->name_count ? take_batch(x, entry, flags) : rc;
}

enum inputs_outcome expansion_read(struct input_reader *in, const struct expand *e,
	uint32_t entry, unsigned flags, const struct strview *values)
{
	struct expansion x; /* large: its rows are set when they are used */
	enum inputs_outcome rc = INPUTS_OK;
	x.in = in;
	x.e = e;
	x.wildcards = values;
	x.name_count = 0;
	x.distinct = false;
	strbuf_init(&x.text);
	hashmap_release(&in->seen);
	in->first_new = in->d->paths.count;
	for (uint32_t p = 0; p < e->pattern_count && rc == INPUTS_OK; p++) {
		rc = read_pattern(&x, &e->patterns[p], entry, flags);
	}
	strbuf_release(&x.text);
	return rc;
}
