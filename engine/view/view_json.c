#include "base/json_writer.h"
#include "view/out.h"
#include "view/view.h"

static void add_files(struct json_writer *j, const struct dag *d, const char *key,
	const uint32_t *files, uint32_t n)
{
	json_key(j, key);
	json_array(j);
	for (uint32_t i = 0; i < n; i++) {
		json_string(j, dag_path(d, INPUT_FILE(files[i])));
	}
	json_end(j);
}

static void add_job(struct json_writer *j, const struct plan *p, uint32_t job)
{
	struct strview values[WILDCARDS_MOST];
	const struct rule *rule = dag_rule(p->d, job);
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	dag_values(p->d, job, values);
	json_object(j);
	json_key_int(j, "id", job);
	json_key_string(j, "rule", rule->name);
	json_key(j, "wildcards");
	json_object(j);
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		json_key_string(j, rule->wildcards[i].p, values[i]);
	}
	json_end(j);
	add_files(j, p->d, "input", in, n);
	add_files(j, p->d, "output", dag_products(p->d, job), rule->output_count);
	json_key_bool(j, "runs", p->reasons[job] != 0);
	if (p->reasons[job]) {
		struct strbuf reason = STRBUF_INIT;
		plan_reason_text(p, job, &reason);
		if (p->maybe && p->maybe[job]) {
			json_key_bool(j, "if_changed", true);
		}
		json_key_string(j, "reason", strbuf_sv(&reason));
		strbuf_release(&reason);
	}
	json_end(j);
}

static void add_edges(struct json_writer *j, const struct dag *d, uint32_t job)
{
	uint32_t n, before = DAG_NONE;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t maker = d->producer[INPUT_FILE(in[i])];
		if (maker != DAG_NONE && maker != before) {
			json_array(j);
			json_int(j, maker);
			json_int(j, job);
			json_end(j);
			before = maker;
		}
	}
}

int view_dag_json(const struct plan *p, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct json_writer j;
	int rc = 0;
	json_init(&j, &sb);
	json_object(&j);
	json_key(&j, "jobs");
	json_array(&j);
	for (uint32_t i = 0; i < p->d->job_count && rc == 0; i++) {
		add_job(&j, p, i);
		rc = flush(&sb, to, FLUSH_AT);
	}
	json_end(&j);
	json_key(&j, "edges");
	json_array(&j);
	for (uint32_t i = 0; i < p->d->job_count && rc == 0; i++) {
		add_edges(&j, p->d, i);
		rc = flush(&sb, to, FLUSH_AT);
	}
	json_end(&j);
	json_end(&j);
	strbuf_addch(&sb, '\n');
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	return rc;
}
