#include "sched/temp_files.h"

#include <fcntl.h>

#include "base/strbuf.h"
#include "sys/fs.h"

void temp_files_init(struct temp_files *t)
{
	*t = (struct temp_files){0};
	hashmap_init(&t->first_use);
	hashmap_init(&t->group_of);
}

void temp_files_release(struct temp_files *t)
{
	for (size_t i = 0; i < t->groups.n; i++) {
		free(t->groups.v[i].paths);
	}
	vec_release(&t->groups);
	vec_release(&t->uses);
	hashmap_release(&t->first_use);
	hashmap_release(&t->group_of);
}

/* Removes what nobody needs. */
static void remove_unused(struct temp_files *t, struct temp_group *g)
{
	if (g->users || !g->used || !g->paths || t->hold) {
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

/* `job` needs the group. */
static void add_use(struct temp_files *t, uint32_t group, uint32_t job)
{
	uint32_t use = (uint32_t)t->uses.n;
	uint32_t next = hashmap_set(&t->first_use, job, use);
	vec_push(&t->uses, (struct temp_use){group, next});
	t->groups.v[group].users++;
	t->groups.v[group].used = true;
}

struct adding {
	struct temp_files *t;
	uint32_t group;
};

static void add_dependent(void *ctx, uint32_t dependent)
{
	struct adding *a = ctx;
	add_use(a->t, a->group, dependent);
}

/* Remembers the temporary outputs of a job and who needs them. */
static void add_group(struct temp_files *t, const struct run_options *o, uint32_t job,
	const struct job_spec *spec)
{
	struct strbuf paths = STRBUF_INIT;
	for (uint32_t i = 0; i < spec->output_count; i++) {
		const struct spec_file *file = &spec->outputs[i];
		if (is_removable(&o->source, file, job)) {
			strbuf_add(&paths, file->path, strlen(file->path) + 1);
		}
	}
	if (paths.len == 0) {
		return;
	}
	struct adding a = {t, (uint32_t)t->groups.n};
	vec_push(&t->groups, (struct temp_group){.paths = strbuf_detach(&paths, NULL)});
	sched_each_dependent(o->graph, job, add_dependent, &a);
	if (t->hold) {
		hashmap_set(&t->group_of, job, a.group);
	}
}

void temp_files_job_done(struct temp_files *t, const struct run_options *o, uint32_t job,
	const struct job_spec *spec)
{
	if (o->notemp || !o->source.keeps_temp) {
		return;
	}
	t->hold = o->source.may_grow && o->source.may_grow(o->source.ctx);
	uint32_t use = hashmap_get(&t->first_use, job);
	while (use != HASHMAP_NONE) {
		struct temp_use u = t->uses.v[use];
		t->groups.v[u.group].users--;
		remove_unused(t, &t->groups.v[u.group]);
		use = u.next;
	}
	if (spec) {
		add_group(t, o, job, spec);
	}
}

void temp_files_add_use(struct temp_files *t, uint32_t maker, uint32_t job)
{
	uint32_t group = hashmap_get(&t->group_of, maker);
	if (group != HASHMAP_NONE) {
		add_use(t, group, job);
	}
}

void temp_files_flush(struct temp_files *t, const struct run_options *o)
{
	t->hold = o->source.may_grow && o->source.may_grow(o->source.ctx);
	for (size_t i = 0; !t->hold && i < t->groups.n; i++) {
		remove_unused(t, &t->groups.v[i]);
	}
}
