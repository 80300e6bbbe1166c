/* What makes a job run again, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"
#include "job/fingerprint.h"
#include "job/job_spec_build.h"

/* By the text of the job's specification it is the same, the first time and later. */
static void assert_same_by_text(
	struct fingerprinter *f, uint32_t job, const struct fingerprint *print)
{
	struct arena arena = ARENA_INIT;
	struct job_spec spec;
	const char *error;
	char *command = xstrdup(f->command.buf), *params = xstrdup(f->params.buf);
	assert_int_equal(job_spec_build(f->c, &arena, job, 2, &spec, &error), 0);
	for (int i = 0; i < 3; i++) {
		struct fingerprint now = {0, 0, 0};
		const struct strview *text =
			spec.kind == COMMAND_SHELL ? &spec.text : NULL;
		assert_int_equal(fingerprint_job(f, job, text, &now), 0);
		assert_memory_equal(&now, print, sizeof(now));
		assert_string_equal(f->command.buf, command);
		assert_string_equal(f->params.buf, params);
		strbuf_reset(&f->command); /* the caller may cut them */
		strbuf_reset(&f->params);
	}
	arena_release(&arena);
	free(command);
	free(params);
}

/* The fingerprint of the job that makes `out`, and the number of its rule. */
static struct fingerprint print_of(const char *workflow, uint64_t *ret_rule)
{
	struct graph g;
	struct job_context c;
	struct fingerprinter f;
	struct fingerprint print = {0, 0, 0};
	graph_put("src");
	if (graph_make(&g, workflow, "out") != 0) {
		fail_msg("%s", g.said.buf);
	}
	uint32_t job = graph_maker(&g, "out");
	assert_true(job != DAG_NONE);
	job_context_init(&c, &g.d, &g.sink);
	c.container_program = "podman"; /* whatever is there */
	fingerprinter_init(&f, &c);
	assert_int_equal(fingerprint_job(&f, job, NULL, &print), 0);
	assert_same_by_text(&f, job, &print);
	if (ret_rule) {
		*ret_rule = fingerprint_rule(&f, dag_rule(&g.d, job));
	}
	fingerprinter_release(&f);
	job_context_release(&c);
	graph_release(&g);
	return print;
}

enum { CODE = 1, PARAMS = 2, SOFTWARE = 4 };

/* What of the fingerprint differs. */
static unsigned difference(const char *a, const char *b)
{
	struct fingerprint x = print_of(a, NULL), y = print_of(b, NULL);
	return (x.code != y.code ? CODE : 0u) | (x.params != y.params ? PARAMS : 0u) |
	       (x.software != y.software ? SOFTWARE : 0u);
}

#define RULE(keys) "rules:\n  r:\n    input: src\n    output: out\n" keys

static void commands(void **state)
{
	(void)state;
	const char *base = RULE("    shell: \"cp {input} {output}\"\n");
	assert_int_equal(difference(base, base), 0);
	/* white space around it does not count, inside it does */
	assert_int_equal(
		difference(base, RULE("    shell: \"  cp {input} {output} \\n\"\n")), 0);
	assert_int_equal(difference(base, RULE("    shell: \"cp src out\"\n")), 0);
	assert_int_equal(
		difference(base, RULE("    shell: \"cp  {input} {output}\"\n")), CODE);
	assert_int_equal(
		difference(base, RULE("    command: [cp, \"{input}\", \"{output}\"]\n")),
		CODE);
	assert_int_equal(difference(base, RULE("    env: {A: b}\n"
					       "    shell: \"cp {input} {output}\"\n")),
		CODE);
	assert_int_equal(
		difference(base, "shell: {executable: sh}\n" RULE(
					 "    shell: \"cp {input} {output}\"\n")),
		CODE);
}

static void what_changes_from_run_to_run(void **state)
{
	(void)state;
	const char *text =
		"    shell: \"x {threads} {resources.mem_mb} {attempt} {jobid} {log} "
		"{workdir} {input.size_mb}\"\n";
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	strbuf_addf(&a,
		RULE("    threads: 1\n    resources: {mem_mb: 1}\n    log: a.log\n%s"),
		text);
	strbuf_addf(&b,
		RULE("    threads: 4\n    resources: {mem_mb: 99}\n    log: b.log\n    "
		     "priority: 3\n    retries: 2\n    timeout: 5\n%s"),
		text);
	assert_int_equal(difference(a.buf, b.buf), 0);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void params(void **state)
{
	(void)state;
	const char *base = RULE("    params: {p: 1, v: {value: 1, volatile: true}}\n"
				"    shell: \"x {params.p} {params.v}\"\n");
	assert_int_equal(
		difference(
			base, RULE("    params: {p: 2, v: {value: 1, volatile: true}}\n"
				   "    shell: \"x {params.p} {params.v}\"\n")),
		PARAMS);
	assert_int_equal(
		difference(
			base, RULE("    params: {p: 1, v: {value: 7, volatile: true}}\n"
				   "    shell: \"x {params.p} {params.v}\"\n")),
		0);
}

static void software(void **state)
{
	(void)state;
	const char *base = RULE("    container: a.sif\n    shell: x\n");
	assert_int_equal(
		difference(base, RULE("    container: b.sif\n    shell: x\n")), SOFTWARE);
	assert_int_equal(
		difference(base,
			RULE("    container: a.sif\n    envmodules: [m]\n    shell: x\n")),
		SOFTWARE);
}

static void configuration(void **state)
{
	(void)state;
	const char *rest = RULE("    shell: \"x {config.a}\"\n");
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT, other = STRBUF_INIT;
	strbuf_addf(&a, "config: {a: 1, b: 1}\n%s", rest);
	strbuf_addf(&b, "config: {a: 2, b: 1}\n%s", rest);
	strbuf_addf(&other, "config: {a: 1, b: 2}\n%s", rest);
	assert_int_equal(difference(a.buf, b.buf), CODE);
	assert_int_equal(difference(a.buf, other.buf), 0);
	strbuf_release(&a);
	strbuf_release(&b);
	strbuf_release(&other);
}

static void scripts_by_their_bytes(void **state)
{
	(void)state;
	sandbox_write("s.py", "print(1)\n");
	const char *text = RULE("    script: s.py\n");
	struct fingerprint x = print_of(text, NULL);
	struct fingerprint again = print_of(text, NULL);
	sandbox_write("s.py", "print(2)\n");
	struct fingerprint y = print_of(text, NULL);
	assert_true(x.code == again.code);
	assert_true(x.code != y.code);
}

/* While the number of a rule is the same, nobody need look at its jobs. */
static void numbers_of_rules(void **state)
{
	(void)state;
	uint64_t a, same, other, wide;
	print_of(RULE("    shell: \"x {rule}\"\n"), &a);
	print_of(RULE("    shell: \"x {rule}\"\n"), &same);
	print_of(RULE("    shell: \"y {rule}\"\n"), &other);
	print_of("config: {k: v}\n" RULE("    shell: \"x {rule}\"\n"), &wide);
	assert_true(a == same);
	assert_true(a != other);
	assert_true(a != wide);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commands),
		TEST(what_changes_from_run_to_run),
		TEST(params),
		TEST(software),
		TEST(configuration),
		TEST(scripts_by_their_bytes),
		TEST(numbers_of_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
