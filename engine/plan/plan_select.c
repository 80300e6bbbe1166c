/* -U and -O: what of the graph is left out. */
#include "plan/plan_records.h"

enum { TAKEN = 2 };

static void take(struct plan *p, uint32_t job)
{
	p->excluded[job] = TAKEN;
}

/* What the named jobs make is asked for, and nothing but what they need. */
static void keep_until(struct plan *p)
{
	struct dag *d = p->d;
	for (uint32_t i = d->job_count; i-- > 0;) {
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
static void leave_out(struct plan *p)
{
	struct dag *d = p->d;
	for (uint32_t i = 0; i < d->job_count; i++) {
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
			rc |= plan_each_named(p, "-U", p->o.until[i], sink, take);
		}
		keep_until(p);
	}
	for (uint32_t i = 0; i < p->o.omit_count; i++) {
		rc |= plan_each_named(p, "-O", p->o.omit[i], sink, take);
	}
	if (p->o.omit_count) {
		leave_out(p);
	}
	return rc;
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
