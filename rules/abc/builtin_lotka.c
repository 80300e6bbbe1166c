/* Predators and prey as a jump process, simulated exactly (Gillespie 1977). */
#include <math.h>

#include "abc/builtin.h"

enum { BIRTH, PREDATION, DEATH, PREY, PREDATORS, POINTS, END };

/* More events than this in one run: the populations explode. */
static const uint64_t most_events = 2000000;

size_t lotka_stats(const double *arg)
{
	double points = arg[POINTS];

	if (points != floor(points) || points < 1 || points > 1e5 || !(arg[END] > 0) ||
		arg[PREY] < 0 || arg[PREDATORS] < 0) {
		return 0;
	}
	return 2 * (size_t)points;
}

const char *lotka_simulate(const double *arg, struct stream *s, double *ret_stat)
{
	size_t points = (size_t)arg[POINTS], next = 0;
	double prey = floor(arg[PREY]), predators = floor(arg[PREDATORS]), t = 0;

	if (!(arg[BIRTH] >= 0 && arg[PREDATION] >= 0 && arg[DEATH] >= 0)) {
		return "a rate is negative";
	}
	if (!(prey >= 0 && predators >= 0)) {
		return "a population is negative";
	}
	for (uint64_t events = 0; next < points; events++) {
		double birth = arg[BIRTH] * prey;
		double eaten = arg[PREDATION] * prey * predators;
		double death = arg[DEATH] * predators;
		double total = birth + eaten + death, u;

		t = total > 0 ? t + stream_exponential(s) / total : HUGE_VAL;
		while (next < points &&
			t > arg[END] * (double)(next + 1) / (double)points) {
			ret_stat[next] = prey;
			ret_stat[points + next] = predators;
			next++;
		}
		if (events == most_events) {
			return "more than 2,000,000 events";
		}
		u = stream_uniform(s) * total;
		if (u < birth) {
			prey++;
		} else if (u < birth + eaten) {
			prey--;
			predators++;
		} else {
			predators--;
		}
	}
	return NULL;
}
