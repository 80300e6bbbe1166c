#include "simulation.h"

enum { LATE_CLASSES = 5 }; /* further classes for each one, for further attempts */

/* splitmix64 */
uint64_t sim_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t sim_below(uint64_t *state, uint32_t n)
{
	return n ? (uint32_t)((sim_next(state) >> 32) * n >> 32) : 0;
}

static void make_classes(struct sim_graph *m, uint64_t *random)
{
	const struct simulation_options *o = m->o;
	m->classes = xcalloc(o->classes, sizeof(*m->classes));
	m->g.resource_count = o->resources;
	for (uint32_t r = 0; r < o->resources; r++) {
		bool unlimited = r > 0 && sim_below(random, 4) == 0;
		m->g.limit[r] = unlimited ? -1 : 4 + (int64_t)sim_below(random, 12);
	}
	for (uint32_t c = 0; c < o->classes; c++) {
		struct sched_class *class = &m->classes[c];
		for (uint32_t r = 0; r < o->resources; r++) {
			class->amount[r] = sim_below(random, 5) + (r == 0);
		}
		class->amount[0] -= class->amount[0] > 4;
		class->retries = sim_below(random, 3);
	}
	m->g.classes = m->classes;
	m->g.class_count = o->classes;
}

/* As many classes again, which ask for more, never for more than there is; all move. */
static void more_classes(struct sim_graph *m)
{
	uint32_t n = m->o->classes, level = m->g.class_count / n;
	struct sched_class *classes = xcalloc(m->g.class_count + n, sizeof(*classes));
	memcpy(classes, m->classes, m->g.class_count * sizeof(*classes));
	for (uint32_t c = 0; c < n; c++) {
		struct sched_class *class = &classes[m->g.class_count + c];
		*class = classes[c];
		for (uint32_t r = 0; r < m->o->resources; r++) {
			class->amount[r] += level;
			if (m->g.limit[r] >= 0 && class->amount[r] > m->g.limit[r]) {
				class->amount[r] = m->g.limit[r];
			}
		}
	}
	free(m->classes);
	m->classes = classes;
	m->g.classes = classes;
	m->g.class_count += n;
}

uint32_t sim_class(struct sim_graph *m, uint32_t job, uint32_t attempt)
{
	uint64_t random = m->jobs.v[job].key + 99;
	uint32_t level = 0;
	if (m->late.v[job] & SCHED_LATE_FIRST) {
		level = sim_below(&random, 3);
	}
	if (m->late.v[job] & SCHED_LATE_RETRY) {
		level += attempt - 1;
	}
	level = level > LATE_CLASSES ? LATE_CLASSES : level;
	while (m->g.class_count <= level * m->o->classes) {
		more_classes(m);
	}
	return level * m->o->classes + m->class_of.v[job];
}

/* A job with all its chances drawn from its key. */
static uint32_t add_job(struct sim_graph *m, uint64_t key)
{
	const struct simulation_options *o = m->o;
	uint64_t random = key;
	struct sim_job *j = vec_add(&m->jobs);
	j->key = key;
	j->inputs = j->dependents = j->gate = SCHED_NONE;
	if (sim_below(&random, 1000) < o->failing) {
		j->failures = (uint8_t)(1 + sim_below(&random, 4));
	}
	j->needless = sim_below(&random, 1000) < o->skipping;
	vec_push(&m->priority, (int32_t)sim_below(&random, 3) - 1);
	vec_push(&m->weight, (float)sim_below(&random, 50));
	vec_push(&m->class_of, sim_below(&random, o->classes));
	vec_push(&m->class_now, vec_last(&m->class_of));
	bool late = sim_below(&random, 1000) < o->late;
	vec_push(&m->late, (uint8_t)(late ? 1 + sim_below(&random, 3) : 0));
	vec_push(&m->wanted, 1);
	vec_push(&m->pending, 0);
	vec_push(&m->more_first, SCHED_NONE);
	return (uint32_t)m->jobs.n - 1;
}

static bool needs(const struct sim_graph *m, uint32_t job, uint32_t input)
{
	for (uint32_t e = m->jobs.v[job].inputs; e != SCHED_NONE;
		e = m->edges.v[e].next) {
		if (m->edges.v[e].job == input) {
			return true;
		}
	}
	return false;
}

static bool add_input(struct sim_graph *m, uint32_t job, uint32_t input)
{
	if (needs(m, job, input)) {
		return false;
	}
	vec_push(&m->edges, (struct sim_edge){input, m->jobs.v[job].inputs});
	m->jobs.v[job].inputs = (uint32_t)m->edges.n - 1;
	return true;
}

void sim_graph_make(struct sim_graph *m, const struct simulation_options *o)
{
	uint64_t random = o->seed;
	*m = (struct sim_graph){.o = o};
	make_classes(m, &random);
	for (uint32_t j = 0; j < o->jobs; j++) {
		add_job(m, sim_next(&random));
		uint32_t most = j < o->most_inputs ? j : o->most_inputs;
		uint32_t k = sim_below(&random, most + 1);
		for (uint32_t i = 0; i < k; i++) {
			uint32_t reach = j < 100 ? j : 100;
			uint32_t input = j - 1 - sim_below(&random, reach);
			add_input(m, j, input);
			if (sim_below(&random, 1000) < o->finding &&
				m->jobs.v[input].gate == SCHED_NONE) {
				m->jobs.v[input].gate = j;
			}
		}
	}
}

void sim_graph_link(struct sim_graph *m)
{
	uint32_t n = (uint32_t)m->jobs.n;
	free(m->start);
	free(m->dependents);
	m->start = xcalloc((size_t)n + 2, sizeof(*m->start));
	m->dependents = xcalloc(m->edges.n + 1, sizeof(*m->dependents));
	m->more.n = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t j = 0; j < n; j++) {
			m->wanted.v[j] = !m->jobs.v[j].done;
			m->pending.v[j] = 0;
			m->more_first.v[j] = SCHED_NONE;
			for (uint32_t e = m->jobs.v[j].inputs; e != SCHED_NONE;
				e = m->edges.v[e].next) {
				uint32_t input = m->edges.v[e].job;
				if (m->jobs.v[j].done || m->jobs.v[input].done) {
					continue;
				}
				m->pending.v[j]++;
				if (pass == 0) {
					m->start[input + 2]++;
				} else {
					m->dependents[m->start[input + 1]++] = j;
				}
			}
		}
		for (uint32_t j = 0; pass == 0 && j < n; j++) {
			m->start[j + 2] += m->start[j + 1];
		}
	}
	m->g.linked = n;
	m->g.dependents_start = m->start;
	m->g.dependents = m->dependents;
}

/* An edge of the run, where `input` is not done yet. */
static void wait_for(struct sim_graph *m, uint32_t job, uint32_t input)
{
	if (add_input(m, job, input) && !m->jobs.v[input].done) {
		m->pending.v[job]++;
		vec_push(&m->more, (struct sched_edge){job, m->more_first.v[input]});
		m->more_first.v[input] = (uint32_t)m->more.n - 1;
	}
}

uint32_t sim_graph_find(struct sim_graph *m, uint32_t job)
{
	uint64_t random = m->jobs.v[job].key + 7;
	uint32_t first = (uint32_t)m->jobs.n, gate = m->jobs.v[job].gate;
	uint32_t count = sim_below(&random, 6);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t j = add_job(m, sim_next(&random));
		for (uint32_t k = sim_below(&random, 4); k > 0; k--) {
			/* what was found with it, what made it known, or something that
			 * cannot need the gate */
			uint32_t which = sim_below(&random, 3);
			uint32_t input = which == 0   ? first + sim_below(&random, i + 1)
					 : which == 1 ? job
						      : sim_below(&random, gate);
			if (input != j && input < m->o->jobs + m->jobs.n) {
				wait_for(m, j, input);
			}
		}
		if (gate < m->o->jobs) {
			add_input(m, gate, j);
			vec_push(&m->more, (struct sched_edge){gate, SCHED_NONE});
			m->more.v[m->more.n - 1].next = m->more_first.v[j];
			m->more_first.v[j] = (uint32_t)m->more.n - 1;
		}
	}
	m->jobs.v[job].gate = SCHED_NONE;
	return first;
}

void sim_graph_release(struct sim_graph *m)
{
	vec_release(&m->jobs);
	vec_release(&m->edges);
	vec_release(&m->more);
	vec_release(&m->more_first);
	vec_release(&m->pending);
	vec_release(&m->class_of);
	vec_release(&m->class_now);
	vec_release(&m->priority);
	vec_release(&m->weight);
	vec_release(&m->wanted);
	vec_release(&m->late);
	free(m->start);
	free(m->dependents);
	free(m->classes);
}
