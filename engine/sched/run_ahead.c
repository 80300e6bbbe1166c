#include "sched/run_ahead.h"

#include "sys/clock.h"

enum {
	ENOUGH = 16,     /* jobs that tell how long they take */
	EACH_MOST = 16,  /* jobs for each running job */
	REST_US = 4000,  /* at most; a Ctrl-C waits as long */
	REST_LEAST = 50, /* less is not worth it */
};

void run_ahead_measure(struct run_ahead *a, double seconds)
{
	if (a->measured < ENOUGH) {
		a->measured++;
		a->mean_s = a->measured == 1 ? seconds : a->mean_s;
	}
	a->mean_s += (seconds - a->mean_s) / 8;
}

uint32_t run_ahead_most(const struct run_ahead *a, uint32_t running)
{
	if (a->measured < ENOUGH || a->paused || a->silent) {
		return 0;
	}
	double each = a->work_s / (a->mean_s + 1e-6);
	if (each < 1) {
		return 0;
	}
	uint64_t most =
		(uint64_t)running * (each < EACH_MOST ? (uint32_t)each : EACH_MOST);
	return most < RUN_AHEAD_MOST ? (uint32_t)most : RUN_AHEAD_MOST;
}

void run_ahead_pause(struct run_ahead *a)
{
	a->paused = a->count > 0;
}

void run_ahead_doubt(struct run_ahead *a)
{
	run_ahead_pause(a);
	a->measured = 0;
}

int64_t run_ahead_rest_ns(const struct run_ahead *a, uint32_t running)
{
	if (running == 0 || a->count < running || a->count < run_ahead_most(a, running)) {
		return 0;
	}
	/* until half of them have begun */
	double us = a->mean_s * 1e6 * a->count / running / 2;
	us = us < REST_US ? us : REST_US;
	return us < REST_LEAST ? 0 : (int64_t)us * 1000;
}
