#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/clock.h"
#include "sys/loop.h"
#include "sys/process.h"

struct seen {
	struct loop *loop;
	int fds, children, signals, timers;
	int status, last_signal;
	uint64_t to_remove;
	int fd;
};

static void on_fd(void *ctx, unsigned events)
{
	struct seen *s = ctx;
	char c;
	assert_true(events & LOOP_READ);
	assert_int_equal(read(s->fd, &c, 1), 1);
	s->fds++;
	loop_remove(s->loop, s->to_remove);
}

static void on_child(void *ctx, pid_t pid, int status, const struct rusage *usage)
{
	struct seen *s = ctx;
	assert_true(pid > 0 && usage);
	s->children++;
	s->status = status;
}

static void on_signal(void *ctx, int signal, pid_t sender)
{
	struct seen *s = ctx;
	assert_int_equal(sender, getpid());
	s->signals++;
	s->last_signal = signal;
}

static void on_timer(void *ctx)
{
	((struct seen *)ctx)->timers++;
}

static void all_kinds_of_events(void **state)
{
	(void)state;
	struct seen s = {.loop = loop_new()};
	int p[2];
	assert_int_equal(pipe(p), 0);
	s.fd = p[0];
	uint64_t fd = loop_add_fd(s.loop, p[0], LOOP_READ, on_fd, &s);
	assert_true(fd != 0);
	const int signals[] = {SIGUSR1, SIGUSR2};
	assert_true(loop_add_signals(s.loop, signals, 2, on_signal, &s) != 0);
	int64_t now = clock_monotonic_ns(&clock_real);
	loop_add_timer(s.loop, now + 20 * NS_PER_MS, on_timer, &s);
	uint64_t never = loop_add_timer(s.loop, now + 10 * NS_PER_MS, on_timer, &s);
	loop_remove(s.loop, never);
	loop_remove(s.loop, never);
	char sh[] = "sh", c[] = "-c", text[] = "exit 4";
	char *argv[] = {sh, c, text, NULL};
	struct spawn spawn = {.path = "/bin/sh", .argv = argv, .fd = {-1, 1, 2}};
	struct child child;
	assert_int_equal(process_spawn(&spawn, &child, NULL), 0);
	assert_true(loop_add_child(s.loop, child.pid, child.pidfd, on_child, &s) != 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	kill(getpid(), SIGUSR2);
	int64_t end = now + 60 * NS_PER_S;
	while ((!s.fds || !s.children || !s.signals || !s.timers) &&
		clock_monotonic_ns(&clock_real) < end) {
		assert_int_equal(loop_turn(s.loop, end), 0);
	}
	assert_int_equal(s.fds, 1);
	assert_int_equal(s.children, 1);
	assert_int_equal(WEXITSTATUS(s.status), 4);
	assert_int_equal(s.last_signal, SIGUSR2);
	assert_int_equal(s.timers, 1);
	loop_free(s.loop);
	close(p[0]);
	close(p[1]);
}

/* Of two sources that are ready at once one removes the other: no call for that. */
static void removed_source_is_silent(void **state)
{
	(void)state;
	struct seen a = {.loop = loop_new()}, b;
	int p[2];
	assert_int_equal(pipe(p), 0);
	a.fd = p[0];
	b = a;
	int copy = dup(p[0]);
	uint64_t first = loop_add_fd(a.loop, p[0], LOOP_READ, on_fd, &a);
	uint64_t second = loop_add_fd(a.loop, copy, LOOP_READ, on_fd, &b);
	a.to_remove = second;
	b.to_remove = first;
	assert_int_equal(write(p[1], "xy", 2), 2);
	assert_int_equal(loop_turn(a.loop, 0), 0);
	assert_int_equal(a.fds + b.fds, 1);
	loop_free(a.loop);
	close(copy);
	close(p[0]);
	close(p[1]);
}

/* Children that end while others are being started (copies of their descriptors live on
 * for a moment). */
static void many_children(void **state)
{
	(void)state;
	struct seen s = {.loop = loop_new()};
	char name[] = "true";
	char *argv[] = {name, NULL};
	enum { N = 200 };
	for (int i = 0; i < N; i++) {
		struct spawn spawn = {
			.path = "/bin/true", .argv = argv, .fd = {-1, -1, -1}};
		struct child child;
		assert_int_equal(process_spawn(&spawn, &child, NULL), 0);
		assert_true(loop_add_child(
				    s.loop, child.pid, child.pidfd, on_child, &s) != 0);
		assert_int_equal(loop_turn(s.loop, 0), 0);
	}
	while (s.children < N) {
		assert_int_equal(loop_turn(s.loop, INT64_MAX), 0);
	}
	loop_free(s.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_of_events),
		cmocka_unit_test(removed_source_is_silent),
		cmocka_unit_test(many_children),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
