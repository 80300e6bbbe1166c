#include "plan/plan.h"

#include "base/edit_distance.h"
#include "plan/plan_records.h"
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
	if (!before) {
		p->wanted_count++;
	}
	/* the file belongs to the first reason in order: the lowest bit */
	if (!before || reason < (before & -before)) {
		p->reason_file[job] = file;
	}
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
static int64_t *output_ages(const struct dag *d)
{
	int64_t *age = xreallocarray(NULL, d->job_count, sizeof(*age));
	for (uint32_t j = 0; j < d->job_count; j++) {
		age[j] = NEVER;
	}
	for (uint32_t i = d->job_count; i-- > 0;) {
		uint32_t job = d->order[i];
		const uint32_t *files = dag_products(d, job);
		uint32_t n_out = dag_rule(d, job)->output_count;
		for (uint32_t k = 0; k < n_out; k++) {
			if (is_there(d, files[k]) &&
				d->file_flags[files[k]] & FILE_NEEDED &&
				d->mtime[files[k]] < age[job]) {
				age[job] = d->mtime[files[k]];
			}
		}
		uint32_t n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = d->producer[file];
			if (maker != DAG_NONE && !is_there(d, file) &&
				age[job] < age[maker]) {
				age[maker] = age[job];
			}
		}
	}
	return age;
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

static bool lacks_input(const struct plan *p, uint32_t job)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		uint32_t maker = p->d->producer[file];
		if (maker != DAG_NONE && !p->reasons[maker] && !is_there(p->d, file) &&
			!(p->excluded && p->excluded[maker])) {
			return true;
		}
	}
	return false;
}

/* job -> jobs that need a file it makes. `wanted_only`: among jobs that run. */
static void link_jobs(struct plan *p, bool wanted_only)
{
	const struct dag *d = p->d;
	uint64_t *start = xcalloc((size_t)d->job_count + 2, sizeof(*start));
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t j = 0; j < d->job_count; j++) {
			uint32_t n;
			const uint32_t *in = dag_inputs(d, j, &n);
			for (uint32_t k = 0; k < n && (!wanted_only || p->reasons[j]);
				k++) {
				uint32_t maker = d->producer[INPUT_FILE(in[k])];
				if (maker == DAG_NONE ||
					(wanted_only && !p->reasons[maker])) {
					continue;
				}
				if (pass == 0) {
					start[maker + 2]++;
				} else {
					p->dependents[start[maker + 1]++] = j;
				}
			}
		}
		if (pass == 0) {
			for (uint32_t j = 0; j < d->job_count; j++) {
				start[j + 2] += start[j + 1];
			}
			free(p->dependents);
			p->dependents = xreallocarray(
				NULL, start[d->job_count + 1], sizeof(*p->dependents));
		}
	}
	free(p->dependents_start);
	p->dependents_start = start;
}

/*
 * Jobs that run need their inputs: a missing one is made again, which in turn updates
 * everything else that uses it.
 */
static void want_missing_inputs(struct plan *p)
{
	const struct dag *d = p->d;
	VEC(uint32_t) stack = {0};
	for (uint32_t j = 0; j < d->job_count; j++) {
		if (p->reasons[j] && lacks_input(p, j)) {
			vec_push(&stack, j);
		}
	}
	if (stack.n) {
		link_jobs(p, false);
	}
	while (stack.n) {
		uint32_t job = vec_pop(&stack), n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = d->producer[file];
			if (maker != DAG_NONE && !p->reasons[maker] &&
				!is_there(d, file) &&
				!(p->excluded && p->excluded[maker])) {
				plan_want(p, maker, REASON_MISSING_OUTPUT, file);
				vec_push(&stack, maker);
			}
		}
		for (uint64_t i = p->dependents_start[job];
			i < p->dependents_start[job + 1]; i++) {
			uint32_t user = p->dependents[i];
			if (!p->reasons[user] && !(p->excluded && p->excluded[user])) {
				plan_want(p, user, REASON_UPDATED_INPUT,
					dag_products(d, job)[0]);
				vec_push(&stack, user);
			}
		}
	}
	vec_release(&stack);
}

int plan_each_named(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink, void (*take)(struct plan *p, uint32_t job))
{
	const struct dag *d = p->d;
	const struct rule *rule = workflow_rule(d->wf, name);
	for (uint32_t j = 0; rule && j < d->job_count; j++) {
		if (dag_rule(d, j) == rule) {
			take(p, j);
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
		take(p, d->producer[file]);
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
	if (near.best.p) {
		diag_note(sink, (struct span){0}, "did you mean \"" SV_FMT "\"?",
			SV_ARG(near.best));
	}
	return -1;
}

static void force_job(struct plan *p, uint32_t job)
{
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
		rc |= plan_each_named(p, "-R", o->force[i], sink, force_job);
	}
	return rc;
}

/* Jobs that only other jobs' results can make run; not below a forced one. */
static void find_maybes(struct plan *p)
{
	const struct dag *d = p->d;
	uint8_t *forced = xcalloc(d->job_count, 1);
	for (uint32_t i = 0; i < d->job_count; i++) {
		uint32_t job = d->order[i], n;
		const struct rule *rule = dag_rule(d, job);
		const uint32_t *in = dag_inputs(d, job, &n);
		const struct known_job *record = plan_record(p, job);
		bool target = !rule->output_count && rule->command_kind == RULE_NOTHING;
		forced[job] = p->reasons[job] & REASON_FORCED;
		for (uint32_t k = 0; k < n && !forced[job]; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			forced[job] = maker != DAG_NONE && forced[maker] &&
				      !(in[k] & INPUT_ANCIENT);
		}
		if (p->reasons[job] != REASON_UPDATED_INPUT || forced[job] ||
			!(p->o.triggers & TRIGGER_CHECKSUM) ||
			(!target && (!record || record->input_count != n))) {
			continue;
		}
		bool maybe = true;
		for (uint32_t k = 0; target && k < n; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			maybe = maybe && (maker == DAG_NONE || !p->reasons[maker] ||
						 p->maybe[maker]);
		}
		p->maybe[job] = maybe;
		p->maybe_count += maybe;
	}
	free(forced);
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

int plan_make(struct plan *p, struct dag *d, const struct plan_options *o,
	struct diag_sink *sink)
{
	*p = (struct plan){.d = d, .o = *o};
	p->o.triggers = o->triggers ? o->triggers : TRIGGER_ALL;
	if (has_records(p)) {
		dag_stat(d);
	}
	hashmap_init(&p->seen_at);
	hashmap_init(&p->by_inode);
	p->reasons = xcalloc(d->job_count, sizeof(*p->reasons));
	p->maybe = xcalloc(d->job_count, 1);
	p->record = xreallocarray(NULL, d->job_count, sizeof(*p->record));
	p->reason_file = xreallocarray(NULL, d->job_count, sizeof(*p->reason_file));
	plan_find_records(p);
	if (plan_select(p, sink) != 0 || force_jobs(p, o, sink) != 0) {
		return -1;
	}
	if (!has_records(p)) {
		stat_what_matters(p);
	}
	plan_judge_unfinished(p);
	int64_t *age = output_ages(d);
	for (uint32_t i = 0; i < d->job_count; i++) {
		uint32_t job = d->order[i];
		judge_outputs(p, job);
		if (plan_record(p, job)) {
			plan_judge_record(p, job);
		}
		judge_inputs(p, job, age[job]);
	}
	free(age);
	if (p->wanted_count) {
		want_missing_inputs(p);
		find_maybes(p);
	}
	return 0;
}

void plan_link(struct plan *p)
{
	const struct dag *d = p->d;
	link_jobs(p, true);
	p->wanted = xcalloc(d->job_count, 1);
	p->done = xcalloc(d->job_count, 1);
	p->pending = xcalloc(d->job_count, sizeof(*p->pending));
	for (uint32_t j = 0; j < d->job_count; j++) {
		p->wanted[j] = p->reasons[j] != 0;
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
	vec_release(&p->restamped);
	*p = (struct plan){0};
}
