/* Time behind a small table, so that tests have their own. */
#ifndef CW_SYS_CLOCK_H
#define CW_SYS_CLOCK_H

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

struct clock {
	/* ns since some point in the past; never set back */
	int64_t (*monotonic)(const struct clock *c);
	/* ns since 1970, as the system believes (CLOCK_REALTIME) */
	int64_t (*wall)(const struct clock *c);
};

/* The system's clock. */
extern const struct clock clock_real;

static inline int64_t clock_monotonic_ns(const struct clock *c)
{
	return c->monotonic(c);
}

static inline int64_t clock_wall_ns(const struct clock *c)
{
	return c->wall(c);
}

#endif
