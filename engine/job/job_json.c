#include "job/job_json.h"

#include "base/json_writer.h"

struct json_job {
	struct job_values *v;
	struct json_writer j;
	struct render_error *err;
};

static void add_value(struct json_writer *j, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
		json_int(j, v->i);
		break;
	case VALUE_REAL:
		json_double(j, v->real);
		break;
	case VALUE_TEXT:
		json_string(j, v->text);
		break;
	case VALUE_LIST:
		json_array(j);
		for (uint32_t i = 0; i < v->count; i++) {
			json_string(j, v->list[i]);
		}
		json_end(j);
		break;
	}
}

static void key_of(struct json_job *x, struct strview name)
{
	json_key(&x->j, arena_sv(x->v->arena, name).p);
}

static void add_wildcards(struct json_job *x)
{
	const struct rule *rule = x->v->rule;
	json_key(&x->j, "wildcards");
	json_object(&x->j);
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		key_of(x, rule->wildcards[i]);
		json_string(&x->j, x->v->wildcards[i]);
	}
	json_end(&x->j);
}

static void add_list(struct json_job *x, const struct strview *v, uint32_t n)
{
	json_array(&x->j);
	for (uint32_t i = 0; i < n; i++) {
		json_string(&x->j, v[i]);
	}
	json_end(&x->j);
}

/* Named ones: a text where one path is written, a list elsewhere. */
static void add_inputs(struct json_job *x)
{
	const struct rule *rule = x->v->rule;
	json_key(&x->j, "input");
	json_object(&x->j);
	json_key(&x->j, "all");
	job_values_inputs(x->v);
	add_list(x, x->v->inputs, x->v->input_count);
	json_key(&x->j, "named");
	json_object(&x->j);
	uint32_t from = 0;
	for (uint32_t e = 0; e < rule->input_count; e++) {
		uint32_t to = from;
		while (to < x->v->input_count && x->v->input_entry[to] == e) {
			to++;
		}
		if (rule->inputs[e].name.n) {
			key_of(x, rule->inputs[e].name);
			if (rule->inputs[e].item.kind == ITEM_PATH && to - from == 1) {
				json_string(&x->j, x->v->inputs[from]);
			} else {
				add_list(x, x->v->inputs + from, to - from);
			}
		}
		from = to;
	}
	json_end(&x->j);
	json_end(&x->j);
}

static void add_products(
	struct json_job *x, const char *key, uint32_t from, uint32_t count)
{
	const struct product *p = x->v->rule->products;
	json_key(&x->j, key);
	json_object(&x->j);
	json_key(&x->j, "all");
	add_list(x, x->v->products + from, count);
	json_key(&x->j, "named");
	json_object(&x->j);
	for (uint32_t i = from; i < from + count;) {
		uint32_t to = i + 1;
		while (p[i].name.n && to < from + count && sv_eq(p[to].name, p[i].name)) {
			to++;
		}
		if (p[i].name.n) {
			key_of(x, p[i].name);
			if (to - i == 1) {
				json_string(&x->j, x->v->products[i]);
			} else {
				add_list(x, x->v->products + i, to - i);
			}
		}
		i = to;
	}
	json_end(&x->j);
	json_end(&x->j);
}

/* Nesting is bounded by the YAML reader. */
static int add_param(struct json_job *x, const struct param *p)
{
	bool nested = p->kind == PARAM_MAP;
	for (uint32_t i = 0; p->kind == PARAM_LIST && i < p->item_count; i++) {
		nested |= p->items[i].kind == PARAM_MAP || p->items[i].kind == PARAM_LIST;
	}
	if (!nested) {
		struct value value;
		if (job_param(x->v, p, &value, x->err) != 0) {
			return -1;
		}
		add_value(&x->j, &value);
		return 0;
	}
	if (p->kind == PARAM_MAP) {
		json_object(&x->j);
	} else {
		json_array(&x->j);
	}
	int rc = 0;
	for (uint32_t i = 0; i < p->item_count && rc == 0; i++) {
		if (p->kind == PARAM_MAP) {
			key_of(x, p->items[i].name);
		}
		rc = add_param(x, &p->items[i]);
	}
	json_end(&x->j);
	return rc;
}

/* By name; those without one by their number. */
static int add_params(struct json_job *x)
{
	const struct rule *rule = x->v->rule;
	json_key(&x->j, "params");
	json_object(&x->j);
	for (uint32_t i = 0; i < rule->param_count; i++) {
		const struct param *p = &rule->params[i];
		if (p->name.n) {
			key_of(x, p->name);
		} else {
			json_key(&x->j, arena_printf(x->v->arena, "%u", (unsigned)i));
		}
		if (add_param(x, p) != 0) {
			return -1;
		}
	}
	json_end(&x->j);
	return 0;
}

static int add_resources(struct json_job *x)
{
	const struct rule *rule = x->v->rule;
	json_key(&x->j, "resources");
	json_object(&x->j);
	for (uint32_t i = 0; i < rule->resource_count; i++) {
		struct value value;
		if (job_resource(x->v, i, &value, x->err) != 0) {
			return -1;
		}
		key_of(x, rule->resources[i].name);
		add_value(&x->j, &value);
	}
	json_end(&x->j);
	return 0;
}

static void add_config(struct json_job *x, const struct config *c)
{
	if (c->kind == CONFIG_TEXT) {
		json_string(&x->j, c->text);
		return;
	}
	if (c->kind == CONFIG_MAP) {
		json_object(&x->j);
	} else {
		json_array(&x->j);
	}
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->kind == CONFIG_MAP) {
			key_of(x, c->keys[i]);
		}
		add_config(x, c->items[i]);
	}
	json_end(&x->j);
}

static int add_all(struct json_job *x)
{
	const struct rule *rule = x->v->rule;
	int64_t threads;
	json_object(&x->j);
	json_key_string(&x->j, "rule", rule->name);
	add_wildcards(x);
	add_inputs(x);
	add_products(x, "output", 0, rule->output_count);
	add_products(x, "log", rule->output_count, rule->log_count);
	if (job_threads(x->v, &threads, x->err) != 0) {
		return -1;
	}
	json_key_int(&x->j, "threads", threads);
	if (add_resources(x) != 0 || add_params(x) != 0) {
		return -1;
	}
	json_key(&x->j, "config");
	if (rule->config) {
		add_config(x, rule->config);
	} else {
		json_object(&x->j);
		json_end(&x->j);
	}
	json_key_int(&x->j, "attempt", x->v->attempt);
	json_end(&x->j);
	return 0;
}

int job_json(struct job_values *v, struct strview *ret, struct render_error *err)
{
	struct strbuf out = STRBUF_INIT;
	struct json_job x = {.v = v, .err = err};
	json_init(&x.j, &out);
	x.j.keep_bytes = true; /* names of files are to be found again */
	int rc = add_all(&x);
	if (rc == 0) {
		*ret = arena_sv(v->arena, strbuf_sv(&out));
	}
	strbuf_release(&out);
	return rc;
}
