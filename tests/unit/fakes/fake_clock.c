#include "fakes/fake_clock.h"

static int64_t fake_monotonic(const struct clock *c)
{
	return ((const struct fake_clock *)(const void *)c)->monotonic_ns;
}

static int64_t fake_wall(const struct clock *c)
{
	return ((const struct fake_clock *)(const void *)c)->wall_ns;
}

void fake_clock_init(struct fake_clock *c)
{
	*c = (struct fake_clock){
		.base = {fake_monotonic, fake_wall},
		.monotonic_ns = NS_PER_S,
		.wall_ns = 1700000000 * NS_PER_S,
	};
}

void fake_clock_tick(struct fake_clock *c, int64_t ns)
{
	c->monotonic_ns += ns;
	c->wall_ns += ns;
}
