/* Pieces of HTML. */
#include "view/page.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void is(struct strbuf *sb, const char *expected)
{
	assert_string_equal(sb->buf, expected);
	strbuf_reset(sb);
}

static void test_text(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	page_text(&sb, SV("<a href=\"x\" b='y'>&amp;"));
	is(&sb, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
	page_text(&sb, SV("a\nb\x1b[0m\xff\xc3\xa9"));
	is(&sb, "a\\nb\\x1b[0m\\xff\xc3\xa9");
	page_text(&sb, (struct strview){"a\0b", 3});
	assert_null(memchr(sb.buf, '\0', sb.len));
	strbuf_reset(&sb);
	page_lines(&sb, SV("a<\r\n\tb\n\nc\x07"));
	is(&sb, "a&lt;\n\tb\n\nc\\x07");
	page_lines(&sb, SV(""));
	is(&sb, "");
	strbuf_release(&sb);
}

static void test_cut(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	page_text_cut(&sb, SV("abcd"), 4);
	is(&sb, "abcd");
	page_text_cut(&sb, SV("abcde"), 4);
	is(&sb, "abc\xe2\x80\xa6");
	page_text_cut(&sb, SV("\xc3\xa9\xc3\xa9\xc3\xa9"), 2); /* between characters */
	is(&sb, "\xc3\xa9\xe2\x80\xa6");
	page_text_cut(&sb, SV("<<<<"), 2);
	is(&sb, "&lt;\xe2\x80\xa6");
	page_text_cut(&sb, SV(""), 2);
	is(&sb, "");
	strbuf_release(&sb);
}

static void test_figures(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	page_seconds(&sb, 0.0123);
	is(&sb, "0.012\xc2\xa0s");
	page_seconds(&sb, 9.949);
	is(&sb, "9.95\xc2\xa0s");
	page_seconds(&sb, 59.96);
	is(&sb, "1\xc2\xa0min 00\xc2\xa0s");
	page_seconds(&sb, 7260);
	is(&sb, "2\xc2\xa0h 01\xc2\xa0min");
	page_seconds(&sb, 200000);
	is(&sb, "2\xc2\xa0"
		"d 07\xc2\xa0h");
	page_bytes(&sb, 0);
	is(&sb, "0\xc2\xa0"
		"B");
	page_bytes(&sb, 999);
	is(&sb, "999\xc2\xa0"
		"B");
	page_bytes(&sb, 999.9);
	is(&sb, "1.0\xc2\xa0kB");
	page_bytes(&sb, 123456789);
	is(&sb, "123\xc2\xa0MB");
	page_number(&sb, 1);
	is(&sb, "1");
	page_number(&sb, 1234567);
	is(&sb, "1,234,567");
	page_count(&sb, 1, "job", "jobs");
	is(&sb, "1 job");
	page_count(&sb, 0, "job", "jobs");
	is(&sb, "0 jobs");
	page_date(&sb, 0);
	is(&sb, "");
	strbuf_release(&sb);
}

static void test_base64(void **state)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
	struct strbuf sb = STRBUF_INIT;
	(void)state;
	for (size_t i = 0; i < CW_ARRAY_LEN(pairs); i++) {
		page_base64(&sb, pairs[i][0], strlen(pairs[i][0]));
		is(&sb, pairs[i][1]);
	}
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text),
		cmocka_unit_test(test_cut), cmocka_unit_test(test_figures),
		cmocka_unit_test(test_base64)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
