#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "text/byte_class.h"

enum { GROUPS = 64 };

static void every_byte(void **state)
{
	(void)state;
	unsigned char bytes[256];
	uint64_t word[4];
	uint64_t high[4];
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (unsigned char)i;
	}
	assert_true(byte_class_scan(bytes, 4, word, high));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bool blank =
			(i && i < 128 && strchr(".,;:?$@^<>#%`!*-=()[]{}/\"'", (int)i)) ||
			i == ' ' || (i >= 9 && i <= 13) || (i >= 0x1c && i <= 0x1f);
		assert_int_equal(word[i / 64] >> i % 64 & 1, !blank);
		assert_int_equal(high[i / 64] >> i % 64 & 1, i >= 128);
		assert_int_equal(bytes[i], i >= 'A' && i <= 'Z' ? i + 32 : i);
	}
}

static void fast_is_plain(void **state)
{
	(void)state;
	unsigned char a[GROUPS * BYTE_GROUP];
	unsigned char b[sizeof(a)];
	uint64_t word[2][GROUPS];
	uint64_t high[2][GROUPS];
	uint64_t x = 1;
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(a); i++) {
			x = x * 6364136223846793005U + 1442695040888963407U;
			a[i] = (unsigned char)(x >> 33 & (round % 2 ? 0x7f : 0xff));
		}
		memcpy(b, a, sizeof(a));
		bool any = byte_class_scan(a, GROUPS, word[0], high[0]);
		assert_int_equal(any, byte_class_scan_plain(b, GROUPS, word[1], high[1]));
		assert_memory_equal(a, b, sizeof(a));
		assert_memory_equal(word[0], word[1], sizeof(word[0]));
		assert_memory_equal(high[0], high[1], sizeof(high[0]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(fast_is_plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
