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

/* The means of the recorded times, by rule; those of all in *ret_all. Returns owned. */
static struct mean *means_of_rules(const struct plan *p, struct mean *ret_all)
{
	struct mean *rules = xcalloc(p->d->wf->rule_count, sizeof(*rules));
	*ret_all = (struct mean){0, 0};
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		double seconds = last_time(p, j);
		if (seconds >= 0) {
			add(&rules[p->d->jobs.v[j].rule], seconds);
			add(ret_all, seconds);
		}
	}
	return rules;
}

float *expected_seconds(const struct plan *p)
{
	struct mean all;
	if (!p->o.state || !p->o.state->found) {
		return NULL;
	}
	struct mean *rules = means_of_rules(p, &all);
	float *out = xcalloc(p->d->job_count, sizeof(*out));
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		const struct mean *rule = &rules[p->d->jobs.v[j].rule];
		double own = last_time(p, j);
		if (own < 0) {
			own = rule->count ? rule->seconds / rule->count : -1;
		}
		out[j] = (float)own;
	}
	free(rules);
	return out;
}

float *critical_paths(const struct plan *p)
{
	const struct dag *d = p->d;
	struct mean all;
	if (!p->o.state || !p->o.state->found) {
		return NULL;
	}
	struct mean *rules = means_of_rules(p, &all);
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
