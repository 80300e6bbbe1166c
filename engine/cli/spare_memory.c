#include "cli/spare_memory.h"

#include "cli/records.h"
#include "sys/process.h"

#define SPARE_VEC(vec) process_spare((vec).v, (vec).cap * sizeof(*(vec).v), spare)
#define SPARE_ROWS(p, n) process_spare((p), (size_t)(n) * sizeof(*(p)), spare)

static void spare_graph(const struct dag *d, bool spare)
{
	SPARE_ROWS(d->paths.bytes, d->paths.cap);
	SPARE_ROWS(d->paths.place, d->paths.place_cap);
	SPARE_ROWS(d->paths.slots, (size_t)d->paths.mask + 1);
	SPARE_ROWS(d->producer, d->file_cap);
	SPARE_ROWS(d->file_flags, d->file_cap);
	SPARE_ROWS(d->mtime, d->stamp_cap);
	SPARE_ROWS(d->size, d->stamp_cap);
	SPARE_ROWS(d->order, d->job_count);
	SPARE_VEC(d->jobs);
	SPARE_VEC(d->outputs);
	SPARE_VEC(d->inputs);
	SPARE_VEC(d->values);
}

static void spare_plan(const struct plan *p, bool spare)
{
	SPARE_ROWS(p->reasons, p->job_cap);
	SPARE_ROWS(p->reason_file, p->job_cap);
	SPARE_ROWS(p->record, p->job_cap);
	SPARE_ROWS(p->dependents_start, p->d->job_count);
	if (p->dependents_start) {
		SPARE_ROWS(p->dependents, p->dependents_start[p->d->job_count]);
	}
}

static void spare_state(const struct state *s, bool spare)
{
	for (int i = 0; i < SNAPSHOT_PARTS; i++) {
		const struct snapshot_memory *m = &s->snapshot.part[i];
		process_spare(m->p, m->reserved, spare);
	}
	SPARE_VEC(s->files);
	SPARE_VEC(s->number_of);
	SPARE_VEC(s->file_of);
	SPARE_VEC(s->jobs);
	SPARE_VEC(s->inputs);
	SPARE_VEC(s->outputs);
}

void spare_memory(struct session *s, bool spare)
{
	spare_graph(&s->dag, spare);
	spare_plan(&s->plan, spare);
	if (s->records) {
		spare_state(&s->records->state, spare);
	}
}
