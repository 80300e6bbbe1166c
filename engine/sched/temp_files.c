#include "sched/temp_files.h"

#include <fcntl.h>

#include "base/strbuf.h"
#include "sys/fs.h"

void temp_files_init(struct temp_files *t)
{
	*t = (struct temp_files){0};
	hashmap_init(&t->first_use);
}

void temp_files_release(struct temp_files *t)
{
	for (size_t i = 0; i < t->groups.n; i++) {
		free(t->groups.v[i].paths);
	}
	vec_release(&t->groups);
	vec_release(&t->uses);
	hashmap_release(&t->first_use);
}

/* One user of the group is done. */
static void count_down(struct temp_group *g)
{
	if (--g->users > 0) {
		return;
	}
	for (const char *path = g->paths; *path; path += strlen(path) + 1) {
		/* one that cannot be removed is no fault of any job */
		fs_remove_tree(AT_FDCWD, path);
	}
	free(g->paths);
	g->paths = NULL;
}

static bool is_removable(
	const struct run_source *s, const struct spec_file *o, uint32_t job)
{
	struct fs_stat st;
	if (!(o->flags & OUTPUT_TEMP) || s->keeps_temp(s->ctx, job, o->path) ||
		fs_lstat(AT_FDCWD, o->path, &st) < 0) {
		return false;
	}
	return st.kind == FS_FILE || st.kind == FS_LINK ||
	       (st.kind == FS_DIRECTORY && o->flags & OUTPUT_DIRECTORY);
}

/* Remembers the temporary outputs of a job and who needs them. */
static void add_group(struct temp_files *t, const struct run_options *o, uint32_t job,
	const struct job_spec *spec)
{
	const struct sched_graph *g = o->graph;
	uint64_t begin = g->dependents_start[job], end = g->dependents_start[job + 1];
	struct strbuf paths = STRBUF_INIT;
	for (uint32_t i = 0; i < spec->output_count && end > begin; i++) {
		const struct spec_file *file = &spec->outputs[i];
		if (is_removable(&o->source, file, job)) {
			strbuf_add(&paths, file->path, strlen(file->path) + 1);
		}
	}
	if (paths.len == 0) {
		return;
	}
	uint32_t group = (uint32_t)t->groups.n;
	vec_push(&t->groups,
		(struct temp_group){strbuf_detach(&paths, NULL), end - begin});
	for (uint64_t e = begin; e < end; e++) {
		uint32_t use = (uint32_t)t->uses.n;
		uint32_t next = hashmap_set(&t->first_use, g->dependents[e], use);
		vec_push(&t->uses, (struct temp_use){group, next});
	}
}

void temp_files_job_done(struct temp_files *t, const struct run_options *o, uint32_t job,
	const struct job_spec *spec)
{
	if (o->notemp || !o->source.keeps_temp) {
		return;
	}
	uint32_t use = hashmap_get(&t->first_use, job);
	while (use != HASHMAP_NONE) {
		struct temp_use u = t->uses.v[use];
		count_down(&t->groups.v[u.group]);
		use = u.next;
	}
	if (spec) {
		add_group(t, o, job, spec);
	}
}
