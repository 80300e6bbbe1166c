/*
 * A run of the scheduler without jobs: random graph, demands, failures, retries, needless
 * jobs, amounts known late, jobs found late, interrupts, crashes and restarts, all from a
 * seed, with its promises checked at every step.
 */
#ifndef CW_TESTS_SIMULATION_H
#define CW_TESTS_SIMULATION_H

#include "base/vec.h"
#include "sched/scheduler.h"

struct simulation_options {
	uint64_t seed;
	uint32_t jobs, most_inputs, classes, resources;
	unsigned failing;  /* of 1000 jobs fail at least once */
	unsigned skipping; /* of 1000 jobs turn out needless */
	unsigned late; /* of 1000 jobs ask for what is known only when they are ready */
	unsigned finding;  /* of 1000 jobs let others be found when they are done */
	unsigned dropping; /* of 1000 jobs that wait for such ones are left out then */
	unsigned crashes;  /* the engine dies so often at random steps and begins again */
	bool keep_going;
	bool interrupt;  /* at a random step, a second time later; then it begins again */
	bool check_best; /* each start is compared with a search over all (slow) */
};

/* Runs it; fails the cmocka test where a promise is broken. A digest of how each job
 * ended: the same for any order of events with keep_going. */
uint64_t simulation_run(const struct simulation_options *o, uint64_t order_seed);

/* --- simulated_graph.c: what the run is about --- */

struct sim_edge {
	uint32_t job, next;
};

struct sim_job {
	uint64_t key;        /* the same in whatever order jobs are found */
	uint32_t inputs;     /* first edge to what it needs */
	uint32_t dependents; /* first edge to what came to need it during the run */
	uint32_t gate;    /* when it is done, more is found for this job, or SCHED_NONE */
	uint8_t failures; /* attempts that will fail */
	uint8_t end;      /* what was told: enum sched_job_state, or SCHED_WAITING */
	uint8_t tries;    /* attempts in this run */
	uint8_t asked;    /* how hard it was cancelled */
	bool needless, done; /* `done`: recorded, also by a run that died */
};

struct sim_graph {
	const struct simulation_options *o;
	struct sched_graph g;
	VEC(struct sim_job) jobs;
	VEC(struct sim_edge) edges; /* to inputs */
	VEC(struct sched_edge) more;
	VEC(uint32_t) more_first;
	VEC(uint32_t) pending;
	VEC(uint32_t) class_of;
	VEC(uint32_t) class_now; /* of the attempt at hand */
	VEC(int32_t) priority;
	VEC(float) weight;
	VEC(uint8_t) wanted;
	VEC(uint8_t) late;
	uint64_t *start;
	uint32_t *dependents;
	struct sched_class *classes;
};

void sim_graph_make(struct sim_graph *m, const struct simulation_options *o);
void sim_graph_release(struct sim_graph *m);

/* The graph as a run begins: all jobs that are not done are wanted. */
void sim_graph_link(struct sim_graph *m);

/* Jobs that are found when `job` is done, and their edges; the first of them. Those they
 * need and that are not done count as pending. */
uint32_t sim_graph_find(struct sim_graph *m, uint32_t job);

/* The class of an attempt, made if need be. */
uint32_t sim_class(struct sim_graph *m, uint32_t job, uint32_t attempt);

uint64_t sim_next(uint64_t *state);
uint32_t sim_below(uint64_t *state, uint32_t n);

#endif
