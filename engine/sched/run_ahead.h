/*
 * How many jobs are handed over before they may begin, so that where one ends another does
 * at once, without a word to the engine and back. That is worth it where jobs are short;
 * then the engine may also rest meanwhile, and see to several ends at once.
 */
#ifndef CW_SCHED_RUN_AHEAD_H
#define CW_SCHED_RUN_AHEAD_H

enum { RUN_AHEAD_MOST = 128 };

struct run_ahead {
	double work_s;     /* that is handed over for each running job */
	uint32_t count;    /* handed over, and not begun as far as we know */
	uint32_t silent;   /* running ones that do not let others follow */
	uint32_t measured; /* jobs that ended since there was reason for caution */
	double mean_s;     /* about how long a job takes */
	bool settling;     /* ... nor started, as long as there are any: they come back */
	bool paused;       /* none more is handed over as long as there are any */
};

/* A job has ended after so many seconds. */
void run_ahead_measure(struct run_ahead *a, double seconds);

/* For how many there is reason, beside `running` ones. */
uint32_t run_ahead_most(const struct run_ahead *a, uint32_t running);

/* None more is handed over before all there are have begun or come back. */
void run_ahead_pause(struct run_ahead *a);

/* The next ones may not be such as can be handed over: not before some have ended. */
void run_ahead_doubt(struct run_ahead *a);

/* How long the engine may rest while `running` jobs run and `count` wait; ns, 0: no time. */
int64_t run_ahead_rest_ns(const struct run_ahead *a, uint32_t running);

#endif
