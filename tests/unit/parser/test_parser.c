/* The model that comes out of a Workflowfile. Messages are held by tests/cli/errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "parser/lint.h"
#include "parser/parser.h"

static struct source_set sources;
static struct diag_sink sink;
static struct workflow wf;

static int set_up(void **state)
{
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	workflow_init(&wf);
	return sandbox_enter(state);
}

static int tear_down(void **state)
{
	workflow_release(&wf);
	diag_sink_release(&sink);
	source_set_release(&sources);
	return sandbox_leave(state);
}

static int parse(void **state, const char *text, struct parse_options o)
{
	sandbox_write("Workflowfile", text);
	o.file = "Workflowfile";
	o.workdir = *state;
	return parse_workflow(&sink, &wf, &o);
}

static const struct rule *rule(const char *name)
{
	const struct rule *r = workflow_rule(&wf, sv_from(name));
	assert_non_null(r);
	return r;
}

static void an_empty_file_has_no_rules(void **state)
{
	assert_int_equal(parse(state, "", (struct parse_options){0}), 0);
	assert_int_equal(wf.rule_count, 0);
	assert_null(workflow_first_target(&wf));
}

static void an_empty_value_is_no_value(void **state)
{
	assert_int_equal(parse(state,
				 "sets:\nrules:\n  a:\n    input:\n    output: x\n"
				 "    log:\n    threads:\n    shell: touch x\n",
				 (struct parse_options){0}),
		0);
	assert_int_equal(rule("a")->input_count, 0);
	assert_int_equal(rule("a")->log_count, 0);
	assert_null(rule("a")->threads);
}

static void rules_keep_their_order(void **state)
{
	assert_int_equal(parse(state,
				 "rules:\n  z: {output: z}\n  a: {output: a}\n"
				 "  m: {output: \"{x}m\"}\n",
				 (struct parse_options){0}),
		0);
	assert_int_equal(rule("z")->index, 0);
	assert_int_equal(rule("a")->index, 1);
	assert_int_equal(rule("m")->wildcard_count, 1);
	assert_ptr_equal(workflow_first_target(&wf), rule("z"));
}

static void products_stand_by_kind(void **state)
{
	assert_int_equal(
		parse(state,
			"rules:\n  a:\n    benchmark: \"{x}.b\"\n    log: \"{x}.l\"\n"
			"    output: [\"{x}.1\", {n: {path: \"{x}.2\", temp: true}}]\n",
			(struct parse_options){0}),
		0);
	const struct rule *r = rule("a");
	assert_int_equal(r->output_count, 2);
	assert_int_equal(r->log_count, 1);
	assert_int_equal(r->product_count, 4);
	assert_int_equal(r->products[1].flags, PRODUCT_TEMP);
	assert_true(sv_eq_str(r->products[1].name, "n"));
	assert_int_equal(r->products[3].kind, PRODUCT_BENCHMARK);
}

static void resources_are_named_by_their_unit(void **state)
{
	assert_int_equal(
		parse(state,
			"defaults: {resources: {mem_mb: 1, gpu: 2}}\n"
			"rules:\n  a: {output: x, resources: {mem: 4GB, runtime: 2h}}\n",
			(struct parse_options){0}),
		0);
	const struct rule *r = rule("a");
	assert_int_equal(r->resource_count, 3);
	assert_true(sv_eq_str(r->resources[0].name, "mem_mb"));
	assert_int_equal(r->resources[0].unit, UNIT_MB);
	assert_int_equal(r->resources[1].unit, UNIT_MINUTES);
	assert_true(sv_eq_str(r->resources[2].name, "gpu"));
}

static void the_command_line_wins(void **state)
{
	const char *config[] = {"m.a=9"}, *threads[] = {"a=7"};
	struct parse_options o = {.config = config,
		.config_count = 1,
		.set_threads = threads,
		.set_threads_count = 1};
	assert_int_equal(parse(state,
				 "config: {m: {a: 1, b: 2}}\n"
				 "rules:\n  a: {output: \"x{config.m.a}{config.m.b}\", "
				 "threads: 2}\n",
				 o),
		0);
	assert_true(sv_eq_str(pattern_prefix(rule("a")->products[0].pattern), "x92"));
	assert_true(sv_eq_str(rule("a")->threads->t.pieces[0].text, "7"));
}

static void errors_that_do_not_depend_are_all_told(void **state)
{
	assert_int_equal(parse(state,
				 "rules:\n"
				 "  a: {otput: x}\n"
				 "  b: {output: x, threads: many}\n"
				 "  c: {output: x, shell: \"{nix}\"}\n"
				 "  d: {output: \"{x,(}\"}\n",
				 (struct parse_options){0}),
		-1);
	assert_int_equal(sink.errors, 4);
}

static void modules_do_not_see_each_others_sets(void **state)
{
	sandbox_write("m.yaml",
		"sets: {s: [x]}\nrules:\n  a: {input: {expand: \"{s}\"}, output: o}\n");
	assert_int_equal(
		parse(state,
			"include: [{path: m.yaml, as: p_}, {path: m.yaml, as: q_}]\n"
			"sets: {s: [y]}\nrules:\n  a: {input: {expand: \"{s}\"}}\n",
			(struct parse_options){0}),
		0);
	assert_int_equal(wf.set_count, 3);
	assert_int_not_equal(rule("p_a")->inputs[0].item.expand->vars[0].set,
		rule("q_a")->inputs[0].item.expand->vars[0].set);
	assert_int_not_equal(rule("a")->inputs[0].item.expand->vars[0].set,
		rule("p_a")->inputs[0].item.expand->vars[0].set);
	assert_true(rule("p_a")->included);
	assert_false(rule("a")->included);
}

static void includes_of_great_depth_are_told(void **state)
{
	for (int i = 0; i < 60; i++) {
		char name[32], text[64];
		snprintf(name, sizeof(name), "i%d.yaml", i);
		snprintf(text, sizeof(text), "include: i%d.yaml\n", i + 1);
		sandbox_write(name, text);
	}
	assert_int_equal(
		parse(state, "include: i0.yaml\n", (struct parse_options){0}), -1);
	assert_int_equal(sink.errors, 1);
	assert_string_equal(sink.v[0].code, "CW-E036");
}

static void a_tidy_workflow_gives_no_remarks(void **state)
{
	assert_int_equal(parse(state,
				 "sets: {s: {glob: \"d/{s}.txt\"}}\n"
				 "rules:\n"
				 "  all: {input: {expand: \"o/{s}.txt\"}}\n"
				 "  a:\n"
				 "    input: \"d/{x}.txt\"\n"
				 "    output: \"o/{x}.txt\"\n"
				 "    log: \"l/{x}.log\"\n"
				 "    shell: cp {input} {output} 2> {log}\n",
				 (struct parse_options){0}),
		0);
	assert_int_equal(lint_workflow(&sink, &wf), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_has_no_rules),
		TEST(an_empty_value_is_no_value),
		TEST(rules_keep_their_order),
		TEST(products_stand_by_kind),
		TEST(resources_are_named_by_their_unit),
		TEST(the_command_line_wins),
		TEST(errors_that_do_not_depend_are_all_told),
		TEST(modules_do_not_see_each_others_sets),
		TEST(includes_of_great_depth_are_told),
		TEST(a_tidy_workflow_gives_no_remarks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
