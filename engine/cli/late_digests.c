#include "cli/late_digests.h"

#include "sys/cpus.h"

enum { LARGE = 4 << 20, THREADS = 4 };

struct late_file {
	uint32_t file;
	int64_t input; /* its number in the record, or -1 */
	struct known_file known;
};

struct late_job {
	struct strbuf row; /* encoded */
	enum row_kind kind;
	VEC(struct late_file) files;
	uint32_t left; /* files without a digest yet */
};

void late_digests_init(struct late_digests *l, struct state *s)
{
	*l = (struct late_digests){.s = s};
}

static void free_job(struct late_job *job)
{
	if (job) {
		strbuf_release(&job->row);
		vec_release(&job->files);
		free(job);
	}
}

void late_digests_release(struct late_digests *l)
{
	hasher_free(l->hash);
	for (size_t i = 0; i < l->jobs.n; i++) {
		free_job(l->jobs.v[i]);
	}
	free_job(l->present);
	vec_release(&l->jobs);
}

bool late_is_large(const struct known_file *known, int64_t most)
{
	return known->stamp.size >= LARGE && (!most || known->stamp.size <= most);
}

void late_add(struct late_digests *l, const char *path, int64_t most, uint32_t file,
	int64_t input, const struct known_file *known)
{
	if (!l->present) {
		l->present = xcalloc(1, sizeof(*l->present));
		strbuf_init(&l->present->row);
	}
	if (!l->hash) {
		long cpus = cpus_allowed();
		l->hash = hasher_new(cpus < THREADS ? (uint32_t)cpus : THREADS);
	}
	/* the job's place in the list, and the file's in the job */
	uint64_t tag = (uint64_t)l->jobs.n << 32 | l->present->files.n;
	vec_push(&l->present->files, (struct late_file){file, input, *known});
	l->present->left++;
	hasher_put(l->hash, tag, path, most, known);
}

void late_job_put(struct late_digests *l, enum row_kind kind, const struct row_job *row)
{
	state_put_job(l->s, kind, row);
	if (l->present) {
		row_encode(kind, row, &l->present->row);
		l->present->kind = kind;
		vec_push(&l->jobs, l->present);
		l->present = NULL;
		l->open++;
	}
}

/* The record again, with digests for stamps. */
static void write_job(struct late_digests *l, struct late_job *job)
{
	struct strview bytes = strbuf_sv(&job->row);
	enum row_kind kind;
	union any_row row;
	cw_assert(row_decode(&bytes, &kind, &row) == 1);
	/* the inputs lie in the encoded row, which is ours */
	size_t inputs = (size_t)(row.job.inputs.p - job->row.buf);
	size_t size = job->kind == ROW_AGAIN ? sizeof(struct input_patch)
					     : sizeof(struct seen_input);
	for (size_t i = 0; i < job->files.n; i++) {
		const struct late_file *f = &job->files.v[i];
		const struct known_file *now = &l->s->files.v[f->file];
		if (stamp_eq(now->stamp, f->known.stamp) &&
			(f->input < 0 || now->job == STATE_NONE)) {
			state_put_file(l->s, f->file, &f->known);
		}
		if (f->input >= 0) {
			struct seen_input in = {
				f->file, f->known.content.kind, f->known.content.digest};
			/* a patch begins with what is seen */
			memcpy(job->row.buf + inputs + (size_t)f->input * size, &in,
				sizeof(in));
		}
	}
	state_put_job(l->s, job->kind, &row.job);
	state_commit(l->s);
}

void late_digests_settle(struct late_digests *l, bool wait)
{
	uint64_t tag;
	struct known_file known;
	while (l->open && hasher_take(l->hash, wait, &tag, &known)) {
		struct late_job *job = l->jobs.v[tag >> 32];
		job->files.v[tag & UINT32_MAX].known = known;
		if (--job->left == 0) {
			write_job(l, job);
			free_job(job);
			l->jobs.v[tag >> 32] = NULL;
			l->open--;
		}
	}
}
