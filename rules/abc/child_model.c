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

enum { MOST_SAID = 2048 };

void child_model_init(struct child_model *c)
{
	*c = (struct child_model){.to = -1, .from = -1, .errors = -1, .pidfd = -1};
	strbuf_init(&c->out);
	strbuf_init(&c->in);
	strbuf_init(&c->said);
}

/* Three pipes, or none. */
static int make_pipes(int fd[3][2])
{
	for (int i = 0; i < 3; i++) {
		if (pipe2(fd[i], O_CLOEXEC)) {
			while (i-- > 0) {
				close(fd[i][0]);
				close(fd[i][1]);
			}
			return -1;
		}
	}
	return 0;
}

int child_model_start(struct child_model *c, const char *const *argv, const char *dir,
	struct strbuf *err)
{
	struct strbuf path = STRBUF_INIT;
	struct spawn s = {.cwd = dir, .group = SPAWN_NEW_GROUP, .death_signal = SIGKILL};
	struct child child;
	int fd[3][2], status = 0;

	if (process_find(argv[0], NULL, &path)) {
		fail(err, "the simulator \"%s\" is not on the PATH", argv[0]);
		strbuf_release(&path);
		return -1;
	}
	if (make_pipes(fd)) {
		strbuf_release(&path);
		return fail(err, "cannot make a pipe: %s", strerror(errno));
	}
	s.path = path.buf;
	memcpy(&s.argv, &argv, sizeof(argv));
	s.fd[0] = fd[0][0];
	s.fd[1] = fd[1][1];
	s.fd[2] = fd[2][1];
	if (process_spawn(&s, &child, NULL)) {
		status = fail(err, "cannot start the simulator \"%s\" in %s: %s", argv[0],
			dir, strerror(errno));
		close(fd[0][1]);
		close(fd[1][0]);
		close(fd[2][0]);
	} else {
		c->pid = child.pid;
		c->pidfd = child.pidfd;
		c->to = fd[0][1];
		c->from = fd[1][0];
		c->errors = fd[2][0];
		fcntl(c->to, F_SETFL, O_NONBLOCK);
		fcntl(c->from, F_SETFL, O_NONBLOCK);
		fcntl(c->errors, F_SETFL, O_NONBLOCK);
		strbuf_reset(&c->said);
	}
	close(fd[0][0]);
	close(fd[1][1]);
	close(fd[2][1]);
	strbuf_release(&path);
	return status;
}

/* Keeps the end of what was said. */
static void keep_said(struct child_model *c, const char *p, size_t n)
{
	size_t most = 2 * (size_t)MOST_SAID;

	strbuf_add(&c->said, p, n);
	if (c->said.len > most) {
		memmove(c->said.buf, c->said.buf + c->said.len - MOST_SAID, MOST_SAID);
		strbuf_setlen(&c->said, MOST_SAID);
	}
}

/* Takes what is there of its standard error. Whether there was something. */
static bool hear_errors(struct child_model *c)
{
	char buf[4096];
	ssize_t n = c->errors < 0 ? -1 : read(c->errors, buf, sizeof(buf));

	if (n > 0) {
		keep_said(c, buf, (size_t)n);
		for (ssize_t done = 0, w = 0; !c->hushed && done < n; done += w) {
			w = write(STDERR_FILENO, buf + done, (size_t)(n - done));
			if (w < 0 && errno != EINTR) {
				break;
			}
			w = w < 0 ? 0 : w;
		}
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR && c->errors >= 0)) {
		close(c->errors);
		c->errors = -1;
	}
	return n > 0;
}

bool child_model_ended(struct child_model *c, double seconds)
{
	double end = monotonic_seconds() + seconds, left = seconds;

	for (;;) {
		struct pollfd p[2] = {{.fd = c->pidfd, .events = POLLIN},
			{.fd = c->errors, .events = POLLIN}};
		int ms = seconds < 0 ? -1 : (int)(fmin(fmax(left, 0), 1e6) * 1000);
		int ready = poll(p, 2, ms);

		if (ready > 0 && p[1].revents) {
			hear_errors(c);
		}
		if (ready > 0 && p[0].revents) {
			return true;
		}
		left = end - monotonic_seconds();
		if ((ready < 0 && errno != EINTR) || (seconds >= 0 && left <= 0)) {
			return false;
		}
	}
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
	/* Not for ever: one that it left behind may go on writing. */
	for (int i = 0; i < 64 && hear_errors(c); i++) {
	}
	if (c->errors >= 0) {
		close(c->errors);
	}
	close(c->pidfd);
	c->pid = 0;
	c->to = c->from = c->errors = c->pidfd = -1;
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
	strbuf_release(&c->said);
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
	struct pollfd p[3] = {{.fd = c->from, .events = POLLIN},
		{.fd = c->written < c->out.len ? c->to : -1, .events = POLLOUT},
		{.fd = c->errors, .events = POLLIN}};
	bool moved = push_out(c);
	int got = pull_in(c);

	if (got || moved) {
		return got < 0 ? -1 : 1;
	}
	if (poll(p, 3, ms) <= 0) {
		return 0;
	}
	moved = p[2].revents && hear_errors(c);
	moved = push_out(c) || moved;
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

bool child_model_said(const struct child_model *c, size_t lines, struct strbuf *out)
{
	const char *text = c->said.buf;
	size_t end = c->said.len, from = end, found = 0;
	bool first = true;

	/* Where the lines begin. */
	while (from > 0 && found < lines) {
		size_t stop = from;

		while (from > 0 && text[from - 1] != '\n') {
			from--;
		}
		found += strspn(text + from, " \t\r") < stop - from;
		if (found < lines && from > 0) {
			from--;
		}
	}
	while (from < end) {
		size_t n = strcspn(text + from, "\r\n");

		if (strspn(text + from, " \t") < n) {
			strbuf_addstr(out, first ? "" : " | ");
			strbuf_add(out, text + from, n);
			first = false;
		}
		from += n + 1;
	}
	return !first;
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
