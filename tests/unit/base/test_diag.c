#include "base/diag.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/strbuf.h"

static struct source_set set;
static struct diag_sink sink;
static struct strbuf out = STRBUF_INIT;

static int begin(void **state)
{
	(void)state;
	source_set_init(&set);
	diag_sink_init(&sink, &set);
	return 0;
}

static int end(void **state)
{
	(void)state;
	diag_sink_release(&sink);
	source_set_release(&set);
	strbuf_release(&out);
	return 0;
}

/* All messages as printed. */
static const char *printed(void)
{
	strbuf_reset(&out);
	diag_format(&sink, &out, false);
	return out.buf;
}

static struct span at(uint32_t source, uint32_t off, uint32_t len)
{
	return (struct span){source, off, len};
}

static void place_line_and_mark(void **state)
{
	(void)state;
	uint32_t f = source_add(&set, "Workflowfile", SV("rules:\n  a:\n    inptu: x\n"));
	assert_int_equal(
		diag_error(&sink, "CW-E012", at(f, 16, 5),
			"unknown key \"%s\"; did you mean \"%s\"?", "inptu", "input"),
		-1);
	diag_note(&sink, at(f, 9, 1), "of this rule");
	assert_string_equal(printed(),
		"Workflowfile:3:5: error: unknown key \"inptu\"; did you mean \"input\"? "
		"[CW-E012]\n"
		"        inptu: x\n"
		"        ^~~~~\n"
		"Workflowfile:2:3: note: of this rule\n"
		"      a:\n"
		"      ^\n");
	assert_int_equal(sink.errors, 1);
}

static void without_a_place(void **state)
{
	(void)state;
	diag_error(&sink, "CW-E100", at(0, 0, 0), "no rule makes x");
	diag_note(&sink, at(0, 0, 0), "a note");
	diag_warning(&sink, NULL, at(0, 0, 0), "beware");
	diag_system(&sink, "CW-E300", ENOENT, "a b", "read");
	sink.program = "zipf_test";
	diag_error(&sink, NULL, at(0, 0, 0), "z");
	sink.program = "cwflow";
	assert_string_equal(printed(), "cwflow: error: no rule makes x [CW-E100]\n"
				       "cwflow: note: a note\n"
				       "cwflow: warning: beware\n"
				       "cwflow: error: cannot read a b: No such file or "
				       "directory [CW-E300]\n"
				       "cwflow: error: z\n");
	assert_int_equal(sink.errors, 3);
	assert_int_equal(sink.warnings, 1);
}

/* Where the mark stands and how long it is; "" for no more than a caret. */
static void check_mark(struct strview text, uint32_t off, uint32_t len, const char *want)
{
	diag_clear(&sink);
	uint32_t f = source_add(&set, "f", text);
	diag_error(&sink, NULL, at(f, off, len), "m");
	const char *lines = strchr(printed(), '\n') + 1;
	assert_string_equal(lines, want);
}

static void marks_line_up(void **state)
{
	(void)state;
	check_mark(SV("ab cd"), 3, 2, "    ab cd\n       ^~\n");
	check_mark(SV("ab"), 0, 0, "    ab\n    ^\n");
	check_mark(SV("ab"), 2, 1, "    ab\n      ^\n");
	check_mark(SV("\ta\tb"), 3, 1, "     a b\n       ^\n");
	check_mark(SV("é: 日本 x"), 4, 6, "    é: 日本 x\n       ^~~~\n");
	check_mark(SV("日本: x"), 8, 1, "    日本: x\n          ^\n");
	check_mark(SV("e\xcc\x81x"), 3, 1, "    e\xcc\x81x\n     ^\n");
	check_mark(SV("a\x01\xff"
		      "b"),
		3, 1, "    a\\x01\\xffb\n             ^\n");
	check_mark(SV("a\x01"
		      "b"),
		1, 1, "    a\\x01b\n     ^~~~\n");
	check_mark(SV("日本"), 1, 1, "    日本\n    ^~\n"); /* inside a character */
	check_mark(SV("\xef\xbb\xbf"
		      "ab"),
		4, 1, "    ab\n     ^\n");
	check_mark(SV("ab\r\ncd\r\n"), 4, 2, "    cd\n    ^~\n");
}

static void the_part_of_the_span_on_its_line(void **state)
{
	(void)state;
	check_mark(SV("a: |\n  x\n  y\n"), 3, 9, "    a: |\n       ^\n");
	check_mark(SV("ab\ncd"), 1, 4, "    ab\n     ^\n");
	check_mark(SV("a\n"), 2, 1, "    \n    ^\n");
	check_mark(SV("ab"), 1, UINT32_MAX, "    ab\n     ^\n");
}

static void long_lines_are_elided(void **state)
{
	(void)state;
	for (uint32_t off = 0; off < 1000; off += 13) {
		struct strbuf text = STRBUF_INIT;
		for (int i = 0; i < 200; i++) {
			strbuf_addstr(&text, "abcd ");
		}
		text.buf[off] = 'X';
		text.buf[off + 1] = 'Y';
		diag_clear(&sink);
		uint32_t f = source_add(&set, "f", strbuf_sv(&text));
		diag_error(&sink, NULL, at(f, off, 2), "m");
		const char *line = strchr(printed(), '\n') + 1;
		const char *mark = strchr(line, '\n') + 1;
		const char *shown = strstr(line, "XY");
		assert_non_null(shown);
		assert_true(mark - line < 4 + 100 + 2 * 3 + 2);
		/* "…" is three bytes and one column. */
		ptrdiff_t column = shown - line - (strncmp(line + 4, "…", 3) ? 0 : 2);
		assert_int_equal(strcspn(mark, "^"), column);
		assert_string_equal(strchr(mark, '^'), "^~\n");
		strbuf_release(&text);
	}
}

static void control_bytes_are_escaped(void **state)
{
	(void)state;
	uint32_t f = source_add(&set, "a\x1b[31m\n", SV("x"));
	diag_error(&sink, NULL, at(f, 0, 1), "name \"%s\"",
		"\x1b]0;x\x07\t\r\n\xff\xc2\x85\xe2\x80\xae");
	assert_string_equal(printed(),
		"a\\x1b[31m\\n:1:1: error: name "
		"\"\\x1b]0;x\\x07\\t\\r\\n\\xff\\u0085\\u202e\"\n    x\n    ^\n");
	struct strbuf sb = STRBUF_INIT;
	escape_for_terminal(&sb, SV("plain é日 \\ \x7f\0"));
	assert_string_equal(sb.buf, "plain é日 \\ \\x7f\\x00");
	strbuf_release(&sb);
}

static void equal_messages_are_kept_once(void **state)
{
	(void)state;
	uint32_t f = source_add(&set, "f", SV("abc"));
	for (int i = 0; i < 3; i++) {
		diag_error(&sink, "CW-E1", at(f, 0, 1), "same");
		diag_note(&sink, at(f, 1, 1), "note");
	}
	diag_error(&sink, "CW-E1", at(f, 1, 1), "same");
	diag_error(&sink, "CW-E2", at(f, 0, 1), "same");
	diag_error(&sink, "CW-E1", at(f, 0, 1), "other");
	diag_warning(&sink, "CW-E1", at(f, 0, 1), "same");
	assert_int_equal(sink.errors, 4);
	assert_int_equal(sink.warnings, 1);
	assert_int_equal(sink.n, 5);
	assert_int_equal(sink.v[0].note_count, 1);
}

static void at_most_twenty_of_a_kind(void **state)
{
	(void)state;
	char code[] = "CW-E7"; /* equal codes need not be one pointer */
	for (int i = 0; i < 1000; i++) {
		diag_error(&sink, i % 2 ? "CW-E7" : code, at(0, 0, 0), "e%d", i);
		diag_note(&sink, at(0, 0, 0), "n%d", i);
	}
	for (int i = 0; i < 21; i++) {
		diag_error(&sink, "CW-E8", at(0, 0, 0), "f%d", i);
	}
	for (int i = 0; i < 20; i++) {
		diag_warning(&sink, "CW-E8", at(0, 0, 0), "w%d", i);
	}
	const char *text = printed();
	assert_int_equal(sink.errors, 1021);
	assert_int_equal(sink.warnings, 20);
	assert_non_null(strstr(text, "cwflow: note: n19\n"
				     "... and 980 more errors of this kind [CW-E7]\n"
				     "cwflow: error: f0 [CW-E8]\n"));
	assert_null(strstr(text, "e20"));
	assert_null(strstr(text, "n20"));
	assert_non_null(strstr(text, "f19 [CW-E8]\n"
				     "... and 1 more error of this kind [CW-E8]\n"));
	assert_null(strstr(text, "more warning"));
	char *again = strdup(text);
	assert_string_equal(printed(), again);
	free(again);
}

static void muted_reports_leave_nothing(void **state)
{
	(void)state;
	diag_error(&sink, "CW-E1", at(0, 0, 0), "heard");
	sink.muted++;
	assert_int_equal(diag_error(&sink, "CW-E1", at(0, 0, 0), "muted"), -1);
	diag_note(&sink, at(0, 0, 0), "muted note");
	diag_warning(&sink, "CW-E1", at(0, 0, 0), "muted");
	sink.muted--;
	assert_int_equal(sink.errors + sink.warnings, 1);
	assert_string_equal(printed(), "cwflow: error: heard [CW-E1]\n");
	diag_clear(&sink);
	assert_string_equal(printed(), "");
	assert_int_equal(sink.errors, 0);
	diag_note(&sink, at(0, 0, 0), "of nothing");
	assert_string_equal(printed(), "");
}

static void colours_only_when_asked(void **state)
{
	(void)state;
	uint32_t f = source_add(&set, "f", SV("ab"));
	diag_error(&sink, "CW-E1", at(f, 0, 2), "m");
	assert_null(strchr(printed(), '\x1b'));
	strbuf_reset(&out);
	diag_format(&sink, &out, true);
	assert_string_equal(out.buf,
		"\x1b[1mf:1:1: \x1b[0m\x1b[1;31merror:\x1b[0m m [CW-E1]\n"
		"    ab\n    \x1b[1;31m^~\x1b[0m\n");
}

static void long_texts(void **state)
{
	(void)state;
	diag_error(&sink, NULL, at(0, 0, 0), "%100000d", 1);
	assert_int_equal(strlen(printed()), strlen("cwflow: error: \n") + 100000);
}

static void diag_print_writes_it(void **state)
{
	(void)state;
	diag_error(&sink, NULL, at(0, 0, 0), "x");
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	assert_non_null(f);
	diag_print(&sink, f, false);
	fclose(f);
	assert_string_equal(text, "cwflow: error: x\n");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(place_line_and_mark),
		TEST(without_a_place),
		TEST(marks_line_up),
		TEST(the_part_of_the_span_on_its_line),
		TEST(long_lines_are_elided),
		TEST(control_bytes_are_escaped),
		TEST(equal_messages_are_kept_once),
		TEST(at_most_twenty_of_a_kind),
		TEST(muted_reports_leave_nothing),
		TEST(colours_only_when_asked),
		TEST(long_texts),
		TEST(diag_print_writes_it),
	};
	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
