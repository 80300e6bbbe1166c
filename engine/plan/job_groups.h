/* Jobs that go to a cluster together because their rules say the same `group`. */
#ifndef CW_PLAN_JOB_GROUPS_H
#define CW_PLAN_JOB_GROUPS_H

#include "plan/plan.h"

#define JOB_GROUP_NONE UINT32_MAX

struct job_groups {
	uint32_t *of; /* by job: its group, from 0, or JOB_GROUP_NONE; NULL: no groups */
	uint32_t *size; /* by group: its jobs */
	uint32_t count;
	uint32_t most;      /* jobs of the largest group */
	uint32_t jobs, cap; /* rows of `of` */
};

/*
 * Joins wanted jobs that are sure to run, whose rules name one group, and that need each
 * other, directly or through others of the group. `takes` says whether a job may be
 * joined. A group that would wait for itself, because a way leads out of it and back, is
 * none. After plan_link. Linear in jobs and edges.
 */
void job_groups_make(struct job_groups *g, const struct plan *p,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx);

/* Jobs from `from` on have come for one gate, and are linked: they are joined to groups of
 * their own, in the same way. Linear in these jobs and their inputs. */
void job_groups_grow(struct job_groups *g, const struct plan *p, uint32_t from,
	bool (*takes)(const void *ctx, uint32_t job), const void *ctx);
void job_groups_release(struct job_groups *g);

#endif
