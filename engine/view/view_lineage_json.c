#include "base/json_writer.h"
#include "state/content.h"
#include "view/lineage.h"
#include "view/out.h"

static void add_file(struct lineage *l, struct json_writer *j, uint32_t file,
	struct content c, bool with_size)
{
	struct strbuf text = STRBUF_INIT;
	content_text(c, &text);
	json_object(j);
	json_key_string(j, "path", lineage_path(l, file));
	json_key_string(j, "digest", strbuf_sv(&text));
	if (with_size) {
		json_key_int(j, "size", l->s->files.v[file].stamp.size);
	}
	json_end(j);
	strbuf_release(&text);
}

static void add_time(struct json_writer *j, const char *key, int64_t ns)
{
	struct strbuf text = STRBUF_INIT;
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	char date[64];
	if (gmtime_r(&t, &tm) && strftime(date, sizeof(date), "%FT%T", &tm)) {
		strbuf_addf(&text, "%s.%03dZ", date, (int)(ns / 1000000 % 1000));
	}
	json_key_string(j, key, strbuf_sv(&text));
	strbuf_release(&text);
}

static void add_job(struct lineage *l, struct json_writer *j, uint32_t id)
{
	const struct state *s = l->s;
	const struct known_job *job = &s->jobs.v[id];
	struct row_job row;
	json_object(j);
	if (state_job(l->s, id, &row) > 0) {
		json_key_string(j, "rule", row.rule);
		json_key_string(j, "wildcards", row.wildcards);
		json_key_string(j, "command", row.command);
		json_key_string(j, "settings", row.param_text);
		add_time(j, "started", row.start_ns);
		add_time(j, "ended", row.end_ns);
		if (row.seconds >= 0) {
			json_key_double(j, "seconds", row.seconds);
			json_key_double(j, "cpu_seconds", row.user_s + row.sys_s);
			json_key_int(j, "max_rss_kb", row.max_rss_kb);
		}
		json_key_int(j, "threads", row.threads);
		json_key_int(j, "attempt", row.attempt);
		json_key_int(j, "run", job->run);
	}
	json_key(j, "outputs");
	json_array(j);
	for (uint32_t k = 0; k < job->output_count; k++) {
		uint32_t file = s->outputs.v[job->outputs + k];
		add_file(l, j, file, s->files.v[file].content, true);
	}
	json_end(j);
	json_key(j, "inputs");
	json_array(j);
	for (uint32_t k = 0; k < job->input_count; k++) {
		const struct seen_input *in = &s->inputs.v[job->inputs + k];
		add_file(l, j, in->file, (struct content){in->digest, in->kind}, false);
	}
	json_end(j);
	json_end(j);
}

static void add_run(struct lineage *l, struct json_writer *j, uint32_t id)
{
	struct row_run run;
	if (state_run(l->s, id, &run) <= 0) {
		return;
	}
	json_object(j);
	json_key_int(j, "run", id);
	add_time(j, "started", run.start_ns);
	json_key_string(j, "host", run.host);
	json_key_string(j, "user", run.user);
	json_key_string(j, "cwflow", run.engine);
	json_key_string(j, "arguments", run.arguments);
	json_key_string(j, "workflow", run.workflow);
	if (run.commit.n) {
		json_key_string(j, "commit", run.commit);
		json_key_string(j, "remote", run.remote);
		json_key(j, "dirty");
		if (run.dirty < 0) {
			json_null(j);
		} else {
			json_bool(j, run.dirty > 0);
		}
	}
	if (run.modules.n) {
		json_key_string(j, "modules", run.modules);
	}
	json_end(j);
}

/* The runs of the jobs, each once. */
static void add_runs(struct lineage *l, struct json_writer *j)
{
	struct hashmap known;
	hashmap_init(&known);
	json_key(j, "runs");
	json_array(j);
	for (size_t i = 0; i < l->jobs.n; i++) {
		uint32_t run = l->s->jobs.v[l->jobs.v[i]].run;
		if (hashmap_set(&known, run, 0) == HASHMAP_NONE) {
			add_run(l, j, run);
		}
	}
	json_end(j);
	hashmap_release(&known);
}

int view_lineage_json(struct lineage *l, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct json_writer j;
	int rc = 0;
	json_init(&j, &sb);
	json_object(&j);
	json_key(&j, "jobs");
	json_array(&j);
	for (size_t i = 0; i < l->jobs.n && rc == 0; i++) {
		add_job(l, &j, l->jobs.v[i]);
		rc = flush(&sb, to, FLUSH_AT);
	}
	json_end(&j);
	json_key(&j, "sources");
	json_array(&j);
	for (size_t i = 0; i < l->sources.n && rc == 0; i++) {
		const struct seen_input *in = &l->sources.v[i];
		add_file(l, &j, in->file, (struct content){in->digest, in->kind}, true);
		rc = flush(&sb, to, FLUSH_AT);
	}
	json_end(&j);
	add_runs(l, &j);
	json_end(&j);
	strbuf_addch(&sb, '\n');
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	return rc;
}
