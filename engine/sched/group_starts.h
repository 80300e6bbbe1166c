/*
 * When jobs of a group may start: once nothing from outside is missing to any of them, and
 * each behind those of the group that it needs. For the scheduler alone; without groups
 * all of it costs nothing.
 */
#ifndef CW_SCHED_GROUP_STARTS_H
#define CW_SCHED_GROUP_STARTS_H

#include "base/vec.h"
#include "sched/scheduler.h"

struct group_starts {
	const struct sched_graph *graph; /* borrowed; NULL: no groups */
	uint32_t jobs, groups;           /* that there are; 0: no groups as yet */
	uint32_t job_cap;                /* rows by job */
	uint32_t *unmet;     /* by member: what it waits for that has not ended well */
	uint32_t *outside;   /* by job: those of them that are not of its group */
	uint32_t *unstarted; /* by job: those of its group that have not started */
	uint8_t *fate;       /* by job: bits of what it has come to */
	uint32_t *waits;     /* by group: its jobs that wait for others */
	uint32_t *first, *members; /* group -> its jobs */
	VEC(uint32_t) ready;       /* may start, not yet given out */
};

/* Takes in the jobs and groups that came; all of a group come together. From all 0: those
 * there are at first. The graph is borrowed. */
void group_starts_grow(struct group_starts *g, const struct sched_graph *graph);
void group_starts_release(struct group_starts *g);

/* Whether `job` starts with a group. */
static inline bool group_starts_has(const struct sched_graph *graph, uint32_t job)
{
	return graph->group_of && graph->group_of[job] != SCHED_NO_GROUP;
}

/* The next job that may start, or SCHED_NO_GROUP. It may be blocked by now. */
uint32_t group_starts_next(struct group_starts *g);

/* `job`, which `d` needs, ended well. Whether `d` starts with its group, if it has not. */
bool group_starts_made(struct group_starts *g, uint32_t job, uint32_t d);

/* `job` started: those of its group behind it may follow. Its fate is open again. */
void group_starts_begun(struct group_starts *g, uint32_t job);

/* `job` will not run: the others of its group need not wait for what it waits for. */
void group_starts_blocked(struct group_starts *g, uint32_t job);

/* Something that `job` needs did not end well; `for_good`: nor ever will. */
void group_starts_failed(struct group_starts *g, uint32_t job, bool for_good);

/* `job`, which waits, waits for `count` more that are of no group. */
void group_starts_wait_more(struct group_starts *g, uint32_t job, uint32_t count);

/* `job` starts by itself from now on, when all that it needs is made. */
void group_starts_leave(struct group_starts *g, uint32_t job);

bool group_starts_void(const struct group_starts *g, uint32_t job);
bool group_starts_doomed(const struct group_starts *g, uint32_t job);

/* How many of those it needs have not ended well; 0 without groups. */
uint32_t group_starts_unmet(const struct group_starts *g, uint32_t job);

#endif
