#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "small_run.h"
#include "sys/clock.h"
#include "sys/fs.h"

static void assert_said(const struct small_run *s, const char *part)
{
	if (!strstr(s->said.buf, part)) {
		print_error("not said: %s\nin:\n%s\n", part, s->said.buf);
		fail();
	}
}

#define RUN(s, ...)                                                                      \
	do {                                                                             \
		const struct small_job jobs_[] = {__VA_ARGS__};                          \
		(s)->jobs = jobs_;                                                       \
		(s)->count = CW_ARRAY_LEN(jobs_);                                        \
		assert_int_equal(small_run(s), 0);                                       \
	} while (0)

static void jobs_run_in_order(void **state)
{
	(void)state;
	struct small_run s = {0};
	RUN(&s, {.text = "echo a > a/x/one", .outputs = {{.path = "a/x/one"}}},
		{.text = "cat a/x/one > two; echo b >> two\n",
			.outputs = {{.path = "two"}},
			.needs = "0"},
		{.needs = "1"});
	assert_int_equal(s.result.counts.succeeded, 3);
	assert_int_equal(s.result.counts.failed, 0);
	sandbox_assert("two", "a\nb\n");
	assert_said(&s, "[1/3] rule0 ");
	assert_said(&s, "3 of 3 jobs done in ");
	small_run_release(&s);
}

static void strict_mode_and_failure(void **state)
{
	(void)state;
	struct small_run s = {.cores = 1};
	RUN(&s,
		{.text = "false | true; : > never",
			.outputs = {{.path = "never"}},
			.log = "logs/l"},
		{.text = ": > after", .needs = "0"}, {.text = ": > independent"});
	assert_int_equal(s.result.counts.failed, 1);
	assert_int_equal(s.result.counts.blocked, 1);
	assert_int_equal(s.outcome[0], JOB_EXIT);
	assert_int_equal(s.code[0], 1);
	sandbox_assert("never", NULL);
	sandbox_assert("after", NULL);
	sandbox_assert("independent", NULL); /* not keep-going */
	sandbox_assert("logs/l", "");
	assert_said(&s, "\n  exit status 1\n");
	assert_said(&s, "  command:\n    false | true; : > never\n");
	small_run_release(&s);
}

static void keep_going_runs_the_rest(void **state)
{
	(void)state;
	struct small_run s = {.keep_going = true, .cores = 1};
	RUN(&s, {.text = "exit 3"}, {.text = ": > after", .needs = "0"},
		{.text = ": > independent", .outputs = {{.path = "independent"}}});
	assert_int_equal(s.result.counts.failed, 1);
	assert_int_equal(s.result.counts.succeeded, 1);
	sandbox_assert("independent", "");
	small_run_release(&s);
}

static void earlier_outputs_come_back(void **state)
{
	(void)state;
	sandbox_write("good", "old");
	sandbox_write("replaced", "old");
	struct small_run s = {.keep_going = true};
	RUN(&s, {.text = "echo new > good; exit 1", .outputs = {{.path = "good"}}},
		{.text = "test ! -e replaced; echo new > replaced",
			.outputs = {{.path = "replaced"}}},
		{.text = "echo x > part; kill -SEGV $$", .outputs = {{.path = "part"}}});
	sandbox_assert("good", "old");
	sandbox_assert("replaced", "new\n");
	sandbox_assert("part", NULL);
	assert_int_equal(s.outcome[2], JOB_SIGNAL);
	assert_said(&s, "killed by SIGSEGV");
	assert_int_equal(rmdir(".cwflow/aside"), 0); /* nothing is left in it */
	small_run_release(&s);
}

static void missing_outputs_are_named(void **state)
{
	(void)state;
	struct small_run s = {.keep_going = true};
	RUN(&s, {.text = "echo 1 > a", .outputs = {{.path = "a"}, {.path = "b"}}},
		{.text = "mkdir d", .outputs = {{.path = "d"}}},
		{.text = ": > e", .outputs = {{.path = "e", .flags = OUTPUT_DIRECTORY}}},
		{.text = ": > f", .outputs = {{.path = "f", .flags = OUTPUT_NON_EMPTY}}},
		{.text = "printf abc > g", .outputs = {{.path = "g", .sha256 = "00"}}},
		{.text = "printf abc > h",
			.outputs = {{.path = "h",
				.sha256 =
					"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb"
					"410ff61f20015ad"}}});
	assert_int_equal(s.outcome[0], JOB_BAD_OUTPUT);
	assert_said(&s, "the command ended well but did not make b\n");
	sandbox_assert("a", NULL);
	assert_int_equal(s.outcome[1], JOB_BAD_OUTPUT);
	assert_said(&s, "output d is a folder");
	assert_true(fs_exists("d")); /* not declared as one: not ours to remove */
	assert_int_equal(s.outcome[2], JOB_BAD_OUTPUT);
	assert_int_equal(s.outcome[3], JOB_BAD_OUTPUT);
	assert_said(&s, "output f is empty");
	assert_int_equal(s.outcome[4], JOB_BAD_OUTPUT);
	assert_int_equal(s.outcome[5], JOB_OK);
	small_run_release(&s);
}

static void flags_of_outputs(void **state)
{
	(void)state;
	struct small_run s = {0};
	RUN(&s, {.text = "true", .outputs = {{.path = "t/done", .flags = OUTPUT_TOUCH}}},
		{.text = "echo 1 > p",
			.outputs = {{.path = "p", .flags = OUTPUT_PROTECTED}}},
		{.text = "mkdir -p d/e; : > d/e/f",
			.outputs = {{.path = "d", .flags = OUTPUT_DIRECTORY}}},
		{.text = "true", .log = "l/og", .benchmark = "b/ench"});
	assert_int_equal(s.result.counts.succeeded, 4);
	sandbox_assert("t/done", "");
	struct fs_stat st;
	assert_int_equal(fs_stat(AT_FDCWD, "p", &st), 0);
	assert_int_equal(st.mode & 0222, 0);
	sandbox_assert("l/og", "");
	char *text = sandbox_read("b/ench");
	assert_non_null(text);
	assert_memory_equal(
		text, "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in", 40);
	assert_non_null(strstr(text, "\t0:00:00\t"));
	free(text);
	small_run_release(&s);

	/* again: the folder is replaced, the protected file is not touched */
	sandbox_write("d/old", "");
	struct small_run again = {.keep_going = true};
	RUN(&again,
		{.text = "mkdir d; : > d/new",
			.outputs = {{.path = "d", .flags = OUTPUT_DIRECTORY}}},
		{.text = "echo 2 > p",
			.outputs = {{.path = "p", .flags = OUTPUT_PROTECTED}}},
		{.text = "cat r; echo 2 >> r; false",
			.outputs = {{.path = "r", .flags = OUTPUT_RESUME}},
			.retries = 1});
	assert_int_equal(again.outcome[0], JOB_OK);
	assert_false(fs_exists("d/old"));
	sandbox_assert("p", "1\n");
	assert_said(&again, "output p is protected");
	small_run_release(&again);
}

static void retries(void **state)
{
	(void)state;
	struct small_run s = {0};
	RUN(&s, {.text = "echo x >> count; test $(wc -l < count) = 3; : > done",
			.outputs = {{.path = "done"}},
			.retries = 2,
			.log = "log"});
	assert_int_equal(s.result.counts.succeeded, 1);
	assert_int_equal(s.attempts[0], 3);
	assert_said(&s, "failed, trying again: rule0 (attempt 2)");
	small_run_release(&s);
}

static void builder_says_no(void **state)
{
	(void)state;
	struct small_run s = {.keep_going = true};
	RUN(&s, {.error = "division by zero in threads", .retries = 5}, {.skip = true},
		{.text = ": > x", .needs = "1", .outputs = {{.path = "x"}}});
	assert_int_equal(s.result.counts.failed, 1);
	assert_int_equal(s.result.counts.skipped, 1);
	assert_int_equal(s.result.counts.succeeded, 1);
	assert_said(&s, "division by zero in threads");
	small_run_release(&s);
}

static void output_is_captured_in_one_piece(void **state)
{
	(void)state;
	struct small_run s = {0};
	RUN(&s, {.text = "echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three"},
		{.text = "for i in 1 2 3 4 5; do echo other; sleep 0.05; done"},
		{.text = "seq 1 100000"});
	assert_said(&s, "\none\ntwo\nthree\n");
	assert_said(&s, "\n99999\n100000\n"); /* longer than memory */
	assert_said(&s, "\n1\n2\n3\n");
	small_run_release(&s);
}

static void environment_of_jobs(void **state)
{
	(void)state;
	const struct env_pair env[] = {{"MINE", "a b"}};
	setenv("OMPI_COMM_WORLD_RANK", "0", 1);
	setenv("SLURM_JOB_ID", "7", 1);
	setenv("USERS_OWN", "kept", 1);
	struct small_run s = {.cores = 4, .tools_dir = "/tools/dir"};
	RUN(&s, {.text = "env > env; cat > stdin; ls /proc/self/fd > fds; "
			 "ps -o sid=,pgid=,pid= $$ > ids",
			.threads = 3,
			.env = env,
			.env_count = 1});
	unsetenv("OMPI_COMM_WORLD_RANK");
	unsetenv("SLURM_JOB_ID");
	char *text = sandbox_read("env");
	assert_non_null(strstr(text, "MINE=a b\n"));
	assert_non_null(strstr(text, "OMP_NUM_THREADS=3\n"));
	assert_non_null(strstr(text, "OPENBLAS_NUM_THREADS=3\n"));
	assert_non_null(strstr(text, "MKL_NUM_THREADS=3\n"));
	assert_non_null(strstr(text, ":/tools/dir\n"));
	assert_non_null(strstr(text, "USERS_OWN=kept\n"));
	assert_null(strstr(text, "OMPI_"));
	assert_null(strstr(text, "SLURM_"));
	free(text);
	sandbox_assert("stdin", "");
	sandbox_assert("fds", "0\n1\n2\n3\n"); /* 3 is that of ls itself */
	small_run_release(&s);
}

static void programs_without_a_shell(void **state)
{
	(void)state;
	char cp[] = "cp", from[] = "from $x", to[] = "to 'y'", none[] = "no-such-program";
	char *argv[] = {cp, from, to, NULL}, *missing[] = {none, NULL};
	sandbox_write("from $x", "text");
	sandbox_write("plain", "echo script ran > s\n");
	assert_int_equal(chmod("plain", 0755), 0);
	char plain[] = "./plain";
	char *script[] = {plain, NULL};
	struct small_run s = {.keep_going = true};
	RUN(&s, {.argv = argv, .outputs = {{.path = "to 'y'"}}}, {.argv = missing},
		{.argv = script, .outputs = {{.path = "s"}}});
	sandbox_assert("to 'y'", "text");
	assert_int_equal(s.outcome[1], JOB_NOT_STARTED);
	assert_said(&s, "cannot start no-such-program: No such file or directory");
	assert_said(&s, "failed: rule1\n");
	sandbox_assert("s", "script ran\n");
	small_run_release(&s);
}

static void missing_shell(void **state)
{
	(void)state;
	struct small_run s = {.shell = "no-such-shell"};
	RUN(&s, {.text = "true"});
	assert_int_equal(s.outcome[0], JOB_NOT_STARTED);
	assert_said(&s, "no-such-shell: the shell cannot be started (No such file");
	small_run_release(&s);
}

static void very_long_text(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "printf '%s\\n' end > out #");
	for (int i = 0; i < 40000; i++) {
		strbuf_addstr(&text, " 0123456789");
	}
	strbuf_addstr(&text, "\necho more >> out");
	struct small_run s = {0};
	RUN(&s, {.text = text.buf, .outputs = {{.path = "out"}}});
	assert_int_equal(s.outcome[0], JOB_OK);
	sandbox_assert("out", "end\nmore\n");
	small_run_release(&s);

	strbuf_reset(&text);
	strbuf_addstr(&text, "/bin/true");
	for (int i = 0; i < 400000; i++) {
		strbuf_addstr(&text, " 0123456789");
	}
	struct small_run t = {0};
	RUN(&t, {.text = text.buf});
	assert_int_equal(t.outcome[0], JOB_EXIT);
	assert_int_equal(t.code[0], 126);
	assert_said(&t, "{input:list}");
	small_run_release(&t);
	strbuf_release(&text);
}

static void out_of_time(void **state)
{
	(void)state;
	struct small_run s = {.keep_going = true, .grace_ns = 300 * NS_PER_MS};
	RUN(&s, {.text = "sleep 100", .timeout_s = 1},
		{.text = "trap '' TERM; echo > part; while :; do sleep 1; done",
			.timeout_s = 1,
			.outputs = {{.path = "part"}}});
	assert_int_equal(s.outcome[0], JOB_TIMEOUT);
	assert_int_equal(s.outcome[1], JOB_TIMEOUT);
	assert_said(&s, "timeout of 1 s");
	sandbox_assert("part", NULL);
	small_run_release(&s);
}

static void strange_names(void **state)
{
	(void)state;
	sandbox_write("new\nline", "old");
	struct small_run s = {.keep_going = true};
	RUN(&s,
		{.text = "printf x > $'new\\nline'; exit 1",
			.outputs = {{.path = "new\nline"}}},
		{.text = "printf x > $'\\xff\\x1b[31m'",
			.outputs = {{.path = "\xff\x1b[31m"}, {.path = "-missing"}}});
	sandbox_assert("new\nline", "old");
	sandbox_assert("\xff\x1b[31m", NULL);
	assert_null(strchr(s.said.buf, '\x1b'));
	assert_said(&s, "output: new\\nline\n");
	small_run_release(&s);
}

static void temporary_files(void **state)
{
	(void)state;
	struct small_run s = {.keep_going = true, .cores = 1};
	RUN(&s,
		{.text = "echo 1 > t; echo 2 > asked; mkdir d; : > d/f; echo 3 > not",
			.outputs = {{.path = "t", .flags = OUTPUT_TEMP},
				{.path = "asked", .flags = OUTPUT_TEMP},
				{.path = "d", .flags = OUTPUT_TEMP | OUTPUT_DIRECTORY},
				{.path = "not"}}},
		{.text = "test -e t -a -e d/f", .needs = "0"},
		{.text = "test -e t -a -e d/f; : > u",
			.needs = "01",
			.outputs = {{.path = "u", .flags = OUTPUT_TEMP}}},
		{.text = "test ! -e t -a ! -e d; : > v",
			.needs = "2",
			.outputs = {{.path = "v", .flags = OUTPUT_TEMP}}},
		{.text = "false", .needs = "2"}, {.skip = true, .needs = "3"});
	assert_int_equal(s.result.counts.succeeded, 4);
	assert_false(fs_exists("t"));
	assert_false(fs_exists("d"));
	sandbox_assert("asked", "2\n");
	sandbox_assert("not", "3\n");
	sandbox_assert("u", "");   /* one that needs it failed */
	sandbox_assert("v", NULL); /* one that needs it was needless */
	small_run_release(&s);

	struct small_run t = {.notemp = true};
	RUN(&t, {.text = ": > w", .outputs = {{.path = "w", .flags = OUTPUT_TEMP}}},
		{.text = "true", .needs = "0"});
	sandbox_assert("w", "");
	small_run_release(&t);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(jobs_run_in_order),
		IN_SANDBOX(strict_mode_and_failure),
		IN_SANDBOX(keep_going_runs_the_rest),
		IN_SANDBOX(earlier_outputs_come_back),
		IN_SANDBOX(missing_outputs_are_named),
		IN_SANDBOX(flags_of_outputs),
		IN_SANDBOX(retries),
		IN_SANDBOX(builder_says_no),
		IN_SANDBOX(output_is_captured_in_one_piece),
		IN_SANDBOX(environment_of_jobs),
		IN_SANDBOX(programs_without_a_shell),
		IN_SANDBOX(missing_shell),
		IN_SANDBOX(very_long_text),
		IN_SANDBOX(out_of_time),
		IN_SANDBOX(strange_names),
		IN_SANDBOX(temporary_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
