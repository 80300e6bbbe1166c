/* A graph that grows: inputs that come to be known, the jobs that make them, and nothing
 * else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dag/after.h"
#include "dag/dag_grow.h"
#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"

static struct graph g;
static struct after_done done;
static struct dag_growth part;

static int tear_down(void **state)
{
	after_done_release(&done);
	dag_growth_release(&part);
	graph_release(&g);
	return sandbox_leave(state);
}

static void make(const char *workflow)
{
	after_done_init(&done);
	dag_growth_init(&part);
	if (graph_make(&g, workflow, "") != 0) {
		fail_msg("%s", g.said.buf);
	}
	g.d.done = &done;
}

/* The job that makes `path` is done; what waited for it is read again. */
static int done_with(const char *path, const struct hashmap *but)
{
	struct strview values[WILDCARDS_MOST];
	uint32_t job = graph_maker(&g, path), gate = DAG_NONE;
	assert_true(job != DAG_NONE);
	dag_values(&g.d, job, values);
	uint64_t key = after_key(dag_rule(&g.d, job), values);
	after_done_add(&done, key);
	for (size_t i = 0; i < g.d.waits.n; i++) {
		if (g.d.waits.v[i].key == key) {
			gate = g.d.waits.v[i].job;
			g.d.waits.v[i].done = true;
		}
	}
	assert_true(gate != DAG_NONE);
	return dag_grow(&g.d, &g.sink, gate, but, &part);
}

static bool is_input(const char *path, const char *of)
{
	uint32_t n, file = dag_find(&g.d, sv_from(path));
	const uint32_t *in = dag_inputs(&g.d, graph_maker(&g, of), &n);
	for (uint32_t k = 0; k < n; k++) {
		if (INPUT_FILE(in[k]) == file) {
			return true;
		}
	}
	return false;
}

static const char parts[] =
	"rules:\n"
	"  sum: {input: [other, {expand: \"done/{i}\", i: {glob: \"parts/{i}\", after: split}}, "
	"last], output: sum, shell: x}\n"
	"  split: {output: {path: parts, directory: true}, shell: x}\n"
	"  pre: {input: [\"parts/{i}\", ref], output: \"pre/{i}\", shell: x}\n"
	"  work: {input: \"pre/{i}\", output: [\"done/{i}\", \"log/{i}\"], shell: x}\n"
	"  other: {output: other, shell: x}\n"
	"  last: {output: last, shell: x}\n"
	"  ref: {input: other, output: ref, shell: x}\n";

static void parts_of_a_folder(void **state)
{
	(void)state;
	make(parts);
	uint32_t before = g.d.job_count;
	assert_int_equal(before, 4);
	uint32_t sum = graph_maker(&g, "sum"), split = graph_maker(&g, "parts");
	graph_put("parts/1");
	graph_put("parts/2");
	assert_int_equal(done_with("parts", NULL), 0);
	assert_int_equal(part.first_job, before);
	/* two of pre, two of work, and ref */
	assert_int_equal(g.d.job_count, before + 5);
	assert_int_equal(graph_maker(&g, "sum"), sum);
	assert_int_equal(graph_maker(&g, "parts"), split);
	assert_int_equal(graph_maker(&g, "parts/1"), split);
	assert_string_equal(graph_rule(&g, "done/2"), "work");
	assert_true(graph_maker(&g, "done/2") == graph_maker(&g, "log/2"));
	assert_true(is_input("done/1", "sum") && is_input("done/2", "sum"));
	assert_true(is_input("ref", "pre/1") && is_input("parts/1", "pre/1"));
	/* in the order of the rule, other inputs and the job that was waited for included */
	uint32_t n;
	const uint32_t *in = dag_inputs(&g.d, sum, &n);
	const char *const order[] = {"other", "done/1", "done/2", "last", "parts"};
	assert_int_equal(n, 5);
	for (uint32_t k = 0; k < n; k++) {
		assert_string_equal(dag_path(&g.d, INPUT_FILE(in[k])).p, order[k]);
	}
	/* those that came stand in an order in which they can run */
	for (uint32_t i = before; i < g.d.job_count; i++) {
		in = dag_inputs(&g.d, g.d.order[i], &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t maker = g.d.producer[INPUT_FILE(in[k])];
			assert_true(maker == DAG_NONE || maker < g.d.order[i]);
		}
	}
	/* inputs of jobs that were there are what they were */
	in = dag_inputs(&g.d, graph_maker(&g, "other"), &n);
	assert_int_equal(n, 0);
	assert_int_equal(g.sink.errors, 0);
}

static void nothing_was_found(void **state)
{
	(void)state;
	make(parts);
	uint32_t before = g.d.job_count;
	assert_int_equal(done_with("parts", NULL), 0);
	assert_int_equal(g.d.job_count, before);
	assert_int_equal(part.inputs.n, 3);
}

static const char many[] =
	"sets: {s: [a, b, c]}\n"
	"rules:\n"
	"  all: {input: {expand: \"done/{s}/{i}\", i: {glob: \"parts/{s}/{i}\", after: split}}, "
	"output: all, shell: x}\n"
	"  split: {output: {path: \"parts/{s}\", directory: true}, shell: x}\n"
	"  work: {input: \"parts/{s}/{i}\", output: \"done/{s}/{i}\", shell: x}\n";

/* One after the other: each time only what is new. */
static void a_part_at_a_time(void **state)
{
	(void)state;
	struct hashmap but;
	hashmap_init(&but);
	make(many);
	assert_int_equal(g.d.job_count, 4);
	assert_int_equal(g.d.waits.n, 3);
	const char *const folders[] = {"parts/a", "parts/b", "parts/c"};
	graph_put("parts/a/1");
	graph_put("parts/a/2");
	graph_put("parts/b/1");
	graph_put("parts/c/7");
	for (size_t i = 0; i < 3; i++) {
		hashmap_set(&but, g.d.waits.v[i].key, 1);
	}
	for (size_t i = 0; i < 2; i++) {
		uint32_t before = g.d.job_count, n;
		dag_inputs(&g.d, graph_maker(&g, "all"), &n);
		hashmap_set(&but, g.d.waits.v[i].key, 0);
		assert_int_equal(done_with(folders[i], &but), 0);
		hashmap_set(&but, g.d.waits.v[i].key, 1);
		assert_int_equal(g.d.job_count, before + (i ? 1 : 2));
		assert_int_equal(g.d.waits.n, 3);
		uint32_t after;
		dag_inputs(&g.d, graph_maker(&g, "all"), &after);
		assert_int_equal(n, after); /* not before all is known */
	}
	assert_int_equal(done_with(folders[2], NULL), 0);
	assert_int_equal(g.d.job_count, 8);
	assert_true(is_input("done/a/1", "all") && is_input("done/b/1", "all") &&
		    is_input("done/c/7", "all"));
	assert_int_equal(g.d.waits.n, 3);
	hashmap_release(&but);
}

/* What comes may itself wait for something. */
static void steps_in_steps(void **state)
{
	(void)state;
	make("rules:\n"
	     "  all: {input: {expand: \"sum/{s}\", s: {glob: \"samples/{s}\", after: find}}, "
	     "output: all, shell: x}\n"
	     "  find: {output: {path: samples, directory: true}, shell: x}\n"
	     "  split: {input: \"samples/{s}\", output: {path: \"parts/{s}\", directory: true}, "
	     "shell: x}\n"
	     "  sum: {input: {expand: \"parts/{s}/{i}\", i: {glob: \"parts/{s}/{i}\", after: "
	     "split}}, output: \"sum/{s}\", shell: x}\n");
	assert_int_equal(g.d.job_count, 2);
	graph_put("samples/x");
	assert_int_equal(done_with("samples", NULL), 0);
	assert_int_equal(g.d.job_count, 4);
	assert_int_equal(g.d.waits.n, 2);
	assert_int_equal(part.first_wait, 1);
	assert_int_equal(g.d.waits.v[1].job, graph_maker(&g, "sum/x"));
	assert_false(g.d.waits.v[1].done);
	graph_put("parts/x/1");
	assert_int_equal(done_with("parts/x", NULL), 0);
	assert_true(is_input("parts/x/1", "sum/x"));
	assert_int_equal(graph_maker(&g, "parts/x/1"), graph_maker(&g, "parts/x"));
}

/* An error leaves the graph as it was. */
static void what_cannot_be(void **state)
{
	(void)state;
	make("rules:\n"
	     "  sum: {input: [taken, {expand: \"done/{i}\", i: {glob: \"parts/{i}\", after: "
	     "split}}], output: sum, shell: x}\n"
	     "  split: {output: {path: parts, directory: true}, shell: x}\n"
	     "  taken: {output: [taken, \"log/1\"], shell: x}\n"
	     "  work: {input: [\"parts/{i}\"], output: [\"done/{i}\", \"log/{i}\"], shell: x}\n"
	     "  lost: {input: nowhere, output: \"done/lost{i}\", shell: x}\n"
	     "ruleorder: [lost, work]\n");
	uint32_t before = g.d.job_count, files = g.d.paths.count, n;
	graph_put("parts/1");
	assert_int_equal(done_with("parts", NULL), -1);
	strbuf_reset(&g.said);
	diag_format(&g.sink, &g.said, false);
	assert_non_null(strstr(g.said.buf, "two jobs of this run write \"log/1\""));
	assert_int_equal(g.d.job_count, before);
	assert_int_equal(g.d.paths.count, files);
	dag_inputs(&g.d, graph_maker(&g, "sum"), &n);
	assert_int_equal(n, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_of_a_folder),
		TEST(nothing_was_found),
		TEST(a_part_at_a_time),
		TEST(steps_in_steps),
		TEST(what_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
