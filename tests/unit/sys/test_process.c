#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "sys/clock.h"
#include "sys/process.h"

static char sh[] = "sh", dash_c[] = "-c";

static int run_sh(char *text, struct spawn *s)
{
	char *argv[] = {sh, dash_c, text, NULL};
	struct child child;
	s->path = "/bin/sh";
	s->argv = argv;
	if (process_spawn(s, &child, NULL) < 0) {
		return -1;
	}
	int status = 0;
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	close(child.pidfd);
	return status;
}

static void child_gets_what_it_should(void **state)
{
	(void)state;
	int out = open("out", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	int leaked = dup(out); /* without close-on-exec */
	assert_true(leaked >= 0);
	sigset_t usr1, before;
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &before);
	signal(SIGPIPE, SIG_IGN);
	char text[] =
		"cat; ls /proc/self/fd; grep -E 'Sig(Blk|Ign)' /proc/self/status; pwd; "
		"echo $X; test $$ = $(ps -o pgid= $$) && echo leader";
	char x[] = "X=y", path[] = "PATH=/usr/bin:/bin";
	char *env[] = {x, path, NULL};
	struct spawn s = {
		.fd = {-1, out, out}, .cwd = "/", .envp = env, .group = SPAWN_NEW_GROUP};
	assert_int_equal(run_sh(text, &s), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	char *said = sandbox_read("out");
	assert_string_equal(said, "0\n1\n2\n3\nSigBlk:\t0000000000000000\n"
				  "SigIgn:\t0000000000000000\n/\ny\nleader\n");
	free(said);
	close(out);
	close(leaked);
}

static void descriptors_may_stand_crosswise(void **state)
{
	(void)state;
	int keep[3];
	for (int i = 0; i < 3; i++) {
		keep[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
	}
	sandbox_write("in", "input\n");
	int out = open("out", O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
	int err = open("err", O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
	int in = open("in", O_RDONLY | O_CLOEXEC);
	/* 0 is to be stdout, 1 stderr, 2 stdin */
	dup2(out, 0);
	dup2(err, 1);
	dup2(in, 2);
	char text[] = "cat; echo e >&2";
	struct spawn s = {.fd = {2, 0, 1}};
	int status = run_sh(text, &s);
	for (int i = 0; i < 3; i++) {
		dup2(keep[i], i);
		close(keep[i]);
	}
	assert_int_equal(status, 0);
	char *a = sandbox_read("out"), *b = sandbox_read("err");
	assert_string_equal(a, "input\n");
	assert_string_equal(b, "e\n");
	free(a);
	free(b);
	close(out);
	close(err);
	close(in);
}

static void failures_are_told(void **state)
{
	(void)state;
	char name[] = "none";
	char *argv[] = {name, NULL};
	enum spawn_step step = SPAWN_CLONE;
	struct child child;
	struct spawn s = {.path = "/none/at/all", .argv = argv, .fd = {-1, -1, -1}};
	assert_int_equal(process_spawn(&s, &child, &step), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(step, SPAWN_EXEC);
	s.path = "/";
	assert_int_equal(process_spawn(&s, &child, &step), -1);
	assert_int_equal(errno, EACCES);
	s.path = "/bin/true";
	s.cwd = "/none";
	assert_int_equal(process_spawn(&s, &child, &step), -1);
	assert_int_equal(step, SPAWN_CWD);
	s.cwd = NULL;
	struct spawn_open o = {.fd = 0, .path = "/none", .flags = O_RDONLY};
	s.opens = &o;
	s.open_count = 1;
	assert_int_equal(process_spawn(&s, &child, &step), -1);
	assert_int_equal(step, SPAWN_OPEN);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	assert_int_equal(errno, ECHILD);
}

static void programs_are_found(void **state)
{
	(void)state;
	struct strbuf path = STRBUF_INIT;
	assert_int_equal(process_find("sh", "/none:/bin", &path), 0);
	assert_string_equal(path.buf, "/bin/sh");
	strbuf_reset(&path);
	assert_int_equal(process_find("./x/y", "/bin", &path), 0);
	assert_string_equal(path.buf, "./x/y");
	strbuf_reset(&path);
	assert_int_equal(process_find("no-such", "/bin", &path), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(process_find("", "/bin", &path), -1);
	sandbox_write("data", "");
	assert_int_equal(process_find("data", "", &path), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(chmod("data", 0755), 0);
	assert_int_equal(process_find("data", "/bin:", &path), 0);
	assert_string_equal(path.buf, "./data");
	strbuf_release(&path);
}

static void output_is_collected(void **state)
{
	(void)state;
	char text[] = "echo out; echo err >&2; exit 3", slow[] = "sleep 60",
	     endless[] = "yes";
	char *argv[] = {sh, dash_c, text, NULL};
	struct process_capture c = {.argv = argv, .stderr_too = true, .most = 1000};
	struct strbuf out = STRBUF_INIT;
	int status = process_capture(&c, &out);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	assert_string_equal(out.buf, "out\nerr\n");
	argv[2] = slow;
	c.timeout_ns = 100 * NS_PER_MS;
	assert_int_equal(process_capture(&c, &out), -1);
	assert_int_equal(errno, ETIMEDOUT);
	argv[2] = endless;
	c.timeout_ns = 0;
	assert_int_equal(process_capture(&c, &out), -1);
	assert_int_equal(errno, EFBIG);
	char none[] = "no-such-program";
	char *missing[] = {none, NULL};
	c.argv = missing;
	assert_int_equal(process_capture(&c, &out), -1);
	assert_int_equal(errno, ENOENT);
	strbuf_release(&out);
}

/* How a forked child that looks at `p` ends. */
static int end_of_looking_at(const volatile char *p)
{
	pid_t pid = process_fork();
	if (pid == 0) {
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		_exit(*p == 'x' ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Memory that is spared is not in a child; its edges, that may belong to others too, are. */
static void memory_is_spared(void **state)
{
	const size_t n = 8 << 20;
	(void)state;
	char *p = xmalloc(n);
	memset(p, 'x', n);
	process_spare(p + 1, n - 2, true);
	assert_int_equal(end_of_looking_at(p), 0);
	assert_int_equal(end_of_looking_at(p + n - 1), 0);
	assert_true(WIFSIGNALED(end_of_looking_at(p + n / 2)));
	assert_int_equal(p[n / 2], 'x');
	process_spare(p + 1, n - 2, false);
	assert_int_equal(end_of_looking_at(p + n / 2), 0);
	process_spare(p, 100, true); /* less than a page */
	process_spare(NULL, 0, true);
	assert_int_equal(end_of_looking_at(p + 50), 0);
	free(p);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(child_gets_what_it_should),
		IN_SANDBOX(descriptors_may_stand_crosswise),
		IN_SANDBOX(failures_are_told),
		IN_SANDBOX(programs_are_found),
		IN_SANDBOX(output_is_collected),
		cmocka_unit_test(memory_is_spared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
