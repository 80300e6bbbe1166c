#include "base/json_writer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct strbuf out = STRBUF_INIT;
static struct json_writer j;

static int begin(void **state)
{
	(void)state;
	strbuf_reset(&out);
	json_init(&j, &out);
	return 0;
}

static int end(void **state)
{
	(void)state;
	strbuf_release(&out);
	return 0;
}

static void nesting_and_commas(void **state)
{
	(void)state;
	json_object(&j);
	json_key(&j, "a");
	json_array(&j);
	json_int(&j, 1);
	json_array(&j);
	json_end(&j);
	json_object(&j);
	json_end(&j);
	json_null(&j);
	json_end(&j);
	json_key_bool(&j, "b", true);
	json_key_bool(&j, "c", false);
	json_key_int(&j, "d", -5);
	json_key_double(&j, "e", 0.5);
	json_key_string(&j, "f", SV("x"));
	json_end(&j);
	assert_string_equal(out.buf,
		"{\"a\":[1,[],{},null],\"b\":true,\"c\":false,\"d\":-5,"
		"\"e\":0.5,\"f\":\"x\"}");
	assert_int_equal(j.depth, 0);
}

static void texts_are_escaped(void **state)
{
	(void)state;
	json_object(&j);
	json_key_string(&j, "q\"\\\n", SV("\"\\/\b\f\n\r\t\x01\x1f\x7f\0z"));
	json_key_string(&j, "é", SV("日本\xf0\x9f\x98\x80"));
	json_key_string(&j, "bad",
		SV("a\xff\xc3"
		   "b\xed\xa0\x80"));
	json_key_string(&j, "", (struct strview){NULL, 0});
	json_end(&j);
	assert_string_equal(out.buf,
		"{\"q\\\"\\\\\\n\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\u0000z\","
		"\"é\":\"日本\xf0\x9f\x98\x80\","
		"\"bad\":\"a\xef\xbf\xbd\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"\":\"\"}");
}

static void integers(void **state)
{
	(void)state;
	json_array(&j);
	json_int(&j, INT64_MIN);
	json_int(&j, INT64_MAX);
	json_int(&j, 0);
	json_end(&j);
	assert_string_equal(out.buf, "[-9223372036854775808,9223372036854775807,0]");
}

/* Each double reads back bit by bit, in its shortest form. */
static void doubles(void **state)
{
	(void)state;
	const double v[] = {0, -0.0, 0.1, 1.0 / 3, 1e300, 5e-324, 123456789, -2.5e-7,
		1.7976931348623157e308, 0.30000000000000004};
	for (size_t i = 0; i < CW_ARRAY_LEN(v); i++) {
		strbuf_reset(&out);
		json_init(&j, &out);
		json_double(&j, v[i]);
		double back = strtod(out.buf, NULL);
		assert_memory_equal(&back, &v[i], sizeof(back));
	}
	strbuf_reset(&out);
	json_init(&j, &out);
	json_array(&j);
	json_double(&j, 0.1);
	json_double(&j, (double)NAN);
	json_double(&j, -(double)INFINITY);
	json_end(&j);
	assert_string_equal(out.buf, "[0.1,null,null]");
}

static void as_deep_as_it_goes(void **state)
{
	(void)state;
	for (int i = 0; i < 63; i++) {
		if (i % 2) {
			json_array(&j);
		} else {
			json_object(&j);
			json_key(&j, "k");
		}
	}
	json_int(&j, 1);
	for (int i = 0; i < 63; i++) {
		json_end(&j);
	}
	assert_int_equal(out.buf[out.len - 1], '}');
	assert_int_equal(out.len, 32 * 6 + 31 * 2 + 1);
}

static void values_at_the_top_are_lines(void **state)
{
	(void)state;
	json_int(&j, 1);
	json_array(&j);
	json_end(&j);
	json_string(&j, SV("x"));
	assert_string_equal(out.buf, "1\n[]\n\"x\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nesting_and_commas, begin, end),
		cmocka_unit_test_setup_teardown(texts_are_escaped, begin, end),
		cmocka_unit_test_setup_teardown(integers, begin, end),
		cmocka_unit_test_setup_teardown(doubles, begin, end),
		cmocka_unit_test_setup_teardown(as_deep_as_it_goes, begin, end),
		cmocka_unit_test_setup_teardown(values_at_the_top_are_lines, begin, end),
	};
	return cmocka_run_group_tests_name("json_writer", tests, NULL, NULL);
}
