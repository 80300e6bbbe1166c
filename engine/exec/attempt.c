#include "exec/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/memory_watch.h"
#include "sys/clock.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum {
	LINGER_MS = 500, /* for the last words of what a job left in the background */
	RETRY_MS = 20,
	WATCH_MS = 200,  /* between two looks at its memory */
	TICK_MS = 20,    /* after which a job is no short one */
	READS_MOST = 16, /* at once, so that a job that never stops talking has a limit */
};

/* The ticks: a signal to this thread alone, which does nothing but end a system call. */
static int tick_signal(void)
{
	return SIGRTMIN;
}

static void on_tick(int signal)
{
	(void)signal;
}

void attempt_set_up(struct runner *r)
{
	struct sigaction act = {.sa_handler = on_tick};
	struct sigevent to = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = tick_signal()};
	sigset_t set;
	to.sigev_notify_thread_id = gettid();
	int fd = process_pidfd(getpid()); /* a kernel may be too old for that */
	if (fd >= 0) {
		close(fd);
	}
	sigemptyset(&set);
	sigaddset(&set, tick_signal());
	r->has_ticks = fd >= 0 && r->state->prepared &&
		       sigaction(tick_signal(), &act, NULL) == 0 &&
		       timer_create(CLOCK_MONOTONIC, &to, &r->ticks) == 0 &&
		       pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0;
}

static void set_ticks(struct runner *r, bool on)
{
	struct timespec every = {.tv_nsec = TICK_MS * NS_PER_MS};
	struct itimerspec t = {every, every};
	if (r->ticking != on) {
		timer_settime(r->ticks, 0, on ? &t : &(struct itimerspec){0}, NULL);
		r->ticking = on;
	}
}

void attempt_rest(struct runner *r)
{
	set_ticks(r, false);
}

/* Sets the limits of an attempt that starts now. */
static void set_limits(struct attempt *a)
{
	const struct request_head *head = a->head;
	int64_t limit = head->timeout_s;
	if (head->runtime_s > 0 && (limit <= 0 || head->runtime_s < limit)) {
		limit = head->runtime_s;
	}
	if (limit > 0) {
		a->deadline_ns = a->start_ns + limit * NS_PER_S;
	}
	if (head->mem_mb > 0) {
		a->watch_ns = a->start_ns + WATCH_MS / 4 * NS_PER_MS;
	}
}

/* Whether a step that failed by `err` may go better when another job has ended;
 * waits a little then. */
static bool wait_for_others(struct runner *r, int err)
{
	if (err != EMFILE && err != ENFILE && err != EAGAIN && err != ENOMEM) {
		return false;
	}
	uint32_t busy = 0;
	pthread_mutex_lock(&r->state->lock);
	for (uint32_t i = 0; i < r->state->threads; i++) {
		const struct warden_slot *s = &r->state->slots[i];
		busy += s != r->slot && atomic_load(&s->pid) > 0;
	}
	bool cancelled = r->slot->cancel != 0;
	pthread_mutex_unlock(&r->state->lock);
	if (busy == 0 || cancelled) {
		return false;
	}
	nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * NS_PER_MS}, NULL);
	return true;
}

void attempt_begin(struct attempt *a, struct runner *r, const struct request_head *head,
	struct result_head *result)
{
	*a = (struct attempt){.r = r, .head = head, .result = result, .output = {-1, -1}};
	a->start_ns = clock_monotonic_ns(&clock_real);
	result->usage.start_ns = clock_wall_ns(&clock_real);
	set_limits(a);
}

/* The pipe, where there is none yet. */
static int open_output(struct attempt *a)
{
	if (a->output[0] >= 0) {
		return 0;
	}
	while (pipe2(a->output, O_CLOEXEC) < 0) {
		int err = errno;
		if (!wait_for_others(a->r, err)) {
			errno = err;
			return -1;
		}
	}
	fcntl(a->output[0], F_SETFL, O_NONBLOCK);
	return 0;
}

int attempt_spawn(struct attempt *a, struct spawn *s, enum spawn_step *ret_step)
{
	*ret_step = SPAWN_FD;
	if (open_output(a) < 0) {
		return -1;
	}
	for (int i = 0; i < 3; i++) {
		if (s->fd[i] == ATTEMPT_OUTPUT) {
			s->fd[i] = a->output[1];
		}
	}
	s->group = a->group ? SPAWN_JOIN_GROUP : SPAWN_NEW_GROUP;
	s->group_id = a->group;
	s->pid = a->group ? NULL : &a->r->slot->pid;
	s->death_signal = SIGKILL;
	s->files = a->r->state->raised ? &a->r->state->files : NULL;
	s->prepared = a->r->state->prepared;
	s->no_pidfd = a->r->has_ticks;
	struct member *m = &a->members[a->member_count];
	*m = (struct member){0};
	while (process_spawn(s, &m->child, ret_step) < 0) {
		int err = errno;
		if (!a->group) {
			atomic_store(&a->r->slot->pid, 0);
		}
		if (a->group || !wait_for_others(a->r, err)) {
			errno = err;
			return -1;
		}
	}
	a->member_count++;
	if (!a->group) {
		a->group = m->child.pid;
	}
	pthread_mutex_lock(&a->r->state->lock);
	int asked = a->r->slot->cancel; /* while it was being started */
	pthread_mutex_unlock(&a->r->state->lock);
	if (asked) {
		kill(-a->group, asked);
	}
	return 0;
}

/* Time is up: asks, and when asked already, kills. */
static void out_of_time(struct attempt *a, int64_t now)
{
	if (!a->timed_out) {
		a->timed_out = true;
		kill(-a->group, SIGTERM);
		a->deadline_ns = now + a->r->state->options->grace_ns;
	} else {
		kill(-a->group, SIGKILL);
		a->deadline_ns = 0;
	}
}

/* Looks at the job's memory, and kills it where that is too much: asking would
 * take what others need. */
static void watch_memory(struct attempt *a, int64_t now)
{
	const uint64_t mb = 1000000;
	uint64_t most = (uint64_t)a->head->mem_mb * mb, held = 0;
	for (uint32_t i = 0; i < a->member_count; i++) {
		if (!a->members[i].ended) {
			held += memory_of_tree(
				a->members[i].child.pid, most, &a->r->proc);
		}
	}
	a->watch_ns = now + WATCH_MS * NS_PER_MS;
	if (held > most) {
		a->held_mb = (int64_t)((held + mb - 1) / mb);
		a->watch_ns = 0;
		kill(-a->group, SIGKILL);
	}
}

/* Does what is due at this time. */
static void keep_time(struct attempt *a)
{
	if (!a->deadline_ns && !a->watch_ns) {
		return;
	}
	int64_t now = clock_monotonic_ns(&clock_real);
	if (a->deadline_ns && now >= a->deadline_ns) {
		out_of_time(a, now);
	}
	if (a->watch_ns && now >= a->watch_ns) {
		watch_memory(a, now);
	}
}

/* Reads what the pipe has, or a good deal of it; false at its end. */
static bool drain(struct attempt *a)
{
	for (int i = 0; i < READS_MOST; i++) {
		ssize_t n = read(a->output[0], a->r->buf, RUNNER_BUF);
		if (n > 0) {
			output_add(&a->r->output, a->r->buf, (size_t)n);
		} else if (n == 0 || errno != EINTR) {
			return n != 0 && errno == EAGAIN;
		}
	}
	return true;
}

static int ms_until(int64_t deadline_ns)
{
	if (!deadline_ns) {
		return -1;
	}
	int64_t left = deadline_ns - clock_monotonic_ns(&clock_real);
	if (left <= 0) {
		return 0;
	}
	return left > 3600 * NS_PER_S ? 3600 * 1000 : (int)(left / NS_PER_MS) + 1;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Adds the usage of a process to that of the job. */
static void add_usage(struct job_usage *to, const struct rusage *u)
{
	to->user_s += seconds_of(u->ru_utime);
	to->sys_s += seconds_of(u->ru_stime);
	to->in_blocks += u->ru_inblock;
	to->out_blocks += u->ru_oublock;
	if (u->ru_maxrss > to->max_rss_kb) {
		to->max_rss_kb = u->ru_maxrss;
	}
}

/* A status as of wait(2) from what waitid(2) says. */
static int status_of(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? W_EXITCODE(info->si_status, 0)
					   : W_EXITCODE(0, info->si_status);
}

/* A process has ended. The leader of the group stays to be waited for. */
static void note_end(struct attempt *a, struct member *m)
{
	if (m->child.pid == a->group) {
		siginfo_t info = {0};
		while (waitid(P_PID, (id_t)m->child.pid, &info, WEXITED | WNOWAIT) < 0 &&
			errno == EINTR) {
		}
		m->status = status_of(&info);
	} else {
		struct rusage usage = {0};
		while (wait4(m->child.pid, &m->status, 0, &usage) < 0 && errno == EINTR) {
		}
		add_usage(&a->result->usage, &usage);
	}
	if (m->child.pidfd >= 0) {
		close(m->child.pidfd);
	}
	m->child.pidfd = -1;
	m->ended = true;
}

/* Waits for a lone process as long as it may be a short one, which needs no more than
 * that: what it prints fits into the pipe, or it is no short one. True: it has ended. */
static bool wait_briefly(struct attempt *a)
{
	struct member *m = &a->members[0];
	siginfo_t info = {0};
	if (a->member_count != 1 || a->deadline_ns || a->watch_ns || !a->r->has_ticks ||
		m->child.pid != a->group) {
		return false;
	}
	set_ticks(a->r, true);
	if (waitid(P_PID, (id_t)m->child.pid, &info, WEXITED | WNOWAIT) < 0) {
		return false;
	}
	m->status = status_of(&info);
	m->ended = true;
	return true;
}

/* For processes that are to be waited for together with the pipe. */
static void open_pidfds(struct attempt *a)
{
	for (uint32_t i = 0; i < a->member_count; i++) {
		struct member *m = &a->members[i];
		while (!m->ended && m->child.pidfd < 0 &&
			(m->child.pidfd = process_pidfd(m->child.pid)) < 0) {
			drain(a);
			nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * NS_PER_MS},
				NULL);
		}
	}
}

void attempt_wait(struct attempt *a)
{
	if (wait_briefly(a)) {
		return;
	}
	set_ticks(a->r, false);
	open_pidfds(a);
	struct pollfd p[1 + ATTEMPT_TOGETHER] = {{a->output[0], POLLIN, 0}};
	uint32_t left = 0;
	for (uint32_t i = 0; i < a->member_count; i++) {
		bool ended = a->members[i].ended;
		p[1 + i] = (struct pollfd){
			ended ? -1 : a->members[i].child.pidfd, POLLIN, 0};
		left += !ended;
	}
	while (left) {
		int64_t next = a->deadline_ns;
		if (a->watch_ns && (!next || a->watch_ns < next)) {
			next = a->watch_ns;
		}
		int n = poll(p, 1 + a->member_count, ms_until(next));
		keep_time(a);
		if (n > 0 && p[0].revents) {
			drain(a);
		}
		for (uint32_t i = 0; n > 0 && i < a->member_count; i++) {
			if (p[1 + i].revents) {
				note_end(a, &a->members[i]);
				p[1 + i] = (struct pollfd){.fd = -1};
				left--;
			}
		}
	}
}

void attempt_collect(struct attempt *a)
{
	if (a->group) {
		drain(a);
	}
}

void attempt_next(struct attempt *a)
{
	a->member_count = 0;
}

bool attempt_is_over(const struct attempt *a)
{
	pthread_mutex_lock(&a->r->state->lock);
	bool cancelled = a->r->slot->cancel != 0;
	pthread_mutex_unlock(&a->r->state->lock);
	return cancelled || a->timed_out || a->held_mb;
}

/* What the job left in the background may have a last word (a tee). */
static void linger(struct attempt *a)
{
	struct pollfd p = {a->output[0], POLLIN, 0};
	int64_t until = 0;
	while (drain(a)) {
		int64_t now = clock_monotonic_ns(&clock_real);
		until = until ? until : now + LINGER_MS * NS_PER_MS;
		if (now >= until || poll(&p, 1, ms_until(until)) == 0) {
			break;
		}
	}
}

/* Waits for the leader at last; its pid means nothing any more. */
static void reap_leader(struct attempt *a)
{
	struct rusage usage = {0};
	if (!a->group) {
		return;
	}
	pthread_mutex_lock(&a->r->state->lock);
	atomic_store(&a->r->slot->pid, 0);
	while (wait4(a->group, NULL, 0, &usage) < 0 && errno == EINTR) {
	}
	pthread_mutex_unlock(&a->r->state->lock);
	add_usage(&a->result->usage, &usage);
}

static void set_outcome(struct attempt *a, int status)
{
	struct result_head *result = a->result;
	const struct request_head *head = a->head;
	if (a->r->slot->cancel) {
		result->outcome = JOB_CANCELLED;
	} else if (a->timed_out) {
		result->outcome = JOB_TIMEOUT;
		if (head->runtime_s > 0 &&
			(head->timeout_s <= 0 || head->runtime_s < head->timeout_s)) {
			result->hint = HINT_RUNTIME;
			result->limit = head->runtime_s;
		}
	} else if (WIFSIGNALED(status) || a->held_mb) {
		result->outcome = JOB_SIGNAL;
		result->code = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;
		if (a->held_mb) {
			result->hint = HINT_MEMORY;
			result->value = a->held_mb;
			result->limit = head->mem_mb;
		}
	} else {
		result->code = WEXITSTATUS(status);
		result->outcome = result->code ? JOB_EXIT : JOB_OK;
	}
}

void attempt_end(struct attempt *a, int status)
{
	bool well = status == 0 && !attempt_is_over(a);
	if (!well && a->group) {
		kill(-a->group, SIGKILL);
	}
	if (a->output[0] >= 0) {
		close(a->output[1]);
		linger(a);
		reap_leader(a);
		close(a->output[0]);
	}
	int64_t now = clock_monotonic_ns(&clock_real);
	a->result->usage.seconds = (double)(now - a->start_ns) / (double)NS_PER_S;
	a->result->usage.end_ns = clock_wall_ns(&clock_real);
	set_outcome(a, status);
}

void attempt_drop(struct attempt *a)
{
	if (a->output[0] >= 0) {
		close(a->output[0]);
		close(a->output[1]);
	}
}
