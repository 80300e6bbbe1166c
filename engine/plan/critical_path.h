/* How long what waits for a job will take, from what is recorded. */
#ifndef CW_PLAN_CRITICAL_PATH_H
#define CW_PLAN_CRITICAL_PATH_H

#include "plan/plan.h"

/*
 * By job: the expected seconds of the longest way from its start to the end of the run,
 * through wanted jobs. A job is expected to take what it took last, else the mean of its
 * rule, else of all. NULL where nothing is recorded. After plan_link. Returns owned
 * (free). Linear in jobs and edges.
 */
float *critical_paths(const struct plan *p);

/* By job: the seconds it took last, else the mean of its rule, else -1. NULL where nothing
 * is recorded. Returns owned (free). */
float *expected_seconds(const struct plan *p);

#endif
