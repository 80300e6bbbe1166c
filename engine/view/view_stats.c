#include <math.h>

#include "base/intern.h"
#include "base/vec.h"
#include "view/out.h"
#include "view/view_records.h"

struct rule_times {
	uint32_t jobs;
	uint32_t threads; /* most that a job had */
	double total_s, least_s, most_s, cpu_s;
	double load;    /* most processors that a job of a second or more kept busy */
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
	double cpu_s = job->user_s + job->sys_s;
	t->jobs++;
	t->total_s += job->seconds;
	t->cpu_s += cpu_s;
	t->least_s = job->seconds < t->least_s ? job->seconds : t->least_s;
	t->most_s = job->seconds > t->most_s ? job->seconds : t->most_s;
	t->rss_kb = job->max_rss_kb > t->rss_kb ? job->max_rss_kb : t->rss_kb;
	t->threads = job->threads > t->threads ? job->threads : t->threads;
	if (job->seconds >= 1 && cpu_s / job->seconds > t->load) {
		t->load = cpu_s / job->seconds;
	}
}

/* Up to two digits that count: a limit is a round number. */
static int64_t round_up(double x)
{
	int64_t unit = 1;
	while (x > 100 * (double)unit) {
		unit *= 10;
	}
	return (int64_t)ceil(x / (double)unit) * unit;
}

/* Processors are kept busy a little less than wholly; a tenth of one is no reason for
 * another. Short jobs tell nothing: what they asked for. */
static int64_t advised_threads(const struct rule_times *t)
{
	double n = ceil(t->load - 0.1);
	return t->load > 0 ? (n < 1 ? 1 : (int64_t)n) : t->threads;
}

static void add_advice(struct strbuf *sb, const struct rule_times *t, double rss_mb)
{
	strbuf_addf(sb, "\t%u\t", (unsigned)t->threads);
	if (t->load > 0) {
		strbuf_addf(sb, "%.2f", t->load);
	} else {
		strbuf_addch(sb, '-');
	}
	strbuf_addf(sb, "\t%lld\t%lld\t%lld", (long long)advised_threads(t),
		(long long)(rss_mb > 0 ? round_up(1.25 * rss_mb) : 1),
		(long long)(t->most_s > 0 ? round_up(2 * t->most_s / 60) : 1));
}

int view_stats(struct state *s, bool advise, FILE *to)
{
	struct stats st = {.times = {NULL, 0, 0}};
	struct strbuf sb = STRBUF_INIT;
	intern_init(&st.rules);
	int rc = state_each_job(s, take_job, &st);
	strbuf_addf(&sb,
		"rule\tjobs\tmean_s\tmin_s\tmax_s\ttotal_s\tcpu_s\tmax_rss_mb%s\n",
		advise ? "\tthreads\tbusy\tadvised_threads\tadvised_mem_mb\tadvised_runtime"
		       : "");
	for (uint32_t i = 0; i < st.times.n; i++) {
		const struct rule_times *t = &st.times.v[i];
		double rss_mb = (double)t->rss_kb * 1024 / 1e6;
		strbuf_addf(&sb, SV_FMT "\t%u\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f",
			SV_ARG(intern_str(&st.rules, i)), (unsigned)t->jobs,
			t->total_s / t->jobs, t->least_s, t->most_s, t->total_s, t->cpu_s,
			rss_mb);
		if (advise) {
			add_advice(&sb, t, rss_mb);
		}
		strbuf_addch(&sb, '\n');
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	vec_release(&st.times);
	intern_release(&st.rules);
	return rc;
}
