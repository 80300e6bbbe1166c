/*
 * Data-dependent steps while the run goes on. When a job that inputs waited for (`after`)
 * is done, the inputs of those that waited, their gates, are read again; the jobs that make
 * what is new come into graph, plan and scheduler, and start as soon as they can.
 */
#ifndef CW_CLI_GROWTH_H
#define CW_CLI_GROWTH_H

#include "cli/recorder.h"
#include "cli/run_classes.h"
#include "dag/dag_grow.h"
#include "sched/run.h"

/* Keys of jobs: see after.h. */
typedef VEC(uint64_t) key_list;

/* A job whose inputs are not all known. */
struct gate {
	uint32_t job;
	uint32_t open;       /* jobs it waits for before its inputs are known */
	struct hashmap keys; /* what it waits or waited for: see dag_grow */
	key_list due;        /* of those that are done: what they tell was not read yet */
	struct hashmap files; /* inputs that the scheduler knows of */
	bool dead;            /* it cannot run, or not in this run */
};

struct growth {
	struct session *s; /* borrowed, like the next two */
	struct run_classes *classes;
	struct recorder *recorder;
	struct hashmap first_wait; /* key -> its first place in dag.waits */
	VEC(uint32_t) next_wait;   /* by place */
	struct hashmap gate_of;    /* job -> number in `gates` */
	VEC(struct gate) gates;
	VEC(uint32_t) late; /* gates with something due */
	uint32_t open;      /* of all gates */
	VEC(struct sched_edge) edges;
	VEC(uint32_t) first_edge; /* by job */
	uint32_t began;           /* jobs from here on the scheduler does not know yet */
	struct dag_growth part;
	struct arena arena; /* words of drops */
	struct run_growth told;
	VEC(struct run_edge) new_edges, uses;
	VEC(struct run_wait) waits;
	VEC(struct run_drop) drops;
};

/* After plan_link and run_classes_make. */
void growth_init(struct growth *g, struct session *s, struct run_classes *classes,
	struct recorder *recorder);
void growth_release(struct growth *g);

/* For struct run_source. */
const struct run_growth *growth_of(struct growth *g, uint32_t job);

/* Gates that wait for very many jobs are not read at each of them, as long as there is
 * enough to do. Reads them; NULL where there is nothing. */
const struct run_growth *growth_catch_up(struct growth *g);

static inline bool growth_may_come(const struct growth *g)
{
	return g->open > 0 || g->late.n > 0;
}

#endif
