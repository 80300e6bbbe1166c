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

/* Whether the job only stands for others. */
static bool takes_no_time(const struct plan *p, uint32_t job)
{
	return dag_rule(p->d, job)->command_kind == RULE_NOTHING;
}

/* Whether all jobs that run have run before. */
static bool knows_all(const struct plan *p)
{
	uint32_t j = plan_next_wanted(p, 0);
	while (j < p->d->job_count && (takes_no_time(p, j) || last_time(p, j) >= 0)) {
		j = plan_next_wanted(p, j + 1);
	}
	return j == p->d->job_count;
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

/* What a job of the rule takes, as far as is known. */
static double mean_time(const struct mean *rules, const struct mean *all, uint32_t rule)
{
	const struct mean *mean = rules[rule].count ? &rules[rule] : all;
	return mean->seconds / mean->count;
}

float *critical_paths(const struct plan *p)
{
	const struct dag *d = p->d;
	struct mean all = {0, 0};
	if (!p->o.state || !p->o.state->found) {
		return NULL;
	}
	/* nobody asks for a mean where each has its own time */
	bool known = knows_all(p);
	struct mean *rules = known ? NULL : means_of_rules(p, &all);
	float *path = known || all.count ? xcalloc(d->job_count, sizeof(*path)) : NULL;
	for (uint32_t i = d->job_count; path && i-- > 0;) {
		uint32_t job = d->order[i];
		if (!p->wanted[job]) {
			continue;
		}
		double own = takes_no_time(p, job) ? 0 : last_time(p, job);
		float longest = 0;
		for (uint64_t k = p->dependents_start[job];
			k < p->dependents_start[job + 1]; k++) {
			float below = path[p->dependents[k]];
			longest = below > longest ? below : longest;
		}
		own = own < 0 ? mean_time(rules, &all, d->jobs.v[job].rule) : own;
		path[job] = (float)own + longest;
	}
	free(rules);
	return path;
}
