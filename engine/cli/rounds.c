#include "cli/rounds.h"

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
 * as it is. True if some were not known. */
static bool settle(struct session *s)
{
	bool news = false;
	for (size_t i = 0; i < s->dag.waits.n; i++) {
		const struct dag_wait *w = &s->dag.waits.v[i];
		uint32_t maker = s->dag.producer[w->file];
		if (!w->done && (maker == DAG_NONE || !s->plan.reasons[maker])) {
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

int rounds_plan(struct session *s, enum state_mode mode)
{
	for (;;) {
		int rc = session_build(s);
		if (rc == EXIT_DONE) {
			rc = session_plan(s, mode);
		}
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
		if (!w->done && w->job != last) {
			last = w->job;
			n++;
		}
	}
	return n;
}

void rounds_hold(struct session *s)
{
	const struct dag *d = &s->dag;
	if (!d->waits.n) {
		return;
	}
	uint8_t *held = xcalloc(d->job_count, 1);
	for (size_t i = 0; i < d->waits.n; i++) {
		if (!d->waits.v[i].done) {
			held[d->waits.v[i].job] = 1;
		}
	}
	for (uint32_t i = 0; i < d->job_count; i++) {
		uint32_t job = d->order[i], n;
		const uint32_t *in = dag_inputs(d, job, &n);
		for (uint32_t k = 0; k < n && !held[job]; k++) {
			uint32_t maker = d->producer[INPUT_FILE(in[k])];
			held[job] = maker != DAG_NONE && held[maker];
		}
		if (held[job]) {
			unwant(&s->plan, job);
		}
	}
	free(held);
}

void rounds_note(struct session *s, uint32_t job)
{
	if (!s->wf.has_after) {
		return;
	}
	uint64_t key = key_of(s, job);
	after_done_add(&s->ran, key);
	for (size_t i = 0; i < s->dag.waits.n; i++) {
		if (s->dag.waits.v[i].key == key) {
			after_done_add(&s->after, key);
			return;
		}
	}
}
