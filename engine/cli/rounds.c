#include "cli/rounds.h"

#include "cli/ahead.h"

static void unwant(struct plan *p, uint32_t job)
{
	if (p->reasons[job]) {
		p->reasons[job] = 0;
		p->wanted_count--;
		p->maybe_count -= p->maybe && p->maybe[job] ? 1 : 0;
		if (p->maybe) {
			p->maybe[job] = 0;
		}
	}
}

static uint64_t key_of(const struct session *s, uint32_t job)
{
	struct strview values[WILDCARDS_MOST];
	dag_values(&s->dag, job, values);
	return after_key(dag_rule(&s->dag, job), values);
}

/* What ran in an earlier round runs no more, whatever forces it. */
static void drop_done(struct session *s)
{
	for (uint32_t j = 0; s->round && j < s->dag.job_count; j++) {
		if (s->plan.reasons[j] && after_is_done(&s->ran, key_of(s, j))) {
			unwant(&s->plan, j);
		}
	}
}

/* Jobs that are waited for and need not run are done; so are those whose output is taken
 * as it is. Where a removed temporary folder tells nothing, the job that waits is as it
 * was. True if some were not known. */
static bool settle(struct session *s)
{
	bool news = false;
	for (size_t i = 0; i < s->dag.waits.n; i++) {
		const struct dag_wait *w = &s->dag.waits.v[i];
		uint32_t maker = s->dag.producer[w->file];
		if (!w->done && !plan_waits_for_gone(&s->dag, w) &&
			(maker == DAG_NONE || !s->plan.reasons[maker])) {
			news |= after_done_add(&s->after, w->key);
		}
	}
	return news;
}

void rounds_forget(struct session *s)
{
	if (s->records) {
		records_free(s->records, s);
		s->records = NULL;
	}
	if (s->has_plan) {
		plan_release(&s->plan);
		s->has_plan = false;
	}
	if (s->has_dag) {
		dag_release(&s->dag);
		s->has_dag = false;
	}
	set_store_free(s->sets);
	s->sets = NULL;
}

/* Graph and plan; `first`: the stamps of the last plan's files are looked up meanwhile. */
static int build_and_plan(struct session *s, enum state_mode mode, bool first)
{
	struct ahead ahead = {.loaded = false};
	if (first) {
		ahead_begin(&ahead);
	}
	s->ahead = ahead.stamps;
	int rc = session_build(s);
	if (rc == EXIT_DONE) {
		rc = session_plan(s, mode);
	}
	ahead_end(&ahead);
	s->ahead = s->dag.ahead = NULL;
	return rc;
}

int rounds_plan(struct session *s, enum state_mode mode)
{
	for (bool first = s->round == 0;; first = false) {
		int rc = build_and_plan(s, mode, first);
		if (rc != EXIT_DONE || !s->wf.has_after) {
			return rc;
		}
		drop_done(s);
		if (!settle(s)) {
			return EXIT_DONE;
		}
		rounds_forget(s);
	}
}

uint32_t rounds_waiting(const struct session *s)
{
	uint32_t n = 0, last = DAG_NONE;
	for (size_t i = 0; i < s->dag.waits.n; i++) {
		const struct dag_wait *w = &s->dag.waits.v[i];
		uint32_t maker = s->dag.producer[w->file];
		if (!w->done && w->job != last && maker != DAG_NONE &&
			s->plan.reasons[maker]) {
			last = w->job;
			n++;
		}
	}
	return n;
}

bool rounds_is_gate(const struct session *s, uint32_t job)
{
	const struct dag_wait *w = s->dag.waits.v;
	size_t from = 0, to = s->dag.waits.n;
	while (from < to) { /* the first of the job's: they come in the order of jobs */
		size_t middle = from + (to - from) / 2;
		if (w[middle].job < job) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	for (; from < s->dag.waits.n && w[from].job == job; from++) {
		if (!w[from].done) {
			return true;
		}
	}
	return false;
}

bool rounds_note(struct session *s, uint32_t job, uint64_t *ret_key)
{
	if (!s->wf.has_after) {
		return false;
	}
	*ret_key = key_of(s, job);
	after_done_add(&s->ran, *ret_key);
	if (!s->dag.waits.n) {
		return false;
	}
	after_done_add(&s->after, *ret_key);
	return true;
}
