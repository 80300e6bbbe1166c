#include "state/known.h"

#include <sys/mman.h>

#include "base/hash.h"

static const struct known_file no_file = {.stamp = {-1, -1}, .job = STATE_NONE};

void *known_grow(struct state *s, enum snapshot_part part, void *v, size_t used,
	size_t *cap, size_t need, size_t size)
{
	struct snapshot_memory *m = &s->snapshot.part[part];
	if (!v || m->p != v) {
		return vec_grow(v, cap, need, size);
	}
	void *mine = vec_grow(NULL, cap, need, size);
	memcpy(mine, v, used);
	munmap(m->p, m->reserved);
	m->p = NULL;
	return mine;
}

/* Lists grow to `count` elements that are `none`. */
#define FILL(s, part, vec, count, none)                                                  \
	while ((vec)->n < (size_t)(count)) {                                             \
		known_room(s, part, vec, 1);                                             \
		(vec)->v[(vec)->n++] = (none);                                           \
	}

void known_link(struct state *s, uint32_t file, uint32_t number)
{
	FILL(s, SNAPSHOT_NUMBERS, &s->number_of, (size_t)file + 1, STATE_NONE);
	s->number_of.v[file] = number;
	if (number != STATE_NONE) {
		while (s->file_of.n <= number) {
			vec_push(&s->file_of, STATE_NONE);
		}
		s->file_of.v[number] = file;
	}
}

/* A file gets the caller's number, or may get one later. */
static void find_number(struct state *s, uint32_t file, struct strview path)
{
	uint32_t number = s->names.number(s->names.ctx, path);
	known_link(s, file, number);
	if (number == STATE_NONE && s->names.more) {
		hashmap_set(&s->unnumbered, hash64(path.p, path.n), file);
	}
}

/* One list that lies in the snapshot. */
#define ADOPT(s, part_, vec)                                                             \
	do {                                                                             \
		struct snapshot_memory *m_ = &(s)->snapshot.part[part_];                 \
		(vec)->v = (void *)m_->p;                                                \
		(vec)->n = m_->n / sizeof(*(vec)->v);                                    \
		(vec)->cap = m_->reserved / sizeof(*(vec)->v);                           \
	} while (0)

void known_adopt(struct state *s)
{
	ADOPT(s, SNAPSHOT_FILES, &s->files);
	ADOPT(s, SNAPSHOT_NUMBERS, &s->number_of);
	ADOPT(s, SNAPSHOT_JOBS, &s->jobs);
	ADOPT(s, SNAPSHOT_INPUTS, &s->inputs);
	ADOPT(s, SNAPSHOT_OUTPUTS, &s->outputs);
	const struct state_names *names = &s->names;
	size_t count = names->count ? names->count(names->ctx) : 0;
	vec_reserve(&s->file_of, count);
	if (count) {
		memset(s->file_of.v, 0xff, count * sizeof(*s->file_of.v));
	}
	s->file_of.n = count;
	const char *path = s->snapshot.part[SNAPSHOT_PATHS].p;
	for (uint32_t id = 0; id < s->files.n; id++) {
		struct strview text = sv_from(path);
		uint32_t number = s->number_of.v[id];
		path += text.n + 1;
		if (!text.n) {
			known_link(s, id, STATE_NONE);
		} else if (number >= count || !names->is(names->ctx, number, text)) {
			find_number(s, id, text);
		} else {
			s->file_of.v[number] = id;
		}
	}
	s->gaps = s->snapshot.gaps;
	s->last_run = s->snapshot.last_run;
	s->was_killed = s->snapshot.was_killed;
	struct snapshot_memory *rows = &s->snapshot.part[SNAPSHOT_UNFINISHED];
	struct strview left = {rows->p, rows->n};
	enum row_kind kind;
	union any_row row;
	while (row_decode(&left, &kind, &row) > 0) {
		known_put(s, kind, &row);
	}
}

/* Keeps the path of a file that the caller has no number for. */
static void keep_stray(struct state *s, const struct row_file *row)
{
	hashmap_set(&s->stray_at, row->id, (uint32_t)s->strays.len);
	strbuf_addsv(&s->strays, row->path);
	strbuf_addch(&s->strays, '\0');
}

static void put_file(struct state *s, const struct row_file *row)
{
	bool known = row->id < s->number_of.n;
	FILL(s, SNAPSHOT_FILES, &s->files, (size_t)row->id + 1, no_file);
	s->files.v[row->id] = (struct known_file){
		row->stamp, row->dev, row->ino, row->content, row->job};
	if (!known || s->number_of.v[row->id] == STATE_NONE) {
		find_number(s, row->id, row->path);
	}
	if (s->number_of.v[row->id] == STATE_NONE && s->mode == STATE_RUN) {
		keep_stray(s, row);
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

uint64_t known_key(struct strview rule, struct strview wildcards)
{
	uint64_t both[2] = {hash64(rule.p, rule.n), hash64(wildcards.p, wildcards.n)};
	return hash64(both, sizeof(both));
}

/* What is known of a job, but for its inputs. */
static void put_end(struct state *s, const struct row_job *row, struct known_job *job)
{
	*job = (struct known_job){.run = row->run,
		.version = row->version,
		.rule_version = row->rule_version,
		.code = row->code,
		.params = row->params,
		.software = row->software,
		.inputs = job->inputs,
		.outputs = s->outputs.n,
		.input_count = job->input_count,
		.output_count = row_output_count(row),
		.start_ns = row->start_ns,
		.end_ns = row->end_ns,
		.key = row->outputs.n ? 0 : known_key(row->rule, row->wildcards),
		.seconds = row->seconds};
	known_room(s, SNAPSHOT_OUTPUTS, &s->outputs, job->output_count);
	for (uint32_t i = 0; i < job->output_count; i++) {
		s->outputs.v[s->outputs.n++] = row_output(row, i);
	}
	if (s->unfinished.n) {
		drop_start(s, row->id);
	}
}

static void put_job(struct state *s, const struct row_job *row)
{
	static const struct known_job none;
	FILL(s, SNAPSHOT_JOBS, &s->jobs, (size_t)row->id + 1, none);
	struct known_job *job = &s->jobs.v[row->id];
	job->inputs = s->inputs.n;
	job->input_count = row_input_count(row);
	known_room(s, SNAPSHOT_INPUTS, &s->inputs, job->input_count);
	for (uint32_t i = 0; i < job->input_count; i++) {
		s->inputs.v[s->inputs.n++] = row_input(row, i);
	}
	put_end(s, row, job);
}

/* The list of a job's inputs is its own: what changed is changed in place. */
static void put_again(struct state *s, const struct row_job *row)
{
	if (row->id >= s->jobs.n || !s->jobs.v[row->id].run) {
		return; /* without its last record this one tells nothing */
	}
	struct known_job *job = &s->jobs.v[row->id];
	for (uint32_t i = 0; i < row_patch_count(row); i++) {
		struct input_patch patch = row_patch(row, i);
		if (patch.at < job->input_count) {
			s->inputs.v[job->inputs + patch.at] = patch.now;
		}
	}
	put_end(s, row, job);
}

static void put_start(struct state *s, const struct row_start *row)
{
	drop_start(s, row->job);
	struct unfinished u = {.job = row->job,
		.run = row->run,
		.start_ns = row->start_ns,
		.paths = s->unfinished_files.n};
	static const struct known_job none;
	FILL(s, SNAPSHOT_JOBS, &s->jobs, (size_t)row->job + 1, none);
	for (size_t at = 0; at < row->paths.n;) {
		struct strview path = sv_from(row->paths.p + at);
		uint32_t number = s->names.number(s->names.ctx, path);
		at += path.n + 1;
		if (number != STATE_NONE) {
			vec_push(&s->unfinished_files, number);
			u.count++;
		} else if (s->names.more) {
			hashmap_set(
				&s->unfinished_paths, hash64(path.p, path.n), row->job);
		}
	}
	vec_push(&s->unfinished, u);
}

bool known_is_free(const struct state *s, uint32_t id)
{
	const struct known_file *f = &s->files.v[id];
	return f->stamp.size < 0 && f->content.kind == CONTENT_NONE &&
	       f->job == STATE_NONE &&
	       (id >= s->number_of.n || s->number_of.v[id] == STATE_NONE);
}

static void forget_file(struct state *s, uint32_t id)
{
	if (id < s->files.n) {
		uint32_t number = id < s->number_of.n ? s->number_of.v[id] : STATE_NONE;
		s->files.v[id] = no_file;
		if (number != STATE_NONE) {
			s->file_of.v[number] = STATE_NONE;
			s->number_of.v[id] = STATE_NONE;
		}
	}
}

/* What was forgotten has no path, or no run. Jobs that are unfinished have none yet. */
void known_find_gaps(struct state *s)
{
	struct hashmap open;
	hashmap_init(&open);
	for (size_t i = 0; i < s->unfinished.n; i++) {
		hashmap_set(&open, s->unfinished.v[i].job, 0);
	}
	for (uint32_t id = 0; id < s->jobs.n; id++) {
		if (!s->jobs.v[id].run && hashmap_get(&open, id) == HASHMAP_NONE) {
			vec_push(&s->free_jobs, id);
		}
	}
	hashmap_release(&open);
	const struct snapshot_memory *paths = &s->snapshot.part[SNAPSHOT_PATHS];
	const char *path = paths->p, *end = path ? path + paths->n : NULL;
	for (uint32_t id = 0; id < s->files.n; id++) {
		bool named = s->number_of.v[id] != STATE_NONE ||
			     hashmap_get(&s->stray_at, id) != HASHMAP_NONE;
		if (path && path < end) {
			size_t n = strlen(path);
			named = named || n;
			path += n + 1;
		}
		if (!named) {
			vec_push(&s->free_files, id);
		}
	}
	s->gaps_found = true;
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
	case ROW_AGAIN:
		put_again(s, &row->job);
		break;
	case ROW_START:
		put_start(s, &row->start);
		break;
	case ROW_DROP:
		drop_start(s, row->drop.job);
		break;
	case ROW_FORGET_FILE:
		forget_file(s, row->forget.id);
		break;
	case ROW_FORGET_JOB:
		if (row->forget.id < s->jobs.n) {
			s->jobs.v[row->forget.id] = (struct known_job){0};
		}
		break;
	case ROW_SEAL:
	case ROW_KINDS:
		break;
	}
}

/* Frees a list that may lie in the snapshot. */
#define FORGET(s, part_, vec)                                                            \
	do {                                                                             \
		if ((void *)(vec)->v == (s)->snapshot.part[part_].p) {                   \
			(vec)->v = NULL;                                                 \
		}                                                                        \
		vec_release(vec);                                                        \
	} while (0)

void known_clear(struct state *s)
{
	FORGET(s, SNAPSHOT_FILES, &s->files);
	FORGET(s, SNAPSHOT_NUMBERS, &s->number_of);
	FORGET(s, SNAPSHOT_JOBS, &s->jobs);
	FORGET(s, SNAPSHOT_INPUTS, &s->inputs);
	FORGET(s, SNAPSHOT_OUTPUTS, &s->outputs);
	vec_release(&s->file_of);
	vec_release(&s->unfinished);
	vec_release(&s->unfinished_files);
	hashmap_release(&s->unnumbered);
	hashmap_release(&s->unfinished_paths);
	hashmap_release(&s->stray_at);
	hashmap_init(&s->stray_at);
	hashmap_release(&s->loose);
	hashmap_init(&s->loose);
	s->has_loose = false;
	vec_release(&s->free_files);
	vec_release(&s->free_jobs);
	s->gaps = s->gaps_found = false;
	strbuf_release(&s->strays);
	snapshot_release(&s->snapshot);
	s->whole = false;
	s->last_run = 0;
	s->was_killed = false;
	s->found = false;
}
