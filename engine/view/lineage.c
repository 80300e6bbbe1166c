#include "view/lineage.h"

uint32_t lineage_maker(const struct lineage *l, uint32_t file)
{
	const struct state *s = l->s;
	uint32_t job = file < s->files.n ? s->files.v[file].job : STATE_NONE;
	return job < s->jobs.n && s->jobs.v[job].run ? job : STATE_NONE;
}

struct strview lineage_path(const struct lineage *l, uint32_t file)
{
	uint32_t number = file < l->s->number_of.n ? l->s->number_of.v[file] : STATE_NONE;
	return number == STATE_NONE ? SV("?") : intern_str(l->paths, number);
}

static void take_maker(struct lineage *l, const struct seen_input *in)
{
	uint32_t job = lineage_maker(l, in->file);
	if (job == STATE_NONE) {
		if (hashmap_set(&l->known_sources, in->file, 0) == HASHMAP_NONE) {
			vec_push(&l->sources, *in);
		}
	} else if (hashmap_set(&l->known_jobs, job, 0) == HASHMAP_NONE) {
		vec_push(&l->jobs, job);
	}
}

void lineage_follow(struct lineage *l, uint32_t file)
{
	const struct state *s = l->s;
	const struct content *c = &s->files.v[file].content;
	size_t next = l->jobs.n;
	take_maker(l, &(struct seen_input){file, c->kind, c->digest});
	for (; next < l->jobs.n; next++) {
		const struct known_job *job = &s->jobs.v[l->jobs.v[next]];
		for (uint32_t k = 0; k < job->input_count; k++) {
			take_maker(l, &s->inputs.v[job->inputs + k]);
		}
	}
}

void lineage_release(struct lineage *l)
{
	vec_release(&l->jobs);
	vec_release(&l->sources);
	hashmap_release(&l->known_jobs);
	hashmap_release(&l->known_sources);
}
