#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "text/tokens.h"
#include "text_kit.h"

static void assert_words(const char *text, const char *words)
{
	char *got = text_kit_words_of(text);
	assert_non_null(got);
	assert_string_equal(got, words);
	free(got);
}

static void splits_at_blanks(void **state)
{
	(void)state;
	assert_words("", "");
	assert_words(" \n\t.;", "");
	assert_words("one", "one|");
	assert_words("One, TWO\r\nthree", "one|two|three|");
	assert_words("it's 50% [a]{b}/c=d\"e\"`f`", "it|s|50|a|b|c|d|e|f|");
	assert_words("a.,;:?$@^<>#%`!*-=()[]{}/\"'b", "a|b|");
	assert_words("tilde~ under_ a&b a|b a\\b a+b", "tilde~|under_|a&b|a|b|a\\b|a+b|");
	assert_words("a\vb\fc\x1c"
		     "d\x1d"
		     "e\x1e"
		     "f\x1fg",
		"a|b|c|d|e|f|g|");
}

static void splits_at_unicode_blanks(void **state)
{
	(void)state;
	assert_words("a\xc2\x85"
		     "b\u00a0c\u1680d\u2003e\u2028f\u2029g\u202fh\u205fi\u3000j",
		"a|b|c|d|e|f|g|h|i|j|");
	assert_words("\u2003\u2003a\u2003", "a|");
	assert_words("a\u200bb c\u180ed \ufeffe", "a\u200bb|c\u180ed|\ufeffe|");
}

static void makes_letters_small(void **state)
{
	(void)state;
	assert_words("ÀÉÎ ЖЩЫ Straße ẞ", "àéî|жщы|straße|ß|");
	assert_words("İstanbul", "i\u0307stanbul|");
	assert_words("ΣΊΣΥΦΟΣ ΟΔΟΣ. Σ ΑΣΑ", "σίσυφος|οδος|σ|ασα|");
	assert_words("ȺȺȺȺȺȺȺȺ x", "ⱥⱥⱥⱥⱥⱥⱥⱥ|x|");
}

/* A word at every place around the borders of groups and blocks. */
static void words_across_borders(void **state)
{
	(void)state;
	static const size_t borders[] = {64, 128, 65536, 131072};
	for (size_t b = 0; b < CW_ARRAY_LEN(borders); b++) {
		for (size_t start = borders[b] - 6; start < borders[b] + 2; start++) {
			struct strbuf text = STRBUF_INIT;
			for (size_t i = 0; i < start; i++) {
				strbuf_addch(&text, i % 50 == 49 ? '\n' : ' ');
			}
			strbuf_addstr(&text, "Wörd\u2003naïve end");
			assert_words(text.buf, "wörd|naïve|end|");
			strbuf_release(&text);
		}
	}
}

static void a_word_longer_than_blocks(void **state)
{
	(void)state;
	enum { LONG = 300000 };
	struct strbuf text = STRBUF_INIT;
	struct strbuf words = STRBUF_INIT;
	strbuf_addstr(&text, "a ");
	strbuf_addstr(&words, "a|");
	for (size_t i = 0; i < LONG; i++) {
		strbuf_addstr(&text, "É");
		strbuf_addstr(&words, "é");
	}
	strbuf_addstr(&text, " b");
	strbuf_addstr(&words, "|b|");
	assert_words(text.buf, words.buf);
	strbuf_release(&text);
	strbuf_release(&words);
}

static void invalid_utf8(void **state)
{
	(void)state;
	static const char *const wrong[] = {"\xff", "a \x80", "\xc3", "\xc3 ", "\xc0\xaf",
		"\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "good text \xe2\x82"};
	for (size_t i = 0; i < CW_ARRAY_LEN(wrong); i++) {
		assert_null(text_kit_words_of(wrong[i]));
	}
}

static void a_sequence_cut_by_a_block(void **state)
{
	(void)state;
	for (size_t start = 65532; start < 65540; start++) {
		struct strbuf text = STRBUF_INIT;
		for (size_t i = 0; i < start; i++) {
			strbuf_addch(&text, i % 7 == 6 ? ' ' : 'x');
		}
		strbuf_addch(&text, ' ');
		strbuf_addstr(&text, "\U0001f600\U0001f600");
		char *got = text_kit_words_of(text.buf);
		assert_non_null(got);
		size_t n = strlen(got);
		assert_string_equal(got + n - 9, "\U0001f600\U0001f600|");
		free(got);
		strbuf_release(&text);
	}
}

static void missing_files(void **state)
{
	(void)state;
	struct tokens t;
	assert_int_equal(tokens_open(&t, &text_kit_tool, "none"), -1);
	assert_null(text_kit_words(".", 0, UINT64_MAX));
}

/* The words of all parts are those of the whole, for any number of parts. */
static void parts_make_the_whole(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	for (unsigned i = 0; i < 3000; i++) {
		strbuf_addf(&text, "%x%s", i * 2654435761u, i % 3 ? " " : ".\n");
	}
	text_kit_write("text", text.buf, text.len);
	char *whole = text_kit_words("text", 0, UINT64_MAX);
	for (size_t n = 1; n < 40; n += 3) {
		uint64_t cuts[64];
		struct strbuf joined = STRBUF_INIT;
		assert_int_equal(tokens_split(&text_kit_tool, "text", n, cuts), 0);
		for (size_t i = 0; i < n; i++) {
			char *part = text_kit_words("text", cuts[i], cuts[i + 1]);
			assert_non_null(part);
			strbuf_addstr(&joined, part);
			free(part);
		}
		assert_string_equal(joined.buf, whole);
		strbuf_release(&joined);
	}
	free(whole);
	strbuf_release(&text);
}

static void splits_what_cannot_be_split(void **state)
{
	(void)state;
	uint64_t cuts[5];
	text_kit_write("word", "nothingblankinhere", 18);
	assert_int_equal(tokens_split(&text_kit_tool, "word", 4, cuts), 0);
	assert_int_equal(cuts[0], 0);
	assert_int_equal(cuts[1], 18);
	text_kit_write("empty", "", 0);
	assert_int_equal(tokens_split(&text_kit_tool, "empty", 4, cuts), 0);
	assert_int_equal(tokens_split(&text_kit_tool, "none", 4, cuts), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_at_blanks),
		cmocka_unit_test(splits_at_unicode_blanks),
		cmocka_unit_test(makes_letters_small),
		cmocka_unit_test(words_across_borders),
		cmocka_unit_test(a_word_longer_than_blocks),
		cmocka_unit_test(invalid_utf8),
		cmocka_unit_test(a_sequence_cut_by_a_block),
		cmocka_unit_test(missing_files),
		cmocka_unit_test(parts_make_the_whole),
		cmocka_unit_test(splits_what_cannot_be_split),
	};
	return cmocka_run_group_tests(tests, sandbox_enter, sandbox_leave);
}
