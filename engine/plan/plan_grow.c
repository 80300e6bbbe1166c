/* Decisions about jobs that came into the graph during the run. */
#include "plan/plan_records.h"

static void make_rows(struct plan *p)
{
	uint32_t n = p->d->job_count, cap = p->job_cap + p->job_cap / 2, old = p->job_cap;
	if (n <= old) {
		return;
	}
	cap = cap < n ? n : cap;
	p->reasons = xreallocarray(p->reasons, cap, sizeof(*p->reasons));
	p->reason_file = xreallocarray(p->reason_file, cap, sizeof(*p->reason_file));
	p->record = xreallocarray(p->record, cap, sizeof(*p->record));
	p->pending = xreallocarray(p->pending, cap, sizeof(*p->pending));
	uint8_t **bytes[] = {&p->maybe, &p->forced, &p->deferred, &p->open, &p->wanted,
		&p->done, &p->excluded};
	for (size_t i = 0; i < CW_ARRAY_LEN(bytes); i++) {
		if (*bytes[i]) {
			*bytes[i] = xreallocarray(*bytes[i], cap, 1);
			memset(*bytes[i] + old, 0, cap - old);
		}
	}
	p->job_cap = cap;
}

/* What the records know of files that are new in the graph. */
static void learn_files(struct plan *p, const struct dag_growth *growth)
{
	const struct dag *d = p->d;
	for (size_t i = 0; p->o.state && i < growth->new_files.n; i++) {
		uint32_t file = growth->new_files.v[i], maker = d->producer[file];
		bool left = state_learn(p->o.state, file, dag_path(d, file));
		if (left && maker != DAG_NONE && maker >= growth->first_job &&
			!p->o.ignore_unfinished && d->file_flags[file] & FILE_EXISTS) {
			plan_want(p, maker, REASON_UNFINISHED, file);
		}
	}
}

static void force_jobs(struct plan *p, uint32_t from)
{
	for (uint32_t j = from; j < p->d->job_count; j++) {
		bool forced = p->o.force_all;
		for (uint32_t i = 0; i < p->o.force_count && !forced; i++) {
			forced = plan_is_named(p, p->o.force[i], j);
		}
		if (forced) {
			plan_want(p, j, REASON_FORCED, DAG_NONE);
		}
	}
}

/* None of the jobs that came runs. */
static enum plan_growth give_up(struct plan *p, uint32_t from)
{
	for (uint32_t j = from; j < p->d->job_count; j++) {
		if (p->reasons[j]) {
			p->reasons[j] = 0;
			p->wanted_count--;
			p->maybe_count -= p->maybe[j];
			p->maybe[j] = 0;
		}
	}
	return PLAN_TOO_LATE;
}

/* Reasons that do not come from its inputs stay; the rest is looked at again. */
static void judge_gate(struct plan *p, uint32_t gate)
{
	const struct known_job *record = plan_record(p, gate);
	uint32_t n, file = p->reason_file[gate];
	unsigned before = p->reasons[gate];
	unsigned keep = REASON_FORCED | REASON_NO_OUTPUT | REASON_MISSING_OUTPUT |
			REASON_UNFINISHED | REASON_OUTPUT_CHANGED;
	p->maybe_count -= p->maybe[gate];
	p->maybe[gate] = 0;
	p->reasons[gate] = (uint16_t)(before & keep);
	if (!p->reasons[gate]) {
		p->wanted_count--; /* plan_want counts it again */
	}
	if (record) {
		plan_judge_record(p, gate);
	}
	bool sure = p->reasons[gate] != 0;
	plan_want(p, gate, REASON_UPDATED_INPUT, file);
	dag_inputs(p->d, gate, &n);
	if (!sure && record && record->input_count == n && !p->forced[gate] &&
		p->o.triggers & TRIGGER_CHECKSUM) {
		p->maybe[gate] = 1;
		p->maybe_count++;
	}
}

enum plan_growth plan_grow(struct plan *p, const struct dag_growth *growth, bool whole)
{
	const struct dag *d = p->d;
	uint32_t from = growth->first_job, gate = growth->gate;
	make_rows(p);
	for (uint32_t j = from; j < d->job_count; j++) {
		p->reasons[j] = 0;
		p->reason_file[j] = DAG_NONE;
		p->maybe[j] = p->forced[j] = p->wanted[j] = p->done[j] = 0;
		if (p->deferred) {
			p->deferred[j] = 0;
		}
		p->pending[j] = 0;
		if (p->excluded) {
			p->excluded[j] = 0;
		}
	}
	free(p->needed_by_excluded);
	p->needed_by_excluded = NULL;
	if (p->excluded) {
		plan_select_more(p, from, growth);
	}
	if (p->open) {
		memset(p->open + from, 0, d->job_count - from);
		p->open[gate] = whole ? 0 : p->open[gate];
	}
	plan_find_open(p, growth->first_wait);
	learn_files(p, growth);
	plan_find_records(p, from);
	force_jobs(p, from);
	if (from < d->job_count) {
		plan_judge(p, from, growth);
	}
	for (uint32_t j = from; j < d->job_count; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(d, j, &n);
		if (p->reasons[j] && plan_lacks_earlier(p, from, in, n)) {
			return give_up(p, from);
		}
	}
	if (p->reasons[gate] && whole) {
		if (plan_lacks_earlier(
			    p, from, growth->inputs.v, (uint32_t)growth->inputs.n)) {
			return give_up(p, from);
		}
		judge_gate(p, gate);
	}
	return PLAN_GROWN;
}
