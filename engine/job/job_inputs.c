/* Inputs of a job: which they are, and how large. */
#include <ftw.h>
#include <sys/stat.h>

#include "job/job_values_impl.h"

/* Whether the build took an optional input in. */
static bool is_dag_input(const struct dag *d, uint32_t job, uint32_t file)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (INPUT_FILE(in[i]) == file) {
			return true;
		}
	}
	return false;
}

/* Copied: the table of names moves when a job brings new ones. */
static void add_input(struct job_values *v, uint32_t file, uint32_t entry)
{
	v->inputs[v->input_count] = arena_sv(v->arena, dag_path(v->c->d, file));
	v->input_entry[v->input_count++] = entry;
}

static void need_room(struct job_values *v, size_t n)
{
	v->inputs = ARENA_ARRAY(v->arena, struct strview, n);
	v->input_entry = ARENA_ARRAY(v->arena, uint32_t, n);
}

/* Works the inputs out from the rule, as the build of the graph did. */
static int read_inputs(struct job_values *v)
{
	struct input_reader *in = &v->c->reader;
	struct arena_mark mark = arena_mark(&in->arena);
	enum inputs_outcome rc = inputs_read(in, v->rule, v->wildcards);
	arena_pop(&in->arena, mark);
	if (rc != INPUTS_OK) {
		return -1;
	}
	need_room(v, in->files.n);
	for (uint32_t i = 0; i < in->files.n; i++) {
		uint32_t file = in->files.v[i].file;
		if (!(file & INPUT_OPTIONAL) ||
			is_dag_input(v->c->d, v->job, INPUT_FILE(file))) {
			add_input(v, INPUT_FILE(file), in->files.v[i].entry);
		}
	}
	return 0;
}

void job_values_inputs(struct job_values *v)
{
	uint32_t n, open, told = 0, entry = 0, left = 0;
	const uint32_t *in = dag_inputs(v->c->d, v->job, &n);
	if (!v->inputs_due) {
		return;
	}
	v->inputs_due = false;
	rule_inputs_are_told(v->rule, &open);
	for (uint32_t i = 0; i < n; i++) {
		told += (in[i] & INPUT_TOLD) != 0;
	}
	uint32_t single = v->rule->input_count - (open < v->rule->input_count);
	cw_assert(n - told >= single);
	need_room(v, n - told);
	for (uint32_t i = 0; i < n; i++) {
		if (in[i] & INPUT_TOLD) {
			continue;
		}
		if (left == 0 && entry == open) {
			left = n - told - single; /* none: the entry is passed over */
			entry += left == 0;
		}
		add_input(v, INPUT_FILE(in[i]), entry);
		left -= left > 0;
		entry += left == 0;
	}
}

int job_inputs_init(struct job_values *v)
{
	uint32_t open;
	v->inputs_due = !v->c->d->wf->has_after && rule_inputs_are_told(v->rule, &open);
	return v->inputs_due ? 0 : read_inputs(v);
}

/* nftw gives no context: the sum of the walk that is going on in this thread. */
static _Thread_local uint64_t walked_bytes;

static int add_size(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)path;
	(void)where;
	walked_bytes += kind == FTW_F ? (uint64_t)st->st_size : 0;
	return 0;
}

static uint64_t size_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		return 0;
	}
	if (!S_ISDIR(st.st_mode)) {
		return (uint64_t)st.st_size;
	}
	walked_bytes = 0;
	nftw(path, add_size, 16, FTW_PHYS);
	return walked_bytes;
}

int64_t job_inputs_size_mb(struct job_values *v)
{
	if (v->size_mb < 0) {
		uint64_t bytes = 0;
		job_values_inputs(v);
		for (uint32_t i = 0; i < v->input_count; i++) {
			bytes += size_of(v->inputs[i].p);
		}
		v->size_mb = (int64_t)((bytes + 999999) / 1000000);
	}
	return v->size_mb;
}
