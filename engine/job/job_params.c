/* Values of params. */
#include "job/job_values_impl.h"

static int list_from_texts(struct job_values *v, const struct param *p, struct value *ret,
	struct render_error *err);

/* A source of section 6 in params: one text, or a list. */
static int item_value(struct job_values *v, const struct item *item, struct value *ret,
	struct render_error *err)
{
	struct input_reader *in = &v->c->reader;
	uint32_t before = v->c->sink->errors;
	enum inputs_outcome rc =
		inputs_texts(in, v->rule, item, v->wildcards, &v->renderer);
	if (rc != INPUTS_OK) {
		return job_fail(v, err,
			rc == INPUTS_NOT_APPLY && in->why ? in->why
			: v->c->sink->errors > before ? "a param could not be worked out"
						      : "a param has no value");
	}
	uint32_t n = (uint32_t)in->texts.n;
	struct strview *list = ARENA_ARRAY(v->arena, struct strview, n);
	for (uint32_t i = 0; i < n; i++) {
		list[i] = arena_sv(v->arena, in->texts.v[i]);
	}
	*ret = (struct value){.kind = VALUE_LIST, .list = list, .count = n};
	if (n == 1 && item->kind != ITEM_EXPAND && item->kind != ITEM_LIST) {
		*ret = text_value(list[0]);
	}
	return 0;
}

int job_param(struct job_values *v, const struct param *p, struct value *ret,
	struct render_error *err)
{
	if (p->kind == PARAM_TEXT) {
		const struct template *t = &p->text.t;
		if (t->count == 1 && t->pieces[0].kind == PIECE_EXPR &&
			t->pieces[0].format == FORMAT_NONE) {
			return expr_eval(t->pieces[0].expr, &v->renderer, ret, err);
		}
		struct strbuf sb = STRBUF_INIT;
		int rc = job_render(v, &p->text, false, &sb, err);
		*ret = text_value(arena_sv(v->arena, strbuf_sv(&sb)));
		strbuf_release(&sb);
		return rc;
	}
	if (p->kind == PARAM_LIST) {
		return list_from_texts(v, p, ret, err);
	}
	if (p->kind == PARAM_ITEM) {
		return item_value(v, p->item, ret, err);
	}
	return job_fail(v, err, "this param is a mapping: name one of its values");
}

static void append_value(
	struct strview *list, uint32_t *n, const struct value *value, struct arena *arena)
{
	char digits[64];
	switch (value->kind) {
	case VALUE_TEXT:
		list[(*n)++] = value->text;
		break;
	case VALUE_INT:
		snprintf(digits, sizeof(digits), "%lld", (long long)value->i);
		list[(*n)++] = arena_sv(arena, sv_from(digits));
		break;
	case VALUE_REAL:
		snprintf(digits, sizeof(digits), "%.17g", value->real);
		list[(*n)++] = arena_sv(arena, sv_from(digits));
		break;
	case VALUE_LIST:
		for (uint32_t i = 0; i < value->count; i++) {
			list[(*n)++] = value->list[i];
		}
		break;
	}
}

static int list_from_texts(struct job_values *v, const struct param *p, struct value *ret,
	struct render_error *err)
{
	struct value *values = ARENA_ARRAY(v->arena, struct value, p->item_count);
	size_t total = 0;
	for (uint32_t i = 0; i < p->item_count; i++) {
		int rc = job_param(v, &p->items[i], &values[i], err);
		if (rc != 0) {
			return -1;
		}
		total += values[i].kind == VALUE_LIST ? values[i].count : 1;
	}
	struct strview *list = ARENA_ARRAY(v->arena, struct strview, total);
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->item_count; i++) {
		append_value(list, &n, &values[i], v->arena);
	}
	*ret = (struct value){.kind = VALUE_LIST, .list = list, .count = n};
	return 0;
}

/* One item of a param that is worked out as a list. */
static int item_of_param(struct job_values *v, const struct param *p, int64_t index,
	struct value *ret, struct render_error *err)
{
	struct value list;
	if (job_param(v, p, &list, err) != 0) {
		return -1;
	}
	if (list.kind != VALUE_LIST && index == 0) {
		*ret = list;
		return 0;
	}
	if (list.kind != VALUE_LIST || index >= (int64_t)list.count) {
		return job_fail(v, err, "this param has not that many values");
	}
	*ret = text_value(list.list[index]);
	return 0;
}

/* {params.a.b[0]}: down into nested values. */
static int resolve_param(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	const struct param *p = &v->rule->params[ref->slot];
	for (uint32_t s = 0; s < ref->step_count; s++) {
		const struct ref_step *step = &ref->steps[s];
		const struct param *found = NULL;
		bool worked_out = p->kind == PARAM_ITEM || p->kind == PARAM_TEXT;
		if (worked_out && step->index >= 0 && s + 1 == ref->step_count) {
			return item_of_param(v, p, step->index, ret, err);
		}
		for (uint32_t i = 0; i < p->item_count && !found; i++) {
			if (step->index >= 0 && p->kind == PARAM_LIST
					? step->index == (int64_t)i
					: sv_eq(p->items[i].name, step->text)) {
				found = &p->items[i];
			}
		}
		if (!found) {
			return job_fail(v, err, "there is no such value in this param");
		}
		p = found;
	}
	return job_param(v, p, ret, err);
}

static int all_params(struct job_values *v, struct value *ret, struct render_error *err)
{
	struct param all = {.kind = PARAM_LIST,
		.items = v->rule->params,
		.item_count = v->rule->param_count};
	return list_from_texts(v, &all, ret, err);
}

int job_params_resolve(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	return ref->name.n || ref->step_count ? resolve_param(v, ref, ret, err)
					      : all_params(v, ret, err);
}
