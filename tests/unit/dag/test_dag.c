/* The graph: found backwards, settled as a least fixed point, one producer a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"

static struct graph g;

static int tear_down(void **state)
{
	graph_release(&g);
	return sandbox_leave(state);
}

#define assert_said(part) assert_non_null(strstr(g.said.buf, (part)))
#define assert_silent() assert_string_equal(g.said.buf, "")

static const char chain[] = "rules:\n"
			    "  first: {output: s_0, shell: touch s_0}\n"
			    "  step:\n"
			    "    input: \"s_{n-1}\"\n"
			    "    output: \"s_{n}\"\n"
			    "    shell: cp {input} {output}\n";

static void a_chain_of_1000(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g, chain, "s_1000"), 0);
	assert_int_equal(g.d.job_count, 1001);
	assert_true(graph_is_ordered(&g));
	assert_string_equal(graph_rule(&g, "s_0"), "first");
	assert_string_equal(graph_rule(&g, "s_1"), "step");
	assert_silent();
}

static void a_chain_of_100000(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g, chain, "s_100000"), 0);
	assert_int_equal(g.d.job_count, 100001);
	assert_true(graph_is_ordered(&g));
}

static void a_fan_of_100000(void **state)
{
	(void)state;
	graph_put("src");
	assert_int_equal(graph_make(&g,
				 "sets: {i: {from: 1, to: 100000}}\n"
				 "rules:\n"
				 "  all: {input: {expand: \"o/{i}\"}}\n"
				 "  one: {input: src, output: \"o/{i}\", shell: x}\n",
				 ""),
		0);
	assert_int_equal(g.d.job_count, 100001);
	assert_true(graph_is_ordered(&g));
	uint32_t n;
	dag_inputs(&g.d, g.d.target_jobs.v[0], &n);
	assert_int_equal(n, 100000);
	assert_silent();
}

static void one_job_for_several_outputs(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  all: {input: [a.x, a.y, b.x]}\n"
				 "  r: {output: [\"{s}.x\", \"{s}.y\"], shell: x}\n",
				 ""),
		0);
	assert_int_equal(g.d.job_count, 3);
	assert_int_equal(graph_maker(&g, "a.x"), graph_maker(&g, "a.y"));
	assert_int_not_equal(graph_maker(&g, "a.x"), graph_maker(&g, "b.x"));
}

static void what_cannot_be_made_makes_no_rule_fit(void **state)
{
	(void)state;
	graph_put("src");
	/* a and b need each other; each has another way too */
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  all: {input: [a, b]}\n"
				 "  a1: {input: b, output: a, shell: x}\n"
				 "  b1: {input: gone, output: b, shell: x}\n"
				 "  b2: {input: src, output: b, shell: x}\n",
				 ""),
		0);
	assert_string_equal(graph_rule(&g, "a"), "a1");
	assert_string_equal(graph_rule(&g, "b"), "b2");
	assert_int_equal(g.d.job_count, 3);
}

static void two_that_need_each_other_are_a_cycle(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  a: {input: b, output: a, shell: x}\n"
				 "  b: {input: a, output: b, shell: x}\n",
				 "a"),
		-1);
	assert_said("CW-E400");
	assert_said("\"a\" is made by rule \"a\" from \"b\"");
}

static void a_cycle_beside_a_good_way_is_none(void **state)
{
	(void)state;
	graph_put("x.gz");
	/* packing what was unpacked from itself: only the existing file counts */
	assert_int_equal(
		graph_make(&g,
			"rules:\n"
			"  unpack: {input: \"{f}.gz\", output: \"{f}\", shell: x}\n",
			"x"),
		0);
	assert_string_equal(graph_rule(&g, "x"), "unpack");
	assert_int_equal(graph_maker(&g, "x.gz"), DAG_NONE);
}

static void ruleorder_decides(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g,
				 "ruleorder: [b, a]\n"
				 "rules:\n"
				 "  a: {output: \"{x}.o\", shell: x}\n"
				 "  b: {output: \"{y}.o\", shell: x}\n",
				 "f.o"),
		0);
	assert_string_equal(graph_rule(&g, "f.o"), "b");
	assert_int_equal(g.d.job_count, 1);
}

static void a_literal_goes_before_a_pattern(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  a: {output: \"{x}.o\", shell: x}\n"
				 "  b: {output: f.o, shell: x}\n",
				 "f.o g.o"),
		0);
	assert_string_equal(graph_rule(&g, "f.o"), "b");
	assert_string_equal(graph_rule(&g, "g.o"), "a");
}

static void neither_is_ambiguous(void **state)
{
	(void)state;
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  a: {output: \"{x}.o\", shell: x}\n"
				 "  b: {output: \"{y}.o\", shell: x}\n",
				 "f.o"),
		-1);
	assert_said("rules \"a\" and \"b\" can both make \"f.o\" [CW-E404]");
	assert_said("rule \"a\" with x=f");
	assert_said("rule \"b\" with y=f");
}

static void ambiguity_where_nobody_looks_is_no_fault(void **state)
{
	(void)state;
	graph_put("src");
	/* c could be made in two ways, but the rule that wants it is not taken */
	assert_int_equal(graph_make(&g,
				 "ruleorder: [good, bad]\n"
				 "rules:\n"
				 "  good: {input: src, output: t, shell: x}\n"
				 "  bad: {input: c, output: t, shell: x}\n"
				 "  c1: {output: c, shell: x}\n"
				 "  c2: {output: c, shell: x}\n",
				 "t"),
		0);
	assert_string_equal(graph_rule(&g, "t"), "good");
	assert_int_equal(g.d.job_count, 1);
}

static void an_existing_file_whose_rules_fail_is_a_source(void **state)
{
	(void)state;
	graph_put("a");
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  all: {input: a, output: b, shell: x}\n"
				 "  mk: {input: gone, output: a, shell: x}\n",
				 ""),
		0);
	assert_int_equal(graph_maker(&g, "a"), DAG_NONE);
	assert_said("\"a\" is taken as it is");
	assert_said("missing: \"gone\"");
	assert_int_equal(g.sink.warnings, 1);
}

static void a_missing_source_is_told_with_its_place(void **state)
{
	(void)state;
	graph_put("data/a.txt");
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  all: {input: [o/a.txt, o/b.txt]}\n"
				 "  mk:\n"
				 "    input: [Workflowfile, \"data/{x}.txt\"]\n"
				 "    output: \"o/{x}.txt\"\n"
				 "    shell: x\n",
				 ""),
		-1);
	assert_true(g.missing_source);
	assert_said("Workflowfile:4:27: error: missing input: \"data/b.txt\"");
	assert_said("needed by rule \"mk\" with x=b");
	assert_said("did you mean \"data/a.txt\"?");
}

static void two_outputs_of_one_rule_must_differ(void **state)
{
	(void)state;
	assert_int_equal(
		graph_make(&g, "rules:\n  a: {output: [x, ./x], shell: x}\n", "x"), -1);
	assert_said("CW-E405");
}

static void two_jobs_must_not_write_one_file(void **state)
{
	(void)state;
	/* the log of one is the output of the other, and both are needed */
	assert_int_equal(graph_make(&g,
				 "rules:\n"
				 "  all: {input: [a, b]}\n"
				 "  a: {output: [a, same], shell: x}\n"
				 "  b: {output: [b, same], shell: x}\n",
				 ""),
		-1);
	assert_said("two jobs of this run write \"same\" [CW-E403]");
}

static void a_file_in_a_folder_belongs_to_its_maker(void **state)
{
	(void)state;
	assert_int_equal(
		graph_make(&g,
			"rules:\n"
			"  all: {input: [d/a/x.txt, d/a/sub/y.txt]}\n"
			"  d: {output: {path: \"d/{s}\", directory: true}, shell: x}\n",
			""),
		0);
	assert_int_equal(g.d.job_count, 2);
	assert_string_equal(graph_rule(&g, "d/a"), "d");
	assert_silent();
}

static void optional_inputs_fall_away(void **state)
{
	(void)state;
	graph_put("there");
	assert_int_equal(
		graph_make(&g,
			"rules:\n"
			"  all:\n"
			"    input:\n"
			"      - {path: [there, made, gone, lost], optional: true}\n"
			"    output: o\n"
			"    shell: x\n"
			"  made: {output: made, shell: x}\n"
			"  lost: {input: nowhere, output: lost, shell: x}\n",
			""),
		0);
	uint32_t n;
	dag_inputs(&g.d, graph_maker(&g, "o"), &n);
	assert_int_equal(n, 2);
	assert_string_equal(graph_rule(&g, "made"), "made");
	assert_true(graph_is_ordered(&g));
}

static void more_jobs_than_allowed_show_their_growth(void **state)
{
	(void)state;
	struct strview target = SV("y");
	struct dag_options o = {.targets = &target, .target_count = 1, .max_jobs = 50};
	graph_make(&g,
		"rules:\n  a: {input: \"{x}a\", output: \"{x}\", shell: x}\n"
		"  z: {output: zz, shell: x}\n",
		"zz");
	dag_release(&g.d);
	dag_init(&g.d, &g.wf, g.sets);
	assert_int_equal(dag_build(&g.d, &g.sink, &o, NULL), -1);
	strbuf_reset(&g.said);
	diag_format(&g.sink, &g.said, false);
	assert_said("more than 50 jobs");
	assert_said("it was to make \"yaaaa");
}

static void lookups_in_100000_rows(void **state)
{
	(void)state;
	struct strbuf table = STRBUF_INIT;
	strbuf_addstr(&table, "id\tfile\n");
	for (int i = 0; i < 100000; i++) {
		strbuf_addf(&table, "s%d\tsrc\n", i);
	}
	FILE *f = fopen("t.tsv", "we");
	assert_non_null(f);
	assert_int_equal(fwrite(table.buf, 1, table.len, f), table.len);
	fclose(f);
	strbuf_release(&table);
	graph_put("src");
	assert_int_equal(
		graph_make(&g,
			"sets: {t: {table: t.tsv}}\n"
			"rules:\n"
			"  all: {input: {expand: \"o/{t.id}\"}}\n"
			"  m:\n"
			"    input: {lookup: t, where: {id: \"{s}\"}, column: file}\n"
			"    output: \"o/{s}\"\n"
			"    shell: x\n",
			""),
		0);
	assert_int_equal(g.d.job_count, 100001);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chain_of_1000),
		TEST(a_chain_of_100000),
		TEST(a_fan_of_100000),
		TEST(one_job_for_several_outputs),
		TEST(what_cannot_be_made_makes_no_rule_fit),
		TEST(two_that_need_each_other_are_a_cycle),
		TEST(a_cycle_beside_a_good_way_is_none),
		TEST(ruleorder_decides),
		TEST(a_literal_goes_before_a_pattern),
		TEST(neither_is_ambiguous),
		TEST(ambiguity_where_nobody_looks_is_no_fault),
		TEST(an_existing_file_whose_rules_fail_is_a_source),
		TEST(a_missing_source_is_told_with_its_place),
		TEST(two_outputs_of_one_rule_must_differ),
		TEST(two_jobs_must_not_write_one_file),
		TEST(a_file_in_a_folder_belongs_to_its_maker),
		TEST(optional_inputs_fall_away),
		TEST(more_jobs_than_allowed_show_their_growth),
		TEST(lookups_in_100000_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
