#include "dag/dag_grow.h"

#include "dag/after.h"
#include "dag/builder.h"

void dag_growth_init(struct dag_growth *g)
{
	*g = (struct dag_growth){0};
}

void dag_growth_release(struct dag_growth *g)
{
	vec_release(&g->inputs);
	vec_release(&g->new_files);
}

bool take_from_base(struct builder *b, uint32_t file)
{
	const struct dag *base = b->d->base;
	uint32_t known = base ? dag_find(base, dag_path(b->d, file)) : DAG_NONE;
	if (known == DAG_NONE) {
		return false;
	}
	uint32_t maker = base->producer[known];
	if (maker == DAG_NONE) {
		/* a source there is a source here; what nobody needed is new */
		return base->file_flags[known] & FILE_NEEDED;
	}
	if (maker == b->d->gate) {
		return false;
	}
	/* it will be there: whether it is now plays no part */
	b->d->file_flags[file] |= FILE_EXISTS | FILE_KNOWN | FILE_ADOPTED;
	return true;
}

/* Rows of files up to the last name. */
static void make_file_rows(struct dag *d)
{
	uint32_t n = d->paths.count, cap = d->stamp_cap + d->stamp_cap / 2;
	if (n > d->stamp_cap) {
		cap = cap < n ? n : cap;
		d->mtime = xreallocarray(d->mtime, cap, sizeof(*d->mtime));
		d->size = xreallocarray(d->size, cap, sizeof(*d->size));
		for (uint32_t f = d->stamp_cap; f < cap; f++) {
			d->mtime[f] = d->size[f] = 0;
		}
		d->stamp_cap = cap;
	}
}

/* Numbers here of the files of `sub`, with what is known of them there. */
static uint32_t *take_files(struct dag *d, const struct dag *sub, struct dag_growth *ret)
{
	uint32_t *map = xcalloc(sub->paths.count, sizeof(*map));
	for (uint32_t f = 0; f < sub->paths.count; f++) {
		struct strview path = dag_path(sub, f);
		uint32_t before = d->paths.count;
		map[f] = intern_put(&d->paths, path.p, path.n);
		if (d->paths.count != before) {
			dag_add_file(d, map[f]);
			vec_push(&ret->new_files, map[f]);
		}
	}
	make_file_rows(d);
	for (uint32_t f = 0; f < sub->paths.count; f++) {
		uint8_t *flags = &d->file_flags[map[f]], there = sub->file_flags[f];
		bool ours = there & FILE_ADOPTED || d->producer[map[f]] != DAG_NONE;
		*flags |= there & FILE_NEEDED;
		if (!ours && there & FILE_KNOWN) {
			*flags = (uint8_t)((*flags & (FILE_NEEDED | FILE_TARGET)) |
					   (there & (FILE_KNOWN | FILE_EXISTS |
							    FILE_FOLDER | FILE_LINKED)));
			d->mtime[map[f]] = sub->mtime[f];
			d->size[map[f]] = sub->size[f];
		}
	}
	return map;
}

static void take_list(struct dag *d, const uint32_t *map, const uint32_t *in, uint32_t n)
{
	vec_reserve(&d->inputs, n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		d->inputs.v[d->inputs.n++] = map[file] | (in[k] & ~file);
	}
}

/* From now on each job has an end of its inputs of its own. */
static void make_job_rows(struct dag *d, uint32_t more)
{
	uint32_t n = d->job_count + more, cap = d->end_cap + d->end_cap / 2;
	bool first = !d->input_end;
	if (n > d->end_cap) {
		cap = cap < n ? n : cap;
		d->input_end = xreallocarray(d->input_end, cap, sizeof(*d->input_end));
		d->order = xreallocarray(d->order, cap, sizeof(*d->order));
		d->end_cap = cap;
	}
	for (uint32_t j = 0; first && j < d->job_count; j++) {
		d->input_end[j] = d->jobs.v[j + 1].inputs;
	}
}

static uint32_t copy_values(struct dag *d, const struct dag *sub, uint32_t job)
{
	const char *from = sub->values.v + sub->jobs.v[job].values, *p = from;
	size_t at = d->values.n;
	for (uint32_t i = 0; i < dag_rule(sub, job)->wildcard_count; i++) {
		uint16_t n;
		memcpy(&n, p, sizeof(n));
		p += sizeof(n) + n;
	}
	cw_assert(at < UINT32_MAX);
	vec_reserve(&d->values, p - from);
	if (p > from) {
		memcpy(d->values.v + at, from, (size_t)(p - from));
	}
	d->values.n += (size_t)(p - from);
	return (uint32_t)at;
}

/* Numbers here of the jobs of `sub`; their rows come behind the others. */
static uint32_t *take_jobs(
	struct dag *d, const struct dag *sub, const uint32_t *map, uint32_t gate)
{
	uint32_t *number = xcalloc(sub->job_count, sizeof(*number));
	make_job_rows(d, sub->job_count);
	d->jobs.n--; /* the sentinel */
	for (uint32_t i = 0; i < sub->job_count; i++) {
		uint32_t j = sub->order[i], n;
		if (j == sub->target_jobs.v[0]) {
			number[j] = gate;
			continue;
		}
		const uint32_t *in = dag_inputs(sub, j, &n);
		struct dag_job row = {sub->jobs.v[j].rule, copy_values(d, sub, j),
			(uint32_t)d->outputs.n, (uint32_t)d->inputs.n};
		take_list(d, map, in, n);
		for (uint32_t k = 0; k < dag_rule(sub, j)->product_count; k++) {
			vec_push(&d->outputs, map[dag_products(sub, j)[k]]);
		}
		number[j] = d->job_count;
		d->order[d->job_count] = d->job_count;
		d->input_end[d->job_count++] = (uint32_t)d->inputs.n;
		vec_push(&d->jobs, row);
	}
	vec_push(&d->jobs, (struct dag_job){0, 0, (uint32_t)d->outputs.n, 0});
	return number;
}

static void take_producers(
	struct dag *d, const struct dag *sub, const uint32_t *map, const uint32_t *number)
{
	for (uint32_t f = 0; f < sub->paths.count; f++) {
		uint32_t maker = sub->producer[f];
		if (maker != DAG_NONE && d->producer[map[f]] == DAG_NONE) {
			d->producer[map[f]] = number[maker];
		}
	}
	d->has_inside = d->has_inside || sub->has_inside;
	for (size_t i = 0; i < sub->inside.n; i++) {
		struct dag_inside in = sub->inside.v[i];
		d->producer[map[in.file]] = d->producer[map[in.folder]];
	}
}

/* What is waited for from now on; the gate waited for some already. */
static void take_waits(struct dag *d, const struct dag *sub, const uint32_t *map,
	const uint32_t *number, uint32_t gate)
{
	struct hashmap known;
	hashmap_init(&known);
	/* what is not known is the only thing that is read where something is left out */
	for (size_t i = 0; !sub->but && i < d->waits.n; i++) {
		if (d->waits.v[i].job == gate) {
			hashmap_set(&known, d->waits.v[i].key, 0);
		}
	}
	for (size_t i = 0; i < sub->waits.n; i++) {
		struct dag_wait w = sub->waits.v[i];
		w.job = number[w.job];
		w.file = map[w.file];
		bool old = sub->but ? hashmap_get(sub->but, w.key) != HASHMAP_NONE
				    : hashmap_get(&known, w.key) != HASHMAP_NONE;
		if (w.job != gate || !old) {
			vec_push(&d->waits, w);
		}
	}
	hashmap_release(&known);
}

/* No new job may write what another job writes. */
static int check_products(
	const struct dag *d, const struct dag *sub, uint32_t gate, struct diag_sink *sink)
{
	int rc = 0;
	for (uint32_t f = 0; f < sub->paths.count; f++) {
		uint32_t job = sub->producer[f], k = 0;
		uint32_t known =
			job == DAG_NONE ? DAG_NONE : dag_find(d, dag_path(sub, f));
		uint32_t other = known == DAG_NONE ? DAG_NONE : d->producer[known];
		if (other == DAG_NONE || other == gate) {
			continue;
		}
		const struct rule *rule = dag_rule(sub, job);
		while (k < rule->product_count && dag_products(sub, job)[k] != f) {
			k++;
		}
		rc = diag_error(sink, "CW-E403",
			k < rule->product_count ? rule->products[k].span : rule->span,
			"two jobs of this run write \"" SV_FMT "\"",
			SV_ARG(dag_path(sub, f)));
		diag_note(sink, dag_rule(d, other)->span, "rule \"" SV_FMT "\"",
			SV_ARG(dag_rule(d, other)->name));
	}
	return rc;
}

static void merge(struct dag *d, const struct dag *sub, uint32_t gate, bool whole,
	struct dag_growth *ret)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(sub, sub->target_jobs.v[0], &n);
	uint32_t *map = take_files(d, sub, ret);
	uint32_t *number = take_jobs(d, sub, map, gate);
	take_producers(d, sub, map, number);
	take_waits(d, sub, map, number, gate);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		vec_push(&ret->inputs, map[file] | (in[k] & ~file));
	}
	if (whole) {
		d->jobs.v[gate].inputs = (uint32_t)d->inputs.n;
		take_list(d, map, in, n);
		d->input_end[gate] = (uint32_t)d->inputs.n;
	}
	free(map);
	free(number);
}

int dag_grow(struct dag *d, struct diag_sink *sink, uint32_t gate,
	const struct hashmap *but, struct dag_growth *ret)
{
	struct dag sub;
	struct dag_options o = {.done = d->done, .max_jobs = d->max_jobs};
	dag_init(&sub, d->wf, d->sets);
	sub.base = d;
	sub.gate = gate;
	sub.but = but;
	vec_clear(&ret->inputs);
	vec_clear(&ret->new_files);
	ret->gate = gate;
	ret->first_job = d->job_count;
	ret->first_wait = (uint32_t)d->waits.n;
	int rc = dag_build(&sub, sink, &o, &ret->missing_source);
	if (rc == 0) {
		rc = check_products(d, &sub, gate, sink);
	}
	if (rc == 0) {
		dag_stat(&sub);
		merge(d, &sub, gate, !but, ret);
	}
	dag_release(&sub);
	return rc;
}
