#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Records are kept for years: these values must never change. */
static void values_are_those_of_xxh3(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t h64, hi, lo;
	} known[] = {
		{"", UINT64_C(0x2d06800538d394c2), UINT64_C(0x99aa06d3014798d8),
			UINT64_C(0x6001c324468d497f)},
		{"a", UINT64_C(0xe6c632b61e964e1f), UINT64_C(0xa96faf705af16834),
			UINT64_C(0xe6c632b61e964e1f)},
		{"abc", UINT64_C(0x78af5f94892f3950), UINT64_C(0x06b05ab6733a6185),
			UINT64_C(0x78af5f94892f3950)},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(known); i++) {
		size_t n = strlen(known[i].text);
		struct digest d = hash128(known[i].text, n);
		assert_true(hash64(known[i].text, n) == known[i].h64);
		assert_true(d.hi == known[i].hi && d.lo == known[i].lo);
	}
}

static void pieces_give_the_whole(void **state)
{
	(void)state;
	enum { N = 5000 };
	char *text = malloc(N);
	for (size_t i = 0; i < N; i++) {
		text[i] = (char)(i * 31 >> 3);
	}
	struct hash_stream *h = hash_stream_new();
	for (size_t n = 0; n <= N; n += 1 + n / 8) {
		struct digest whole = hash128(text, n);
		for (size_t piece = 1; piece <= 1000; piece *= 3) {
			hash_stream_reset(h);
			for (size_t at = 0; at < n; at += piece) {
				hash_stream_add(
					h, text + at, n - at < piece ? n - at : piece);
			}
			assert_true(digest_eq(hash_stream_digest(h), whole));
			assert_true(digest_eq(hash_stream_digest(h), whole));
		}
	}
	hash_stream_free(h);
	hash_stream_free(NULL);
	free(text);
}

static void one_bit_changes_it(void **state)
{
	(void)state;
	char text[300] = {0};
	struct digest d = hash128(text, sizeof(text));
	uint64_t h = hash64(text, sizeof(text));
	for (size_t i = 0; i < sizeof(text) * 8; i++) {
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
		assert_false(digest_eq(hash128(text, sizeof(text)), d));
		assert_true(hash64(text, sizeof(text)) != h);
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_those_of_xxh3),
		cmocka_unit_test(pieces_give_the_whole),
		cmocka_unit_test(one_bit_changes_it),
	};
	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
