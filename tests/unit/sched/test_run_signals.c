#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "sched/job_files.h"
#include "small_run.h"
#include "sys/clock.h"
#include "sys/fs.h"

static double now_s(void)
{
	return (double)clock_monotonic_ns(&clock_real) / 1e9;
}

static void wait_for(const char *path)
{
	for (int i = 0; i < 6000 && !fs_exists(path); i++) {
		usleep(10000);
	}
	assert_true(fs_exists(path));
}

/* Sends `signal` to this process `ms` after the file `path` is there; in a child. */
static pid_t signal_later(const char *path, int signal, unsigned ms)
{
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 6000 && !fs_exists(path); i++) {
			usleep(10000);
		}
		usleep(ms * 1000);
		kill(parent, signal);
		_exit(0);
	}
	return pid;
}

static void interrupt_stops_and_restores(void **state)
{
	(void)state;
	sandbox_write("good", "old");
	const struct small_job jobs[] = {
		{.text = "echo part > good; : > ready; sleep 60; : > on",
			.outputs = {{.path = "good"}},
			.log = "log"},
		{.text = ": > two", .needs = "0", .outputs = {{.path = "two"}}},
	};
	const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	for (size_t i = 0; i < CW_ARRAY_LEN(signals); i++) {
		struct small_run s = {.jobs = jobs, .count = 2, .keep_going = true};
		unlink("ready");
		pid_t pid = signal_later("ready", signals[i], 50);
		double start = now_s();
		assert_int_equal(small_run(&s), 0);
		assert_true(now_s() - start < 30);
		waitpid(pid, NULL, 0);
		assert_int_equal(s.result.signal, signals[i]);
		assert_int_equal(s.outcome[0], JOB_CANCELLED);
		assert_int_equal(s.result.counts.failed, 0);
		sandbox_assert("good", "old");
		sandbox_assert("log", "");
		sandbox_assert("on", NULL);
		assert_non_null(strstr(s.said.buf, "stopping the running jobs"));
		assert_non_null(strstr(s.said.buf, "0 of 2 jobs done, 2 not run"));
		assert_null(strstr(s.said.buf, "failed"));
		small_run_release(&s);
	}
}

static void deaf_jobs_are_killed(void **state)
{
	(void)state;
	const struct small_job jobs[] = {
		{.text = "trap ': > told' TERM; echo x > out; : > ready; while :; do sleep 0.05 || :; done",
			.outputs = {{.path = "out"}}},
	};
	struct small_run s = {.jobs = jobs, .count = 1, .grace_ns = 400 * NS_PER_MS};
	double start = now_s();
	pid_t pid = signal_later("ready", SIGINT, 0);
	assert_int_equal(small_run(&s), 0);
	assert_true(now_s() - start >= 0.4 && now_s() - start < 30);
	sandbox_assert("out", NULL);
	waitpid(pid, NULL, 0);
	small_run_release(&s);

	/* a second signal does not wait */
	s = (struct small_run){.jobs = jobs, .count = 1, .grace_ns = 60 * NS_PER_S};
	unlink("ready");
	unlink("told");
	start = now_s();
	pid = signal_later("ready", SIGINT, 0);
	pid_t second = signal_later("told", SIGINT, 0);
	assert_int_equal(small_run(&s), 0);
	assert_true(now_s() - start < 30);
	assert_int_equal(s.result.signal, SIGINT);
	waitpid(pid, NULL, 0);
	waitpid(second, NULL, 0);
	small_run_release(&s);
}

/* A run in a child process, which is killed once "ready" is there. */
static void run_and_kill(const struct small_job *jobs, uint32_t count, bool warden_too)
{
	unlink("ready");
	pid_t pid = fork();
	if (pid == 0) {
		struct small_run s = {.jobs = jobs, .count = count};
		small_run(&s);
		_exit(0);
	}
	wait_for("ready");
	usleep(20000);
	if (warden_too) {
		char command[64];
		snprintf(command, sizeof(command), "/proc/%d/task/%d/children", (int)pid,
			(int)pid);
		char *children = sandbox_read(command);
		assert_non_null(children);
		assert_int_equal(kill(pid, SIGSTOP), 0);
		assert_int_equal(kill((pid_t)strtol(children, NULL, 10), SIGKILL), 0);
		free(children);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	for (int i = 0; i < 6000 && !warden_too && fs_exists(".cwflow/running"); i++) {
		usleep(10000);
	}
}

/* The same as assert_file, for what the helper of a killed engine brings about soon. */
static void await_file(const char *path, const char *expected)
{
	for (int i = 0; i < 3000; i++) {
		char *text = sandbox_read(path);
		bool same = text && strcmp(text, expected) == 0;
		free(text);
		if (same) {
			break;
		}
		usleep(10000);
	}
	sandbox_assert(path, expected);
}

static void killed_engine_leaves_no_partial_file(void **state)
{
	(void)state;
	sandbox_write("good", "old");
	char *many = xcalloc(6000, 1); /* a note longer than a page */
	memset(many, 'x', 200);
	for (int i = 0; i < 199; i++) {
		many[i] = i % 2 ? '/' : 'd';
	}
	const struct small_job jobs[] = {
		{.text = "echo part > good; mkdir dir; echo p > dir/p; echo p > keep; : > ready; "
			 "sleep 60",
			.outputs = {{.path = "good"},
				{.path = "dir", .flags = OUTPUT_DIRECTORY},
				{.path = "keep", .flags = OUTPUT_RESUME},
				{.path = many}}},
	};
	run_and_kill(jobs, 1, false);
	await_file("good", "old");
	for (int i = 0; i < 3000 && fs_exists("dir"); i++) {
		usleep(10000);
	}
	assert_false(fs_exists("dir"));
	sandbox_assert("keep", "p\n");
	/* the warden has seen to it: nothing to do for the next run */
	assert_int_equal(job_files_recover(".cwflow"), 0);

	/* with the warden gone too the next run sees to it */
	run_and_kill(jobs, 1, true);
	sandbox_assert("good", "part\n");
	assert_int_equal(job_files_recover(".cwflow"), 2);
	sandbox_assert("good", "old");
	assert_false(fs_exists("dir"));
	sandbox_assert("keep", "p\n");
	assert_int_equal(job_files_recover(".cwflow"), 0);
	free(many);
}

static void long_names_come_back_too(void **state)
{
	(void)state;
	struct strbuf path = STRBUF_INIT;
	for (int i = 0; i < 30; i++) {
		strbuf_addstr(&path, "a-folder-of-some-length/");
	}
	assert_int_equal(fs_make_dirs(AT_FDCWD, path.buf), 0);
	strbuf_addstr(&path, "file");
	sandbox_write(path.buf, "old");
	const struct small_job jobs[] = {
		{.text = ": > ready; sleep 60", .outputs = {{.path = path.buf}}},
	};
	run_and_kill(jobs, 1, false);
	await_file(path.buf, "old");
	run_and_kill(jobs, 1, true);
	sandbox_assert(path.buf, NULL);
	assert_int_equal(job_files_recover(".cwflow"), 2);
	sandbox_assert(path.buf, "old");
	const struct small_job fails[] = {
		{.text = "false", .outputs = {{.path = path.buf}}},
	};
	struct small_run s = {.jobs = fails, .count = 1};
	assert_int_equal(small_run(&s), 0);
	sandbox_assert(path.buf, "old");
	small_run_release(&s);
	strbuf_release(&path);
}

static void nobody_reads_what_we_say(void **state)
{
	(void)state;
	int fd[2];
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	struct report_options o = {.fd = fd[1], .verbose = true};
	struct reporter *reporter = report_plain_new(&o);
	const struct small_job jobs[] = {
		{.text = "echo hello; : > a", .outputs = {{.path = "a"}}},
		{.text = "head -c 1000000 /dev/zero; exit 1", .needs = "0"},
	};
	struct small_run s = {.jobs = jobs, .count = 2, .reporter = reporter};
	assert_int_equal(small_run(&s), 0);
	assert_int_equal(s.result.counts.succeeded, 1);
	reporter->free(reporter);
	close(fd[1]);
	small_run_release(&s);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(interrupt_stops_and_restores),
		IN_SANDBOX(deaf_jobs_are_killed),
		IN_SANDBOX(killed_engine_leaves_no_partial_file),
		IN_SANDBOX(long_names_come_back_too),
		IN_SANDBOX(nobody_reads_what_we_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
