/*
 * What can be made: the least fixed point. A file is made if it is an existing source or
 * if some job that makes it has all its inputs made. Each job counts down its inputs;
 * each edge is looked at once. The order in which jobs fire is an order in which they
 * can run.
 */
#include "dag/builder.h"

/* CSR of file -> jobs that need it. */
static void link_dependents(struct builder *b)
{
	struct dag *d = b->d;
	uint32_t files = d->paths.count;
	b->dep_start = xcalloc((size_t)files + 2, sizeof(*b->dep_start));
	b->deps = xreallocarray(NULL, d->inputs.n, sizeof(*b->deps));
	uint32_t *start = b->dep_start + 1; /* shifted: filling moves it into place */
	for (size_t i = 0; i < d->inputs.n; i++) {
		if (!(d->inputs.v[i] & INPUT_OPTIONAL)) {
			start[INPUT_FILE(d->inputs.v[i]) + 1]++;
		}
	}
	for (uint32_t f = 0; f < files; f++) {
		start[f + 1] += start[f];
	}
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(d, j, &n);
		b->pending[j] = n;
		for (uint32_t i = 0; i < n; i++) {
			if (in[i] & INPUT_OPTIONAL) {
				b->pending[j]--;
			} else {
				b->deps[start[INPUT_FILE(in[i])]++] = j;
			}
		}
	}
}

static void fire(struct builder *b, uint32_t job)
{
	b->fired[job] = 1;
	b->d->order[b->fired_count++] = job;
}

static void fix_one(struct builder *b, uint32_t file)
{
	uint8_t *flags = &b->d->file_flags[file];
	if (*flags & FILE_FIXED) {
		return;
	}
	*flags |= FILE_FIXED;
	for (uint32_t i = b->dep_start[file]; i < b->dep_start[file + 1]; i++) {
		if (--b->pending[b->deps[i]] == 0) {
			fire(b, b->deps[i]);
		}
	}
}

/* With a folder come the files in it. */
static void fix_file(struct builder *b, uint32_t file)
{
	fix_one(b, file);
	if (b->inside.n) {
		uint32_t at = hashmap_get(&b->first_inside, file);
		for (at = at == HASHMAP_NONE ? DAG_NONE : at; at != DAG_NONE;
			at = b->inside.v[at].next) {
			fix_one(b, b->inside.v[at].file);
		}
	}
}

/* Takes the jobs that fired from number `done` on, and those that fire by them. */
static void settle(struct builder *b, uint32_t done)
{
	for (; done < b->fired_count; done++) {
		uint32_t job = b->d->order[done];
		const uint32_t *files = dag_products(b->d, job);
		uint32_t n = dag_rule(b->d, job)->product_count;
		for (uint32_t i = 0; i < n; i++) {
			fix_file(b, files[i]);
		}
	}
}

void fixpoint(struct builder *b)
{
	struct dag *d = b->d;
	uint32_t jobs = (uint32_t)d->jobs.n - 1;
	b->pending = xreallocarray(NULL, jobs, sizeof(*b->pending));
	b->fired = xcalloc(jobs, 1);
	d->order = xreallocarray(d->order, jobs, sizeof(*d->order));
	b->fired_count = 0;
	link_dependents(b);
	for (uint32_t j = 0; j < jobs; j++) {
		if (b->pending[j] == 0) {
			fire(b, j);
		}
	}
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if (d->producer[f] == DAG_NONE && d->file_flags[f] & FILE_EXISTS &&
			inside_folder(b, f) == DAG_NONE) {
			fix_file(b, f);
		}
	}
	settle(b, 0);
}

/*
 * The hopeful fixed point: what could be made if every existing file were a source. What
 * is not in it is dead; a job with a dead input is dead; an existing file whose jobs are
 * all dead is a source after all.
 */
struct hope {
	uint32_t *pending;
	uint8_t *alive;      /* by file */
	VEC(uint32_t) stack; /* files that became alive */
};

static void hope_file(struct hope *h, uint32_t file)
{
	if (!h->alive[file]) {
		h->alive[file] = 1;
		vec_push(&h->stack, file);
	}
}

static void hope_job(const struct builder *b, struct hope *h, uint32_t job)
{
	const uint32_t *files = dag_products(b->d, job);
	for (uint32_t i = 0; i < dag_rule(b->d, job)->product_count; i++) {
		hope_file(h, files[i]);
	}
}

static void hope_run(const struct builder *b, struct hope *h)
{
	uint32_t jobs = (uint32_t)b->d->jobs.n - 1;
	for (uint32_t j = 0; j < jobs; j++) {
		dag_inputs(b->d, j, &h->pending[j]);
		if (h->pending[j] == 0) {
			hope_job(b, h, j);
		}
	}
	for (uint32_t f = 0; f < b->d->paths.count; f++) {
		if (b->d->file_flags[f] & (FILE_EXISTS | FILE_FIXED)) {
			hope_file(h, f);
		}
	}
	while (h->stack.n) {
		uint32_t file = vec_pop(&h->stack);
		for (uint32_t i = b->dep_start[file]; i < b->dep_start[file + 1]; i++) {
			if (--h->pending[b->deps[i]] == 0) {
				hope_job(b, h, b->deps[i]);
			}
		}
	}
}

static bool all_dead(const struct builder *b, const struct hope *h, uint32_t file)
{
	struct cand_iter it = cand_first(b, file);
	for (; it.job != DAG_NONE; it = cand_next(b, it)) {
		if (h->pending[it.job] == 0) {
			return false;
		}
	}
	return true;
}

static void warn_adopted(struct builder *b, uint32_t file)
{
	struct cand_iter it = cand_first(b, file);
	const struct rule *rule = dag_rule(b->d, it.job);
	diag_warning(b->sink, "CW-W401", rule->span,
		"\"" SV_FMT "\" is taken as it is: rule \"" SV_FMT
		"\" could make it, but not all of its inputs can be made",
		SV_ARG(dag_path(b->d, file)), SV_ARG(rule->name));
	uint32_t n;
	const uint32_t *in = dag_inputs(b->d, it.job, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (!(b->d->file_flags[INPUT_FILE(in[i])] & FILE_FIXED)) {
			diag_note(b->sink, (struct span){0}, "missing: \"" SV_FMT "\"",
				SV_ARG(dag_path(b->d, INPUT_FILE(in[i]))));
			break;
		}
	}
}

void fixpoint_adopt_sources(struct builder *b)
{
	struct dag *d = b->d;
	struct hope h = {0};
	h.pending = xreallocarray(NULL, d->jobs.n, sizeof(*h.pending));
	h.alive = xcalloc(d->paths.count, 1);
	hope_run(b, &h);
	uint32_t done = b->fired_count;
	for (uint32_t f = 0; f < d->paths.count; f++) {
		uint8_t flags = d->file_flags[f];
		if (flags & FILE_NEEDED && flags & FILE_EXISTS && !(flags & FILE_FIXED) &&
			d->producer[f] != DAG_NONE && all_dead(b, &h, f)) {
			warn_adopted(b, f);
			d->producer[f] = DAG_NONE;
			b->dropped = true;
			fix_file(b, f);
		}
	}
	settle(b, done);
	free(h.pending);
	free(h.alive);
	vec_release(&h.stack);
}
