/* What was done: the run of the engine, of the workflow, of each job. */
#include "view/crate_parts.h"

enum status { COMPLETED, FAILED, ACTIVE };

static void add_status(struct crate *c, enum status status, struct strview error)
{
	static const char *const words[] = {"http://schema.org/CompletedActionStatus",
		"http://schema.org/FailedActionStatus",
		"http://schema.org/ActiveActionStatus"};
	struct json_writer *j = &c->j;
	json_key_string(j, "actionStatus", sv_from(words[status]));
	if (status == FAILED && error.n) {
		json_key_string(j, "error", error);
	}
}

/* Files and params of a job as references; a file that is twice among its inputs is one. */
static void add_inputs(struct crate *c, const struct known_job *job, struct hashmap *seen,
	uint32_t bar, const struct row_job *row)
{
	struct crate_refs refs;
	crate_refs_begin(&refs, &c->j, "object");
	for (uint32_t k = 0; k < job->input_count; k++) {
		uint32_t file = c->file_of.v[c->s->inputs.v[job->inputs + k].file];
		if (hashmap_get(seen, file) != bar) {
			hashmap_set(seen, file, bar);
			crate_refs_add(&refs, c->files.v[file].id);
		}
	}
	crate_add_param_refs(c, &refs, bar, row);
	crate_refs_end(&refs);
}

static void add_outputs(struct crate *c, const struct known_job *job)
{
	struct crate_refs refs;
	struct json_writer *j = &c->j;
	if (!job->output_count) {
		return;
	}
	crate_refs_begin(&refs, j, "result");
	for (uint32_t k = 0; k < job->output_count; k++) {
		uint32_t file = c->file_of.v[c->s->outputs.v[job->outputs + k]];
		crate_refs_add(&refs, c->files.v[file].id);
	}
	crate_refs_end(&refs);
}

/* A job and the step that it was of; the second follows when the first is whole. */
static void begin_job(struct crate *c, uint32_t bar, struct strview rule,
	struct strview wildcards, struct strview command)
{
	struct json_writer *j = &c->j;
	struct strbuf name = STRBUF_INIT;
	char id[32];
	snprintf(id, sizeof(id), "#job/%u", (unsigned)bar + 1);
	c->rule_of[bar] = intern_put(&c->rules, rule.p, rule.n);
	if (c->rule_of[bar] == c->known.n) {
		vec_push(&c->known, workflow_rule(c->p->d->wf, rule));
	}
	crate_entity(c, id, "CreateAction");
	strbuf_addf(&name, SV_FMT "%s" SV_FMT, SV_ARG(rule), wildcards.n ? " " : "",
		SV_ARG(wildcards));
	json_key_string(j, "name", strbuf_sv(&name));
	if (command.n) {
		json_key_string(j, "description", command);
	}
	strbuf_reset(&name);
	strbuf_addf(&name, "#rule/" SV_FMT, SV_ARG(rule));
	crate_ref(j, "instrument", name.buf);
	crate_ref(j, "agent", "#agent");
	crate_time(j, "startTime", c->run.bars.v[bar].start_ns);
	crate_time(j, "endTime", c->run.bars.v[bar].end_ns);
	strbuf_release(&name);
}

static void end_job(
	struct crate *c, uint32_t bar, struct strview rule, enum status status)
{
	struct json_writer *j = &c->j;
	struct strbuf text = STRBUF_INIT;
	char id[32];
	crate_end(c);
	snprintf(id, sizeof(id), "#control/%u", (unsigned)bar + 1);
	crate_entity(c, id, "ControlAction");
	strbuf_addf(&text, "orchestrate " SV_FMT, SV_ARG(rule));
	json_key_string(j, "name", strbuf_sv(&text));
	strbuf_reset(&text);
	strbuf_addf(&text, "#step/" SV_FMT, SV_ARG(rule));
	crate_ref(j, "instrument", text.buf);
	snprintf(id, sizeof(id), "#job/%u", (unsigned)bar + 1);
	crate_ref(j, "object", id);
	add_status(c, status, SV(""));
	crate_end(c);
	strbuf_release(&text);
}

struct put {
	struct crate *c;
	struct hashmap seen; /* file -> bar that had it last */
};

static void put_job(void *ctx, const struct row_job *row)
{
	struct put *p = ctx;
	struct crate *c = p->c;
	uint32_t bar = row->id < c->run.bar_of.n ? c->run.bar_of.v[row->id] : STATE_NONE;
	if (bar == STATE_NONE || c->rc != 0) {
		return;
	}
	const struct known_job *job = &c->s->jobs.v[row->id];
	begin_job(c, bar, row->rule, row->wildcards, row->command);
	add_inputs(c, job, &p->seen, bar, row);
	add_outputs(c, job);
	add_status(c, COMPLETED, SV(""));
	end_job(c, bar, row->rule, COMPLETED);
	crate_add_params(c, bar, row);
}

static void put_failures(struct crate *c)
{
	struct strbuf error = STRBUF_INIT;
	for (uint32_t i = 0; i < c->run.bars.n && c->rc == 0; i++) {
		if (c->run.bars.v[i].failure == STATE_NONE) {
			continue;
		}
		const struct failure *f =
			&c->run.failures.list.v[c->run.bars.v[i].failure];
		begin_job(c, i, f->rule, f->wildcards, f->command);
		strbuf_reset(&error);
		strbuf_addsv(&error, f->reason);
		if (f->tail.n) {
			strbuf_addf(&error, "\n" SV_FMT, SV_ARG(f->tail));
		}
		add_status(c, FAILED, strbuf_sv(&error));
		end_job(c, i, f->rule, FAILED);
	}
	strbuf_release(&error);
}

/* Files that the run as a whole began with, or gave. */
static void add_files_of_run(struct crate *c, const char *key, bool results)
{
	struct crate_refs refs;
	struct json_writer *j = &c->j;
	crate_refs_begin(&refs, j, key);
	for (size_t i = 0; i < c->files.n; i++) {
		const struct crate_file *f = &c->files.v[i];
		if (results ? f->result : f->used && !f->made) {
			crate_refs_add(&refs, f->id);
		}
	}
	crate_refs_end(&refs);
}

static void add_workflow_run(struct crate *c, enum status status, struct strview error)
{
	struct json_writer *j = &c->j;
	struct strbuf text = STRBUF_INIT;
	crate_entity(c, "#run", "CreateAction");
	strbuf_addf(&text, "Run of " SV_FMT, SV_ARG(c->row.workflow));
	json_key_string(j, "name", strbuf_sv(&text));
	strbuf_reset(&text);
	strbuf_addf(&text, "cwflow " SV_FMT " on " SV_FMT, SV_ARG(c->row.arguments),
		SV_ARG(c->row.host));
	if (c->row.commit.n) {
		strbuf_addf(&text, ", git commit " SV_FMT "%s", SV_ARG(c->row.commit),
			c->row.dirty > 0 ? " with changes" : "");
	}
	json_key_string(j, "description", strbuf_sv(&text));
	if (c->workflow != STATE_NONE) {
		crate_ref(j, "instrument", c->files.v[c->workflow].id);
	}
	crate_ref(j, "agent", "#agent");
	crate_time(j, "startTime", c->run.begin_ns);
	crate_time(j, "endTime", c->run.end_ns);
	add_files_of_run(c, "object", false);
	add_files_of_run(c, "result", true);
	add_status(c, status, error);
	crate_end(c);
	strbuf_release(&text);
}

static void add_engine_run(struct crate *c, enum status status)
{
	struct crate_refs refs;
	struct json_writer *j = &c->j;
	struct strbuf text = STRBUF_INIT;
	crate_entity(c, "#engine-run", "OrganizeAction");
	strbuf_addf(&text, "Run of cwflow " SV_FMT, SV_ARG(c->row.engine));
	json_key_string(j, "name", strbuf_sv(&text));
	crate_ref(j, "instrument", "#cwflow");
	crate_ref(j, "agent", "#agent");
	crate_time(j, "startTime", c->run.begin_ns);
	crate_time(j, "endTime", c->run.end_ns);
	crate_refs_begin(&refs, j, "object");
	for (uint32_t i = 0; i < c->run.bars.n; i++) {
		char id[32];
		snprintf(id, sizeof(id), "#control/%u", (unsigned)i + 1);
		crate_refs_add(&refs, id);
	}
	crate_refs_end(&refs);
	crate_ref(j, "result", "#run");
	add_status(c, status, SV(""));
	crate_end(c);
	strbuf_release(&text);
}

void crate_add_run(struct crate *c)
{
	struct put p = {.c = c};
	char error[64] = "";
	enum status status = c->run.end_ns == 0 && c->o->run_goes_on ? ACTIVE : FAILED;
	status = c->run.end_ns && c->run.status == 0 ? COMPLETED : status;
	hashmap_init(&p.seen);
	if (state_each_job(c->s, put_job, &p) != 0) {
		c->rc = -1;
	}
	put_failures(c);
	if (c->run.end_ns == 0) {
		snprintf(error, sizeof(error), "it did not say that it ended");
	} else if (c->run.status != 0) {
		snprintf(error, sizeof(error), "exit status %d", (int)c->run.status);
	}
	add_workflow_run(c, status, sv_from(error));
	add_engine_run(c, status);
	hashmap_release(&p.seen);
}
