/* Jobs as executors get them: command, environment, flags, what stands around the command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"
#include "job/job_argv.h"
#include "job/job_json.h"
#include "job/job_spec_build.h"

static struct graph g;
static struct job_context c;
static struct arena arena;

static int tear_down(void **state)
{
	arena_release(&arena);
	job_context_release(&c);
	graph_release(&g);
	return sandbox_leave(state);
}

/* The spec of the job that makes `path`. */
static struct job_spec spec_of(const char *workflow, const char *path)
{
	struct job_spec spec;
	const char *error = NULL;
	if (workflow) {
		if (graph_make(&g, workflow, path) != 0) {
			fail_msg("%s", g.said.buf);
		}
		arena_init(&arena);
		job_context_init(&c, &g.d, &g.sink);
	}
	uint32_t job = graph_maker(&g, path);
	assert_true(job != DAG_NONE);
	assert_int_equal(job_spec_build(&c, &arena, job, 2, &spec, &error), 0);
	return spec;
}

static const char everything[] =
	"shell: {executable: dash, prefix: \"set -eu;\"}\n"
	"rules:\n"
	"  a:\n"
	"    output:\n"
	"      - {path: \"{n}.t\", temp: true}\n"
	"      - {path: \"{n}.p\", protected: true, non_empty: true}\n"
	"      - {path: \"{n}.d\", directory: true}\n"
	"      - {path: \"{n}.u\", touch: true}\n"
	"      - {path: \"{n}.r\", resume: true, sha256: "
	"\"0000000000000000000000000000000000000000000000000000000000000000\"}\n"
	"    log: \"log/{n}\"\n"
	"    benchmark: \"bench/{n}\"\n"
	"    depfile: \"deps/{n}.d\"\n"
	"    env: {ONE: \"{n}\", TWO: \"a b\"}\n"
	"    timeout: 2m\n"
	"    threads: 3\n"
	"    resources: {mem_mb: 100, runtime: 5}\n"
	"    message: \"making {wildcards.n} of {rule}\"\n"
	"    shell: \"make '{output[0]}' {log}\"\n";

static void all_of_a_rule(void **state)
{
	(void)state;
	struct job_spec s = spec_of(everything, "k+k.t");
	const unsigned flags[] = {OUTPUT_TEMP, OUTPUT_PROTECTED | OUTPUT_NON_EMPTY,
		OUTPUT_DIRECTORY, OUTPUT_TOUCH, OUTPUT_RESUME};
	assert_int_equal(s.kind, COMMAND_SHELL);
	assert_string_equal(s.shell, "dash");
	assert_int_equal(s.attempt, 2);
	assert_string_equal(s.text.p, "make 'k+k.t' log/k+k");
	assert_int_equal(s.output_count, 5);
	for (uint32_t i = 0; i < s.output_count; i++) {
		assert_int_equal(s.outputs[i].flags, flags[i]);
	}
	assert_non_null(s.outputs[4].sha256);
	assert_string_equal(s.logs[0], "log/k+k");
	assert_string_equal(s.benchmark, "bench/k+k");
	assert_string_equal(s.depfile, "deps/k+k.d");
	assert_int_equal(s.env_count, 2);
	assert_string_equal(s.env[0].value, "k+k");
	assert_string_equal(s.env[1].name, "TWO");
	assert_int_equal(s.timeout_s, 120);
	assert_int_equal(s.threads, 3);
	assert_string_equal(s.rule, "a");
	assert_string_equal(s.wildcards, "n=k+k");
	assert_string_equal(s.message, "making k+k of a");
	assert_int_equal(s.mem_limit_mb, 0); /* nobody asked to enforce it */
	c.enforce = true;
	s = spec_of(NULL, "k+k.t");
	assert_int_equal(s.mem_limit_mb, 100);
	assert_int_equal(s.runtime_limit_s, 300);
}

static void assert_argv(const struct job_spec *s, const char *const *expected)
{
	uint32_t i = 0;
	for (; expected[i]; i++) {
		assert_non_null(s->argv[i]);
		assert_string_equal(s->argv[i], expected[i]);
	}
	assert_null(s->argv[i]);
}

static void arguments_are_spliced_and_repeated(void **state)
{
	(void)state;
	graph_put("x");
	graph_put("y z");
	struct job_spec s = spec_of(
		"rules:\n"
		"  a:\n"
		"    input: [x, \"y z\"]\n"
		"    output: a\n"
		"    params: {none: [], many: [--fast, \"-o 1\"], one: \"it's\"}\n"
		"    command: [prog, \"{input}\", \"-i{input}\", \"{params.none}\", "
		"\"p={params.none}\", \"{params.many}\", \"{params.one}\", \"{input[1]}!\", \"$X;\"]\n"
		"    stdin: x\n"
		"    stdout: \"{output}\"\n",
		"a");
	const char *const expected[] = {"prog", "x", "y z", "-ix", "-iy z", "--fast",
		"-o 1", "it's", "y z!", "$X;", NULL};
	assert_int_equal(s.kind, COMMAND_ARGV);
	assert_argv(&s, expected);
	assert_string_equal(s.stdin_path, "x");
	assert_string_equal(s.stdout_path, "a");
	assert_null(s.stderr_path);
}

static void rules_without_a_command(void **state)
{
	(void)state;
	graph_put("x");
	struct job_spec s = spec_of("rules:\n  a: {input: x, output: a}\n", "a");
	assert_int_equal(s.kind, COMMAND_NONE);
	assert_int_equal(s.output_count, 1);
}

static void scripts_by_what_they_say(void **state)
{
	(void)state;
	const char *error = NULL;
	arena_init(&arena);
	memset(&g, 0, sizeof(g));
	strbuf_init(&g.said);
	sandbox_write("s.py", "print(1)\n");
	sandbox_write("s.x", "#!/bin/sh -e\necho\n");
	sandbox_write("s.y", "nothing\n");
	char *const *argv = script_argv(&arena, SV("."), SV("s.py"), &error);
	assert_non_null(argv);
	assert_non_null(strstr(argv[0], "python"));
	argv = script_argv(&arena, SV("."), SV("s.x"), &error);
	assert_non_null(argv);
	assert_string_equal(argv[0], "/bin/sh");
	assert_null(script_argv(&arena, SV("."), SV("s.y"), &error));
	assert_non_null(error);
	error = NULL;
	assert_null(script_argv(&arena, SV("."), SV("not-there.py"), &error));
	assert_non_null(error);
}

static void the_job_as_json(void **state)
{
	(void)state;
	graph_put("in \"1\"");
	struct job_values v;
	struct strview text;
	struct render_error err = {0};
	spec_of("config: {a: {b: [1, x]}}\n"
		"rules:\n"
		"  a:\n"
		"    input: {i: 'in \"1\"'}\n"
		"    output: \"{n}.a\"\n"
		"    params: {p: [1, two], q: {r: \"{n}\"}}\n"
		"    resources: {mem_mb: 5}\n"
		"    shell: x\n",
		"k.a");
	assert_int_equal(job_values_init(&v, &c, &arena, graph_maker(&g, "k.a"), 3), 0);
	assert_int_equal(job_json(&v, &text, &err), 0);
	const char *const parts[] = {"\"rule\":\"a\"", "\"wildcards\":{\"n\":\"k\"}",
		"\"in \\\"1\\\"\"", "\"attempt\":3", "\"mem_mb\":5", "\"r\":\"k\"",
		"\"named\":{\"i\""};
	char *flat = xmemdup0(text.p, text.n);
	size_t to = 0;
	for (size_t i = 0; flat[i]; i++) { /* without its white space outside of texts */
		if ((flat[i] != '\n' && flat[i] != '\t' && flat[i] != ' ') ||
			(i > 2 && flat[i - 1] == 'n' && flat[i - 2] == 'i')) {
			flat[to++] = flat[i];
		}
	}
	flat[to] = '\0';
	for (size_t i = 0; i < CW_ARRAY_LEN(parts); i++) {
		if (!strstr(flat, parts[i])) {
			fail_msg("%s is not in %s", parts[i], flat);
		}
	}
	free(flat);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, tear_down)

static int tear_down_arena(void **state)
{
	arena_release(&arena);
	return sandbox_leave(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_of_a_rule),
		TEST(arguments_are_spliced_and_repeated),
		TEST(rules_without_a_command),
		TEST(the_job_as_json),
		cmocka_unit_test_setup_teardown(
			scripts_by_what_they_say, sandbox_enter, tear_down_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
