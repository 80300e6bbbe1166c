#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "one_job.h"
#include "sys/fs.h"

static void release(struct one_job *j)
{
	free(j->output);
	free(j->text);
}

static void assert_same_text(const char *what, const char *a, const char *b)
{
	if (strcmp(a, b) != 0) {
		print_error("%s differs:\n--- direct\n%s\n--- shell\n%s\n", what, a, b);
		fail();
	}
}

static char *read_or_empty(const char *path)
{
	char *text = sandbox_read(path);
	return text ? text : xstrdup("(none)");
}

/* Runs `text` with and without a shell and compares all that one can see. */
static void compare(const char *shell, const char *text)
{
	struct one_job j[2];
	char *file[2];
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fs_remove_tree(AT_FDCWD, "w"), 0);
		assert_int_equal(mkdir("w", 0777), 0);
		assert_int_equal(chdir("w"), 0);
		assert_int_equal(mkdir("dir", 0777), 0);
		sandbox_write("in", "b\na\n");
		sandbox_write("not executable", "echo no\n");
		sandbox_write("script", "echo \"script $1\"\n");
		assert_int_equal(chmod("script", 0755), 0);
		j[i] = one_job(text);
		j[i].spec.shell = shell;
		if (strcmp(shell, "bash") != 0) {
			j[i].spec.shell_prefix = SV("set -eu;");
		}
		j[i].always_shell = i == 1;
		one_job_run(&j[i]);
		file[i] = read_or_empty("out");
		assert_int_equal(chdir(".."), 0);
	}
	if (j[0].result.outcome != j[1].result.outcome ||
		j[0].result.code != j[1].result.code) {
		print_error("%s: %d %d, with %s %d %d\n", text, j[0].result.outcome,
			j[0].result.code, shell, j[1].result.outcome, j[1].result.code);
		fail();
	}
	assert_same_text(text, j[0].output, j[1].output);
	assert_same_text(text, file[0], file[1]);
	for (int i = 0; i < 2; i++) {
		release(&j[i]);
		free(file[i]);
	}
}

/* What is run both ways; each says or writes everything that could differ. */
static const char *const texts[] = {
	": > out",
	"echo",
	"echo a  'b  c' \"d\"",
	"echo a > out",
	"echo a >> in",
	"echo x > none/out",
	"echo x > dir",
	"echo x >&2",
	"echo x > out 2>&1",
	"echo x 2> out >&2",
	"echo x > /dev/null",
	"echo x < none",
	"echo x > /dev/full",
	"echo -n x",
	"echo -x y",
	"echo a -n",
	"echo 'a\\tb'",
	"echo ''",
	": a b > out",
	"true > out 2>&1",
	": > none/out",
	": > dir",
	": < none",
	": > 'a b'",
	": >> in",
	"sort < in > out",
	"sort in none > out",
	"sort in none > out 2>&1",
	"sort none 2>&1 > out",
	"no-such-program-at-all x > out",
	"./none",
	"./dir",
	"'./not executable'",
	"./script 'a  b' > out",
	"ls -d none",
	"cat < in",
	"cat in > none/out",
	"cat 'in' >> out",
	"sort \\\n  -r \\\n  in \\\n  > out",
	"echo a \\\n'b\\\nc' > \\\n out",
	"cat in; cat in > out",
	"cat in && ls none && cat in",
	"ls none; cat in",
	"ls none || cat in",
	"ls none || true; cat in",
	"ls none && cat in; echo on",
	"ls none && cat in || echo or",
	"true && ls none",
	"cat in || ls none",
	"sort in | tail -n 1 > out",
	"cat in | sort | cat -n",
	"ls none | cat",
	"ls none 2>&1 | cat > out",
	"cat in | ls none | cat",
	"cat in | /bin/sh -c 'cat; exit 5'",
	"/bin/sh -c 'exit 3' | /bin/sh -c 'exit 4' | cat",
	"yes | head -n 1",
	"yes 2> out | head -n 1; cat in",
	"cat in\n\nls none\ncat in",
	"cat in\ncat none/x\n",
	"cat in;\n\n no-such-program x; cat in",
	"cat in\nno-such-program || cat in",
	"cat in | no-such-program",
	"cat in\necho x > none/y\necho z",
	"cat in | cat > none/y",
	"cat in\n\n./script b | cat\n./script c",
	"cat in && './not executable'",
	"cat in\nexit 7",
	"cat in > out && rm in; ls in",
	"cat in > out\nX=1\necho $X",
	"mkdir new && cp in new/f && cat new/f > out",
	"cat in \\\n  | sort \\\n  > out; cat 'none\nx'\n",
	("sh -c 'ps -o pgid= $$' > pg; sh -c 'ps -o pgid= $$' | sort -u pg - | "
	 "grep -c ."),
	"echo a > out; echo b >> out; cat out",
	": > out && echo ok",
	"cat > out; cat < in | cat",
	"sleep",
	"/bin/sh -c 'exit 7' > out",
	"/bin/sh -c 'echo a; echo b >&2' 2>&1",
	"pwd -P",
	"/bin/pwd",
	"head -c 100000 /dev/zero",
	"stat -c '%A %N' /proc/self/fd/0",
	"sh -c 'ulimit -a; umask'",
	"sh -c 'trap; kill -l > out'",
	"grep 'Sig[BIP]' /proc/self/status",
	"readlink /proc/self/cwd",
	"sh -c 'ls /proc/self/fd | wc -l'",
};

static void no_shell_makes_no_difference(void **state)
{
	(void)state;
	static const char *const shells[] = {"bash", "sh", "dash"};
	for (size_t s = 0; s < CW_ARRAY_LEN(shells); s++) {
		for (size_t i = 0; i < CW_ARRAY_LEN(texts); i++) {
			compare(shells[s], texts[i]);
		}
		/* the environment, in any order */
		compare(shells[s], "sh -c 'env | sort' > out");
		compare(shells[s], "sh -c 'env | sort'; sh -c 'env | sort' > out");
		compare(shells[s], "sh -c 'env | sort' | cat > out; sh -c 'env | sort'");
		compare(shells[s],
			"perl -e 'print map { \"$_=$ENV{$_}\\n\" } sort keys %ENV'");
	}
}

/* Whether the process whose number is in the file `pid_file` ends soon, buried or not. */
static bool is_ended(const char *pid_file)
{
	char *pid = sandbox_read(pid_file), path[64];
	assert_non_null(pid);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)strtol(pid, NULL, 10));
	free(pid);
	for (int i = 0; i < 3000; i++) {
		char *stat = sandbox_read(path);
		char *name_end = stat ? strrchr(stat, ')') : NULL;
		bool ended = !name_end || name_end[2] == 'Z' || name_end[2] == 'X';
		free(stat);
		if (ended) {
			return true;
		}
		usleep(10000);
	}
	return false;
}

static void ends(void **state)
{
	(void)state;
	struct one_job j = one_job("exit 3");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_EXIT);
	assert_int_equal(j.result.code, 3);
	release(&j);
	j = one_job("kill -KILL $$");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_SIGNAL);
	assert_int_equal(j.result.code, SIGKILL);
	release(&j);
	j = one_job("echo out; echo err >&2; i=0; while [ $i -lt 20000 ]; do "
		    "i=$((i+1)); done");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	assert_string_equal(j.output, "out\nerr\n");
	assert_true(j.result.usage.user_s > 0);
	assert_true(j.result.usage.max_rss_kb > 500);
	assert_true(j.result.usage.seconds > 0);
	assert_true(j.result.usage.end_ns > j.result.usage.start_ns);
	release(&j);
}

static void killed_in_a_script(void **state)
{
	(void)state;
	struct one_job j =
		one_job("sh -c 'kill -KILL $$' || true\nsh -c 'kill -TERM $$' | cat");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_EXIT);
	assert_int_equal(j.result.code, 128 + SIGTERM);
	assert_string_equal(
		j.output, "bash: line 1: Killed: sh\nbash: line 2: Terminated: sh\n");
	release(&j);
	/* cancelled in the middle: nothing more is started */
	j = one_job("sleep 60 | cat; : > on");
	j.cancel_after_ms = 100;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_CANCELLED);
	assert_false(fs_exists("on"));
	assert_true(j.seconds < 30);
	release(&j);
	j = one_job("sleep 60 || true; : > on");
	j.spec.timeout_s = 1;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_TIMEOUT);
	assert_false(fs_exists("on"));
	release(&j);
	/* its usage is that of all its programs */
	j = one_job(
		"perl -e '$x += $_ for 1..1000000'; perl -e '$x = \"x\" x 30000000' | cat; true");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	assert_true(j.result.usage.user_s > 0.01);
	assert_true(j.result.usage.max_rss_kb > 28000);
	release(&j);
	/* what the first left in the background is killed when the last fails */
	j = one_job("sh -c 'sleep 60 & echo $! > late'; sh -c 'exit 1'");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_EXIT);
	assert_true(j.seconds < 30);
	assert_true(is_ended("late"));
	release(&j);
}

static void cancelled(void **state)
{
	(void)state;
	struct one_job j = one_job("sleep 60 | cat");
	j.cancel_after_ms = 100;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_CANCELLED);
	assert_true(j.seconds < 30);
	release(&j);
	j = one_job(
		"trap '' TERM; echo trapped; : > ready; while :; do sleep 0.05; done");
	j.cancel_after_ms = 150;
	j.cancel_when = "ready";
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_CANCELLED);
	assert_string_equal(j.output, "trapped\n");
	assert_true(j.seconds >= 0.3 && j.seconds < 30);
	release(&j);
	/* hangs while it is being started: opening a pipe that nobody reads */
	assert_int_equal(mkfifo("pipe", 0666), 0);
	j = one_job("sleep 60 > pipe");
	j.cancel_after_ms = 100;
	one_job_run(&j);
	assert_true(j.seconds < 30);
	assert_int_not_equal(j.result.outcome, JOB_OK);
	release(&j);
}

static void much_output(void **state)
{
	(void)state;
	struct one_job j =
		one_job("head -c 300000 /dev/zero | tr '\\0' x; echo; echo end");
	one_job_run(&j);
	assert_int_equal(j.result.output.n, 300005);
	assert_string_equal(j.output + 300000, "\nend\n");
	release(&j);
	/* of a single program, more than a pipe holds */
	j = one_job("head -c 300000 /dev/zero");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	assert_int_equal(j.result.output.n, 300000);
	release(&j);
	/* of one that runs for longer than a short one does */
	j = one_job("for i in 1 2 3; do echo $i; sleep 0.05; done");
	j.always_shell = true;
	one_job_run(&j);
	assert_string_equal(j.output, "1\n2\n3\n");
	release(&j);
	j = one_job("head -c 100000000 /dev/zero | tr '\\0' x; echo; echo end");
	one_job_run(&j);
	assert_int_equal(j.result.output_size, 100000005);
	assert_true(j.result.output.n < 20 << 20);
	assert_non_null(strstr(j.output, " bytes left out ...]\n"));
	assert_string_equal(j.output + j.result.output.n - 5, "\nend\n");
	release(&j);
}

static void background_of_a_job(void **state)
{
	(void)state;
	/* one that holds the output, and says its last word soon */
	struct one_job j = one_job("(sleep 0.05; echo last) & echo first");
	one_job_run(&j);
	assert_string_equal(j.output, "first\nlast\n");
	release(&j);
	/* one that never ends holds nobody up for long */
	j = one_job("setsid sleep 30 & echo first");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	assert_string_equal(j.output, "first\n");
	assert_true(j.seconds < 20);
	release(&j);
	/* of a job that fails nothing may write to its files any more */
	j = one_job("sleep 60 & echo $! > late; false");
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_EXIT);
	assert_true(j.seconds < 30);
	assert_true(is_ended("late"));
	release(&j);
}

/* An engine that is killed takes its jobs along, however they hide. */
static void jobs_die_with_the_engine(void **state)
{
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		struct one_job j =
			one_job("setsid sh -c 'echo $$ > hidden; exec sleep 60' & "
				"sleep 60 & echo $! > plain; "
				"until [ -s hidden ]; do sleep 0.01; done; "
				": > ready; sleep 60 | cat");
		one_job_run(&j);
		_exit(0);
	}
	for (int i = 0; i < 6000 && !fs_exists("ready"); i++) {
		usleep(10000);
	}
	assert_true(fs_exists("ready"));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(is_ended("plain"));
	assert_true(is_ended("hidden"));
}

static void text_in_pieces(void **state)
{
	(void)state;
	/* longer than a packet */
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "x='");
	for (int i = 0; i < 5000; i++) {
		strbuf_addstr(&text, "0123456789");
	}
	strbuf_addstr(&text, "'; echo ${#x}");
	struct one_job j = one_job(text.buf);
	one_job_run(&j);
	assert_string_equal(j.output, "50000\n");
	release(&j);
	strbuf_release(&text);
	/* too long for one argument of a program without a shell */
	char *big = xcalloc(200000, 1);
	memset(big, 'x', 199999);
	char echo[] = "echo";
	char *argv[] = {echo, big, NULL};
	j = one_job("");
	j.spec.kind = COMMAND_ARGV;
	j.spec.argv = argv;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_NOT_STARTED);
	assert_int_equal(j.result.code, E2BIG);
	assert_non_null(strstr(j.text, "{input:list}"));
	release(&j);
	free(big);
}

static void files_of_a_program(void **state)
{
	(void)state;
	sandbox_write("in", "text\n");
	char sh[] = "sh", c[] = "-c", text[] = "cat; echo err >&2";
	char *argv[] = {sh, c, text, NULL};
	struct one_job j = one_job("");
	j.spec.kind = COMMAND_ARGV;
	j.spec.argv = argv;
	j.spec.stdin_path = "in";
	j.spec.stdout_path = "both";
	j.spec.stderr_path = "both";
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	char *both = sandbox_read("both");
	assert_string_equal(both, "text\nerr\n");
	free(both);
	release(&j);
	j.spec.stdin_path = "none";
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_NOT_STARTED);
	assert_int_equal(j.result.code, ENOENT);
	release(&j);
}

static void limits(void **state)
{
	(void)state;
	/* a job that never stops talking, and one below it, are still held to their
   * time */
	struct one_job j = one_job("yes | cat");
	j.spec.timeout_s = 1;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_TIMEOUT);
	assert_null(j.text);
	assert_true(j.seconds < 30);
	release(&j);
	j = one_job("sleep 60");
	j.spec.timeout_s = 50;
	j.spec.runtime_limit_s = 1;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_TIMEOUT);
	assert_string_equal(j.text, "it ran longer than its runtime of 1 s");
	release(&j);
	/* memory of something a job started */
	j = one_job("true; perl -e '$x = \"x\" x 200000000; sleep 60' | cat");
	j.spec.mem_limit_mb = 100;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_SIGNAL);
	assert_int_equal(j.result.code, SIGKILL);
	assert_memory_equal(j.text, "it held ", 8);
	assert_non_null(strstr(j.text, " MB of memory, its mem_mb is 100"));
	assert_true(j.seconds < 30);
	release(&j);
	j = one_job("perl -e '$x = \"x\" x 20000000'; sleep 0.4");
	j.spec.mem_limit_mb = 100;
	one_job_run(&j);
	assert_int_equal(j.result.outcome, JOB_OK);
	release(&j);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(no_shell_makes_no_difference),
		IN_SANDBOX(ends),
		IN_SANDBOX(killed_in_a_script),
		IN_SANDBOX(cancelled),
		IN_SANDBOX(much_output),
		IN_SANDBOX(limits),
		IN_SANDBOX(background_of_a_job),
		IN_SANDBOX(jobs_die_with_the_engine),
		IN_SANDBOX(text_in_pieces),
		IN_SANDBOX(files_of_a_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
