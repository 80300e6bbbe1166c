#include "job/job_values.h"

#include "base/number.h"
#include "job/job_values_impl.h"
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

int job_fail(struct job_values *v, struct render_error *err, const char *text)
{
	err->fault = RENDER_ERROR;
	err->text = arena_strdup(v->arena, text);
	return -1;
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
		return job_fail(v, err, "there are not that many files");
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
		return job_fail(v, err,
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
		return job_fail(v, err, "this environment variable is not set");
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
		rc = job_params_resolve(v, ref, ret, err);
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
		*ret = text_value(workflow_dir_of(ref, v->rule->workflow_dir));
		ret->is_path = true;
		return 0;
	case REF_WORKDIR:
		*ret = text_value(v->c->d->wf->workdir);
		ret->is_path = true;
		return 0;
	case REF_ENV:
		return resolve_env(v, ref, ret, err);
	case REF_INPUT_SIZE:
		*ret = int_value(job_inputs_size_mb(v));
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
	return rc ? job_fail(v, err, "the list of files could not be written") : 0;
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
	if (job_inputs_init(v) != 0) {
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
				return job_fail(v, err, "threads is not an integer");
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
