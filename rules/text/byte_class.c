#include "text/byte_class.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Bit b of blank_bits[b / 64]: the ASCII byte b is a blank. */
static const uint64_t blank_bits[2] = {
	0xfc00f7bff0003e00U, /* \t-\r, 1C-1F, space to / less & and +, : to ? */
	0x2800000168000001U, /* @ [ ] ^ ` { } */
};

/* Class of one byte. */
static bool is_word_byte(unsigned char c)
{
	return c >= 0x80 || !(blank_bits[c / 64] >> (c % 64) & 1);
}

bool byte_class_scan_plain(
	unsigned char *p, size_t groups, uint64_t *word, uint64_t *high)
{
	uint64_t any = 0;
	for (size_t g = 0; g < groups; g++, p += BYTE_GROUP) {
		uint64_t w = 0;
		uint64_t h = 0;
		for (size_t i = 0; i < BYTE_GROUP; i++) {
			unsigned char c = p[i];
			w |= (uint64_t)is_word_byte(c) << i;
			h |= (uint64_t)(c >> 7) << i;
			if (c >= 'A' && c <= 'Z') {
				p[i] = (unsigned char)(c | 0x20);
			}
		}
		word[g] = w;
		high[g] = h;
		any |= h;
	}
	return any != 0;
}

#if defined(__x86_64__)

/* 32 bytes: made small in place; the bits of words, and of bytes that are not ASCII.
 * A byte is a blank when its low half's row and its high half's column share a bit. */
__attribute__((target("avx2"))) static inline uint32_t scan_32(
	unsigned char *p, uint32_t *ret_high)
{
	/* Columns by the high half: 0 -> 1, 1 -> 2, 2 -> 4, 3 -> 8, 4 -> 16, 5 -> 32,
	 * 6 -> 64, 7 -> 128; the rows list the columns in which the low half is a blank. */
	const __m256i columns =
		_mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0,
			0, 1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i rows = _mm256_setr_epi8(0x54, 0x04, 0x04, 0x04, 0x04, 0x04, 0x00,
		0x04, 0x04, 0x05, 0x0d, (char)0xa9, 0x0f, (char)0xaf, 0x2e, 0x0e, 0x54,
		0x04, 0x04, 0x04, 0x04, 0x04, 0x00, 0x04, 0x04, 0x05, 0x0d, (char)0xa9,
		0x0f, (char)0xaf, 0x2e, 0x0e);
	const __m256i low_half = _mm256_set1_epi8(0x0f);
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i row = _mm256_shuffle_epi8(rows, _mm256_and_si256(v, low_half));
	__m256i column = _mm256_shuffle_epi8(
		columns, _mm256_and_si256(_mm256_srli_epi16(v, 4), low_half));
	__m256i word =
		_mm256_cmpeq_epi8(_mm256_and_si256(row, column), _mm256_setzero_si256());
	__m256i capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 26),
		_mm256_add_epi8(v, _mm256_set1_epi8((char)(0x80 - 'A'))));
	v = _mm256_or_si256(v, _mm256_and_si256(capital, _mm256_set1_epi8(0x20)));
	_mm256_storeu_si256((__m256i *)(void *)p, v);
	*ret_high = (uint32_t)_mm256_movemask_epi8(v);
	return (uint32_t)_mm256_movemask_epi8(word);
}

__attribute__((target("avx2"))) static bool scan_avx2(
	unsigned char *p, size_t groups, uint64_t *word, uint64_t *high)
{
	uint64_t any = 0;
	for (size_t g = 0; g < groups; g++, p += BYTE_GROUP) {
		uint32_t high_0;
		uint32_t high_1;
		uint64_t word_0 = scan_32(p, &high_0);
		uint64_t word_1 = scan_32(p + 32, &high_1);
		word[g] = word_0 | word_1 << 32;
		high[g] = high_0 | (uint64_t)high_1 << 32;
		any |= high[g];
	}
	return any != 0;
}

#endif

bool byte_class_scan(unsigned char *p, size_t groups, uint64_t *word, uint64_t *high)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		return scan_avx2(p, groups, word, high);
	}
#endif
	return byte_class_scan_plain(p, groups, word, high);
}
