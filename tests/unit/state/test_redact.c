/* Passwords of URLs. */
#include "state/redact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void check(const char *text, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;
	strbuf_addstr(&sb, text);
	redact_urls(&sb);
	assert_string_equal(sb.buf, expected);
	assert_int_equal(sb.len, strlen(expected));
	strbuf_release(&sb);
}

static void test_urls(void **state)
{
	(void)state;
	check("", "");
	check("no url", "no url");
	check("curl https://me:secret@host/x -o y", "curl https://me@host/x -o y");
	check("a://u:p@h b://v:q@i/", "a://u@h b://v@i/");
	check("a://u:p@w@h/", "a://u@h/");
	check("https://host:80/x@y:z", "https://host:80/x@y:z");
	check("https://:only@host", "https://@host");
	check("'s3://k:s'", "'s3://k:s'");
	check("://", "://");
	check("x://:@", "x://@");
	check("a://b://u:p@h", "a://b://u@h");
}

static void test_values(void **state)
{
	(void)state;
	struct strview values[] = {SV("hunter2"), SV("abc"), SV(""), SV("aaaa")};
	struct strbuf sb = STRBUF_INIT;
	strbuf_addstr(&sb, "hunter2 and hunter2hunter2, abc, aaaaaaaaa");
	redact_values(&sb, values, CW_ARRAY_LEN(values));
	assert_string_equal(sb.buf, "*** and ******, abc, ******a");
	assert_int_equal(sb.len, strlen(sb.buf));
	strbuf_reset(&sb);
	redact_values(&sb, values, CW_ARRAY_LEN(values));
	assert_int_equal(sb.len, 0);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls), cmocka_unit_test(test_values)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
