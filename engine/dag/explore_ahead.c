#include "dag/explore_ahead.h"

#include <limits.h>

#include "sys/path.h"

enum { WINDOW = 64, NAMES_MOST = 8 };

struct name {
	uint32_t off, len; /* in the window's text */
	uint64_t hash;
};

/* A file of the window, if it can be visited the short way. */
struct ready_file {
	uint32_t file;
	const struct rule *rule; /* NULL: the long way */
	uint32_t product;        /* which one the file is */
	uint32_t value, value_len;
	struct name names[NAMES_MOST]; /* inputs, then the other products */
	uint32_t name_count;
};

struct ahead {
	struct strbuf text;
	struct ready_file v[WINDOW];
	uint32_t n, next;
	bool *fits; /* by rule */
};

/* Plain paths in and out, one wildcard at most. */
static bool rule_fits(const struct rule *rule)
{
	bool fits = rule->wildcard_count <= 1 && rule->product_count > 0 &&
		    !rule->depfile && !rule->params_choose &&
		    rule->input_count + rule->product_count <= NAMES_MOST;
	for (uint32_t i = 0; i < rule->input_count && fits; i++) {
		const struct item *item = &rule->inputs[i].item;
		fits = item->kind == ITEM_PATH && item->path.plain && !item->flags;
	}
	return fits;
}

struct ahead *ahead_new(const struct builder *b)
{
	struct ahead *a = xcalloc(1, sizeof(*a));
	strbuf_init(&a->text);
	a->fits = xcalloc(b->d->wf->rule_count, sizeof(*a->fits));
	for (uint32_t r = 0; r < b->d->wf->rule_count; r++) {
		a->fits[r] = rule_fits(&b->d->wf->rules[r]) &&
			     !is_batch_rule(b, &b->d->wf->rules[r]);
	}
	return a;
}

void ahead_free(struct ahead *a)
{
	if (a) {
		strbuf_release(&a->text);
		free(a->fits);
		free(a);
	}
}

/* The name that begins at `off` of the text is whole: notes it; false where it is none
 * that can be taken as it is. */
static bool note_name(
	struct ahead *a, struct builder *b, struct ready_file *r, size_t off)
{
	struct strview name = sv_skip(strbuf_sv(&a->text), off);
	if (!name.n || name.n > NAME_MAX || name.p[0] == '/' || !path_is_normal(name)) {
		return false;
	}
	uint64_t hash = intern_hash(name.p, name.n);
	intern_prefetch(&b->d->paths, hash);
	r->names[r->name_count++] = (struct name){(uint32_t)off, (uint32_t)name.n, hash};
	return true;
}

static bool spell_names(struct ahead *a, struct builder *b, struct ready_file *r)
{
	const struct rule *rule = r->rule;
	for (uint32_t i = 0; i < rule->input_count + rule->product_count; i++) {
		size_t off = a->text.len;
		uint32_t product = i - rule->input_count;
		/* the text may move while it grows */
		strbuf_grow(&a->text, (size_t)PATH_MAX + r->value_len);
		struct strview value = {a->text.buf + r->value, r->value_len};
		if (i < rule->input_count) {
			text_expand_plain(&rule->inputs[i].item.path, &value, &a->text);
		} else if (product == r->product) {
			continue;
		} else {
			pattern_expand(rule->products[product].pattern, &value, &a->text);
		}
		if (!note_name(a, b, r, off)) {
			return false;
		}
	}
	return true;
}

static void prepare(struct ahead *a, struct builder *b, struct ready_file *r)
{
	struct strview path = dag_path(b->d, r->file);
	struct strview value = {path.p, 0};
	r->rule = NULL;
	r->name_count = 0;
	if (path.n > NAME_MAX || rule_index_find(b->index, path, b->found) != 1 ||
		!a->fits[b->found[0].rule]) {
		return;
	}
	const struct rule *rule = &b->d->wf->rules[b->found[0].rule];
	const struct pattern *p = rule->products[b->found[0].product].pattern;
	if (!pattern_is_constant(p) &&
		(!pattern_is_simple(p) || pattern_match(p, path, &value) != MATCH_YES)) {
		return;
	}
	r->product = b->found[0].product;
	r->value = (uint32_t)a->text.len;
	r->value_len = (uint32_t)value.n;
	strbuf_addsv(&a->text, value);
	r->rule = rule;
	if (!spell_names(a, b, r)) {
		r->rule = NULL;
	}
}

static void fill(struct ahead *a, struct builder *b, uint32_t from)
{
	a->n = a->next = 0;
	strbuf_reset(&a->text);
	for (uint32_t f = from; f < b->d->paths.count && a->n < WINDOW; f++) {
		if (b->d->file_flags[f] & FILE_NEEDED) {
			a->v[a->n].file = f;
			prepare(a, b, &a->v[a->n++]);
		}
	}
}

static uint32_t take_name(const struct ahead *a, struct builder *b, const struct name *n)
{
	struct dag *d = b->d;
	uint32_t before = d->paths.count;
	intern_reserve(&d->paths, 1, n->len);
	uint32_t id = intern_put_hashed(&d->paths, a->text.buf + n->off, n->len, n->hash);
	if (id == before) {
		dag_add_file(d, id);
	}
	return id;
}

/* The products in order, the file itself at its place; false where two are one. */
static bool take_products(
	const struct ahead *a, struct builder *b, const struct ready_file *r)
{
	const struct name *name = r->names + r->rule->input_count;
	vec_clear(&b->product_files);
	for (uint32_t k = 0; k < r->rule->product_count; k++) {
		uint32_t id = k == r->product ? r->file : take_name(a, b, name++);
		for (size_t i = 0; i < b->product_files.n; i++) {
			if (b->product_files.v[i] == id) {
				return false;
			}
		}
		vec_push(&b->product_files, id);
	}
	return true;
}

const struct rule *ahead_visit(
	struct ahead *a, struct builder *b, uint32_t file, struct strview *ret_values)
{
	while (a->next < a->n && a->v[a->next].file < file) {
		a->next++;
	}
	if (a->next == a->n) {
		fill(a, b, file);
	}
	const struct ready_file *r = &a->v[a->next];
	/* what has a maker already may be known as another job's second output */
	if (a->next == a->n || r->file != file || !r->rule ||
		b->d->producer[file] != DAG_NONE) {
		return NULL;
	}
	struct input_reader *in = &b->reader;
	vec_clear(&in->files);
	vec_clear(&in->waits);
	for (uint32_t i = 0; i < r->rule->input_count; i++) {
		vec_push(&in->files,
			(struct input_file){take_name(a, b, &r->names[i]), i});
	}
	if (!take_products(a, b, r)) {
		return NULL; /* the long way says what is wrong */
	}
	ret_values[0] = (struct strview){a->text.buf + r->value, r->value_len};
	return r->rule;
}
