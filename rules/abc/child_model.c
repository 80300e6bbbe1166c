#include "abc/child_model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abc/progress.h"
#include "sys/process.h"

void child_model_init(struct child_model *c)
{
	*c = (struct child_model){.to = -1, .from = -1, .pidfd = -1};
	strbuf_init(&c->out);
	strbuf_init(&c->in);
}

static void close_pair(int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

int child_model_start(struct child_model *c, const char *const *argv, const char *dir,
	struct strbuf *err)
{
	struct strbuf path = STRBUF_INIT;
	struct spawn s = {.cwd = dir, .group = SPAWN_NEW_GROUP, .death_signal = SIGKILL};
	struct child child;
	int in[2], out[2], status = 0;

	if (process_find(argv[0], NULL, &path)) {
		fail(err, "the simulator \"%s\" is not on the PATH", argv[0]);
		strbuf_release(&path);
		return -1;
	}
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
		strbuf_release(&path);
		return fail(err, "cannot make a pipe: %s", strerror(errno));
	}
	s.path = path.buf;
	memcpy(&s.argv, &argv, sizeof(argv));
	s.fd[0] = in[0];
	s.fd[1] = out[1];
	s.fd[2] = STDERR_FILENO;
	if (process_spawn(&s, &child, NULL)) {
		status = fail(err, "cannot start the simulator \"%s\" in %s: %s", argv[0],
			dir, strerror(errno));
		close_pair(in);
		close_pair(out);
	} else {
		close(in[0]);
		close(out[1]);
		c->pid = child.pid;
		c->pidfd = child.pidfd;
		c->to = in[1];
		c->from = out[0];
		fcntl(c->to, F_SETFL, O_NONBLOCK);
		fcntl(c->from, F_SETFL, O_NONBLOCK);
	}
	strbuf_release(&path);
	return status;
}

bool child_model_ended(const struct child_model *c, double seconds)
{
	struct pollfd p = {.fd = c->pidfd, .events = POLLIN};
	double end = monotonic_seconds() + seconds, left = seconds;
	int ready;

	do {
		int ms = seconds < 0 ? -1 : (int)(fmin(fmax(left, 0), 1e6) * 1000);

		ready = poll(&p, 1, ms);
		left = end - monotonic_seconds();
	} while ((ready < 0 && errno == EINTR) ||
		 (ready == 0 && (seconds < 0 || left > 0)));
	return ready > 0;
}

int child_model_end(struct child_model *c, double patience)
{
	int status = 0;

	if (!c->pid) {
		return 0;
	}
	if (c->to >= 0) {
		close(c->to);
	}
	close(c->from);
	if (!child_model_ended(c, patience)) {
		kill(-c->pid, SIGKILL);
	}
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {
	}
	close(c->pidfd);
	c->pid = 0;
	c->to = c->from = c->pidfd = -1;
	strbuf_reset(&c->out);
	strbuf_reset(&c->in);
	c->written = c->taken = 0;
	return status;
}

void child_model_release(struct child_model *c)
{
	child_model_end(c, 1);
	strbuf_release(&c->out);
	strbuf_release(&c->in);
}

static bool push_out(struct child_model *c)
{
	ssize_t n;

	if (c->written == c->out.len) {
		return false;
	}
	n = write(c->to, c->out.buf + c->written, c->out.len - c->written);
	if (n <= 0) {
		/* A closed input shows as the end of its output too. */
		return false;
	}
	c->written += (size_t)n;
	if (c->written == c->out.len) {
		strbuf_reset(&c->out);
		c->written = 0;
	}
	return true;
}

/* 1: bytes; 0: none now; -1: end. */
static int pull_in(struct child_model *c)
{
	ssize_t n;

	if (c->taken) {
		memmove(c->in.buf, c->in.buf + c->taken, c->in.len - c->taken);
		strbuf_setlen(&c->in, c->in.len - c->taken);
		c->taken = 0;
	}
	strbuf_grow(&c->in, 65536);
	n = read(c->from, c->in.buf + c->in.len, 65536);
	if (n > 0) {
		strbuf_setlen(&c->in, c->in.len + (size_t)n);
		return 1;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

int child_model_pump(struct child_model *c, int ms)
{
	struct pollfd p[2] = {{.fd = c->from, .events = POLLIN},
		{.fd = c->written < c->out.len ? c->to : -1, .events = POLLOUT}};
	bool moved = push_out(c);
	int got = pull_in(c);

	if (got || moved) {
		return got < 0 ? -1 : 1;
	}
	if (poll(p, 2, ms) <= 0) {
		return 0;
	}
	moved = push_out(c);
	got = pull_in(c);
	return got < 0 ? -1 : got || moved;
}

char *child_model_line(struct child_model *c)
{
	char *from = c->in.buf + c->taken;
	size_t left = c->in.len - c->taken;
	char *end = left ? memchr(from, '\n', left) : NULL;

	if (!end) {
		return NULL;
	}
	*end = '\0';
	if (end > from && end[-1] == '\r') {
		end[-1] = '\0';
	}
	c->taken += (size_t)(end - from) + 1;
	return from;
}

void describe_end(int status, struct strbuf *out)
{
	if (WIFSIGNALED(status)) {
		strbuf_addf(out, "was ended by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else {
		strbuf_addf(out, "ended with exit status %d", WEXITSTATUS(status));
	}
}
