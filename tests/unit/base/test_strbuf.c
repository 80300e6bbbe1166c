#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void empty_is_a_string(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	assert_string_equal(sb.buf, "");
	strbuf_reset(&sb);
	strbuf_add(&sb, NULL, 0);
	strbuf_addstr(&sb, "");
	assert_int_equal(sb.cap, 0);
	strbuf_release(&sb);
	char *s = strbuf_detach(&sb, NULL);
	assert_string_equal(s, "");
	free(s);
}

static void ends_in_nul_at_every_length(void **state)
{
	(void)state;
	struct strbuf a, b;
	strbuf_init(&a);
	strbuf_init(&b);
	for (size_t i = 0; i < 3000; i++) {
		strbuf_addch(&a, (char)('a' + i % 26));
		strbuf_addf(&b, "%c", (char)('a' + i % 26));
		assert_int_equal(a.len, i + 1);
		assert_int_equal(strlen(a.buf), i + 1);
		assert_string_equal(a.buf, b.buf);
	}
	strbuf_setlen(&a, 3);
	assert_string_equal(a.buf, "abc");
	strbuf_release(&a);
	strbuf_release(&b);
}

/* Formatting where the text just fits, and where it is one byte too long. */
static void formats_at_the_edge(void **state)
{
	(void)state;
	for (int first = 0; first < 70; first++) {
		for (int next = 0; next < 70; next++) {
			struct strbuf sb = STRBUF_INIT;
			strbuf_addf(&sb, "%*s", first, "");
			strbuf_addf(&sb, "%*s", next, "");
			assert_int_equal(sb.len, first + next);
			assert_int_equal(strlen(sb.buf), first + next);
			strbuf_release(&sb);
		}
	}
}

static void holds_any_bytes(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	strbuf_add(&sb, "a\0b", 3);
	strbuf_addsv(&sb, SV("c\0d"));
	struct strview s = strbuf_sv(&sb);
	assert_int_equal(s.n, 6);
	assert_memory_equal(s.p, "a\0bc\0d", 7);
	size_t n;
	char *given = strbuf_detach(&sb, &n);
	assert_int_equal(n, 6);
	assert_int_equal(sb.len, 0);
	assert_string_equal(sb.buf, "");
	free(given);
}

static void numbers(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	strbuf_addu64(&sb, 0);
	strbuf_addch(&sb, ' ');
	strbuf_addu64(&sb, UINT64_MAX);
	strbuf_addch(&sb, ' ');
	strbuf_addu64(&sb, 1000);
	assert_string_equal(sb.buf, "0 18446744073709551615 1000");
	strbuf_release(&sb);
}

static void views_compare_bytewise(void **state)
{
	(void)state;
	assert_true(sv_eq(SV("a\0b"), SV("a\0b")));
	assert_false(sv_eq(SV("a\0b"), SV("a\0c")));
	assert_true(sv_eq((struct strview){NULL, 0}, SV("")));
	assert_true(sv_starts(SV("abc"), SV("ab")) && sv_starts(SV("abc"), SV("")));
	assert_false(sv_starts(SV("ab"), SV("abc")));
	assert_true(sv_ends(SV("abc"), SV("bc")) && sv_ends(SV(""), SV("")));
	assert_false(sv_ends(SV("bc"), SV("abc")));
	assert_true(sv_cmp(SV("a"), SV("ab")) < 0);
	assert_true(sv_cmp(SV("\xff"), SV("a")) > 0);
	assert_int_equal(sv_cmp(SV("x"), SV("x")), 0);
	assert_true(sv_eq_str(sv_skip(SV("abc"), 3), ""));
	assert_true(sv_eq_str(sv_sub(SV("abc"), 1, 1), "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),
		cmocka_unit_test(ends_in_nul_at_every_length),
		cmocka_unit_test(formats_at_the_edge),
		cmocka_unit_test(holds_any_bytes),
		cmocka_unit_test(numbers),
		cmocka_unit_test(views_compare_bytewise),
	};
	return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
