#include "pattern/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define M "\001m:"
#define V(name) M name "\001"

static void parts_are_told(void **state)
{
	(void)state;
	static const char word[] = "a" V("X") V("Y") "b\001m";
	struct strview rest = SV(word), text, name;
	assert_true(mark_is_in(SV(M), rest));
	assert_true(mark_next(SV(M), &rest, &text, &name));
	assert_true(sv_eq(text, SV("a")) && sv_eq(name, SV("X")));
	assert_true(mark_next(SV(M), &rest, &text, &name));
	assert_true(text.n == 0 && sv_eq(name, SV("Y")));
	assert_true(mark_next(SV(M), &rest, &text, &name));
	assert_true(sv_eq(text, SV("b\001m")) && name.n == 0);
	assert_false(mark_next(SV(M), &rest, &text, &name));
	/* one that is cut off, and none where there are no marks */
	rest = SV(M "Z");
	assert_true(mark_next(SV(M), &rest, &text, &name));
	assert_true(sv_eq(name, SV("Z")) && rest.n == 0);
	rest = SV(word);
	assert_true(mark_next(SV(""), &rest, &text, &name));
	assert_true(text.n == sizeof(word) - 1 && rest.n == 0);
	assert_false(mark_is_in(SV(""), SV(word)));
}

static void words_are_quoted_around_them(void **state)
{
	(void)state;
	static const struct {
		struct strview word;
		const char *quoted, *value;
	} rows[] = {{SV_INIT("a b"), "'a b'", "a b"},
		{SV_INIT(V("CW_A")), "\"$CW_A\"", "x'y"},
		{SV_INIT("k=" V("CW_A") " z"), "'k='\"$CW_A\"' z'", "k=x'y z"},
		{SV_INIT(V("CW_A") V("CW_NONE")), "\"$CW_A\"\"$CW_NONE\"", "x'y"},
		{SV_INIT(""), "''", ""}};
	assert_int_equal(setenv("CW_A", "x'y", 1), 0);
	unsetenv("CW_NONE");
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct strbuf out = STRBUF_INIT;
		mark_quote(&out, SV(M), rows[i].word);
		assert_string_equal(out.buf, rows[i].quoted);
		strbuf_reset(&out);
		mark_values(&out, SV(M), rows[i].word);
		assert_string_equal(out.buf, rows[i].value);
		strbuf_release(&out);
	}
}

static void no_two_runs_have_the_same(void **state)
{
	(void)state;
	char a[MARK_MOST], b[MARK_MOST];
	struct strbuf out = STRBUF_INIT;
	struct strview rest, text, name;
	mark_make(a);
	mark_make(b);
	assert_string_not_equal(a, b);
	mark_add(&out, sv_from(a), SV("X"));
	rest = strbuf_sv(&out);
	assert_false(mark_is_in(sv_from(b), rest));
	assert_true(mark_next(sv_from(a), &rest, &text, &name));
	assert_true(text.n == 0 && sv_eq(name, SV("X")) && rest.n == 0);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_told),
		cmocka_unit_test(words_are_quoted_around_them),
		cmocka_unit_test(no_two_runs_have_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
