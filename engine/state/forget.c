#include "state/forget.h"

#include "state/known.h"
#include "sys/fs.h"

/* Jobs without outputs are forgotten after so many runs without them. */
enum { LOOSE_RUNS = 100 };

/* What is kept, and what it leads to and was not followed yet. */
struct marks {
	uint8_t *files, *jobs;
	VEC(uint32_t) stack; /* jobs */
};

static void keep_job(struct marks *m, uint32_t job)
{
	if (!m->jobs[job]) {
		m->jobs[job] = 1;
		vec_push(&m->stack, job);
	}
}

static void keep_file(const struct state *s, struct marks *m, uint32_t file)
{
	uint32_t job = s->files.v[file].job;
	if (m->files[file]) {
		return;
	}
	m->files[file] = 1;
	if (job < s->jobs.n && s->jobs.v[job].run) {
		keep_job(m, job);
	}
}

/* Jobs lead to what they read and to what else they made. */
static void follow(const struct state *s, struct marks *m)
{
	while (m->stack.n) {
		const struct known_job *job = &s->jobs.v[vec_pop(&m->stack)];
		for (uint32_t k = 0; k < job->input_count; k++) {
			keep_file(s, m, s->inputs.v[job->inputs + k].file);
		}
		for (uint32_t k = 0; k < job->output_count; k++) {
			keep_file(s, m, s->outputs.v[job->outputs + k]);
		}
	}
}

static bool is_wanted(const struct state *s, uint32_t id, struct strview path)
{
	return s->number_of.v[id] != STATE_NONE || s->names.is_made(s->names.ctx, path) ||
	       fs_exists(path.p);
}

/* Files to begin with: those of the graph, those that are there or can be made. */
static void keep_files(const struct state *s, struct marks *m)
{
	const struct snapshot_memory *old = &s->snapshot.part[SNAPSHOT_PATHS];
	const char *path = old->p, *end = path ? path + old->n : NULL;
	for (uint32_t id = 0; id < s->files.n; id++) {
		struct strview text = {"", 0};
		uint32_t stray = hashmap_get(&s->stray_at, id);
		if (path && path < end) {
			text = sv_from(path);
			path += text.n + 1;
		}
		if (stray != HASHMAP_NONE) {
			text = sv_from(s->strays.buf + stray);
		}
		if (!known_is_free(s, id) && is_wanted(s, id, text)) {
			keep_file(s, m, id);
		}
	}
}

/* Rows for all that was not marked. */
static void add_rows(const struct state *s, const struct marks *m, struct strbuf *rows)
{
	for (uint32_t id = 0; id < s->files.n; id++) {
		if (!m->files[id] && !known_is_free(s, id)) {
			row_encode(ROW_FORGET_FILE, &(struct row_forget){id}, rows);
		}
	}
	for (uint32_t id = 0; id < s->jobs.n; id++) {
		if (!m->jobs[id] && s->jobs.v[id].run) {
			row_encode(ROW_FORGET_JOB, &(struct row_forget){id}, rows);
		}
	}
}

bool forget_find(const struct state *s, struct strbuf *rows)
{
	struct marks m = {0};
	bool foreign = false;
	for (uint32_t id = 0; id < s->number_of.n && !foreign; id++) {
		foreign = s->number_of.v[id] == STATE_NONE;
	}
	if (!s->names.is_made || !foreign || s->number_of.n < s->files.n) {
		return false;
	}
	m.files = xcalloc(s->files.n + 1, 1);
	m.jobs = xcalloc(s->jobs.n + 1, 1);
	keep_files(s, &m);
	for (uint32_t id = 0; id < s->jobs.n; id++) {
		const struct known_job *job = &s->jobs.v[id];
		if (job->run && !job->output_count &&
			job->run + LOOSE_RUNS >= s->last_run) {
			keep_job(&m, id);
		}
	}
	follow(s, &m);
	add_rows(s, &m, rows);
	free(m.files);
	free(m.jobs);
	vec_release(&m.stack);
	return rows->len > 0;
}
