#include "cli/cluster_words.h"

#include "pattern/place.h"
#include "workflow/config_ref.h"

/* One text being rendered. */
struct rendering {
	const struct cluster_settings *settings;
	struct arena *arena;
	struct job_values *values;      /* NULL: for status and cancel */
	const struct submit_request *q; /* NULL: likewise */
	const char *const *ids;
	uint32_t id_count;
	bool is_word; /* of `cluster:`: what the job lacks leaves it out */
	bool absent;
	bool has_script, has_id; /* the command names them */
	struct renderer renderer;
};

static struct value text_value(const char *text, bool is_path)
{
	return (struct value){
		.kind = VALUE_TEXT, .text = sv_from(text), .is_path = is_path};
}

static int fail(struct rendering *r, struct render_error *err, const char *fmt, ...)
	CW_PRINTF(3, 4);
static int fail(struct rendering *r, struct render_error *err, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	err->fault = RENDER_ERROR;
	err->text = arena_sv(r->arena, strbuf_sv(&text)).p;
	strbuf_release(&text);
	return -1;
}

/* The job has no such thing: the word goes, a template cannot do without. */
static int lack(struct rendering *r, const struct ref *ref, const char *what,
	struct value *ret, struct render_error *err)
{
	if (r->is_word) {
		r->absent = true;
		*ret = (struct value){.kind = VALUE_INT}; /* it may be reckoned with */
		return 0;
	}
	return fail(r, err,
		"rule \"" SV_FMT "\" has no %s \"" SV_FMT
		"\", which the submit command asks for; set it, or give --default-resources",
		SV_ARG(r->values->rule->name), what, SV_ARG(ref->name));
}

static int render(struct rendering *r, const struct cluster_text *text,
	struct strbuf *out, struct render_error *err)
{
	return template_render(&text->t, &r->renderer, false, out, err);
}

static int word_value(struct rendering *r, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	struct strview name = ref->steps[0].name;
	const struct cluster_word *w = cluster_word_find(r->settings, name);
	if (!w) {
		return fail(r, err,
			"there is no \"" SV_FMT "\" in `cluster:` of the profile",
			SV_ARG(name));
	}
	struct strbuf text = STRBUF_INIT;
	r->is_word = true;
	r->absent = false;
	int rc = render(r, &w->value, &text, err);
	r->is_word = false;
	*ret = text_value("", false);
	if (r->absent) {
		rc = 0;
	} else if (rc == 0) {
		ret->text = arena_sv(r->arena, strbuf_sv(&text));
	}
	strbuf_release(&text);
	return rc;
}

static int id_list(struct rendering *r, struct value *ret)
{
	struct strview *list = ARENA_ARRAY(r->arena, struct strview, r->id_count);
	for (uint32_t i = 0; i < r->id_count; i++) {
		list[i] = sv_from(r->ids[i]);
	}
	r->has_id = true;
	*ret = (struct value){.kind = VALUE_LIST, .list = list, .count = r->id_count};
	return 0;
}

static int extra_value(struct rendering *r, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	if (sv_eq_str(ref->name, "cluster")) {
		return word_value(r, ref, ret, err);
	}
	if (sv_eq_str(ref->name, "jobids")) {
		return id_list(r, ret);
	}
	if (sv_eq_str(ref->name, "jobscript")) {
		r->has_script = true;
		*ret = text_value(r->q->jobscript, true);
	} else if (sv_eq_str(ref->name, "name")) {
		*ret = text_value(r->q->name, false);
	} else if (sv_eq_str(ref->name, "tag")) {
		*ret = text_value(r->q->tag, false);
	} else if (sv_eq_str(ref->name, "joblog")) {
		*ret = text_value(r->q->log, true);
	} else if (sv_eq_str(ref->name, "array_size")) {
		if (r->q->array_size == 0) {
			return lack(r, ref, "value", ret, err);
		}
		*ret = (struct value){.kind = VALUE_INT, .i = r->q->array_size};
	} else {
		/* {dependencies}: what a job needs is done when it is submitted */
		*ret = (struct value){.kind = VALUE_LIST};
	}
	return 0;
}

/* The resource of one job of the submission. 1: its rule has none of that name. */
static int resource_of(struct job_values *v, struct strview name, struct value *ret,
	struct render_error *err)
{
	for (uint32_t k = 0; k < v->rule->resource_count; k++) {
		if (sv_eq(v->rule->resources[k].name, name)) {
			return job_resource(v, k, ret, err);
		}
	}
	return 1;
}

/* The same of a further job that runs in the submission: times add up, of the rest the
 * submission asks for the most, or for what the first job says that says anything. */
static void join_value(
	struct value *all, bool *have, const struct value *one, bool is_time)
{
	if (!*have) {
		*all = *one;
	} else if (all->kind == VALUE_INT && one->kind == VALUE_INT) {
		all->i = is_time ? all->i + one->i : one->i > all->i ? one->i : all->i;
	}
	*have = true;
}

static int resource_value(struct rendering *r, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	const struct submit_request *q = r->q;
	bool is_time = sv_eq_str(ref->name, "runtime"), have = false;
	for (uint32_t i = 0; i < q->count; i++) {
		struct job_values other, *v = r->values;
		struct value one;
		if (is_time && q->fill_minutes && i > 0) {
			break; /* its jobs are begun in that time, wherever they end */
		}
		if (i > 0 && job_values_init(&other, v->c, r->arena, q->members[i].job,
				     q->members[i].attempt) != 0) {
			return fail(
				r, err, "the inputs of a job could not be worked out");
		}
		int rc = resource_of(i ? &other : v, ref->name, &one, err);
		if (rc < 0) {
			return rc;
		}
		if (rc == 0) {
			join_value(ret, &have, &one, is_time);
		}
	}
	if (!have) {
		return lack(r, ref, "resource", ret, err);
	}
	if (is_time && ret->kind == VALUE_INT) {
		ret->i += q->fill_minutes;
	}
	return 0;
}

/* Of jobs that run one after the other the widest counts. */
static int threads_value(struct rendering *r, struct value *ret, struct render_error *err)
{
	int64_t most = 0;
	for (uint32_t i = 0; i < r->q->count; i++) {
		struct job_values other, *v = r->values;
		int64_t n;
		if (i > 0 && job_values_init(&other, v->c, r->arena, r->q->members[i].job,
				     r->q->members[i].attempt) != 0) {
			return fail(
				r, err, "the inputs of a job could not be worked out");
		}
		if (job_threads(i ? &other : v, &n, err) != 0) {
			return -1;
		}
		most = n > most ? n : most;
	}
	*ret = (struct value){.kind = VALUE_INT, .i = most};
	return 0;
}

/* The references of a rule are bound when it is read; these are looked up by name. */
static bool bind(const struct rule *rule, struct ref *ref)
{
	switch ((int)ref->kind) {
	case REF_WILDCARD:
		for (uint32_t i = 0; i < rule->wildcard_count; i++) {
			if (sv_eq(rule->wildcards[i], ref->name)) {
				ref->slot = i;
				return true;
			}
		}
		return false;
	case REF_PARAMS:
		for (uint32_t i = 0; i < rule->param_count; i++) {
			if (ref->name.n && sv_eq(rule->params[i].name, ref->name)) {
				ref->slot = i;
				return true;
			}
		}
		return false;
	case REF_INPUT:
		for (uint32_t i = 0; i < rule->input_count; i++) {
			if (sv_eq(rule->inputs[i].name, ref->name)) {
				ref->slot = i;
				return true;
			}
		}
		return !ref->name.n;
	default:
		return true;
	}
}

/* The stretch of products that {output}, {log}, {benchmark} or one name of them stands
 * for. */
static bool bind_products(const struct rule *rule, struct ref *ref)
{
	uint32_t from = 0, to = rule->output_count;
	if (ref->kind == REF_LOG) {
		from = to;
		to += rule->log_count;
	} else if (ref->kind == REF_BENCHMARK) {
		from = to + rule->log_count;
		to = rule->product_count;
	}
	ref->slot = from;
	ref->slot_count = to - from;
	if (!ref->name.n) {
		return to > from;
	}
	ref->slot_count = 0;
	for (uint32_t i = from; i < to; i++) {
		if (sv_eq(rule->products[i].name, ref->name)) {
			ref->slot = ref->slot_count ? ref->slot : i;
			ref->slot_count++;
		}
	}
	return ref->slot_count > 0;
}

static int env_value(struct rendering *r, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	const char *name = arena_sv(r->arena, ref->name).p, *value = getenv(name);
	if (!value) {
		return fail(r, err, "the environment has no %s", name);
	}
	*ret = text_value(value, false);
	return 0;
}

/* What belongs to the job. */
static int job_value(struct rendering *r, const struct ref *ref, struct value *ret,
	struct render_error *err)
{
	struct ref own = *ref;
	const struct rule *rule = r->values->rule;
	if (ref->kind == REF_OUTPUT || ref->kind == REF_LOG ||
		ref->kind == REF_BENCHMARK) {
		if (!bind_products(rule, &own)) {
			return lack(r, ref, "file", ret, err);
		}
	} else if (!bind(rule, &own)) {
		return lack(r, ref, ref->kind == REF_WILDCARD ? "wildcard" : "value", ret,
			err);
	} else if (ref->kind == REF_CONFIG) {
		own.bound = rule->config;
		own.slot = 0;
	}
	if (ref->kind == REF_CONFIG && !own.bound) {
		return lack(r, ref, "configuration for", ret, err);
	}
	return r->values->renderer.resolve(r->values, &own, ret, err);
}

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct rendering *r = ctx;
	if (ref->kind == REF_EXTRA) {
		return extra_value(r, ref, ret, err);
	}
	if (ref->kind == REF_ENV) {
		return env_value(r, ref, ret, err);
	}
	if (!r->values) {
		if (ref->kind == REF_JOBID) {
			r->has_id = true;
			*ret = text_value(r->id_count ? r->ids[0] : "", false);
			return 0;
		}
		return fail(r, err,
			"status and cancel commands may use {jobids}, {jobid}, "
			"{cluster.NAME} and {env.NAME} only");
	}
	if (ref->kind == REF_RESOURCES) {
		return resource_value(r, ref, ret, err);
	}
	if (ref->kind == REF_THREADS) {
		return threads_value(r, ret, err);
	}
	return job_value(r, ref, ret, err);
}

/* Says an error of rendering `text`. */
static int say(const struct render_error *err, const char *what, struct strbuf *error)
{
	strbuf_addf(error, "%s: %s", what, err->text ? err->text : "no value");
	return -1;
}

int cluster_words_submit(const struct cluster_settings *c, struct job_context *context,
	const struct submit_request *q, struct strbuf *out, struct strbuf *error)
{
	struct arena arena = ARENA_INIT;
	struct job_values values;
	struct render_error err = {0};
	struct rendering r = {.settings = c, .arena = &arena, .values = &values, .q = q};
	r.renderer = (struct renderer){.resolve = resolve, .ctx = &r, .arena = &arena};
	int rc = job_values_init(
		&values, context, &arena, q->members[0].job, q->members[0].attempt);
	if (rc != 0) {
		strbuf_addstr(error, "its inputs could not be worked out");
	} else if ((rc = render(&r, &c->submit, out, &err)) != 0) {
		rc = say(&err, "the submit command", error);
	} else if (!r.has_script) {
		strbuf_addch(out, ' ');
		shell_quote(out, sv_from(q->jobscript));
	}
	arena_release(&arena);
	return rc;
}

int cluster_words_ids(const struct cluster_settings *c, const struct cluster_text *text,
	const char *const *ids, uint32_t count, struct strbuf *out, struct strbuf *error)
{
	struct arena arena = ARENA_INIT;
	struct render_error err = {0};
	struct rendering r = {
		.settings = c, .arena = &arena, .ids = ids, .id_count = count};
	r.renderer = (struct renderer){.resolve = resolve, .ctx = &r, .arena = &arena};
	int rc = render(&r, text, out, &err);
	if (rc != 0) {
		rc = say(&err, "its template", error);
	}
	for (uint32_t i = 0; rc == 0 && !r.has_id && i < count; i++) {
		strbuf_addch(out, ' ');
		shell_quote(out, sv_from(ids[i]));
	}
	arena_release(&arena);
	return rc;
}
