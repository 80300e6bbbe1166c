#include "plan/plan.h"

#include "base/edit_distance.h"
#include "plan/plan_records.h"
#include "sys/clock.h"
#include "sys/path.h"

/* Later than any stamp. */
#define NEVER INT64_MAX

void plan_want(struct plan *p, uint32_t job, enum reason reason, uint32_t file)
{
	unsigned before = p->reasons[job];
	if (p->excluded && p->excluded[job]) {
		return;
	}
	p->reasons[job] = (uint16_t)(before | reason);
	p->has_forced = p->has_forced || reason == REASON_FORCED;
	if (!before) {
		p->wanted_count++;
		p->wants++;
	}
	/* the file belongs to the first reason in order: the lowest bit */
	if (!before || reason < (before & -before)) {
		p->reason_file[job] = file;
	}
}

uint32_t plan_next_wanted(const struct plan *p, uint32_t job)
{
	const uint32_t n = p->d->job_count;
	uint64_t w[4] = {0}; /* of 16 jobs */
	while (job + 16 <= n && !(w[0] | w[1] | w[2] | w[3])) {
		memcpy(w, p->reasons + job, sizeof(w));
		job += w[0] | w[1] | w[2] | w[3] ? 0 : 16;
	}
	while (job < n && !p->reasons[job]) {
		job++;
	}
	return job;
}

static bool is_there(const struct dag *d, uint32_t file)
{
	return d->file_flags[file] & FILE_EXISTS;
}

/*
 * Age of what a job made: the oldest of its needed outputs. Where none is there, that of
 * the jobs that used them, so that a removed intermediate file alone triggers nothing.
 * Walks against the order, so that consumers come first.
 */
static int64_t *output_ages(const struct dag *d, uint32_t from)
{
	int64_t *ages = xreallocarray(NULL, d->job_count - from, sizeof(*ages));
	for (uint32_t j = from; j < d->job_count; j++) {
		ages[j - from] = NEVER;
	}
	for (uint32_t i = d->job_count; i-- > from;) {
		uint32_t job = d->order[i];
		const uint32_t *files = dag_products(d, job);
		uint32_t n_out = dag_rule(d, job)->output_count;
		for (uint32_t k = 0; k < n_out; k++) {
			if (is_there(d, files[k]) &&
				d->file_flags[files[k]] & FILE_NEEDED &&
				d->mtime[files[k]] < ages[job - from]) {
				ages[job - from] = d->mtime[files[k]];
			}
		}
		uint32_t n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = d->producer[file];
			if (maker != DAG_NONE && maker >= from && !is_there(d, file) &&
				ages[job - from] < ages[maker - from]) {
				ages[maker - from] = ages[job - from];
			}
		}
	}
	return ages;
}

static void judge_outputs(struct plan *p, uint32_t job)
{
	const struct dag *d = p->d;
	const struct rule *rule = dag_rule(d, job);
	const uint32_t *files = dag_products(d, job);
	if (!rule->output_count && rule->command_kind != RULE_NOTHING) {
		plan_want(p, job, REASON_NO_OUTPUT, DAG_NONE);
	}
	for (uint32_t k = 0; k < rule->product_count; k++) {
		if (d->file_flags[files[k]] & FILE_TARGET && !is_there(d, files[k])) {
			plan_want(p, job, REASON_MISSING_OUTPUT, files[k]);
			return;
		}
	}
}

/* Jobs that run update what uses their files; without a record, or by make's rules, a
 * newer time alone does. */
static void judge_inputs(struct plan *p, uint32_t job, int64_t age)
{
	const struct dag *d = p->d;
	bool by_time = p->o.triggers & TRIGGER_MTIME &&
		       (!(p->o.triggers & TRIGGER_CHECKSUM) || !plan_record(p, job));
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		uint32_t maker = d->producer[file];
		if (in[k] & INPUT_ANCIENT) {
			continue;
		}
		if (maker != DAG_NONE && p->reasons[maker]) {
			plan_want(p, job, REASON_UPDATED_INPUT, file);
		} else if (by_time && is_there(d, file) &&
			   d->file_flags[file] & FILE_KNOWN && d->mtime[file] > age) {
			plan_want(p, job, REASON_NEWER_INPUT, file);
		}
	}
}

struct plan_links plan_link_jobs(const struct plan *p, uint32_t from, bool wanted_only)
{
	const struct dag *d = p->d;
	uint32_t count = d->job_count - from;
	uint64_t *start = xcalloc((size_t)count + 2, sizeof(*start));
	uint32_t *to = NULL;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t j = wanted_only ? plan_next_wanted(p, from) : from;
			j < d->job_count;
			j = wanted_only ? plan_next_wanted(p, j + 1) : j + 1) {
			struct plan_inputs in =
				wanted_only ? plan_stirred(p, j) : plan_inputs(p, j);
			for (uint32_t k = 0; k < in.n; k++) {
				uint32_t file = plan_input(&in, k);
				uint32_t maker = d->producer[file];
				if (maker == DAG_NONE || maker < from ||
					(wanted_only && !p->reasons[maker])) {
					continue;
				}
				if (pass == 0) {
					start[maker - from + 2]++;
				} else {
					to[start[maker - from + 1]++] = j;
				}
			}
		}
		for (size_t i = 0; wanted_only && i < p->decides.n; i++) {
			uint32_t x = p->decides.v[i].from;
			if (pass == 0) {
				start[x - from + 2]++;
			} else {
				to[start[x - from + 1]++] = p->decides.v[i].to;
			}
		}
		if (pass == 0) {
			for (uint32_t j = 0; j < count; j++) {
				start[j + 2] += start[j + 1];
			}
			to = xreallocarray(NULL, start[count + 1], sizeof(*to));
		}
	}
	return (struct plan_links){start, to};
}

int plan_each_named(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink,
	void (*take)(struct plan *p, uint32_t job, uint8_t *marks), uint8_t *marks)
{
	const struct dag *d = p->d;
	const struct rule *rule = workflow_rule(d->wf, name);
	for (uint32_t j = 0; rule && j < d->job_count; j++) {
		if (dag_rule(d, j) == rule) {
			take(p, j, marks);
		}
	}
	if (rule) {
		return 0;
	}
	struct strbuf normal = STRBUF_INIT;
	path_normalise(&normal, name, d->wf->workdir);
	uint32_t file = intern_find(&d->paths, normal.buf, normal.len);
	strbuf_release(&normal);
	if (file != INTERN_NONE && d->producer[file] != DAG_NONE) {
		take(p, d->producer[file], marks);
		return 0;
	}
	diag_error(sink, "CW-E420", (struct span){0},
		"%s: \"" SV_FMT
		"\" is neither a rule nor a file that a job of this run makes",
		option, SV_ARG(name));
	struct nearest near;
	nearest_init(&near, name);
	for (uint32_t r = 0; r < d->wf->rule_count; r++) {
		nearest_offer(&near, d->wf->rules[r].name);
	}
	nearest_note(&near, sink);
	return -1;
}

static void force_job(struct plan *p, uint32_t job, uint8_t *marks)
{
	(void)marks;
	plan_want(p, job, REASON_FORCED, DAG_NONE);
}

static int force_jobs(
	struct plan *p, const struct plan_options *o, struct diag_sink *sink)
{
	const struct dag *d = p->d;
	int rc = 0;
	for (uint32_t j = 0; o->force_all && j < d->job_count; j++) {
		plan_want(p, j, REASON_FORCED, DAG_NONE);
	}
	for (size_t i = 0; o->force_targets && i < d->targets.n; i++) {
		uint32_t maker = d->producer[d->targets.v[i]];
		if (maker != DAG_NONE) {
			plan_want(p, maker, REASON_FORCED, DAG_NONE);
		}
	}
	for (size_t i = 0; o->force_targets && i < d->target_jobs.n; i++) {
		plan_want(p, d->target_jobs.v[i], REASON_FORCED, DAG_NONE);
	}
	for (uint32_t i = 0; i < o->force_count; i++) {
		rc |= plan_each_named(p, "-R", o->force[i], sink, force_job, NULL);
	}
	return rc;
}

/*
 * Without records a job whose wanted output is missing runs whatever its inputs are, and so
 * does a job that makes a missing input of such a one. They are found against the order;
 * the stamps of sources that only they use play no part and are not looked up.
 */
static void stat_what_matters(struct plan *p)
{
	struct dag *d = p->d;
	dag_stat_made(d);
	for (uint32_t i = d->job_count; i-- > 0;) {
		uint32_t job = d->order[i], n;
		const uint32_t *in = dag_inputs(d, job, &n);
		judge_outputs(p, job);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = d->producer[file];
			if (maker == DAG_NONE && !p->reasons[job]) {
				d->file_flags[file] |= FILE_ASKED;
			} else if (maker != DAG_NONE && p->reasons[job] &&
				   !is_there(d, file)) {
				plan_want(p, maker, REASON_MISSING_OUTPUT, file);
			}
		}
	}
	dag_stat_asked(d);
}

static bool has_records(const struct plan *p)
{
	return p->o.state && (p->o.state->jobs.n || p->o.state->unfinished.n);
}

void plan_judge(struct plan *p, uint32_t from, const struct dag_growth *growth)
{
	const struct dag *d = p->d;
	int64_t *ages = output_ages(d, from);
	for (uint32_t i = from; i < d->job_count; i++) {
		uint32_t job = d->order[i];
		judge_outputs(p, job);
		if (plan_record(p, job)) {
			plan_judge_record(p, job);
		}
		judge_inputs(p, job, ages[job - from]);
		if (p->reasons[job]) {
			plan_find_maybe(p, job);
		}
	}
	free(ages);
	if (from == 0) {
		p->wants_judged = p->wants;
	}
	if (p->wanted_count) {
		plan_want_missing(p, from, growth);
	}
}

int plan_make(struct plan *p, struct dag *d, const struct plan_options *o,
	struct diag_sink *sink)
{
	*p = (struct plan){.d = d, .o = *o};
	p->o.triggers = o->triggers ? o->triggers : TRIGGER_ALL;
	if (has_records(p)) {
		dag_stat(d);
	}
	p->looked_ns = clock_monotonic_ns(&clock_real);
	hashmap_init(&p->seen_at);
	hashmap_init(&p->by_inode);
	hashmap_init(&p->alike_at);
	p->reasons = xcalloc(d->job_count, sizeof(*p->reasons));
	p->maybe = xcalloc(d->job_count, 1);
	p->forced = xcalloc(d->job_count, 1);
	p->job_cap = d->job_count;
	p->record = xreallocarray(NULL, d->job_count, sizeof(*p->record));
	p->reason_file = xreallocarray(NULL, d->job_count, sizeof(*p->reason_file));
	plan_find_records(p, 0);
	plan_find_open(p, 0);
	if (plan_select(p, sink) != 0 || force_jobs(p, o, sink) != 0) {
		return -1;
	}
	if (!has_records(p)) {
		stat_what_matters(p);
	}
	plan_judge_unfinished(p);
	plan_judge(p, 0, NULL);
	return 0;
}

void plan_link(struct plan *p)
{
	const struct dag *d = p->d;
	struct plan_links links = plan_link_jobs(p, 0, true);
	p->dependents_start = links.start;
	p->dependents = links.to;
	p->wanted = xcalloc(d->job_count, 1);
	p->done = xcalloc(d->job_count, 1);
	p->pending = xcalloc(d->job_count, sizeof(*p->pending));
	for (uint32_t j = plan_next_wanted(p, 0); j < d->job_count;
		j = plan_next_wanted(p, j + 1)) {
		p->wanted[j] = 1;
		for (uint64_t i = p->dependents_start[j]; i < p->dependents_start[j + 1];
			i++) {
			p->pending[p->dependents[i]]++;
		}
	}
}

void plan_release(struct plan *p)
{
	free(p->reasons);
	free(p->reason_file);
	free(p->maybe);
	free(p->forced);
	free(p->deferred);
	free(p->open);
	vec_release(&p->decides);
	free(p->excluded);
	free(p->needed_by_excluded);
	free(p->record);
	free(p->wanted);
	free(p->done);
	free(p->pending);
	free(p->dependents_start);
	free(p->dependents);
	hashmap_release(&p->seen_at);
	hashmap_release(&p->by_inode);
	vec_release(&p->seen);
	hashmap_release(&p->alike_at);
	vec_release(&p->alike);
	vec_release(&p->unlike);
	vec_release(&p->restamped);
	*p = (struct plan){0};
}
