#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text/unicode_text.h"

static void assert_lower(const char *word, const char *small)
{
	char out[256];
	cw_assert(UNICODE_LOWER_ROOM(strlen(word)) <= sizeof(out));
	struct strview s = unicode_lower(sv_from(word), out);
	assert_int_equal(s.n, strlen(small));
	assert_memory_equal(s.p, small, s.n);
}

static void maps_letters(void **state)
{
	(void)state;
	assert_lower("ĀĂĄ", "āăą");
	assert_lower("Ω\u2126 K\u212a \u212b", "ωω kk å");
	assert_lower("ǅ ᾈ Ⓐ Ⅷ Ａ 𐐀 𞤀 Ꭰ Ა",
		"ǆ ᾀ ⓐ ⅷ ａ 𐐨 𞤢 ꭰ ა");
	assert_lower("\u0130\u0130", "i\u0307i\u0307");
	assert_lower("日本語", "日本語");
}

static void leaves_later_letters(void **state)
{
	(void)state;
	assert_lower("\u1c89 \ua7cb \ua7dc", "\u1c89 \ua7cb \ua7dc"); /* Unicode 16 */
	assert_lower("\ua7d0 \u2c2f", "\ua7d1 \u2c5f");               /* Unicode 14 */
}

static void final_sigma(void **state)
{
	(void)state;
	assert_lower("Σ", "σ");
	assert_lower("ΑΣ", "ας");
	assert_lower("ΑΣΒ", "ασβ");
	assert_lower("ΑΣ\u0301", "ας\u0301"); /* looks past marks */
	assert_lower("ΑΣ\u2019", "ας\u2019"); /* and apostrophes */
	assert_lower("ΑΣ\u2019Β", "ασ\u2019β");
	assert_lower("1Σ", "1σ");
	assert_lower("Α\u00b7Σ", "α\u00b7ς");
	assert_lower("ªΣ", "ªς"); /* cased though no letter with case */
	assert_lower("日Σ", "日σ");
}

static void same_word_is_not_copied(void **state)
{
	(void)state;
	char out[64];
	struct strview s = sv_from("straße");
	assert_ptr_equal(unicode_lower(s, out).p, s.p);
}

static void decodes(void **state)
{
	(void)state;
	uint32_t cp = 0;
	const unsigned char euro[] = "\u20ac";
	assert_int_equal(utf8_decode(euro, 3, &cp), 3);
	assert_int_equal(cp, 0x20ac);
	assert_int_equal(utf8_decode(euro, 2, &cp), UTF8_TRUNCATED);
	assert_int_equal(
		utf8_decode((const unsigned char *)"\xed\xa0\x80", 3, &cp), UTF8_INVALID);
	assert_int_equal(
		utf8_decode((const unsigned char *)"\xc1\x81", 2, &cp), UTF8_INVALID);
	assert_int_equal(
		utf8_decode((const unsigned char *)"\xf4\x90", 2, &cp), UTF8_INVALID);
	assert_int_equal(utf8_count(sv_from("a\u20ac\U0001f600")), 3);
}

static void spaces(void **state)
{
	(void)state;
	size_t n = 0;
	for (uint32_t cp = 0x80; cp < 0x110000; cp++) {
		n += unicode_is_space(cp);
	}
	assert_int_equal(n, 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_letters),
		cmocka_unit_test(leaves_later_letters),
		cmocka_unit_test(final_sigma),
		cmocka_unit_test(same_word_is_not_copied),
		cmocka_unit_test(decodes),
		cmocka_unit_test(spaces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
