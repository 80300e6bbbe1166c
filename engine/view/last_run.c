#include "view/last_run.h"

static int by_start(const void *a, const void *b)
{
	const struct run_bar *x = a, *y = b;
	return x->start_ns != y->start_ns
		       ? (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns)
		       : (x->job > y->job) - (x->job < y->job);
}

static int by_end(const void *a, const void *b, void *ctx)
{
	const struct run_bar *bars = ctx;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int64_t x = bars[i].end_ns, y = bars[k].end_ns;
	return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

static bool was_run(const struct known_job *job)
{
	return job->seconds >= 0; /* less: marked by --touch */
}

static void read_failures(struct last_run *r)
{
	struct strbuf path = STRBUF_INIT;
	strbuf_addf(&path, "%s/failures", r->s->dir);
	failures_read(&r->failures, path.buf);
	strbuf_release(&path);
}

/* The last run that left a job or a failure, or that came to no good end; and those before
 * it of the same process. */
static void find_runs(struct last_run *r)
{
	struct row_run run, before;
	const struct state *s = r->s;
	for (size_t i = 0; i < s->jobs.n; i++) {
		const struct known_job *job = &s->jobs.v[i];
		r->last = was_run(job) && job->run > r->last ? job->run : r->last;
	}
	for (size_t i = 0; i < r->failures.list.n; i++) {
		uint32_t of = r->failures.list.v[i].run;
		r->last = of > r->last ? of : r->last;
	}
	if (s->last_run > r->last && state_run(r->s, s->last_run, &run) > 0 &&
		run.status != 0) {
		r->last = s->last_run;
	}
	if (!r->last || state_run(r->s, r->last, &run) <= 0) {
		r->last = 0;
		return;
	}
	int64_t pid = run.pid;
	r->first = r->last;
	r->begin_ns = run.start_ns;
	r->end_ns = run.end_ns;
	r->status = run.status;
	while (r->first > 1 && state_run(r->s, r->first - 1, &before) > 0 &&
		before.pid == pid && before.end_ns <= r->begin_ns) {
		r->first--;
		r->begin_ns = before.start_ns;
	}
}

/* Failures of an earlier run may still lie there: one that was killed made none. */
static void drop_old_failures(struct last_run *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->failures.list.n; i++) {
		const struct failure *f = &r->failures.list.v[i];
		if (f->run >= r->first && f->run <= r->last) {
			r->failures.list.v[n++] = *f;
		}
	}
	r->failures.list.n = n;
}

static void gather_bars(struct last_run *r)
{
	const struct state *s = r->s;
	vec_reserve(&r->bar_of, s->jobs.n);
	for (uint32_t i = 0; i < s->jobs.n; i++) {
		const struct known_job *job = &s->jobs.v[i];
		vec_push(&r->bar_of, STATE_NONE);
		if (was_run(job) && job->run >= r->first && job->run <= r->last) {
			struct run_bar bar = {
				job->start_ns, job->end_ns, i, STATE_NONE, 0};
			vec_push(&r->bars, bar);
		}
	}
	for (uint32_t i = 0; i < r->failures.list.n; i++) {
		const struct failure *f = &r->failures.list.v[i];
		int64_t took = (int64_t)(f->seconds * 1e9);
		struct run_bar bar = {f->end_ns - took, f->end_ns, STATE_NONE, i, 0};
		vec_push(&r->bars, bar);
	}
	if (r->bars.n) {
		qsort(r->bars.v, r->bars.n, sizeof(*r->bars.v), by_start);
	}
	for (uint32_t i = 0; i < r->bars.n; i++) {
		struct run_bar *bar = &r->bars.v[i];
		bar->end_ns = bar->end_ns > bar->start_ns ? bar->end_ns : bar->start_ns;
		if (bar->job != STATE_NONE) {
			r->bar_of.v[bar->job] = i;
		}
	}
}

/* Each attempt gets the lowest lane that is free when it starts. */
static void assign_lanes(struct last_run *r)
{
	VEC(uint32_t) ends = {0};
	VEC(uint8_t) busy = {0};
	uint32_t lowest = 0;
	vec_reserve(&ends, r->bars.n + 1);
	for (uint32_t i = 0; i < r->bars.n; i++) {
		r->bars.v[i].lane = STATE_NONE;
		vec_push(&ends, i);
	}
	qsort_r(ends.v, ends.n, sizeof(*ends.v), by_end, r->bars.v);
	for (size_t i = 0, e = 0; i < r->bars.n; i++) {
		struct run_bar *bar = &r->bars.v[i];
		for (; e < ends.n && r->bars.v[ends.v[e]].end_ns <= bar->start_ns; e++) {
			uint32_t lane = r->bars.v[ends.v[e]].lane;
			if (lane != STATE_NONE) {
				busy.v[lane] = 0;
				lowest = lane < lowest ? lane : lowest;
			}
		}
		while (lowest < busy.n && busy.v[lowest]) {
			lowest++;
		}
		if (lowest == busy.n) {
			vec_push(&busy, 0);
		}
		busy.v[lowest] = 1;
		bar->lane = lowest;
	}
	r->lanes = (uint32_t)busy.n;
	vec_release(&ends);
	vec_release(&busy);
}

int last_run_find(struct last_run *r, struct state *s)
{
	*r = (struct last_run){.s = s, .status = -1};
	read_failures(r);
	find_runs(r);
	if (!r->last) {
		return 1;
	}
	drop_old_failures(r);
	gather_bars(r);
	assign_lanes(r);
	return 0;
}

void last_run_release(struct last_run *r)
{
	failures_release(&r->failures);
	vec_release(&r->bars);
	vec_release(&r->bar_of);
}
