/* The build, step by step: explore, stat sources, fixed point, choice, order. */
#include "dag/builder.h"

static void builder_release(struct builder *b)
{
	rule_index_free(b->index);
	input_reader_release(&b->reader);
	strbuf_release(&b->scratch);
	strbuf_release(&b->normal);
	vec_release(&b->lists);
	vec_release(&b->late);
	vec_release(&b->product_files);
	vec_release(&b->unapplied);
	vec_release(&b->inside);
	hashmap_release(&b->folder_of);
	hashmap_release(&b->first_inside);
	hashmap_release(&b->waited);
	free(b->dep_start);
	free(b->deps);
	free(b->pending);
	free(b->fired);
}

static void forget_fixpoint(struct builder *b)
{
	free(b->dep_start);
	free(b->deps);
	free(b->pending);
	free(b->fired);
	b->dep_start = NULL;
	b->deps = NULL;
	b->pending = NULL;
	b->fired = NULL;
	for (uint32_t f = 0; f < b->d->paths.count; f++) {
		b->d->file_flags[f] &= (uint8_t)~FILE_FIXED;
	}
}

/* Whether every file that the targets need can be made. */
static bool all_made(const struct builder *b)
{
	for (uint32_t f = 0; f < b->d->paths.count; f++) {
		if ((b->d->file_flags[f] & (FILE_NEEDED | FILE_FIXED)) == FILE_NEEDED) {
			return false;
		}
	}
	return true;
}

/* The targets alone: other needed files may belong to candidates nobody takes. */
static bool targets_made(const struct builder *b)
{
	for (size_t i = 0; i < b->d->targets.n; i++) {
		if (!(b->d->file_flags[b->d->targets.v[i]] & FILE_FIXED)) {
			return false;
		}
	}
	for (size_t i = 0; i < b->d->target_jobs.n; i++) {
		if (!b->fired[b->d->target_jobs.v[i]]) {
			return false;
		}
	}
	return true;
}

/* What a target collects is asked for: its optional inputs that are there too. */
static void ask_inputs(struct dag *d, uint32_t job)
{
	const struct rule *rule = dag_rule(d, job);
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (rule->command_kind == RULE_NOTHING && !rule->output_count) {
			d->file_flags[INPUT_FILE(in[i])] |= FILE_TARGET;
		}
	}
}

/* Optional inputs that can not be made are left out; the others are inputs like any. */
static void drop_optional(struct builder *b)
{
	struct dag *d = b->d;
	size_t to = 0;
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		uint32_t from = d->jobs.v[j].inputs, end = d->jobs.v[j + 1].inputs;
		d->jobs.v[j].inputs = (uint32_t)to;
		for (uint32_t i = from; i < end; i++) {
			uint32_t in = d->inputs.v[i];
			if (!(in & INPUT_OPTIONAL) ||
				d->file_flags[INPUT_FILE(in)] & FILE_FIXED) {
				d->inputs.v[to++] = in & ~INPUT_OPTIONAL;
			}
		}
	}
	d->jobs.v[d->jobs.n - 1].inputs = (uint32_t)to;
	d->inputs.n = to;
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if (!(d->file_flags[f] & FILE_TARGET)) {
			d->file_flags[f] &= (uint8_t)~FILE_NEEDED;
		}
	}
	for (size_t i = 0; i < d->inputs.n; i++) {
		d->file_flags[INPUT_FILE(d->inputs.v[i])] |= FILE_NEEDED;
	}
	for (size_t i = 0; i < d->target_jobs.n; i++) {
		ask_inputs(d, d->target_jobs.v[i]);
	}
	b->optional = false;
}

/* What only the exploration needs; the most memory is in use right after it. */
static void forget_rows(struct builder *b)
{
	vec_release(&b->reader.files);
	hashmap_release(&b->reader.seen);
	const struct workflow *wf = b->d->wf;
	bool again =
		wf->has_param_items || wf->has_after; /* sets are read when jobs run */
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		uint32_t open;
		again = again || !rule_inputs_are_told(&wf->rules[r], &open);
	}
	if (!again) {
		set_store_forget(b->d->sets);
	}
}

static int settle_graph(struct builder *b)
{
	if (!b->d->base) {
		adopt_globs(b->d); /* of all globs: too much for a part */
		forget_rows(b);
	}
	stat_files(b->d, STAT_SOURCES);
	fixpoint(b);
	if (b->optional) {
		drop_optional(b);
		forget_fixpoint(b);
		fixpoint(b);
	}
	bool whole = all_made(b);
	if (!whole && !targets_made(b)) {
		stat_files(b->d, STAT_ALL);
		fixpoint_adopt_sources(b);
		if (!targets_made(b)) {
			return report_unmakeable(b);
		}
	}
	if (whole && !b->ambiguous) {
		return 0;
	}
	if (choose_producers(b) != 0) {
		return -1;
	}
	forget_fixpoint(b);
	fixpoint(b);
	return targets_made(b) ? 0 : report_unmakeable(b);
}

/* An error has ended the exploration: what is wrong in other tables is told with it. */
static void read_other_tables(struct dag *d)
{
	for (uint32_t i = 0; i < d->wf->set_count; i++) {
		const struct set_def *def = &d->wf->sets[i];
		bool file = def->kind == SET_TABLE || def->kind == SET_LINES;
		if (file && def->used && !def->dynamic) {
			set_store_get(d->sets, i);
		}
	}
}

int dag_build(struct dag *d, struct diag_sink *sink, const struct dag_options *o,
	bool *ret_missing_source)
{
	struct builder b = {.d = d, .sink = sink, .options = o};
	d->done = o->done;
	d->max_jobs = o->max_jobs;
	hashmap_init(&b.waited);
	hashmap_init(&b.folder_of);
	hashmap_init(&b.first_inside);
	b.index = rule_index_new(d->wf);
	input_reader_init(&b.reader, d, sink);
	strbuf_init(&b.scratch);
	strbuf_init(&b.normal);
	int rc = explore(&b);
	if (rc != 0 && !d->base) {
		read_other_tables(d);
	}
	if (rc == 0) {
		vec_push(&d->jobs, (struct dag_job){0, 0, (uint32_t)d->outputs.n,
					   (uint32_t)d->inputs.n});
		rc = settle_graph(&b);
		rc = rc == 0 ? check_file_parents(&b) : rc;
		if (rc == 0 && b.has_folders) {
			rc = check_folders(&b);
			inside_settle(&b);
		}
		d->job_count = (uint32_t)d->jobs.n - 1;
		rc = rc == 0 ? check_param_sets(d) : rc;
		if (rc == 0) {
			warn_unapplied(&b);
		}
	}
	if (ret_missing_source) {
		*ret_missing_source = b.missing_source;
	}
	builder_release(&b);
	return rc;
}
