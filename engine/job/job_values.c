#include "job/job_values.h"

void job_context_init(struct job_context *c, struct dag *d, struct diag_sink *sink)
{
	*c = (struct job_context){.d = d, .sink = sink};
	input_reader_init(&c->reader, d, sink);
}

void job_context_release(struct job_context *c)
{
	input_reader_release(&c->reader);
}

static int fail(struct job_values *v, struct render_error *err, const char *text)
{
	err->fault = RENDER_ERROR;
	err->text = arena_strdup(v->arena, text);
	return -1;
}

static struct value text_value(struct strview text)
{
	return (struct value){.kind = VALUE_TEXT, .text = text};
}

static struct value int_value(int64_t i)
{
	return (struct value){.kind = VALUE_INT, .i = i};
}

/* One of a list by {x[n]}, or all of it. */
static int pick(struct job_values *v, const struct ref *ref, struct strview *list,
	uint32_t count, bool is_path, struct value *ret, struct render_error *err)
{
	if (ref->step_count == 0) {
		*ret = (struct value){.kind = VALUE_LIST,
			.is_path = is_path,
			.list = list,
			.count = count};
		if (count == 1) {
			*ret = text_value(list[0]);
			ret->is_path = is_path;
		}
		return 0;
	}
	int64_t at = ref->steps[0].index;
	if (at < 0 || at >= (int64_t)count) {
		return fail(v, err, "there are not that many files");
	}
	*ret = text_value(list[at]);
	ret->is_path = is_path;
	return 0;
}

static int resolve_input(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	if (!ref->name.n) {
		return pick(v, ref, v->inputs, v->input_count, true, ret, err);
	}
	uint32_t from = 0, to;
	while (from < v->input_count && v->input_entry[from] != ref->slot) {
		from++;
	}
	for (to = from; to < v->input_count && v->input_entry[to] == ref->slot;) {
		to++;
	}
	return pick(v, ref, v->inputs + from, to - from, true, ret, err);
}

/* {output}, {log}, {benchmark}: the binder put the stretch of products into the slot. */
static int resolve_product(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	return pick(v, ref, v->products + ref->slot, ref->slot_count, true, ret, err);
}

static int list_from_texts(struct job_values *v, const struct param *p, struct value *ret,
	struct render_error *err);

static int param_value(struct job_values *v, const struct param *p, struct value *ret,
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
	return fail(v, err, "this param is a mapping: name one of its values");
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
		if (param_value(v, &p->items[i], &values[i], err) != 0) {
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

/* {params.a.b[0]}: down into nested values. */
static int resolve_param(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	const struct param *p = &v->rule->params[ref->slot];
	for (uint32_t s = 0; s < ref->step_count; s++) {
		const struct ref_step *step = &ref->steps[s];
		const struct param *found = NULL;
		for (uint32_t i = 0; i < p->item_count && !found; i++) {
			if (step->index >= 0 ? step->index == (int64_t)i
					     : sv_eq(p->items[i].name, step->name)) {
				found = &p->items[i];
			}
		}
		if (!found) {
			return fail(v, err, "there is no such value in this param");
		}
		p = found;
	}
	return param_value(v, p, ret, err);
}

static int all_params(struct job_values *v, struct value *ret, struct render_error *err)
{
	struct param all = {.kind = PARAM_LIST,
		.items = v->rule->params,
		.item_count = v->rule->param_count};
	return list_from_texts(v, &all, ret, err);
}

static int resolve_resource(struct job_values *v, const struct ref *ref,
	struct value *ret, struct render_error *err)
{
	const struct text *t = &v->rule->resources[ref->slot].value;
	struct strbuf sb = STRBUF_INIT;
	int rc = job_render(v, t, false, &sb, err);
	*ret = text_value(arena_sv(v->arena, strbuf_sv(&sb)));
	strbuf_release(&sb);
	return rc;
}

static struct value config_value(struct arena *arena, const struct config *c)
{
	if (c->kind == CONFIG_TEXT) {
		return text_value(c->text);
	}
	struct strview *list = ARENA_ARRAY(arena, struct strview, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		list[i] = c->items[i]->text;
	}
	return (struct value){.kind = VALUE_LIST, .list = list, .count = c->count};
}

/* {config.x[wildcards.s]}: the part the binder could not go down. */
static int resolve_config(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	const struct config *c = ref->bound;
	for (uint32_t s = ref->slot; s < ref->step_count; s++) {
		const struct ref_step *step = &ref->steps[s];
		struct strview key = step->name;
		if (step->inner) {
			struct value inner;
			if (v->renderer.resolve(v, step->inner, &inner, err) != 0) {
				return -1;
			}
			key = inner.text;
		}
		const struct config *next =
			step->index >= 0 && c->kind == CONFIG_LIST &&
					step->index < (int64_t)c->count
				? c->items[step->index]
				: config_get(c, key);
		if (!next) {
			err->fault = RENDER_ERROR;
			err->text = arena_printf(v->arena,
				"the configuration has no value for \"" SV_FMT "\"",
				SV_ARG(key));
			return -1;
		}
		c = next;
	}
	*ret = config_value(v->arena, c);
	return 0;
}

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct job_values *v = ctx;
	int64_t threads;
	switch (ref->kind) {
	case REF_WILDCARD:
		*ret = text_value(v->wildcards[ref->slot]);
		return 0;
	case REF_INPUT:
		return resolve_input(v, ref, ret, err);
	case REF_OUTPUT:
	case REF_LOG:
	case REF_BENCHMARK:
		return resolve_product(v, ref, ret, err);
	case REF_PARAMS:
		return ref->name.n || ref->step_count ? resolve_param(v, ref, ret, err)
						      : all_params(v, ret, err);
	case REF_RESOURCES:
		return resolve_resource(v, ref, ret, err);
	case REF_THREADS:
		if (job_threads(v, &threads, err) != 0) {
			return -1;
		}
		*ret = int_value(threads);
		return 0;
	case REF_RULE:
		*ret = text_value(v->rule->name);
		return 0;
	case REF_JOBID:
		*ret = int_value(v->job);
		return 0;
	case REF_ATTEMPT:
		*ret = int_value(v->attempt);
		return 0;
	case REF_CONFIG:
		return resolve_config(v, ref, ret, err);
	case REF_WORKFLOW_DIR:
		*ret = text_value(v->rule->workflow_dir);
		ret->is_path = true;
		return 0;
	case REF_WORKDIR:
		*ret = text_value(v->c->d->wf->workdir);
		ret->is_path = true;
		return 0;
	case REF_ENV:
	case REF_INPUT_SIZE:
	case REF_EXTRA:
		break;
	}
	CW_BUG("reference of kind %d was let through", (int)ref->kind);
}

static int write_list(void *ctx, const struct value *items, struct strview *ret_path,
	struct render_error *err)
{
	struct job_values *v = ctx;
	if (!v->c->list_file || v->c->list_file(v->c->list_ctx, items, ret_path) != 0) {
		return fail(v, err, "the list of files could not be written");
	}
	return 0;
}

int job_values_init(struct job_values *v, struct job_context *c, struct arena *arena,
	uint32_t job, uint32_t attempt)
{
	const struct rule *rule = dag_rule(c->d, job);
	*v = (struct job_values){
		.c = c, .arena = arena, .rule = rule, .job = job, .attempt = attempt};
	v->renderer = (struct renderer){
		.resolve = resolve, .list_file = write_list, .ctx = v, .arena = arena};
	dag_values(c->d, job, v->wildcards);
	if (inputs_read(&c->reader, rule, v->wildcards) != INPUTS_OK) {
		return -1;
	}
	v->input_count = (uint32_t)c->reader.files.n;
	v->inputs = ARENA_ARRAY(arena, struct strview, v->input_count);
	v->input_entry = ARENA_ARRAY(arena, uint32_t, v->input_count);
	for (uint32_t i = 0; i < v->input_count; i++) {
		v->inputs[i] = dag_path(c->d, INPUT_FILE(c->reader.files.v[i].file));
		v->input_entry[i] = c->reader.files.v[i].entry;
	}
	v->products = ARENA_ARRAY(arena, struct strview, rule->product_count);
	for (uint32_t i = 0; i < rule->product_count; i++) {
		v->products[i] = dag_path(c->d, dag_products(c->d, job)[i]);
	}
	return 0;
}

int job_threads(struct job_values *v, int64_t *ret, struct render_error *err)
{
	if (!v->threads) {
		int64_t n = 1;
		struct value value = int_value(1);
		if (v->rule->threads) {
			struct strbuf sb = STRBUF_INIT;
			int rc = job_render(v, v->rule->threads, false, &sb, err);
			char *end;
			n = rc == 0 ? strtoll(sb.buf, &end, 10) : 0;
			bool whole = rc == 0 && sb.len && *end == '\0';
			strbuf_release(&sb);
			if (rc != 0) {
				return -1;
			}
			if (!whole) {
				return fail(v, err, "threads is not an integer");
			}
			value.i = n;
		}
		n = value.i < 1 ? 1 : value.i;
		v->threads = v->c->cores && n > v->c->cores ? v->c->cores : n;
	}
	*ret = v->threads;
	return 0;
}

int job_render(struct job_values *v, const struct text *t, bool as_path,
	struct strbuf *out, struct render_error *err)
{
	return template_render(&t->t, &v->renderer, as_path, out, err);
}
