#include "base/xalloc.h"
#include "report/reporter.h"

struct mux {
	struct reporter base;
	uint32_t count;
	struct reporter *sinks[];
};

static void mux_event(struct reporter *r, const struct run_event *e)
{
	struct mux *m = (struct mux *)r;
	for (uint32_t i = 0; i < m->count; i++) {
		m->sinks[i]->event(m->sinks[i], e);
	}
}

static void mux_tick(struct reporter *r, int64_t now_ns)
{
	struct mux *m = (struct mux *)r;
	for (uint32_t i = 0; i < m->count; i++) {
		if (m->sinks[i]->tick) {
			m->sinks[i]->tick(m->sinks[i], now_ns);
		}
	}
}

static void mux_free(struct reporter *r)
{
	struct mux *m = (struct mux *)r;
	for (uint32_t i = 0; i < m->count; i++) {
		m->sinks[i]->free(m->sinks[i]);
	}
	free(m);
}

struct reporter *report_mux_new(struct reporter *const *sinks, uint32_t count)
{
	struct mux *m = xcalloc(1, sizeof(*m) + count * sizeof(m->sinks[0]));
	m->base = (struct reporter){mux_event, mux_tick, mux_free};
	m->count = count;
	for (uint32_t i = 0; i < count; i++) {
		m->sinks[i] = sinks[i];
	}
	return &m->base;
}
