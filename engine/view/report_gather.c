/* What the report tells, put together in one pass over the records. */
#include "view/report_parts.h"

/* A figure of a job, for medians. */
struct sample {
	uint32_t rule;
	double seconds, kb;
};

struct gathering {
	struct report *r;
	VEC(struct sample) samples;
};

/* The number of a rule by its name; it may be gone from the workflow. */
static uint32_t rule_number(struct report *r, struct strview name)
{
	uint32_t rule = intern_put(&r->rules, name.p, name.n);
	while (r->figures.n <= rule) {
		vec_add(&r->figures);
	}
	return rule;
}

static void number_rules(struct report *r)
{
	const struct workflow *wf = r->p->d->wf;
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		rule_number(r, wf->rules[i].name);
	}
}

static void count_jobs(struct report *r)
{
	const struct plan *p = r->p;
	r->job_of = xreallocarray(NULL, r->s->jobs.n + 1, sizeof(*r->job_of));
	for (size_t i = 0; i < r->s->jobs.n; i++) {
		r->job_of[i] = STATE_NONE;
	}
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		struct rule_figures *f = &r->figures.v[p->d->jobs.v[j].rule];
		f->jobs++;
		if (p->reasons[j]) {
			f->todo++;
			r->todo++;
			r->maybe += p->maybe && p->maybe[j] ? 1 : 0;
		}
		if (p->record && p->record[j] < r->s->jobs.n) {
			r->job_of[p->record[j]] = j;
		}
	}
}

static size_t keep_words(struct report *r, struct strview words)
{
	size_t at = r->words.len;
	if (r->by_rule || !words.n) {
		return 0;
	}
	strbuf_addsv(&r->words, words);
	strbuf_addch(&r->words, '\0');
	return at;
}

static void take_bar(struct report *r, uint32_t bar, const struct row_job *row)
{
	uint32_t rule = rule_number(r, row->rule);
	struct bar_words w = {.rule = rule,
		.wildcards = keep_words(r, row->wildcards),
		.cpu_s = row->user_s + row->sys_s,
		.kb = (double)row->max_rss_kb,
		.threads = row->threads,
		.attempt = row->attempt};
	r->bars[bar] = w;
	r->cpu_s += w.cpu_s;
	r->most_kb = w.kb > r->most_kb ? w.kb : r->most_kb;
	r->figures.v[rule].ran++;
}

static void take_job(void *ctx, const struct row_job *row)
{
	struct gathering *g = ctx;
	struct report *r = g->r;
	if (row->id >= r->run.bar_of.n) {
		return;
	}
	if (r->run.bar_of.v[row->id] != STATE_NONE) {
		take_bar(r, r->run.bar_of.v[row->id], row);
	}
	if (r->job_of[row->id] == STATE_NONE || row->seconds < 0) {
		return;
	}
	uint32_t rule = r->p->d->jobs.v[r->job_of[row->id]].rule;
	struct rule_figures *f = &r->figures.v[rule];
	double kb = (double)row->max_rss_kb;
	f->timed++;
	f->total_s += row->seconds;
	f->cpu_s += row->user_s + row->sys_s;
	f->most_s = row->seconds > f->most_s ? row->seconds : f->most_s;
	f->most_kb = kb > f->most_kb ? kb : f->most_kb;
	f->threads = row->threads > f->threads ? row->threads : f->threads;
	vec_push(&g->samples, (struct sample){rule, row->seconds, kb});
}

static void take_failures(struct report *r)
{
	for (uint32_t i = 0; i < r->run.bars.n; i++) {
		if (r->run.bars.v[i].failure == STATE_NONE) {
			continue;
		}
		const struct failure *f =
			&r->run.failures.list.v[r->run.bars.v[i].failure];
		uint32_t rule = rule_number(r, f->rule);
		r->bars[i] = (struct bar_words){.rule = rule,
			.wildcards = keep_words(r, f->wildcards),
			.threads = f->threads,
			.attempt = f->attempt};
		if (f->again) {
			r->figures.v[rule].retried++;
			r->retried++;
		} else {
			r->figures.v[rule].failed++;
			r->failed++;
		}
	}
}

static int by_seconds(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	return x->rule != y->rule ? (x->rule > y->rule) - (x->rule < y->rule)
				  : (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int by_kb(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	return x->rule != y->rule ? (x->rule > y->rule) - (x->rule < y->rule)
				  : (x->kb > y->kb) - (x->kb < y->kb);
}

static void find_medians(struct gathering *g)
{
	for (int memory = 0; memory < 2 && g->samples.n; memory++) {
		qsort(g->samples.v, g->samples.n, sizeof(*g->samples.v),
			memory ? by_kb : by_seconds);
		for (size_t i = 0, end; i < g->samples.n; i = end) {
			struct rule_figures *f = &g->r->figures.v[g->samples.v[i].rule];
			end = i + f->timed;
			const struct sample *low = &g->samples.v[i + (f->timed - 1) / 2];
			const struct sample *high = &g->samples.v[i + f->timed / 2];
			if (memory) {
				f->median_kb = (low->kb + high->kb) / 2;
			} else {
				f->median_s = (low->seconds + high->seconds) / 2;
			}
		}
	}
}

static void keep_row(struct report *r)
{
	if (state_run(r->s, r->run.last, &r->row) <= 0) {
		r->row = (struct row_run){.status = -1, .dirty = -1};
		return;
	}
	struct strview *texts[] = {&r->row.engine, &r->row.host, &r->row.user,
		&r->row.arguments, &r->row.workflow, &r->row.commit, &r->row.remote,
		&r->row.modules};
	for (size_t i = 0; i < CW_ARRAY_LEN(texts); i++) {
		*texts[i] = arena_sv(&r->arena, *texts[i]);
	}
}

int report_gather(struct report *r)
{
	struct gathering g = {.r = r};
	number_rules(r);
	count_jobs(r);
	keep_row(r);
	r->by_rule =
		r->p->d->job_count > REPORT_JOBS_MOST || r->run.bars.n > REPORT_JOBS_MOST;
	strbuf_addch(&r->words, '\0');
	r->bars = xcalloc(r->run.bars.n + 1, sizeof(*r->bars));
	int rc = state_each_job(r->s, take_job, &g) != 0 ? -1 : 0;
	take_failures(r);
	find_medians(&g);
	vec_release(&g.samples);
	return rc;
}
