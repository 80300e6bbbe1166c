#include "state/state.h"

#include <errno.h>
#include <unistd.h>

#include "base/hash.h"
#include "state/known.h"
#include "state/state_open.h"

static void find_gaps(struct state *s)
{
	if (s->gaps && !s->gaps_found) {
		known_find_gaps(s);
	}
}

uint32_t state_file_id(struct state *s, uint32_t number)
{
	uint32_t file = state_file_of(s, number);
	if (file == STATE_NONE) {
		static const struct known_file none = {
			.stamp = {-1, -1}, .job = STATE_NONE};
		find_gaps(s);
		if (s->free_files.n) {
			file = vec_pop(&s->free_files);
			s->files.v[file] = none;
			known_link(s, file, number);
			return file;
		}
		file = (uint32_t)s->files.n;
		known_room(s, SNAPSHOT_FILES, &s->files, 1);
		s->files.v[s->files.n++] = none;
		known_link(s, file, number);
	}
	return file;
}

bool state_learn(struct state *s, uint32_t number, struct strview path)
{
	uint64_t key = hash64(path.p, path.n);
	uint32_t file = hashmap_get(&s->unnumbered, key);
	if (file != HASHMAP_NONE && s->number_of.v[file] == STATE_NONE) {
		known_link(s, file, number);
	}
	uint32_t job = hashmap_get(&s->unfinished_paths, key);
	for (size_t i = 0; job != HASHMAP_NONE && i < s->unfinished.n; i++) {
		if (s->unfinished.v[i].job == job) {
			return true;
		}
	}
	return false;
}

uint32_t state_new_job(struct state *s)
{
	static const struct known_job none;
	find_gaps(s);
	if (s->free_jobs.n) {
		return vec_pop(&s->free_jobs);
	}
	known_room(s, SNAPSHOT_JOBS, &s->jobs, 1);
	s->jobs.v[s->jobs.n++] = none;
	return (uint32_t)s->jobs.n - 1;
}

uint32_t state_loose_job(struct state *s, struct strview rule, struct strview wildcards)
{
	uint64_t key = known_key(rule, wildcards);
	for (uint32_t i = 0; !s->has_loose && i < s->jobs.n; i++) {
		if (s->jobs.v[i].run && !s->jobs.v[i].output_count) {
			hashmap_set(&s->loose, s->jobs.v[i].key, i);
		}
	}
	s->has_loose = true;
	uint32_t id = hashmap_get(&s->loose, key);
	if (id == HASHMAP_NONE) {
		id = state_new_job(s);
		hashmap_set(&s->loose, key, id);
	}
	return id;
}

void state_put_file(struct state *s, uint32_t file, const struct known_file *known)
{
	struct row_file row = {.id = file,
		.path = s->names.path(s->names.ctx, s->number_of.v[file]),
		.stamp = known->stamp,
		.dev = known->dev,
		.ino = known->ino,
		.content = known->content,
		.job = known->job};
	s->files.v[file] = *known;
	row_encode(ROW_FILE, &row, &s->frame);
}

void state_put_job(struct state *s, enum row_kind kind, const struct row_job *job)
{
	union any_row row = {.job = *job};
	known_put(s, kind, &row);
	row_encode(kind, job, &s->frame);
}

void state_put_start(struct state *s, const struct row_start *start)
{
	row_encode(ROW_START, start, &s->frame);
}

void state_put_drop(struct state *s, uint32_t job)
{
	row_encode(ROW_DROP, &(struct row_drop){job}, &s->frame);
}

void state_put_run(struct state *s, const struct row_run *run)
{
	s->last_run = run->id;
	s->own_run = true;
	s->own_run_ended = run->end_ns != 0;
	row_encode(ROW_RUN, run, &s->frame);
}

int state_sync(struct state *s)
{
	return fdatasync(s->journal.fd);
}

/* The row at that place of the overlay, which is laid over what is in memory, too. */
static void overlay_row(const struct state *s, uint32_t at, union any_row *row)
{
	struct strview bytes = sv_skip(strbuf_sv(&s->overlay), at);
	enum row_kind kind;
	cw_assert(row_decode(&bytes, &kind, row) == 1);
	if (kind == ROW_AGAIN) {
		const struct known_job *job = &s->jobs.v[row->job.id];
		row->job.inputs =
			(struct strview){(const char *)(s->inputs.v + job->inputs),
				job->input_count * sizeof(*s->inputs.v)};
	}
}

int state_job(struct state *s, uint32_t id, struct row_job *ret)
{
	uint32_t at = hashmap_get(&s->overlay_jobs, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.job;
		return 1;
	}
	return s->has_db && state_need_db(s) ? state_db_job(&s->db, id, ret) : 0;
}

int state_run(struct state *s, uint32_t id, struct row_run *ret)
{
	uint32_t at = hashmap_get(&s->overlay_runs, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.run;
		return 1;
	}
	return s->has_db && state_need_db(s) ? state_db_run(&s->db, id, ret) : 0;
}

int state_file(struct state *s, uint32_t id, struct row_file *ret)
{
	uint32_t at = hashmap_get(&s->overlay_files, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.file;
		return 1;
	}
	return s->has_db && state_need_db(s) ? state_db_file(&s->db, id, ret) : 0;
}

struct each_job {
	struct state *s;
	void (*put)(void *ctx, const struct row_job *job);
	void *ctx;
};

/* Jobs that the journal has anew come from there. */
static void unless_overlaid(void *ctx, const struct row_job *job)
{
	struct each_job *e = ctx;
	if (hashmap_get(&e->s->overlay_jobs, job->id) == HASHMAP_NONE) {
		e->put(e->ctx, job);
	}
}

int state_each_job(
	struct state *s, void (*put)(void *ctx, const struct row_job *job), void *ctx)
{
	struct each_job e = {s, put, ctx};
	if (s->has_db && state_need_db(s) &&
		state_db_each_job(&s->db, unless_overlaid, &e) != 0) {
		return -1;
	}
	for (size_t i = 0; i < s->overlay_jobs.cap; i++) {
		const struct hashmap_slot *slot = &s->overlay_jobs.slots[i];
		if (slot->value != HASHMAP_NONE) {
			union any_row row;
			overlay_row(s, slot->value, &row);
			put(ctx, &row.job);
		}
	}
	return 0;
}
