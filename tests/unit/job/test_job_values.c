/* What references mean for one job: files, resources, threads, and what is known late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"
#include "job/job_spec_build.h"
#include "job/job_values.h"

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

/* The values of the job that makes `path`, in an attempt. */
static struct job_values values_of(
	const char *workflow, const char *path, uint32_t attempt)
{
	static struct job_values v;
	if (workflow) {
		if (graph_make(&g, workflow, path) != 0) {
			fail_msg("%s", g.said.buf);
		}
		arena_init(&arena);
		job_context_init(&c, &g.d, &g.sink);
	}
	uint32_t job = graph_maker(&g, path);
	assert_true(job != DAG_NONE);
	assert_int_equal(job_values_init(&v, &c, &arena, job, attempt), 0);
	job_values_inputs(&v);
	return v;
}

/* The shell text of the job that makes `path`. */
static const char *shell_of(const char *path)
{
	struct job_spec spec;
	const char *error = NULL;
	if (job_spec_build(&c, &arena, graph_maker(&g, path), 1, &spec, &error) != 0) {
		return error;
	}
	return spec.text.p;
}

static const char files[] =
	"rules:\n"
	"  a:\n"
	"    input: {one: \"{n}.in\", two: [x, \"y z\"], rest: [\"-w\"]}\n"
	"    output: [\"{n}.a\", \"{n}.b\"]\n"
	"    log: {err: \"{n}.log\"}\n"
	"    benchmark: \"{n}.bench\"\n"
	"    shell: \"{input} | {input.one} | {input.two} | {input.two[1]} | {input[0]} | "
	"{output[1]} | {log} | {log.err} | {benchmark} | {wildcards.n} {rule} {attempt}\"\n";

static void files_by_name_and_number(void **state)
{
	(void)state;
	graph_put("k.in");
	graph_put("x");
	graph_put("y z");
	graph_put("-w");
	struct job_values v = values_of(files, "k.b", 1);
	assert_int_equal(v.input_count, 4);
	assert_string_equal(v.inputs[2].p, "y z");
	assert_string_equal(shell_of("k.b"),
		"k.in x 'y z' ./-w | k.in | x 'y z' | 'y z' | k.in | k.b | k.log | k.log | "
		"k.bench | k a 1");
}

static const char sizes[] =
	"rules:\n"
	"  a:\n"
	"    input: [small, folder]\n"
	"    output: a\n"
	"    threads: \"{attempt*3}\"\n"
	"    resources: {mem: \"{attempt*2}GB\", disk: 1500KiB, runtime: 90m, gpu: 2, queue: "
	"long, size: \"{max(10, 2*input.size_mb)}\"}\n"
	"    shell: x\n"
	"  b: {output: b, threads: 0, resources: {runtime: \"{threads*2.5}\"}, shell: x}\n"
	"  c: {input: small, output: c, resources: {mem_mb: \"{input.size_mb}\"}, shell: x}\n"
	"  d: {output: d, resources: {mem: \"{rule}\"}, shell: x}\n"
	"  e: {output: e, threads: \"{rule}\", shell: x}\n"
	"  all: {input: [a, b, c, d, e]}\n";

static int64_t number(struct job_values *v, uint32_t k)
{
	struct value value;
	struct render_error err = {0};
	assert_int_equal(job_resource(v, k, &value, &err), 0);
	assert_int_equal(value.kind, VALUE_INT);
	return value.i;
}

static void amounts_have_units_and_attempts(void **state)
{
	(void)state;
	graph_put("folder/inside");
	sandbox_write("small", "some bytes");
	struct value value;
	struct render_error err = {0};
	int64_t threads;
	if (graph_make(&g, sizes, "all") != 0) {
		fail_msg("%s", g.said.buf);
	}
	arena_init(&arena);
	job_context_init(&c, &g.d, &g.sink);
	c.cores = 4;
	struct job_values v = values_of(NULL, "a", 1);
	assert_int_equal(number(&v, 0), 2000);
	assert_int_equal(number(&v, 1), 2); /* rounded up */
	assert_int_equal(number(&v, 2), 90);
	assert_int_equal(number(&v, 3), 2);
	assert_int_equal(job_resource(&v, 4, &value, &err), 0);
	assert_int_equal(value.kind, VALUE_TEXT);
	assert_int_equal(number(&v, 5), 10);
	assert_int_equal(job_threads(&v, &threads, &err), 0);
	assert_int_equal(threads, 3);
	v = values_of(NULL, "a", 3);
	assert_int_equal(number(&v, 0), 6000);
	assert_int_equal(job_threads(&v, &threads, &err), 0);
	assert_int_equal(threads, 4); /* all there are */
	v = values_of(NULL, "b", 1);
	assert_int_equal(number(&v, 0), 3); /* of one thread, rounded up */
	v = values_of(NULL, "c", 1);
	assert_int_equal(number(&v, 0), 1);
	v = values_of(NULL, "d", 1);
	assert_int_equal(job_resource(&v, 0, &value, &err), -1);
	assert_non_null(strstr(err.text, "cannot be \"d\""));
	v = values_of(NULL, "e", 1);
	assert_int_equal(job_threads(&v, &threads, &err), -1);
	assert_non_null(strstr(err.text, "not an integer"));
}

static void sizes_follow_the_files(void **state)
{
	(void)state;
	sandbox_write("small", "x");
	graph_put("folder/inside");
	struct job_values v = values_of(sizes, "c", 1);
	assert_int_equal(number(&v, 0), 1);
	char *much = xcalloc(2500001, 1);
	memset(much, 'x', 2500000);
	sandbox_write("small", much);
	free(much);
	assert_int_equal(number(&v, 0), 1); /* of this attempt it is known */
	v = values_of(NULL, "c", 1);
	assert_int_equal(number(&v, 0), 3);
}

static void what_is_known_late(void **state)
{
	(void)state;
	sandbox_write("small", "x");
	graph_put("folder/inside");
	values_of(sizes, "a", 1);
	const unsigned expected[] = {
		JOB_LATE_SIZE | JOB_LATE_ATTEMPT, 0, JOB_LATE_SIZE, 0};
	const char *names[] = {"a", "b", "c", "d"};
	for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
		const struct rule *rule = workflow_rule(&g.wf, sv_from(names[i]));
		assert_int_equal(job_is_late(rule), expected[i]);
	}
}

static void optional_inputs_that_are_not_there(void **state)
{
	(void)state;
	graph_put("src");
	struct job_values v =
		values_of("rules:\n"
			  "  a:\n"
			  "    input: {x: src, y: {path: gone, optional: true}, z: src}\n"
			  "    output: a\n"
			  "    shell: \"[{input.y}] {input} {input.z}\"\n",
			"a", 1);
	assert_int_equal(v.input_count, 2);
	assert_string_equal(shell_of("a"), "[] src src src");
}

static void errors_are_words_of_the_job(void **state)
{
	(void)state;
	values_of("rules:\n"
		  "  a: {output: \"{n}.a\", params: {p: \"{1//(n-7)}\"}, shell: \"echo "
		  "{params.p}\"}\n",
		"7.a", 1);
	assert_non_null(strstr(shell_of("7.a"), "division by zero"));
	assert_non_null(strstr(shell_of("7.a"), "Workflowfile:2:"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_by_name_and_number),
		TEST(amounts_have_units_and_attempts),
		TEST(sizes_follow_the_files),
		TEST(what_is_known_late),
		TEST(optional_inputs_that_are_not_there),
		TEST(errors_are_words_of_the_job),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
