#include "job/job_values.h"

#include <ftw.h>
#include <sys/stat.h>

#include "base/number.h"
#include "pattern/mark.h"
#include "workflow/config_ref.h"

void job_context_init(struct job_context *c, struct dag *d, struct diag_sink *sink)
{
	*c = (struct job_context){.d = d, .sink = sink};
	mark_make(c->mark);
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
	job_values_inputs(v);
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

/* A source of section 6 in params: one text, or a list. */
static int item_value(struct job_values *v, const struct item *item, struct value *ret,
	struct render_error *err)
{
	struct input_reader *in = &v->c->reader;
	uint32_t before = v->c->sink->errors;
	enum inputs_outcome rc =
		inputs_texts(in, v->rule, item, v->wildcards, &v->renderer);
	if (rc != INPUTS_OK) {
		return fail(v, err,
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
		return fail(v, err, "this param has not that many values");
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
			return fail(v, err, "there is no such value in this param");
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

/* A bare number or a size, a time, as a number of MB or minutes. */
static int with_unit(struct job_values *v, const struct resource *res,
	struct strview text, struct value *ret, struct render_error *err)
{
	int64_t x;
	double real;
	int rc = -1;
	switch (res->unit) {
	case UNIT_NONE:
		if (parse_i64(text, &x) == 0) {
			*ret = int_value(x);
		} else {
			*ret = text_value(text);
		}
		return 0;
	case UNIT_MB:
		rc = parse_size_mb(text, &x);
		break;
	case UNIT_MINUTES:
		rc = parse_minutes(text, &x);
		break;
	}
	if (rc != 0 && parse_double(text, &real) == 0 && real >= 0 && real < 9e15) {
		x = (int64_t)real;
		x += (double)x < real;
		rc = 0;
	}
	if (rc != 0) {
		return fail(v, err,
			arena_printf(v->arena,
				"resource " SV_FMT " cannot be \"" SV_FMT "\"",
				SV_ARG(res->name), SV_ARG(text)));
	}
	*ret = int_value(x);
	return 0;
}

int job_resource(
	struct job_values *v, uint32_t k, struct value *ret, struct render_error *err)
{
	const struct resource *res = &v->rule->resources[k];
	struct strbuf sb = STRBUF_INIT;
	bool mark_env = v->mark_env, hide_env = v->hide_env;
	if (res->unit != UNIT_NONE) {
		v->mark_env = v->hide_env = false; /* a number is wanted */
	}
	int rc = job_render(v, &res->value, false, &sb, err);
	v->mark_env = mark_env;
	v->hide_env = hide_env;
	struct strview text = arena_sv(v->arena, strbuf_sv(&sb));
	strbuf_release(&sb);
	return rc ? rc : with_unit(v, res, text, ret, err);
}

/* No deeper than the parser of templates allows. */
static unsigned late_expr(const struct expr *e)
{
	unsigned late = 0;
	if (e->op == EXPR_REF) {
		late = e->ref->kind == REF_INPUT_SIZE ? JOB_LATE_SIZE
		       : e->ref->kind == REF_ATTEMPT  ? JOB_LATE_ATTEMPT
						      : 0;
	}
	for (uint32_t i = 0; i < e->arg_count; i++) {
		late |= late_expr(e->args[i]);
	}
	return late;
}

static unsigned late_text(const struct text *t)
{
	unsigned late = 0;
	for (uint32_t i = 0; i < t->t.count; i++) {
		late |= t->t.pieces[i].kind == PIECE_EXPR ? late_expr(t->t.pieces[i].expr)
							  : 0;
	}
	return late;
}

unsigned job_is_late(const struct rule *rule)
{
	unsigned late = rule->threads ? late_text(rule->threads) : 0;
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		late |= late_text(&rule->resources[k].value);
	}
	return late;
}

static bool reads_size(const struct text *t)
{
	return late_text(t) & JOB_LATE_SIZE;
}

bool job_reads_sizes(const struct rule *rule)
{
	bool reads = job_is_late(rule) & JOB_LATE_SIZE;
	for (uint32_t k = 0; k < rule->argv_count && !reads; k++) {
		reads = reads_size(&rule->argv[k]);
	}
	for (uint32_t k = 0; k < rule->env_count && !reads; k++) {
		reads = reads_size(&rule->env[k].value);
	}
	return reads || (rule->command_kind == RULE_SHELL && reads_size(&rule->command));
}

/* --- sizes ---------------------------------------------------------------------------- */

/* nftw gives no context: the sum of the walk that is going on in this thread. */
static _Thread_local uint64_t walked_bytes;

static int add_size(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)path;
	(void)where;
	walked_bytes += kind == FTW_F ? (uint64_t)st->st_size : 0;
	return 0;
}

static uint64_t size_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		return 0;
	}
	if (!S_ISDIR(st.st_mode)) {
		return (uint64_t)st.st_size;
	}
	walked_bytes = 0;
	nftw(path, add_size, 16, FTW_PHYS);
	return walked_bytes;
}

static int64_t input_size_mb(struct job_values *v)
{
	if (v->size_mb < 0) {
		uint64_t bytes = 0;
		job_values_inputs(v);
		for (uint32_t i = 0; i < v->input_count; i++) {
			bytes += size_of(v->inputs[i].p);
		}
		v->size_mb = (int64_t)((bytes + 999999) / 1000000);
	}
	return v->size_mb;
}

/* In shell texts the shell itself puts the value in, so that no record holds it; in what
 * goes into them, or into the script of a cluster's job, a mark keeps its place. */
static int resolve_env(struct job_values *v, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	if (v->in_shell) {
		*ret = text_value(
			sv_from(arena_printf(v->arena, "$" SV_FMT, SV_ARG(ref->name))));
		ret->verbatim = true;
		return 0;
	}
	if (v->mark_env) {
		struct strbuf text = STRBUF_INIT;
		mark_add(&text, sv_from(v->c->mark), ref->name);
		*ret = text_value(arena_sv(v->arena, strbuf_sv(&text)));
		strbuf_release(&text);
		return 0;
	}
	if (v->hide_env) {
		*ret = text_value(
			sv_from(arena_printf(v->arena, "$" SV_FMT, SV_ARG(ref->name))));
		return 0;
	}
	const char *value = getenv(arena_sv(v->arena, ref->name).p);
	if (!value) {
		return fail(v, err, "this environment variable is not set");
	}
	*ret = text_value(sv_from(value));
	return 0;
}

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct job_values *v = ctx;
	bool in_shell = v->in_shell;
	int64_t threads;
	int rc;
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
		v->in_shell = false;
		rc = ref->name.n || ref->step_count ? resolve_param(v, ref, ret, err)
						    : all_params(v, ret, err);
		v->in_shell = in_shell;
		return rc;
	case REF_RESOURCES:
		return job_resource(v, ref->slot, ret, err);
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
		return config_ref_value(ref, &v->renderer, ret, err);
	case REF_WORKFLOW_DIR:
		*ret = text_value(v->rule->workflow_dir);
		ret->is_path = true;
		return 0;
	case REF_WORKDIR:
		*ret = text_value(v->c->d->wf->workdir);
		ret->is_path = true;
		return 0;
	case REF_ENV:
		return resolve_env(v, ref, ret, err);
	case REF_INPUT_SIZE:
		*ret = int_value(input_size_mb(v));
		return 0;
	case REF_EXTRA:
		break;
	}
	CW_BUG("reference of kind %d was let through", (int)ref->kind);
}

static int write_list(void *ctx, const struct value *items, struct strview *ret_path,
	struct render_error *err)
{
	struct job_values *v = ctx;
	struct strbuf text = STRBUF_INIT;
	uint32_t n = items->kind == VALUE_LIST ? items->count : 1;
	if (!v->c->write_file) {
		*ret_path = sv_from(arena_printf(v->arena, "LIST_OF_%u", (unsigned)n));
		return 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		mark_values(&text, sv_from(v->c->mark),
			items->kind == VALUE_LIST ? items->list[i] : items->text);
		strbuf_addch(&text, '\n');
	}
	const char *kind = arena_printf(v->arena, "list%u", (unsigned)v->lists++);
	int rc = v->c->write_file(v->c->write_ctx, v->job, v->attempt, kind,
		strbuf_sv(&text), v->arena, ret_path);
	strbuf_release(&text);
	return rc ? fail(v, err, "the list of files could not be written") : 0;
}

/* Whether the build took an optional input in. */
static bool is_dag_input(const struct dag *d, uint32_t job, uint32_t file)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (INPUT_FILE(in[i]) == file) {
			return true;
		}
	}
	return false;
}

/* Copied: the table of names moves when a job brings new ones. */
static void add_input(struct job_values *v, uint32_t file, uint32_t entry)
{
	v->inputs[v->input_count] = arena_sv(v->arena, dag_path(v->c->d, file));
	v->input_entry[v->input_count++] = entry;
}

static void need_room(struct job_values *v, size_t n)
{
	v->inputs = ARENA_ARRAY(v->arena, struct strview, n);
	v->input_entry = ARENA_ARRAY(v->arena, uint32_t, n);
}

/* Works the inputs out from the rule, as the build of the graph did. */
static int read_inputs(struct job_values *v)
{
	struct input_reader *in = &v->c->reader;
	struct arena_mark mark = arena_mark(&in->arena);
	enum inputs_outcome rc = inputs_read(in, v->rule, v->wildcards);
	arena_pop(&in->arena, mark);
	if (rc != INPUTS_OK) {
		return -1;
	}
	need_room(v, in->files.n);
	for (uint32_t i = 0; i < in->files.n; i++) {
		uint32_t file = in->files.v[i].file;
		if (!(file & INPUT_OPTIONAL) ||
			is_dag_input(v->c->d, v->job, INPUT_FILE(file))) {
			add_input(v, INPUT_FILE(file), in->files.v[i].entry);
		}
	}
	return 0;
}

void job_values_inputs(struct job_values *v)
{
	uint32_t n, open, told = 0, entry = 0, left = 0;
	const uint32_t *in = dag_inputs(v->c->d, v->job, &n);
	if (!v->inputs_due) {
		return;
	}
	v->inputs_due = false;
	rule_inputs_are_told(v->rule, &open);
	for (uint32_t i = 0; i < n; i++) {
		told += (in[i] & INPUT_TOLD) != 0;
	}
	uint32_t single = v->rule->input_count - (open < v->rule->input_count);
	cw_assert(n - told >= single);
	need_room(v, n - told);
	for (uint32_t i = 0; i < n; i++) {
		if (in[i] & INPUT_TOLD) {
			continue;
		}
		if (left == 0 && entry == open) {
			left = n - told - single; /* none: the entry is passed over */
			entry += left == 0;
		}
		add_input(v, INPUT_FILE(in[i]), entry);
		left -= left > 0;
		entry += left == 0;
	}
}

int job_values_init(struct job_values *v, struct job_context *c, struct arena *arena,
	uint32_t job, uint32_t attempt)
{
	const struct rule *rule = dag_rule(c->d, job);
	*v = (struct job_values){
		.c = c, .arena = arena, .rule = rule, .job = job, .attempt = attempt};
	v->size_mb = -1;
	v->renderer = (struct renderer){.resolve = resolve,
		.list_file = write_list,
		.ctx = v,
		.arena = arena,
		.mark = sv_from(c->mark)};
	dag_values(c->d, job, v->wildcards);
	uint32_t open;
	v->inputs_due = !c->d->wf->has_after && rule_inputs_are_told(rule, &open);
	if (!v->inputs_due && read_inputs(v) != 0) {
		return -1;
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
		bool remote = v->c->remote && !v->rule->localrule;
		int64_t most = remote ? v->c->remote_cores : v->c->cores;
		v->threads = most && n > most ? most : n;
	}
	*ret = v->threads;
	return 0;
}

int job_render(struct job_values *v, const struct text *t, bool as_path,
	struct strbuf *out, struct render_error *err)
{
	bool in_shell = v->in_shell, mark_env = v->mark_env;
	v->in_shell = t->t.shell;
	v->mark_env = mark_env || t->t.shell;
	int rc = template_render(&t->t, &v->renderer, as_path, out, err);
	v->in_shell = in_shell;
	v->mark_env = mark_env;
	return rc;
}

int job_depfile(
	struct job_context *c, struct arena *arena, uint32_t job, struct strview *ret)
{
	struct job_values v;
	struct strbuf path = STRBUF_INIT;
	struct render_error err = {0};
	const struct rule *rule = dag_rule(c->d, job);
	*ret = SV("");
	if (!rule->depfile) {
		return 0;
	}
	if (job_values_init(&v, c, arena, job, 1) != 0 ||
		job_render(&v, rule->depfile, true, &path, &err) != 0) {
		strbuf_release(&path);
		return -1;
	}
	*ret = arena_sv(arena, strbuf_sv(&path));
	strbuf_release(&path);
	return 0;
}
