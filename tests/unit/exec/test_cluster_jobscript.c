#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "exec/cluster_files.h"
#include "exec/cluster_journal.h"
#include "exec/jobscript.h"
#include "fakes/sandbox.h"
#include "sys/fs.h"
#include "sys/process.h"

static char *const no_environment[] = {NULL};

static struct job_spec shell_job(const char *text)
{
	return (struct job_spec){.job = 3,
		.attempt = 1,
		.kind = COMMAND_SHELL,
		.shell = "bash",
		.shell_prefix = SV("set -euo pipefail;"),
		.text = sv_from(text),
		.threads = 2,
		.rule = "a rule",
		.wildcards = "x=1\ny"};
}

/* Runs `script` with sh in "/"; its wait status. */
static int run_script(const char *path)
{
	char sh[] = "sh";
	char *copy = xstrdup(path);
	char *argv[] = {sh, copy, NULL};
	struct strbuf out = STRBUF_INIT;
	int status = process_capture(
		&(struct process_capture){
			.argv = argv, .cwd = "/", .stderr_too = true, .most = 1 << 20},
		&out);
	strbuf_release(&out);
	free(copy);
	return status;
}

/* Writes the script of `spec` below `dir` and runs it; its status file in *ret. */
static int run_job(const char *dir, const struct job_spec *spec, const char *tag,
	struct jobscript_status *ret)
{
	struct jobscript_options o = {
		.dir = dir, .workdir = dir, .environ_from = no_environment};
	struct strbuf text = STRBUF_INIT, path = STRBUF_INIT;
	bool command_file;
	jobscript_write(&text, &o, spec, tag, &command_file);
	cluster_path(&path, dir, tag, "sh");
	sandbox_write(path.buf, text.buf);
	if (command_file) {
		strbuf_reset(&text);
		jobscript_command(&text, spec);
		struct strbuf file = STRBUF_INIT;
		cluster_path(&file, dir, tag, "command");
		sandbox_write(file.buf, text.buf);
		strbuf_release(&file);
	}
	int status = run_script(path.buf);
	strbuf_release(&text);
	strbuf_release(&path);
	*ret = (struct jobscript_status){.code = -1};
	cluster_read_status(dir, tag, ret);
	return status;
}

static void a_script_runs_and_tells(void **state)
{
	struct jobscript_status s;
	struct job_spec spec =
		shell_job("echo hello; echo \"it's $OMP_NUM_THREADS\" >out");
	assert_int_equal(run_job(*state, &spec, "t-1", &s), 0);
	assert_int_equal(s.code, 0);
	assert_true(s.usage.start_ns > 0 && s.usage.end_ns >= s.usage.start_ns);
	char *out = sandbox_read("out"), *printed = sandbox_read("t-1.out");
	assert_string_equal(out, "it's 2\n");
	assert_string_equal(printed, "hello\n");
	free(out);
	free(printed);
}

static void exit_statuses_and_signals(void **state)
{
	struct jobscript_status s;
	static const struct {
		const char *text;
		int code, outside;
	} cases[] = {{"exit 3", 3, 3}, {"exit 99", 99, 1}, {"exit 100", 100, 1},
		{"false; true", 1, 1}, {"kill -KILL $$", 137, 137},
		{"kill -TERM $$", 143, 143}};
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		char tag[16];
		snprintf(tag, sizeof(tag), "t-%zu", i);
		struct job_spec spec = shell_job(cases[i].text);
		int status = run_job(*state, &spec, tag, &s);
		assert_int_equal(s.code, cases[i].code);
		assert_int_equal(WEXITSTATUS(status), cases[i].outside);
	}
}

static void hostile_texts(void **state)
{
	struct jobscript_status s;
	struct job_spec spec =
		shell_job("printf '%s\\n' 'a\"b' \"c'd\" '$x' `echo e` \\\\ "
			  ">'o u\nt'\n# the end");
	const struct env_pair env[] = {
		{"A", "it's\n$HOME `x`"}, {"OMP_NUM_THREADS", "7"}};
	spec.env = env;
	spec.env_count = 2;
	assert_int_equal(run_job(*state, &spec, "t-1", &s), 0);
	char *out = sandbox_read("o u\nt");
	assert_string_equal(out, "a\"b\nc'd\n$x\ne\n\\\n");
	free(out);
	spec.text = SV("printf %s \"$A|$OMP_NUM_THREADS\" >env");
	assert_int_equal(run_job(*state, &spec, "t-2", &s), 0);
	out = sandbox_read("env");
	assert_string_equal(out, "it's\n$HOME `x`|7");
	free(out);
	char *argv[] = {xstrdup("printf"), xstrdup("%s"), xstrdup("-- it's *"), NULL};
	struct job_spec program = shell_job("");
	program.kind = COMMAND_ARGV;
	program.argv = argv;
	program.stdout_path = "-o";
	assert_int_equal(run_job(*state, &program, "t-3", &s), 0);
	out = sandbox_read("-o");
	assert_string_equal(out, "-- it's *");
	free(out);
	for (size_t i = 0; argv[i]; i++) {
		free(argv[i]);
	}
}

static void a_text_too_long_for_an_argument(void **state)
{
	struct jobscript_status s;
	struct strbuf text = STRBUF_INIT;
	for (int i = 0; i < 30000; i++) {
		strbuf_addstr(&text, ": nothing\n");
	}
	strbuf_addstr(&text, "echo end >out");
	struct job_spec spec = shell_job(text.buf);
	assert_int_equal(run_job(*state, &spec, "t-1", &s), 0);
	char *out = sandbox_read("out");
	assert_string_equal(out, "end\n");
	free(out);
	strbuf_release(&text);
}

static void a_timeout_is_kept(void **state)
{
	struct jobscript_status s;
	struct job_spec spec = shell_job("sleep 20");
	spec.timeout_s = 1;
	run_job(*state, &spec, "t-1", &s);
	assert_int_equal(s.code, 124);
}

/* Who makes the claim first has the job; the job keeps it when it is run again. */
static void claims(void **state)
{
	struct jobscript_status s;
	struct job_spec spec = shell_job("echo x >>ran");
	assert_true(cluster_claim(*state, "t-1"));
	assert_int_equal(run_job(*state, &spec, "t-1", &s), 0);
	assert_int_equal(s.code, -1);
	assert_null(sandbox_read("ran"));
	assert_int_equal(run_job(*state, &spec, "t-2", &s), 0);
	assert_false(cluster_claim(*state, "t-2"));
	assert_true(cluster_has_begun(*state, "t-2"));
	assert_int_equal(run_script("/proc/self/cwd/nothing") == 0, 0);
	assert_int_equal(run_job(*state, &spec, "t-2", &s), 0);
	char *ran = sandbox_read("ran");
	assert_string_equal(ran, "x\nx\n");
	free(ran);
	cluster_claim_by_force(*state, "t-2");
	assert_int_equal(run_job(*state, &spec, "t-2", &s), 0);
	ran = sandbox_read("ran");
	assert_string_equal(ran, "x\nx\n");
	free(ran);
}

static void half_a_status_is_none(void **state)
{
	(void)state;
	struct jobscript_status s;
	static const char *const bad[] = {"", "exit 0\n", "exit 0\ndone",
		"exit x\ndone\n", "exit\ndone\n", "done\n", "exit 99999\ndone\n",
		"exit -1\ndone\n"};
	for (size_t i = 0; i < CW_ARRAY_LEN(bad); i++) {
		assert_int_equal(jobscript_status_parse(sv_from(bad[i]), &s), -1);
	}
	assert_int_equal(
		jobscript_status_parse(SV("exit 0\nhost n1\ntimes 1m2.5s 0m0.5s\n"
					  "usage 63 1 2048 8 16 1.75\ndone\n"),
			&s),
		0);
	assert_true(s.usage.seconds > 1.74 && s.usage.seconds < 1.76);
	assert_true(s.usage.user_s > 62.9 && s.usage.user_s < 63.1);
	assert_int_equal(s.usage.max_rss_kb, 2048);
	assert_string_equal(s.host, "n1");
}

static void the_journal_outlives_a_crash(void **state)
{
	(void)state;
	struct cluster_journal j;
	struct cluster_entries e = {0};
	char one[] = "out/a b\n%", two[] = "";
	char tag[] = "c1-1", name[] = "rule.c1-1", tag2[] = "c1-2", tag3[] = "c1-3";
	struct cluster_entry n = {
		.tag = tag, .name = name, .identity = {UINT64_MAX, 7}, .attempt = 2};
	vec_push(&n.outputs, one);
	vec_push(&n.outputs, two);
	assert_int_equal(cluster_journal_read(".", &e), 0);
	assert_int_equal(cluster_journal_open(&j, ".", &e), 0);
	cluster_journal_submit(&j, &n);
	n.tag = tag2;
	cluster_journal_submit(&j, &n);
	n.tag = tag3;
	cluster_journal_submit(&j, &n);
	cluster_journal_id(&j, "c1-1", "12.server");
	cluster_journal_end(&j, "c1-2");
	assert_int_equal(cluster_journal_sync(&j, true), 0);
	cluster_journal_close(&j);
	vec_release(&n.outputs);
	/* cut short by a crash */
	int fd = open("journal", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "end c1-1", 8), 8);
	close(fd);
	assert_int_equal(cluster_journal_read(".", &e), 0);
	assert_int_equal(e.list.n, 2);
	assert_string_equal(e.list.v[0].tag, "c1-1");
	assert_string_equal(e.list.v[0].id, "12.server");
	assert_string_equal(e.list.v[0].name, "rule.c1-1");
	assert_true(e.list.v[0].identity.who == UINT64_MAX);
	assert_int_equal(e.list.v[0].attempt, 2);
	assert_int_equal(e.list.v[0].outputs.n, 2);
	assert_string_equal(e.list.v[0].outputs.v[0], "out/a b\n%");
	assert_string_equal(e.list.v[0].outputs.v[1], "");
	assert_string_equal(e.list.v[1].tag, "c1-3");
	assert_null(e.list.v[1].id);
	/* rewritten with what is alive */
	assert_int_equal(cluster_journal_open(&j, ".", &e), 0);
	cluster_journal_close(&j);
	cluster_entries_release(&e);
	assert_int_equal(cluster_journal_read(".", &e), 0);
	assert_int_equal(e.list.n, 2);
	assert_string_equal(e.list.v[0].id, "12.server");
	cluster_entries_release(&e);
}

/* Values of variables are in no script; which mark stands for them makes no other job. */
static void variables_are_the_scripts_own(void **state)
{
	struct jobscript_status s;
	struct job_identity last = {0, 0};
	for (int run = 0; run < 2; run++) {
		const char *mark = run ? "\001two:" : "\001one:";
		char *argv[] = {xstrdup("printf"), xstrdup("<%s>"),
			xasprintf("it's %sCW_S\001", mark), xasprintf("%sCW_S\001", mark),
			NULL};
		char *value = xasprintf("x%sCW_S\001y", mark);
		const struct env_pair env[] = {{"CW_T", value}};
		struct job_spec spec = shell_job("");
		spec.kind = COMMAND_ARGV;
		spec.argv = argv;
		spec.env = env;
		spec.env_count = 1;
		spec.stdout_path = "out";
		spec.mark = sv_from(mark);
		char tag[8];
		snprintf(tag, sizeof(tag), "t-%d", run);
		setenv("CW_S", "a\"$b'", 1);
		assert_int_equal(run_job(*state, &spec, tag, &s), 0);
		char *out = sandbox_read("out");
		assert_string_equal(out, "<it's a\"$b'><a\"$b'>");
		free(out);
		struct job_identity id = job_identity_of(&spec);
		assert_true(!run || (id.who == last.who && id.what == last.what));
		last = id;
		/* without it the command is not run */
		unsetenv("CW_S");
		unlink("out");
		snprintf(tag, sizeof(tag), "u-%d", run);
		run_job(*state, &spec, tag, &s);
		assert_int_equal(s.code, 1);
		char *said = sandbox_read(run ? "u-1.out" : "u-0.out");
		assert_non_null(strstr(said, "variable CW_S did not come"));
		free(said);
		free(value);
		for (size_t i = 0; argv[i]; i++) {
			free(argv[i]);
		}
	}
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(a_script_runs_and_tells),
		IN_SANDBOX(exit_statuses_and_signals),
		IN_SANDBOX(hostile_texts),
		IN_SANDBOX(a_text_too_long_for_an_argument),
		IN_SANDBOX(a_timeout_is_kept),
		IN_SANDBOX(variables_are_the_scripts_own),
		IN_SANDBOX(claims),
		cmocka_unit_test(half_a_status_is_none),
		IN_SANDBOX(the_journal_outlives_a_crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
