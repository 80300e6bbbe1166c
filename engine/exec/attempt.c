#include "exec/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/memory_watch.h"
#include "sys/clock.h"

enum {
	LINGER_MS = 500, /* for the last words of what a job left in the background */
	RETRY_MS = 20,
	WATCH_MS = 200,  /* between two looks at its memory */
	READS_MOST = 16, /* at once, so that a job that never stops talking has a limit */
};

/* One job while it runs. */
struct running {
	struct child child;
	int pipe_fd;
	int64_t deadline_ns;     /* next step against a job out of time; 0: none */
	int64_t watch_ns;        /* next look at its memory; 0: none */
	int64_t mem_mb, held_mb; /* its limit; what it held when it was over it, or 0 */
	bool timed_out;
};

/* Kills the job's process group; pid 0 is a job that is not started yet. */
static void kill_group(pid_t pid, int signal)
{
	if (pid > 0 && kill(-pid, signal) < 0) {
		kill(pid, signal);
	}
}

/* Time is up: asks, and when asked already, kills. */
static void out_of_time(struct runner *r, struct running *run, int64_t now)
{
	if (!run->timed_out) {
		run->timed_out = true;
		kill_group(run->child.pid, SIGTERM);
		run->deadline_ns = now + r->state->options->grace_ns;
	} else {
		kill_group(run->child.pid, SIGKILL);
		run->deadline_ns = 0;
	}
}

/* Looks at the job's memory, and kills it where that is too much: asking would take
 * what others need. */
static void watch_memory(struct runner *r, struct running *run, int64_t now)
{
	const uint64_t mb = 1000000;
	uint64_t most = (uint64_t)run->mem_mb * mb;
	uint64_t held = memory_of_tree(run->child.pid, most, &r->proc);
	run->watch_ns = now + WATCH_MS * NS_PER_MS;
	if (held > most) {
		run->held_mb = (int64_t)((held + mb - 1) / mb);
		run->watch_ns = 0;
		kill_group(run->child.pid, SIGKILL);
	}
}

/* Does what is due at this time. */
static void keep_time(struct runner *r, struct running *run)
{
	if (!run->deadline_ns && !run->watch_ns) {
		return;
	}
	int64_t now = clock_monotonic_ns(&clock_real);
	if (run->deadline_ns && now >= run->deadline_ns) {
		out_of_time(r, run, now);
	}
	if (run->watch_ns && now >= run->watch_ns) {
		watch_memory(r, run, now);
	}
}

/* Reads what the pipe has, or a good deal of it; false at its end. */
static bool drain(struct runner *r, struct running *run)
{
	for (int i = 0; i < READS_MOST; i++) {
		ssize_t n = read(run->pipe_fd, r->buf, RUNNER_BUF);
		if (n > 0) {
			output_add(&r->output, r->buf, (size_t)n);
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

/* The job's process has ended, but is still there to be waited for, so that its group
 * has its number for sure: where it did not end well the rest of it is killed. */
static void kill_rest(struct runner *r, const struct running *run)
{
	siginfo_t info = {0};
	while (waitid(P_PID, (id_t)run->child.pid, &info, WEXITED | WNOWAIT) < 0 &&
		errno == EINTR) {
	}
	if (info.si_code != CLD_EXITED || info.si_status != 0 || run->timed_out ||
		run->held_mb || r->slot->cancel) {
		kill(-run->child.pid, SIGKILL);
	}
}

/* Collects output until the job's process has ended. */
static void attend(struct runner *r, struct running *run)
{
	struct pollfd p[2] = {
		{run->pipe_fd, POLLIN, 0},
		{run->child.pidfd, POLLIN, 0},
	};
	while (!p[1].revents) {
		int64_t next = run->deadline_ns;
		if (run->watch_ns && (!next || run->watch_ns < next)) {
			next = run->watch_ns;
		}
		int n = poll(p, 2, ms_until(next));
		keep_time(r, run);
		if (n > 0 && p[0].revents && !drain(r, run)) {
			p[0].fd = -1; /* closed by all */
			p[0].revents = 0;
		}
	}
	kill_rest(r, run);
	/* what the job left in the background may have a last word (a tee) */
	int64_t until = 0;
	while (p[0].fd >= 0 && drain(r, run)) {
		int64_t now = clock_monotonic_ns(&clock_real);
		until = until ? until : now + LINGER_MS * NS_PER_MS;
		if (now >= until || poll(p, 1, ms_until(until)) == 0) {
			break;
		}
	}
}

/* The process has ended: its status and usage. Afterwards its pid means nothing. */
static int reap(struct runner *r, struct running *run, struct rusage *usage)
{
	int status = 0;
	pthread_mutex_lock(&r->state->lock);
	atomic_store(&r->slot->pid, 0);
	while (wait4(run->child.pid, &status, 0, usage) < 0 && errno == EINTR) {
	}
	pthread_mutex_unlock(&r->state->lock);
	close(run->child.pidfd);
	return status;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void set_outcome(struct runner *r, const struct running *run,
	const struct request_head *head, int status, struct result_head *result)
{
	if (r->slot->cancel) {
		result->outcome = JOB_CANCELLED;
	} else if (run->timed_out) {
		result->outcome = JOB_TIMEOUT;
		if (head->runtime_s > 0 &&
			(head->timeout_s <= 0 || head->runtime_s < head->timeout_s)) {
			result->hint = HINT_RUNTIME;
			result->limit = head->runtime_s;
		}
	} else if (WIFSIGNALED(status)) {
		result->outcome = JOB_SIGNAL;
		result->code = WTERMSIG(status);
		if (run->held_mb) {
			result->hint = HINT_MEMORY;
			result->value = run->held_mb;
			result->limit = head->mem_mb;
		}
	} else {
		result->code = WEXITSTATUS(status);
		result->outcome = result->code ? JOB_EXIT : JOB_OK;
	}
}

/* Whether a start that failed by `err` may go better when another job has ended. */
static bool is_worth_waiting(struct runner *r, int err)
{
	if (err != EMFILE && err != ENFILE && err != EAGAIN && err != ENOMEM) {
		return false;
	}
	uint32_t busy = 0;
	pthread_mutex_lock(&r->state->lock);
	for (uint32_t i = 0; i < r->state->threads; i++) {
		busy += atomic_load(&r->state->slots[i].pid) > 0;
	}
	bool cancelled = r->slot->cancel != 0;
	pthread_mutex_unlock(&r->state->lock);
	return busy > 0 && !cancelled;
}

/* Starts `s` with its output into a pipe, whose other end is *ret_pipe. */
static int start_once(struct runner *r, struct spawn *s, struct child *child,
	int *ret_pipe, enum spawn_step *ret_step)
{
	int pipe_fd[2];
	*ret_step = SPAWN_CLONE;
	if (pipe2(pipe_fd, O_CLOEXEC) < 0) {
		return -1;
	}
	s->fd[0] = -1;
	s->fd[1] = s->fd[2] = pipe_fd[1];
	s->group = SPAWN_NEW_GROUP;
	s->death_signal = SIGKILL;
	s->files = &r->state->files;
	s->pid = &r->slot->pid;
	int rc = process_spawn(s, child, ret_step);
	int err = errno;
	close(pipe_fd[1]);
	if (rc < 0) {
		atomic_store(&r->slot->pid, 0);
		close(pipe_fd[0]);
		errno = err;
		return -1;
	}
	fcntl(pipe_fd[0], F_SETFL, O_NONBLOCK);
	*ret_pipe = pipe_fd[0];
	return 0;
}

/* Sets the limits of an attempt that started at `start`. */
static void set_limits(
	struct running *run, const struct request_head *head, int64_t start)
{
	int64_t limit = head->timeout_s;
	if (head->runtime_s > 0 && (limit <= 0 || head->runtime_s < limit)) {
		limit = head->runtime_s;
	}
	if (limit > 0) {
		run->deadline_ns = start + limit * NS_PER_S;
	}
	if (head->mem_mb > 0) {
		run->mem_mb = head->mem_mb;
		run->watch_ns = start + WATCH_MS / 4 * NS_PER_MS;
	}
}

int attempt_run(struct runner *r, struct spawn *s, const struct request_head *head,
	struct result_head *result, enum spawn_step *ret_step)
{
	struct running run = {.pipe_fd = -1};
	int64_t start = clock_monotonic_ns(&clock_real);
	result->usage.start_ns = clock_wall_ns(&clock_real);
	while (start_once(r, s, &run.child, &run.pipe_fd, ret_step) < 0) {
		int err = errno;
		if (!is_worth_waiting(r, err)) {
			errno = err;
			return -1;
		}
		nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * NS_PER_MS}, NULL);
		start = clock_monotonic_ns(&clock_real);
		result->usage.start_ns = clock_wall_ns(&clock_real);
	}
	set_limits(&run, head, start);
	pthread_mutex_lock(&r->state->lock);
	int asked = r->slot->cancel; /* while it was being started */
	pthread_mutex_unlock(&r->state->lock);
	if (asked) {
		kill_group(run.child.pid, asked);
	}
	attend(r, &run);
	struct rusage usage = {0};
	int status = reap(r, &run, &usage);
	close(run.pipe_fd);
	result->usage.seconds =
		(double)(clock_monotonic_ns(&clock_real) - start) / (double)NS_PER_S;
	result->usage.end_ns = clock_wall_ns(&clock_real);
	result->usage.user_s = seconds_of(usage.ru_utime);
	result->usage.sys_s = seconds_of(usage.ru_stime);
	result->usage.max_rss_kb = usage.ru_maxrss;
	result->usage.in_blocks = usage.ru_inblock;
	result->usage.out_blocks = usage.ru_oublock;
	set_outcome(r, &run, head, status, result);
	return 0;
}
