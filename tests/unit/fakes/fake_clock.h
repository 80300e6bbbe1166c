/* A clock that moves when told to. */
#ifndef CW_TESTS_FAKE_CLOCK_H
#define CW_TESTS_FAKE_CLOCK_H

#include "sys/clock.h"

struct fake_clock {
	struct clock base; /* give &fake.base to what is tested */
	int64_t monotonic_ns, wall_ns;
};

void fake_clock_init(struct fake_clock *c);
void fake_clock_tick(struct fake_clock *c, int64_t ns);

#endif
