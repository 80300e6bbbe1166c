/*
 * The ready jobs, by class, and the quick answer to "which one is best among those whose
 * resources are free now". Of a class, jobs that were ready at first stand in a row, in
 * order, later ones in a heap; over the classes is a binary tree whose nodes know the best
 * job below them and the least that any class below them asks for. A class that does not fit
 * is passed over with its whole branch; nothing is scanned.
 */
#ifndef CW_SCHED_READY_TREE_H
#define CW_SCHED_READY_TREE_H

#include "base/vec.h"
#include "sched/scheduler.h"

#define READY_NONE SCHED_NONE

struct ready_class {
	VEC(uint32_t) row; /* the first of them is number `at` */
	size_t at;
	VEC(uint32_t) heap;
	uint32_t leaf;
};

struct ready_tree {
	const struct sched_graph *graph; /* borrowed */
	VEC(struct ready_class) classes;
	uint32_t leaves; /* a power of two */
	uint32_t *best;  /* node -> its best job, or READY_NONE */
	int64_t *least;  /* node -> least amounts below, resource_count each */
};

/* Empty; `graph` is borrowed. */
void ready_init(struct ready_tree *t, const struct sched_graph *graph);
void ready_release(struct ready_tree *t);

/* Puts a job of a class in, without keeping order: ready_settle() before anything else. */
void ready_fill(struct ready_tree *t, uint32_t class, uint32_t job);
void ready_settle(struct ready_tree *t);

/* Puts a job in; its class may be one that the graph has got since. */
void ready_push(struct ready_tree *t, uint32_t class, uint32_t job);

/* The best job whose amounts fit into `spare` (INT64_MAX: unlimited), or READY_NONE. */
uint32_t ready_best(const struct ready_tree *t, const int64_t *spare);

/* Takes out the best job of its class, `job`. */
void ready_pop(struct ready_tree *t, uint32_t class, uint32_t job);

#endif
