/*
 * A run of the scheduler without jobs: random graph, demands, failures, retries, needless
 * jobs and interrupts, all from a seed, with its promises checked at every step.
 */
#ifndef CW_TESTS_SIMULATION_H
#define CW_TESTS_SIMULATION_H

#include "sched/scheduler.h"

struct simulation_options {
	uint64_t seed;
	uint32_t jobs, most_inputs, classes, resources;
	unsigned failing;  /* of 1000 jobs fail at least once */
	unsigned skipping; /* of 1000 jobs turn out needless */
	bool keep_going;
	bool interrupt;  /* at a random step, a second time later */
	bool check_best; /* each start is compared with a search over all (slow) */
};

/* Runs it; fails the cmocka test where a promise is broken. A digest of how each job
 * ended: the same for any order of events with keep_going and without interrupt. */
uint64_t simulation_run(const struct simulation_options *o, uint64_t order_seed);

#endif
