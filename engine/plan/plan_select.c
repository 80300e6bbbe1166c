/* -U and -O: what of the graph is left out. */
#include "plan/plan_records.h"
#include "sys/path.h"

enum { TAKEN = 2 };

static void take(struct plan *p, uint32_t job, uint8_t *marks)
{
	(void)p;
	marks[job] = TAKEN;
}

/* What the named jobs make is asked for, and nothing but what they need. */
static void keep_until(struct plan *p, uint32_t from)
{
	struct dag *d = p->d;
	for (uint32_t i = d->job_count; i-- > from;) {
		uint32_t job = d->order[i], n;
		const uint32_t *in = dag_inputs(d, job, &n);
		if (p->excluded[job] == TAKEN) {
			const uint32_t *files = dag_products(d, job);
			for (uint32_t k = 0; k < dag_rule(d, job)->output_count; k++) {
				d->file_flags[files[k]] |= FILE_TARGET;
			}
			p->excluded[job] = 0;
		}
		for (uint32_t k = 0; k < n && !p->excluded[job]; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE && p->excluded[maker] != TAKEN) {
				p->excluded[maker] = 0;
			}
		}
	}
}

/* The named jobs go, with all that depends on them; what they would have used is asked
 * for. */
static void leave_out(struct plan *p, uint32_t from)
{
	struct dag *d = p->d;
	for (uint32_t i = from; i < d->job_count; i++) {
		uint32_t job = d->order[i], n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n && !p->excluded[job]; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE && p->excluded[maker] == TAKEN) {
				p->excluded[job] = TAKEN;
			}
		}
		for (uint32_t k = 0; k < n && p->excluded[job] == TAKEN; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE && !p->excluded[maker]) {
				d->file_flags[INPUT_FILE(in[k])] |= FILE_TARGET;
			}
		}
	}
}

/* Whether `name` is the job's rule or a file that it makes. */
bool plan_is_named(const struct plan *p, struct strview name, uint32_t job)
{
	const struct rule *rule = dag_rule(p->d, job);
	if (sv_eq(rule->name, name)) {
		return true;
	}
	struct strbuf normal = STRBUF_INIT;
	path_normalise(&normal, name, p->d->wf->workdir);
	bool named = false;
	for (uint32_t k = 0; k < rule->product_count; k++) {
		named = named || sv_eq(dag_path(p->d, dag_products(p->d, job)[k]),
					 strbuf_sv(&normal));
	}
	strbuf_release(&normal);
	return named;
}

static bool has_jobs(const struct plan *p, struct strview name)
{
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		if (sv_eq(dag_rule(p->d, j)->name, name)) {
			return true;
		}
	}
	return false;
}

/* -U names a rule whose jobs are not known yet: those that tell of inputs are needed. */
static void keep_what_tells(struct plan *p)
{
	const struct dag *d = p->d;
	bool later = false;
	for (uint32_t i = 0; i < p->o.until_count && d->waits.n; i++) {
		later = later || (workflow_rule(d->wf, p->o.until[i]) &&
					 !has_jobs(p, p->o.until[i]));
	}
	for (size_t i = 0; later && i < d->waits.n; i++) {
		uint32_t maker = d->producer[d->waits.v[i].file];
		if (maker != DAG_NONE && !d->waits.v[i].done) {
			take(p, maker, p->excluded);
		}
	}
}

void plan_select_more(struct plan *p, uint32_t from, const struct dag_growth *growth)
{
	const struct dag *d = p->d;
	uint32_t gate = growth->gate;
	for (uint32_t j = from; j < d->job_count; j++) {
		p->excluded[j] = p->o.until_count ? 1 : 0;
		for (uint32_t i = 0; i < p->o.until_count; i++) {
			if (plan_is_named(p, p->o.until[i], j)) {
				take(p, j, p->excluded);
			}
		}
	}
	for (size_t k = 0; k < growth->inputs.n && !p->excluded[gate]; k++) {
		uint32_t maker = d->producer[INPUT_FILE(growth->inputs.v[k])];
		if (maker != DAG_NONE && p->excluded[maker] == 1) {
			p->excluded[maker] = 0;
		}
	}
	if (p->o.until_count) {
		keep_until(p, from);
	}
	for (uint32_t j = from; j < d->job_count; j++) {
		for (uint32_t i = 0; i < p->o.omit_count; i++) {
			if (plan_is_named(p, p->o.omit[i], j)) {
				take(p, j, p->excluded);
			}
		}
	}
	if (p->o.omit_count) {
		leave_out(p, from);
	}
}

int plan_select(struct plan *p, struct diag_sink *sink)
{
	int rc = 0;
	if (!p->o.until_count && !p->o.omit_count) {
		return 0;
	}
	p->excluded = xcalloc(p->d->job_count, 1);
	if (p->o.until_count) {
		memset(p->excluded, 1, p->d->job_count);
		for (uint32_t i = 0; i < p->o.until_count; i++) {
			rc |= plan_each_named(
				p, "-U", p->o.until[i], sink, take, p->excluded);
		}
		keep_what_tells(p);
		keep_until(p, 0);
	}
	for (uint32_t i = 0; i < p->o.omit_count; i++) {
		rc |= plan_each_named(p, "-O", p->o.omit[i], sink, take, p->excluded);
	}
	if (p->o.omit_count) {
		leave_out(p, 0);
	}
	return rc;
}

int plan_mark_first(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink, uint8_t *marks)
{
	const struct dag *d = p->d;
	if (plan_each_named(p, option, name, sink, take, marks) != 0) {
		return -1;
	}
	for (uint32_t i = d->job_count; i-- > 0;) {
		uint32_t job = d->order[i], n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n && marks[job]; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE) {
				marks[maker] = TAKEN;
			}
		}
	}
	return 0;
}

bool plan_left_out_needs(struct plan *p, uint32_t file)
{
	if (!p->excluded) {
		return false;
	}
	if (!p->needed_by_excluded) {
		p->needed_by_excluded = xcalloc(p->d->paths.count, 1);
		for (uint32_t j = 0; j < p->d->job_count; j++) {
			uint32_t n;
			const uint32_t *in = dag_inputs(p->d, j, &n);
			for (uint32_t k = 0; p->excluded[j] && k < n; k++) {
				p->needed_by_excluded[INPUT_FILE(in[k])] = 1;
			}
		}
	}
	return p->needed_by_excluded[file];
}
