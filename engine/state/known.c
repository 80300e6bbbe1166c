#include "state/known.h"

#define FILL(vec, count, none)                                                           \
	while ((vec)->n < (size_t)(count)) {                                             \
		vec_push(vec, none);                                                     \
	}

static const struct known_file no_file = {.stamp = {-1, -1}, .job = STATE_NONE};

void known_link(struct state *s, uint32_t file, uint32_t number)
{
	FILL(&s->number_of, (size_t)file + 1, STATE_NONE);
	s->number_of.v[file] = number;
	if (number != STATE_NONE) {
		FILL(&s->file_of, (size_t)number + 1, STATE_NONE);
		s->file_of.v[number] = file;
	}
}

static void put_file(struct state *s, const struct row_file *row)
{
	bool known = row->id < s->number_of.n;
	FILL(&s->files, (size_t)row->id + 1, no_file);
	s->files.v[row->id] = (struct known_file){
		row->stamp, row->dev, row->ino, row->content, row->job};
	if (!known || s->number_of.v[row->id] == STATE_NONE) {
		known_link(s, row->id, s->names.number(s->names.ctx, row->path));
	}
}

static void drop_start(struct state *s, uint32_t job)
{
	for (size_t i = 0; i < s->unfinished.n; i++) {
		if (s->unfinished.v[i].job == job) {
			s->unfinished.v[i] = vec_last(&s->unfinished);
			s->unfinished.n--;
			return;
		}
	}
}

static void put_job(struct state *s, const struct row_job *row)
{
	static const struct known_job none;
	FILL(&s->jobs, (size_t)row->id + 1, none);
	struct known_job *job = &s->jobs.v[row->id];
	*job = (struct known_job){.run = row->run,
		.version = row->version,
		.rule_version = row->rule_version,
		.code = row->code,
		.params = row->params,
		.software = row->software,
		.inputs = s->inputs.n,
		.outputs = s->outputs.n,
		.input_count = row_input_count(row),
		.output_count = row_output_count(row),
		.start_ns = row->start_ns,
		.end_ns = row->end_ns,
		.seconds = row->seconds,
		.max_rss_kb = row->max_rss_kb};
	vec_reserve(&s->inputs, job->input_count);
	vec_reserve(&s->outputs, job->output_count);
	for (uint32_t i = 0; i < job->input_count; i++) {
		s->inputs.v[s->inputs.n++] = row_input(row, i);
	}
	for (uint32_t i = 0; i < job->output_count; i++) {
		s->outputs.v[s->outputs.n++] = row_output(row, i);
	}
	if (s->unfinished.n) {
		drop_start(s, row->id);
	}
}

static void put_start(struct state *s, const struct row_start *row)
{
	drop_start(s, row->job);
	struct unfinished u = {.job = row->job,
		.run = row->run,
		.start_ns = row->start_ns,
		.paths = s->unfinished_files.n};
	static const struct known_job none;
	FILL(&s->jobs, (size_t)row->job + 1, none);
	for (size_t at = 0; at < row->paths.n;) {
		struct strview path = sv_from(row->paths.p + at);
		uint32_t number = s->names.number(s->names.ctx, path);
		at += path.n + 1;
		if (number != STATE_NONE) {
			vec_push(&s->unfinished_files, number);
			u.count++;
		}
	}
	vec_push(&s->unfinished, u);
}

void known_put(struct state *s, enum row_kind kind, const union any_row *row)
{
	switch (kind) {
	case ROW_RUN:
		if (row->run.id >= s->last_run) {
			s->last_run = row->run.id;
			s->was_killed = row->run.end_ns == 0;
		}
		break;
	case ROW_FILE:
		put_file(s, &row->file);
		break;
	case ROW_JOB:
		put_job(s, &row->job);
		break;
	case ROW_START:
		put_start(s, &row->start);
		break;
	case ROW_DROP:
		drop_start(s, row->drop.job);
		break;
	case ROW_KINDS:
		break;
	}
}

void known_put_all(struct state *s, struct strview payload)
{
	enum row_kind kind;
	union any_row row;
	while (row_decode(&payload, &kind, &row) > 0) {
		known_put(s, kind, &row);
	}
}

void known_clear(struct state *s)
{
	vec_release(&s->files);
	vec_release(&s->number_of);
	vec_release(&s->file_of);
	vec_release(&s->jobs);
	vec_release(&s->inputs);
	vec_release(&s->outputs);
	vec_release(&s->unfinished);
	vec_release(&s->unfinished_files);
	s->last_run = 0;
	s->was_killed = false;
	s->found = false;
}
