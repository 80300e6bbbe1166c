#include "base/intern.h"
#include "base/vec.h"
#include "view/out.h"
#include "view/view_records.h"

struct rule_times {
	uint32_t jobs;
	double total_s, least_s, most_s, cpu_s;
	int64_t rss_kb; /* largest */
};

struct stats {
	struct intern rules;
	VEC(struct rule_times) times;
};

static void take_job(void *ctx, const struct row_job *job)
{
	struct stats *st = ctx;
	if (job->seconds < 0) {
		return; /* touched, not run */
	}
	uint32_t rule = intern_put(&st->rules, job->rule.p, job->rule.n);
	if (rule == st->times.n) {
		vec_push(&st->times, (struct rule_times){.least_s = job->seconds});
	}
	struct rule_times *t = &st->times.v[rule];
	t->jobs++;
	t->total_s += job->seconds;
	t->cpu_s += job->user_s + job->sys_s;
	t->least_s = job->seconds < t->least_s ? job->seconds : t->least_s;
	t->most_s = job->seconds > t->most_s ? job->seconds : t->most_s;
	t->rss_kb = job->max_rss_kb > t->rss_kb ? job->max_rss_kb : t->rss_kb;
}

int view_stats(struct state *s, FILE *to)
{
	struct stats st = {.times = {NULL, 0, 0}};
	struct strbuf sb = STRBUF_INIT;
	intern_init(&st.rules);
	int rc = state_each_job(s, take_job, &st);
	strbuf_addstr(
		&sb, "rule\tjobs\tmean_s\tmin_s\tmax_s\ttotal_s\tcpu_s\tmax_rss_mb\n");
	for (uint32_t i = 0; i < st.times.n; i++) {
		const struct rule_times *t = &st.times.v[i];
		strbuf_addf(&sb, SV_FMT "\t%u\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\n",
			SV_ARG(intern_str(&st.rules, i)), (unsigned)t->jobs,
			t->total_s / t->jobs, t->least_s, t->most_s, t->total_s, t->cpu_s,
			(double)t->rss_kb * 1024 / 1e6);
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	vec_release(&st.times);
	intern_release(&st.rules);
	return rc;
}
