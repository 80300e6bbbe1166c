/*
 * Worker processes of one host: forked, watched, replaced. A worker is idle, busy with a
 * range, or stale: busy with one that nobody waits for any more.
 */
#ifndef CW_ABC_SAMPLER_CREW_H
#define CW_ABC_SAMPLER_CREW_H

#include <sys/types.h>

#include "abc/sampler.h"
#include "abc/worker.h"

enum crew_state { CREW_NONE, CREW_IDLE, CREW_BUSY, CREW_STALE };

struct crew_member {
	pid_t pid;
	int fd;
	enum crew_state state;
	bool begun; /* knows the present generation */
	struct range lease;
	double stale_since;
	struct sim_watch *watch; /* shared memory */
};

struct crew {
	struct sampler *sampler;
	struct crew_member *v;
	size_t n;
	struct sim_watch *watches;
};

int crew_init(struct crew *c, struct sampler *s, size_t n, struct strbuf *err);
/* Ends all workers (they have nothing to lose) and waits for them. */
void crew_release(struct crew *c);

/* Starts member i where there is none. */
int crew_start(struct crew *c, size_t i, struct strbuf *err);

/* After its end was seen: collects it; the wait status. The member is CREW_NONE. */
int crew_bury(struct crew *c, size_t i);

/* SIGKILL; its end is seen later by the closed socket. */
void crew_kill(struct crew *c, size_t i);

#endif
