#include "yaml_helper.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The place of the `nth` (from 0) occurrence of `what` in the text of the only value is
 * where `what` is written in the source, as `written`. */
static void check(struct strview text, const char *what, int nth, const char *written)
{
	struct parsed p;
	parsed_init(&p, text);
	assert_string_equal(p.messages.buf, "");
	struct yaml_tree_node *node = p.root->pairs[0].value;
	const char *at = node->text.p - 1;
	for (int i = 0; i <= nth; i++) {
		at = strstr(at + 1, what);
		assert_non_null(at);
	}
	struct span span =
		yaml_span_in(&p.sources, node, (size_t)(at - node->text.p), strlen(what));
	struct strview got = parsed_bytes(&p, span);
	if (!sv_eq_str(got, written)) {
		fail_msg("\"%s\" of \"" SV_FMT "\" at %u: \"" SV_FMT "\"", what,
			SV_ARG(text), span.off, SV_ARG(got));
	}
	parsed_release(&p);
}

/* `what` is written as it is. */
static void same(struct strview text, const char *what)
{
	check(text, what, 0, what);
}

static void plain(void **state)
{
	(void)state;
	same(SV("a: cmd {input} > {output}\n"), "{input}");
	same(SV("a: cmd {input} > {output}\n"), "{output}");
	same(SV("a: é日 {x}\n"), "{x}");
	same(SV("a: é日 {x}\n"), "日");
	same(SV("a: one\n   {two}\n\n\n     three {four}\n"), "{two}");
	same(SV("a: one\n   {two}\n\n\n     three {four}\n"), "three");
	same(SV("a: one\n   {two}\n\n\n     three {four}\n"), "{four}");
	check(SV("a: x y x\n"), "x", 1, "x");
	same(SV("a: one\r\n   two\r\n   three\r\n"), "three");
	check(SV("a: one\n  two\n"), "one two", 0, "one\n  two");
}

static void quoted(void **state)
{
	(void)state;
	same(SV("a: 'cmd {x}'\n"), "{x}");
	same(SV("a: 'it''s {x}'\n"), "{x}");
	check(SV("a: 'it''s'\n"), "'", 0, "''");
	same(SV("a: 'one\n    two ''q''  \n\n    {x}'\n"), "{x}");
	same(SV("a: \"\\\"q\\\" {x}\"\n"), "{x}");
	check(SV("a: \"\\\"q\\\" {x}\"\n"), "\"q", 0, "\\\"q");
	same(SV("a: \"\\u00e9\\x41\\U0001F600\\t{x}\"\n"), "{x}");
	check(SV("a: \"b\\u00e9c\"\n"), "é", 0, "\\u00e9");
	same(SV("a: \"one \\\n   two\\\n\n   {x}\"\n"), "two");
	same(SV("a: \"one \\\n   two\\\n\n   {x}\"\n"), "{x}");
	same(SV("a: \"one\n   two  \n\n   {x}\"\n"), "{x}");
	same(SV("a: \"{x}\"\n"), "{x}");
	same(SV("a: &b !!str \"{x}\"\n"), "{x}");
}

static void literal(void **state)
{
	(void)state;
	struct strview t = SV("a: |\n    one {x}\n      two\n\n    three {y}\nb: c\n");
	same(t, "{x}");
	same(t, "two");
	same(t, "{y}");
	same(t, "one");
	check(t, "\n  two", 0, "\n      two");
	same(SV("a: |2\n    one {x}\n  two\n"), "{x}");
	same(SV("a: |2\n    one {x}\n  two\n"), "two");
	same(SV("a: | # comment\n\n\n  one\n\n  {x}\n"), "{x}");
	same(SV("a: |-\r\n  é\r\n  {x}\r\n"), "{x}");
	same(SV("a: |+\n  x\n\n\nb:"), "x");
	same(SV("a: |\n  x\n     \n  {y}\n"), "{y}");
}

static void folded(void **state)
{
	(void)state;
	struct strview t =
		SV("a: >\n  one {x}\n  two\n\n\n  three\n    more {y}\n\n    yet\n"
		   "  end {z}\n");
	static const char *const words[] = {
		"{x}", "two", "three", "more", "{y}", "yet", "end", "{z}"};
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		same(t, words[i]);
	}
	check(t, "two\n\nthree", 0, "two\n\n\n  three");
	same(SV("a: >-\n  one\n  {x}"), "{x}");
}

static void falls_back_to_the_value(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("a: [x]\nb: 'yz'\n"));
	struct yaml_tree_node *list = parsed_at(&p, "a"), *text = parsed_at(&p, "b");
	struct span span = yaml_span_in(&p.sources, list, 0, 1);
	assert_true(sv_eq_str(parsed_bytes(&p, span), "[x]"));
	span = yaml_span_in(&p.sources, text, 3, 1);
	assert_true(sv_eq_str(parsed_bytes(&p, span), "'yz'"));
	span = yaml_span_in(&p.sources, text, 1, 100);
	assert_true(sv_eq_str(parsed_bytes(&p, span), "z"));
	span = yaml_span_in(&p.sources, text, 2, 0);
	assert_int_equal(span.len, 0);
	parsed_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(quoted),
		cmocka_unit_test(literal),
		cmocka_unit_test(folded),
		cmocka_unit_test(falls_back_to_the_value),
	};
	return cmocka_run_group_tests_name("yaml_place", tests, NULL, NULL);
}
