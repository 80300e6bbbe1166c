#include "cli/growth.h"

#include "cli/rounds.h"

/* A gate that waits for more jobs than MANY is read when a PART of them is due. */
enum { MANY = 64, PART = 16 };

typedef VEC(uint32_t) job_list;

static struct gate *gate_of(struct growth *g, uint32_t job)
{
	uint32_t at = hashmap_get(&g->gate_of, job);
	cw_assert(at < g->gates.n);
	return &g->gates.v[at];
}

static struct gate *make_gate(struct growth *g, uint32_t job)
{
	uint32_t n;
	if (hashmap_get(&g->gate_of, job) != HASHMAP_NONE) {
		return gate_of(g, job);
	}
	hashmap_set(&g->gate_of, job, (uint32_t)g->gates.n);
	struct gate *gate = vec_add(&g->gates);
	gate->job = job;
	hashmap_init(&gate->keys);
	hashmap_init(&gate->files);
	const uint32_t *in = dag_inputs(&g->s->dag, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		hashmap_set(&gate->files, INPUT_FILE(in[k]), 1);
	}
	return gate;
}

/* Whether a job that is waited for is done, or need not run. */
static bool is_settled(const struct growth *g, const struct dag_wait *w)
{
	const struct plan *p = &g->s->plan;
	uint32_t maker = p->d->producer[w->file];
	return maker == DAG_NONE || !p->reasons[maker] || p->done[maker];
}

/* Takes in the waits from `from` on; adds those that are settled to `news`. */
static void index_waits(struct growth *g, uint32_t from, key_list *news)
{
	struct dag *d = &g->s->dag;
	for (uint32_t i = from; i < d->waits.n; i++) {
		struct dag_wait *w = &d->waits.v[i];
		struct gate *gate = make_gate(g, w->job);
		uint32_t before = hashmap_set(&g->first_wait, w->key, i);
		vec_push(&g->next_wait, before);
		hashmap_set(&gate->keys, w->key, 1);
		if (w->done) {
			continue;
		}
		if (is_settled(g, w)) {
			after_done_add(&g->s->after, w->key);
			w->done = true;
			vec_push(news, w->key);
		} else {
			gate->open++;
			g->open++;
		}
	}
}

void growth_init(struct growth *g, struct session *s, struct run_classes *classes,
	struct recorder *recorder)
{
	*g = (struct growth){.s = s, .classes = classes, .recorder = recorder};
	hashmap_init(&g->first_wait);
	hashmap_init(&g->gate_of);
	dag_growth_init(&g->part);
	arena_init(&g->arena);
	key_list none = {0};
	index_waits(g, 0, &none); /* what was settled before is known */
	vec_release(&none);
	classes->graph.linked = s->dag.job_count;
}

void growth_release(struct growth *g)
{
	for (size_t i = 0; i < g->gates.n; i++) {
		hashmap_release(&g->gates.v[i].keys);
		hashmap_release(&g->gates.v[i].files);
		vec_release(&g->gates.v[i].due);
	}
	vec_release(&g->gates);
	vec_release(&g->late);
	hashmap_release(&g->first_wait);
	hashmap_release(&g->gate_of);
	vec_release(&g->next_wait);
	vec_release(&g->edges);
	vec_release(&g->first_edge);
	vec_release(&g->new_edges);
	vec_release(&g->uses);
	vec_release(&g->waits);
	vec_release(&g->drops);
	dag_growth_release(&g->part);
	arena_release(&g->arena);
}

/* --- edges ---------------------------------------------------------------------------- */

static void add_edge(struct growth *g, uint32_t from, uint32_t to)
{
	while (g->first_edge.n < g->s->dag.job_count) {
		vec_push(&g->first_edge, SCHED_NONE);
	}
	vec_push(&g->edges, (struct sched_edge){to, g->first_edge.v[from]});
	g->first_edge.v[from] = (uint32_t)g->edges.n - 1;
	vec_push(&g->new_edges, (struct run_edge){from, to});
}

/* The edge from the maker of an input; how many: 0 or 1. */
static uint32_t link_input(struct growth *g, uint32_t file, uint32_t job)
{
	const struct plan *p = &g->s->plan;
	uint32_t maker = p->d->producer[file];
	if (maker == DAG_NONE || !p->reasons[maker]) {
		return 0;
	}
	if (p->done[maker]) {
		vec_push(&g->uses, (struct run_edge){maker, job});
		return 0;
	}
	add_edge(g, maker, job);
	return 1;
}

static void link_jobs(struct growth *g, uint32_t from)
{
	struct plan *p = &g->s->plan;
	for (uint32_t j = from; j < p->d->job_count; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(p->d, j, &n);
		p->wanted[j] = p->reasons[j] != 0;
		for (uint32_t k = 0; k < n && p->wanted[j]; k++) {
			p->pending[j] += link_input(g, INPUT_FILE(in[k]), j);
		}
	}
}

static void link_gate(struct growth *g, struct gate *gate)
{
	struct plan *p = &g->s->plan;
	uint32_t count = 0;
	for (size_t k = 0; k < g->part.inputs.n; k++) {
		uint32_t file = INPUT_FILE(g->part.inputs.v[k]);
		if (hashmap_set(&gate->files, file, 1) == HASHMAP_NONE) {
			count += link_input(g, file, gate->job);
		}
	}
	if (gate->job >= g->began) {
		p->pending[gate->job] += count;
	} else if (count) {
		vec_push(&g->waits, (struct run_wait){gate->job, count});
	}
}

/* --- what cannot be ------------------------------------------------------------------- */

static void drop(struct growth *g, struct gate *gate, enum sched_job_state why)
{
	char *text = NULL;
	size_t size = 0;
	gate->dead = true;
	g->open -= gate->open;
	gate->open = 0;
	struct run_drop d = {gate->job, why, ""};
	if (why == SCHED_FAILED) {
		FILE *f = open_memstream(&text, &size);
		if (f) {
			diag_print(&g->s->sink, f, false);
			fclose(f);
			d.words = arena_memdup0(&g->arena, text, size);
		}
		diag_clear(&g->s->sink);
		free(text);
	}
	vec_push(&g->drops, d);
}

/* Whether `job` can only run after the gate: a way of jobs that are to run leads there. */
static bool hangs_below(
	const struct growth *g, uint32_t job, uint32_t gate, struct hashmap *seen)
{
	const struct plan *p = &g->s->plan;
	VEC(uint32_t) stack = {0};
	bool found = false;
	vec_push(&stack, job);
	while (stack.n && !found) {
		uint32_t at = vec_pop(&stack), n;
		if (at == gate) {
			found = true;
		} else if (!p->reasons[at] || p->done[at] ||
			   hashmap_set(seen, at, 1) != HASHMAP_NONE) {
			continue;
		}
		const uint32_t *in = dag_inputs(p->d, at, &n);
		for (uint32_t k = 0; k < n && !found; k++) {
			uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE) {
				vec_push(&stack, maker);
			}
		}
	}
	vec_release(&stack);
	return found;
}

/* A job that makes an input of the gate, near or far, and itself needs the gate. */
static bool is_cycle(struct growth *g, const struct gate *gate)
{
	const struct dag *d = &g->s->dag;
	const struct sched_graph *graph = &g->classes->graph;
	uint32_t job = gate->job;
	bool needed = job >= graph->linked ||
		      graph->dependents_start[job] < graph->dependents_start[job + 1] ||
		      (job < g->first_edge.n && g->first_edge.v[job] != SCHED_NONE);
	struct hashmap seen;
	uint32_t found = DAG_NONE;
	hashmap_init(&seen);
	for (size_t k = 0; needed && k < g->part.inputs.n && found == DAG_NONE; k++) {
		uint32_t file = INPUT_FILE(g->part.inputs.v[k]);
		uint32_t maker = d->producer[file];
		if (maker != DAG_NONE && hangs_below(g, maker, job, &seen)) {
			found = file;
		}
	}
	hashmap_release(&seen);
	if (found != DAG_NONE) {
		diag_error(&g->s->sink, "CW-E400", dag_rule(d, job)->span,
			"a cycle: \"" SV_FMT "\" needs itself",
			SV_ARG(dag_path(d, found)));
		g->s->wrong = true;
	}
	return found != DAG_NONE;
}

/* --- growing -------------------------------------------------------------------------- */

/* Whether an input of the gate is made by a job that -O leaves out. */
static bool is_left_out(const struct growth *g)
{
	const struct plan *p = &g->s->plan;
	for (size_t k = 0; p->excluded && k < g->part.inputs.n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(g->part.inputs.v[k])];
		if (maker != DAG_NONE && p->excluded[maker] > 1) {
			return true;
		}
	}
	return false;
}

/* Rows of all who keep something by job. */
static void take_jobs(struct growth *g, uint32_t from, uint32_t gate)
{
	run_classes_grow(g->classes, from, gate);
	recorder_grow(g->recorder);
}

/* What the jobs that are due tell is read, or left out as known. */
static void toggle(struct gate *gate, uint32_t known)
{
	for (size_t i = 0; i < gate->due.n; i++) {
		hashmap_set(&gate->keys, gate->due.v[i], known);
	}
}

/* Reads the inputs of a gate again. */
static void read_gate(struct growth *g, struct gate *gate)
{
	struct session *s = g->s;
	bool whole = gate->open == 0, wanted = s->plan.reasons[gate->job] != 0;
	uint32_t from = s->dag.job_count;
	if (gate->dead || (!wanted && !s->o.until.n)) {
		return;
	}
	toggle(gate, 0);
	int rc = dag_grow(
		&s->dag, &s->sink, gate->job, whole ? NULL : &gate->keys, &g->part);
	toggle(gate, 1);
	vec_clear(&gate->due);
	if (rc != 0) {
		s->wrong = s->wrong || !g->part.missing_source;
		drop(g, gate, SCHED_FAILED);
		return;
	}
	enum plan_growth grown = plan_grow(&s->plan, &g->part, whole);
	if (grown == PLAN_TOO_LATE) {
		s->again = true;
	}
	if (grown == PLAN_TOO_LATE || (wanted && is_left_out(g))) {
		drop(g, gate, SCHED_LEFT);
	} else if (wanted && is_cycle(g, gate)) {
		drop(g, gate, SCHED_FAILED);
	}
	take_jobs(g, from, gate->job);
	link_jobs(g, from);
	run_classes_join(g->classes, from);
	if (wanted && !gate->dead) {
		link_gate(g, gate);
	}
}

/* The gates that waited for a job that is done: `jobs`. */
static void find_gates(struct growth *g, uint64_t key, job_list *jobs)
{
	uint32_t at = hashmap_get(&g->first_wait, key);
	for (; at != HASHMAP_NONE; at = g->next_wait.v[at]) {
		struct dag_wait *w = &g->s->dag.waits.v[at];
		struct gate *gate = gate_of(g, w->job);
		if (!w->done && !gate->dead) {
			gate->open--;
			g->open--;
		}
		w->done = true;
		if (!jobs->n || vec_last(jobs) != w->job) {
			vec_push(jobs, w->job);
			vec_push(&gate->due, key);
		}
	}
}

/* Whether what is due is read now. */
static bool is_time(const struct gate *gate)
{
	return gate->open == 0 || gate->keys.count <= MANY ||
	       gate->due.n * PART >= gate->keys.count;
}

/* Reads the gates that waited for these jobs, and those that this settles in turn. */
static void settle(struct growth *g, key_list *keys)
{
	while (keys->n) {
		job_list jobs = {0};
		find_gates(g, vec_pop(keys), &jobs);
		for (size_t i = 0; i < jobs.n; i++) {
			struct gate *gate = gate_of(g, jobs.v[i]);
			uint32_t from = (uint32_t)g->s->dag.waits.n;
			if (is_time(gate)) {
				read_gate(g, gate);
				index_waits(g, from, keys);
			} else if (gate->due.n == 1) {
				vec_push(&g->late, jobs.v[i]);
			}
		}
		vec_release(&jobs);
	}
}

/* Before anything is read. */
static void begin(struct growth *g)
{
	vec_clear(&g->new_edges);
	vec_clear(&g->uses);
	vec_clear(&g->waits);
	vec_clear(&g->drops);
	arena_pop(&g->arena, (struct arena_mark){0});
	g->began = g->s->dag.job_count;
	g->s->grew = true;
}

/* The graph for the scheduler, and what there is to tell. */
static const struct run_growth *end(struct growth *g)
{
	struct sched_graph *graph = &g->classes->graph;
	const struct plan *p = &g->s->plan;
	run_classes_join(g->classes, p->d->job_count); /* rows for all there are */
	graph->pending = p->pending;
	graph->wanted = p->wanted;
	while (g->first_edge.n < p->d->job_count) {
		vec_push(&g->first_edge, SCHED_NONE);
	}
	graph->more = g->first_edge.v;
	graph->edges = g->edges.v;
	graph->job_count = p->d->job_count;
	g->told = (struct run_growth){g->new_edges.v, g->new_edges.n, g->uses.v,
		g->uses.n, g->waits.v, g->waits.n, g->drops.v, g->drops.n};
	return &g->told;
}

const struct run_growth *growth_of(struct growth *g, uint32_t job)
{
	key_list keys = {0};
	uint64_t key;
	if (!rounds_note(g->s, job, &key) ||
		hashmap_get(&g->first_wait, key) == HASHMAP_NONE) {
		return NULL;
	}
	begin(g);
	vec_push(&keys, key);
	settle(g, &keys);
	vec_release(&keys);
	return end(g);
}

const struct run_growth *growth_catch_up(struct growth *g)
{
	key_list keys = {0};
	if (!g->late.n) {
		return NULL;
	}
	begin(g);
	for (size_t i = 0; i < g->late.n; i++) {
		struct gate *gate = gate_of(g, g->late.v[i]);
		uint32_t from = (uint32_t)g->s->dag.waits.n;
		if (gate->due.n) {
			read_gate(g, gate);
			index_waits(g, from, &keys);
		}
	}
	vec_clear(&g->late);
	settle(g, &keys);
	vec_release(&keys);
	return end(g);
}
