#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The bytes of a code point, by the definition. */
static size_t encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (cp & 0x3f));
		cp >>= 6;
	}
	out[0] = (char)(lead[n] | cp);
	return n;
}

static void every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		char bytes[4];
		int32_t got = -2;
		size_t n = encode(cp, bytes), len = utf8_decode(bytes, n, &got);
		if ((cp >= 0xd800 && cp < 0xe000) || cp > 0x10ffff) {
			assert_int_equal(got, -1);
			assert_int_equal(len, 1);
			continue;
		}
		assert_int_equal(got, cp);
		assert_int_equal(len, n);
		for (size_t cut = 1; cut < n; cut++) {
			assert_int_equal(utf8_decode(bytes, cut, &got), 1);
			assert_int_equal(got, -1);
		}
	}
}

static void faults_are_found_where_they_are(void **state)
{
	(void)state;
	static const struct {
		struct strview text;
		size_t bad;
	} v[] = {
		{SV_INIT("abc\x80"), 3},
		{SV_INIT("\xc0\x80"), 0},
		{SV_INIT("a\xc1\xbf"), 1},
		{SV_INIT("\xe0\x9f\xbf"), 0},
		{SV_INIT("\xed\xa0\x80"), 0},
		{SV_INIT("\xf0\x8f\xbf\xbf"), 0},
		{SV_INIT("\xf4\x90\x80\x80"), 0},
		{SV_INIT("\xf8\x88\x80\x80\x80"), 0},
		{SV_INIT("é\xc3"), 2},
		{SV_INIT("12345678\xff"), 8},
		{SV_INIT("1234567é12345678\xe6\x97"), 17},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(v); i++) {
		size_t bad = SIZE_MAX;
		assert_false(utf8_valid(v[i].text, &bad));
		assert_int_equal(bad, v[i].bad);
		assert_false(utf8_valid(v[i].text, NULL));
	}
	assert_true(utf8_valid(SV(""), NULL));
	assert_true(utf8_valid(SV("aé日\xf0\x9f\x98\x80\0z"), NULL));
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(SV("")), 0);
	assert_int_equal(utf8_width(SV("abc")), 3);
	assert_int_equal(utf8_width(SV("été")), 3);
	assert_int_equal(utf8_width(SV("日本")), 4);
	assert_int_equal(utf8_width(SV("e\xcc\x81")), 1);        /* e + acute */
	assert_int_equal(utf8_width(SV("\xf0\x9f\x98\x80")), 2); /* a smiley */
	assert_int_equal(utf8_width(SV("\xef\xbc\xa1")), 2);     /* fullwidth A */
	assert_int_equal(utf8_width(SV("\xe2\x80\x8b")), 0);     /* zero width space */
	assert_int_equal(utf8_width(SV("\xff\xfe")), 2);         /* invalid: one each */
	assert_int_equal(
		utf8_width(SV("\xea\xb0\x80\xc2\xad")), 3); /* Hangul, soft hyphen */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(faults_are_found_where_they_are),
		cmocka_unit_test(widths),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
