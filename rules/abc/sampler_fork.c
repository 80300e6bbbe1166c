/*
 * Child processes that get leases of ids over socket pairs. A worker that dies costs its
 * lease: the same ids are handed out again. An evaluation that takes its worker with it
 * four times ends the run.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <sys/wait.h>

#include "abc/sampler.h"
#include "abc/sampler_crew.h"
#include "base/xalloc.h"

enum { TICK_MS = 100, MOST_IDLE_DEATHS = 50 };
static const double lease_seconds = 0.02, stale_seconds = 0.5;

struct lost {
	uint64_t id;
	unsigned times;
};

struct fork_state {
	struct crew crew;
	struct pollfd *poll;
	struct strbuf begin, buf; /* the generation as bytes; a message */
	double seconds;           /* of one evaluation or ticket, about; 0: not known */
	VEC(struct lost) lost;    /* in this generation */
	unsigned idle_deaths;     /* since the last block */
};

static int fork_open(struct sampler *s, struct strbuf *err)
{
	struct fork_state *f = xcalloc(1, sizeof(*f));

	s->state = f;
	strbuf_init(&f->begin);
	strbuf_init(&f->buf);
	f->poll = xcalloc(s->options.jobs, sizeof(*f->poll));
	return crew_init(&f->crew, s, s->options.jobs, err);
}

static void fork_close(struct sampler *s)
{
	struct fork_state *f = s->state;

	if (f) {
		crew_release(&f->crew);
		strbuf_release(&f->begin);
		strbuf_release(&f->buf);
		vec_release(&f->lost);
		free(f->poll);
		free(f);
	}
}

/* How many ids the next lease holds. */
static uint64_t lease_size(const struct sampler *s, const struct sample *job)
{
	const struct fork_state *f = s->state;
	double by_time, fair;

	if (s->options.batch) {
		return s->options.batch;
	}
	if (f->seconds <= 0) {
		return 1;
	}
	by_time = lease_seconds / f->seconds;
	fair = (double)collector_expects(job->c) / (2.0 * (double)f->crew.n);
	return (uint64_t)fmax(1, floor(fmin(by_time, fair)));
}

/* Work for every idle member; starts those that are not there. */
static int hand_out(struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct fork_state *f = s->state;

	for (size_t i = 0; i < f->crew.n; i++) {
		struct crew_member *m = &f->crew.v[i];
		uint64_t lease[2];

		if (m->state == CREW_BUSY || m->state == CREW_STALE) {
			continue;
		}
		if (!collector_lease(job->c, lease_size(s, job), &m->lease)) {
			return 0;
		}
		if (m->state == CREW_NONE && crew_start(&f->crew, i, err)) {
			return -1;
		}
		m->state = CREW_BUSY;
		lease[0] = m->lease.first;
		lease[1] = m->lease.end - m->lease.first;
		/* A worker that cannot be written to is dead: poll shows it at once. */
		if (!m->begun) {
			message_send(m->fd, MESSAGE_BEGIN, f->begin.buf, f->begin.len);
			m->begun = true;
		}
		message_send(m->fd, MESSAGE_LEASE, lease, sizeof(lease));
	}
	return 0;
}

static int take_block(
	struct sampler *s, struct sample *job, struct crew_member *m, struct strbuf *err)
{
	struct fork_state *f = s->state;
	struct wire_reader r = {.p = f->buf.buf, .n = f->buf.len};
	double seconds = wire_get_f64(&r), one;
	struct block b;
	int status;

	if (block_read(&b, &r, s->problem->npar + s->problem->nstat)) {
		return fail(err, "a worker sent a block that cannot be read");
	}
	if (m->state == CREW_STALE) {
		block_release(&b);
		m->state = CREW_IDLE;
		m->begun = false;
		return 0;
	}
	one = seconds / (double)(b.count ? b.count : 1);
	f->seconds = f->seconds > 0 ? 0.7 * f->seconds + 0.3 * one : one;
	f->idle_deaths = 0;
	m->state = CREW_IDLE;
	status = sample_add(job, &b, err);
	block_release(&b);
	return status;
}

/* Notes that an id took its worker with it; -1 when it did so too often. */
static int note_lost(struct sampler *s, const struct sample *job, uint64_t id,
	const char *how, struct strbuf *err)
{
	struct fork_state *f = s->state;
	struct strbuf what = STRBUF_INIT;
	struct lost *lost = NULL;
	int status = 0;

	for (size_t i = 0; i < f->lost.n && !lost; i++) {
		if (f->lost.v[i].id == id) {
			lost = &f->lost.v[i];
		}
	}
	if (!lost) {
		lost = vec_add(&f->lost);
		lost->id = id;
	}
	if (++lost->times > MODEL_RETRIES) {
		evaluator_describe(s->problem, job->in, id, &what);
		status = fail(err, "evaluation %s was lost %u times: its worker %s",
			what.buf, lost->times, how);
	}
	strbuf_release(&what);
	return status;
}

/* A worker is gone: its range goes back. */
static int take_death(struct sampler *s, struct sample *job, size_t i, struct strbuf *err)
{
	struct fork_state *f = s->state;
	struct crew_member *m = &f->crew.v[i];
	enum crew_state state = m->state;
	uint64_t id = m->watch->id;
	int wait = crew_bury(&f->crew, i);
	char how[96];

	if (state != CREW_BUSY) {
		return 0;
	}
	if (WIFSIGNALED(wait)) {
		snprintf(how, sizeof(how), "was ended by signal %d (%s)", WTERMSIG(wait),
			strsignal(WTERMSIG(wait)));
	} else {
		snprintf(how, sizeof(how), "left with exit status %d", WEXITSTATUS(wait));
	}
	collector_return(job->c, m->lease);
	if (id != SIM_NO_ID) {
		return note_lost(s, job, id, how, err);
	}
	if (++f->idle_deaths > MOST_IDLE_DEATHS) {
		return fail(err,
			"%u workers in a row ended before they gave a result; the last %s",
			f->idle_deaths, how);
	}
	return 0;
}

static int take_message(
	struct sampler *s, struct sample *job, size_t i, struct strbuf *err)
{
	struct fork_state *f = s->state;
	struct crew_member *m = &f->crew.v[i];
	enum message_type type = MESSAGE_BLOCK;
	int got = message_receive(m->fd, &type, &f->buf);

	if (got <= 0) {
		return take_death(s, job, i, err);
	}
	if (type == MESSAGE_FATAL) {
		if (m->state == CREW_BUSY) {
			return fail(err, "%s", f->buf.buf);
		}
		m->state = CREW_IDLE;
		m->begun = false;
		return 0;
	}
	return take_block(s, job, m, err);
}

/* Ends workers whose work nobody wants. */
static void end_stale(struct sampler *s, double now)
{
	struct fork_state *f = s->state;

	for (size_t i = 0; i < f->crew.n; i++) {
		const struct crew_member *m = &f->crew.v[i];

		if (m->state == CREW_STALE && now - m->stale_since > stale_seconds) {
			crew_kill(&f->crew, i);
		}
	}
}

static int wait_for_workers(struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct fork_state *f = s->state;
	int ready;

	for (size_t i = 0; i < f->crew.n; i++) {
		f->poll[i] = (struct pollfd){.fd = f->crew.v[i].fd, .events = POLLIN};
	}
	ready = poll(f->poll, f->crew.n, TICK_MS);
	if (ready < 0 && errno != EINTR) {
		return fail(err, "cannot wait for workers: %s", strerror(errno));
	}
	for (size_t i = 0; i < f->crew.n && ready > 0; i++) {
		if (f->poll[i].revents && take_message(s, job, i, err)) {
			return -1;
		}
	}
	end_stale(s, monotonic_seconds());
	return 0;
}

static enum sample_end fork_sample(
	struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct fork_state *f = s->state;
	double now;

	strbuf_reset(&f->begin);
	gen_input_write(job->in, s->problem, &f->begin);
	vec_clear(&f->lost);
	f->idle_deaths = 0;
	for (size_t i = 0; i < f->crew.n; i++) {
		f->crew.v[i].begun = false;
	}
	while (collector_state(job->c) == COLLECT_MORE) {
		if (sample_paused(s, job)) {
			return SAMPLE_PAUSED;
		}
		if (hand_out(s, job, err) || wait_for_workers(s, job, err)) {
			return SAMPLE_ERROR;
		}
	}
	now = monotonic_seconds();
	for (size_t i = 0; i < f->crew.n; i++) {
		if (f->crew.v[i].state == CREW_BUSY) {
			f->crew.v[i].state = CREW_STALE;
			f->crew.v[i].stale_since = now;
		}
	}
	return SAMPLE_DONE;
}

const struct sampler_ops sampler_fork_ops = {
	.name = "fork",
	.open = fork_open,
	.sample = fork_sample,
	.close = fork_close,
};
