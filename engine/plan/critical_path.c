#include "plan/critical_path.h"

struct mean {
	double seconds;
	uint32_t count;
};

static void add(struct mean *m, double seconds)
{
	m->seconds += seconds;
	m->count++;
}

/* Seconds the job took when it last ran; negative: not known. */
static double last_time(const struct plan *p, uint32_t job)
{
	const struct known_job *record = plan_record(p, job);
	return record && record->run ? record->seconds : -1;
}

float *critical_paths(const struct plan *p)
{
	const struct dag *d = p->d;
	struct mean all = {0, 0};
	if (!p->o.state || !p->o.state->found) {
		return NULL;
	}
	struct mean *rules = xcalloc(d->wf->rule_count, sizeof(*rules));
	for (uint32_t j = 0; j < d->job_count; j++) {
		double seconds = last_time(p, j);
		if (seconds >= 0) {
			add(&rules[d->jobs.v[j].rule], seconds);
			add(&all, seconds);
		}
	}
	float *path = all.count ? xcalloc(d->job_count, sizeof(*path)) : NULL;
	for (uint32_t i = d->job_count; path && i-- > 0;) {
		uint32_t job = d->order[i];
		const struct mean *rule = &rules[d->jobs.v[job].rule];
		const struct mean *mean = rule->count ? rule : &all;
		double own = last_time(p, job);
		float longest = 0;
		for (uint64_t k = p->dependents_start[job];
			k < p->dependents_start[job + 1]; k++) {
			float below = path[p->dependents[k]];
			longest = below > longest ? below : longest;
		}
		own = own < 0 ? mean->seconds / mean->count : own;
		path[job] = p->wanted[job] ? (float)own + longest : 0;
	}
	free(rules);
	return path;
}
