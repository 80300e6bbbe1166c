#include "sys/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "sys/clock.h"

enum source_kind { SOURCE_FREE, SOURCE_FD, SOURCE_CHILD, SOURCE_SIGNALS, SOURCE_TIMER };

struct source {
	enum source_kind kind;
	uint32_t generation; /* counts the uses of this place */
	int fd;
	pid_t pid;
	int64_t at_ns;
	union {
		loop_fd_fn *fd;
		loop_child_fn *child;
		loop_signal_fn *signal;
		loop_timer_fn *timer;
	} fn;
	void *ctx;
	sigset_t mask; /* before loop_add_signals */
};

struct loop {
	int epoll_fd;
	uint32_t timers; /* how many sources are timers */
	VEC(struct source) sources;
	VEC(uint32_t) unused;
};

struct loop *loop_new(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0) {
		return NULL;
	}
	struct loop *l = xcalloc(1, sizeof(*l));
	l->epoll_fd = fd;
	return l;
}

static uint64_t number_of(const struct loop *l, uint32_t at)
{
	return (uint64_t)l->sources.v[at].generation << 32 | at;
}

/* The place of a source by its number, or NULL when it is gone. */
static struct source *find(struct loop *l, uint64_t number)
{
	uint32_t at = (uint32_t)number;
	if (number == 0 || at >= l->sources.n) {
		return NULL;
	}
	struct source *s = &l->sources.v[at];
	return s->kind != SOURCE_FREE && s->generation == (uint32_t)(number >> 32) ? s
										   : NULL;
}

/* A place for a new source; its generation is set. */
static uint32_t add_source(struct loop *l, struct source s)
{
	uint32_t at;
	if (l->unused.n) {
		at = vec_pop(&l->unused);
	} else {
		at = (uint32_t)l->sources.n;
		vec_push(&l->sources, (struct source){0});
	}
	s.generation = l->sources.v[at].generation + 1;
	if (s.generation == 0) {
		s.generation = 1;
	}
	l->sources.v[at] = s;
	return at;
}

static void free_source(struct loop *l, struct source *s)
{
	if (s->kind == SOURCE_TIMER) {
		l->timers--;
	} else {
		epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
	}
	if (s->kind == SOURCE_CHILD || s->kind == SOURCE_SIGNALS) {
		close(s->fd);
	}
	if (s->kind == SOURCE_SIGNALS) {
		sigprocmask(SIG_SETMASK, &s->mask, NULL);
	}
	s->kind = SOURCE_FREE;
	vec_push(&l->unused, (uint32_t)(s - l->sources.v));
}

void loop_free(struct loop *l)
{
	if (!l) {
		return;
	}
	for (size_t i = 0; i < l->sources.n; i++) {
		if (l->sources.v[i].kind != SOURCE_FREE) {
			free_source(l, &l->sources.v[i]);
		}
	}
	close(l->epoll_fd);
	vec_release(&l->sources);
	vec_release(&l->unused);
	free(l);
}

/* Adds a source that epoll watches. */
static uint64_t watch(struct loop *l, struct source s, uint32_t events)
{
	uint32_t at = add_source(l, s);
	struct epoll_event e = {.events = events, .data.u64 = number_of(l, at)};
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, s.fd, &e) < 0) {
		l->sources.v[at].kind = SOURCE_FREE;
		vec_push(&l->unused, at);
		return 0;
	}
	return e.data.u64;
}

uint64_t loop_add_fd(struct loop *l, int fd, unsigned events, loop_fd_fn *fn, void *ctx)
{
	uint32_t wanted = (events & LOOP_READ ? EPOLLIN : 0u) |
			  (events & LOOP_WRITE ? EPOLLOUT : 0u);
	struct source s = {.kind = SOURCE_FD, .fd = fd, .fn.fd = fn, .ctx = ctx};
	return watch(l, s, wanted);
}

uint64_t loop_add_child(
	struct loop *l, pid_t pid, int pidfd, loop_child_fn *fn, void *ctx)
{
	struct source s = {.kind = SOURCE_CHILD, .fd = pidfd, .pid = pid, .ctx = ctx};
	s.fn.child = fn;
	return watch(l, s, EPOLLIN);
}

uint64_t loop_add_signals(
	struct loop *l, const int *signals, size_t count, loop_signal_fn *fn, void *ctx)
{
	struct source s = {.kind = SOURCE_SIGNALS, .fn.signal = fn, .ctx = ctx};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < count; i++) {
		sigaddset(&set, signals[i]);
	}
	s.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s.fd < 0) {
		return 0;
	}
	sigprocmask(SIG_BLOCK, &set, &s.mask);
	uint64_t number = watch(l, s, EPOLLIN);
	if (number == 0) {
		int err = errno;
		sigprocmask(SIG_SETMASK, &s.mask, NULL);
		close(s.fd);
		errno = err;
	}
	return number;
}

uint64_t loop_add_timer(struct loop *l, int64_t at_ns, loop_timer_fn *fn, void *ctx)
{
	struct source s = {.kind = SOURCE_TIMER, .fd = -1, .at_ns = at_ns, .ctx = ctx};
	s.fn.timer = fn;
	l->timers++;
	return number_of(l, add_source(l, s));
}

void loop_remove(struct loop *l, uint64_t source)
{
	struct source *s = find(l, source);
	if (s) {
		free_source(l, s);
	}
}

static void hand_out_signals(struct loop *l, uint64_t number)
{
	struct source *s;
	struct signalfd_siginfo info;
	while ((s = find(l, number)) &&
		read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		s->fn.signal(s->ctx, (int)info.ssi_signo, (pid_t)info.ssi_pid);
	}
}

static void hand_out(struct loop *l, const struct epoll_event *e)
{
	struct source *s = find(l, e->data.u64);
	if (!s) {
		return; /* removed since the event was queued */
	}
	if (s->kind == SOURCE_SIGNALS) {
		hand_out_signals(l, e->data.u64);
	} else if (s->kind == SOURCE_FD) {
		unsigned events = (e->events & EPOLLIN ? (unsigned)LOOP_READ : 0u) |
				  (e->events & EPOLLOUT ? (unsigned)LOOP_WRITE : 0u);
		if (e->events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
			events |= LOOP_HANGUP;
		}
		s->fn.fd(s->ctx, events);
	} else if (s->kind == SOURCE_CHILD) {
		int status = 0;
		struct rusage usage = {0};
		pid_t pid = wait4(s->pid, &status, WNOHANG, &usage);
		if (pid == 0 || (pid < 0 && errno == EINTR)) {
			return;
		}
		struct source was = *s;
		free_source(l, s);
		was.fn.child(was.ctx, was.pid, status, &usage);
	}
}

/* Runs the timers that are due; the time of the next one, or INT64_MAX; 0 where some ran:
 * what they did is to be looked at before anything else. */
static int64_t run_timers(struct loop *l)
{
	int64_t next = INT64_MAX;
	bool ran = false;
	if (l->timers == 0) {
		return next;
	}
	int64_t now = clock_monotonic_ns(&clock_real);
	for (size_t i = 0; i < l->sources.n; i++) {
		struct source *s = &l->sources.v[i];
		if (s->kind == SOURCE_TIMER && s->at_ns <= now) {
			struct source was = *s;
			free_source(l, s);
			was.fn.timer(was.ctx);
			ran = true;
		}
	}
	if (ran) {
		return 0;
	}
	/* only now: a timer may have been added in a place that was passed already */
	for (size_t i = 0; i < l->sources.n; i++) {
		const struct source *s = &l->sources.v[i];
		if (s->kind == SOURCE_TIMER && s->at_ns < next) {
			next = s->at_ns;
		}
	}
	return next;
}

int loop_turn(struct loop *l, int64_t until_ns)
{
	int64_t next = run_timers(l);
	if (next < until_ns) {
		until_ns = next;
	}
	int wait_ms = -1;
	if (until_ns == 0) {
		wait_ms = 0;
	} else if (until_ns != INT64_MAX) {
		int64_t left = until_ns - clock_monotonic_ns(&clock_real);
		int64_t ms = left <= 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
		wait_ms = ms > 3600 * 1000 ? 3600 * 1000 : (int)ms;
	}
	struct epoll_event events[64];
	int n = epoll_wait(l->epoll_fd, events, CW_ARRAY_LEN(events), wait_ms);
	if (n < 0 && errno != EINTR) {
		return -1;
	}
	for (int i = 0; i < n; i++) {
		hand_out(l, &events[i]);
	}
	run_timers(l);
	return 0;
}
