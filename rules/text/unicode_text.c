#include "text/unicode_text.h"

#include <utf8proc.h>

enum {
	CAPITAL_SIGMA = 0x3a3,
	SMALL_SIGMA = 0x3c3,
	FINAL_SIGMA = 0x3c2,
	CAPITAL_I_DOT = 0x130,
	COMBINING_DOT = 0x307
};

struct cp_range {
	uint32_t first, last;
};

/* Capitals that got their small letter after Unicode 14 (in 16 and 17). */
static const struct cp_range after_14[] = {
	{0x1c89, 0x1c89},
	{0xa7cb, 0xa7cf},
	{0xa7d2, 0xa7d4},
	{0xa7da, 0xa7dc},
	{0x10d50, 0x10d65},
	{0x16ea0, 0x16eb8},
};

/* Letters and marks that Unicode 15 added. */
static const struct cp_range letters_after_14[] = {
	{0xece, 0xece},
	{0x10efd, 0x10eff},
	{0x11241, 0x11241},
	{0x11f00, 0x11f42},
	{0x13439, 0x13455},
	{0x1df25, 0x1df2a},
	{0x1e030, 0x1e08f},
	{0x1e4eb, 0x1e4ef},
};

/* Cased without being Lu, Ll or Lt: Other_Lowercase and Other_Uppercase, as far as not case
 * ignorable (the modifier letters and U+0345 are). */
static const struct cp_range cased_others[] = {
	{0xaa, 0xaa},
	{0xba, 0xba},
	{0x2160, 0x217f},
	{0x24b6, 0x24e9},
	{0x1f130, 0x1f149},
	{0x1f150, 0x1f169},
	{0x1f170, 0x1f189},
};

/* Case ignorable by their place in words: MidLetter, MidNumLet, Single_Quote. */
static const uint32_t word_middles[] = {'\'', '.', ':', 0xb7, 0x387, 0x55f, 0x5f4, 0x2018,
	0x2019, 0x2024, 0x2027, 0xfe13, 0xfe52, 0xfe55, 0xff07, 0xff0e, 0xff1a};

static bool in_ranges(uint32_t cp, const struct cp_range *ranges, size_t n)
{
	for (size_t i = 0; i < n && cp >= ranges[i].first; i++) {
		if (cp <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

int utf8_decode(const unsigned char *p, size_t n, uint32_t *ret_cp)
{
	unsigned char lead = p[0];
	if (lead < 0x80) {
		*ret_cp = lead;
		return 1;
	}
	if (lead < 0xc2 || lead > 0xf4) {
		return UTF8_INVALID;
	}
	int len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	uint32_t cp = lead & (0x7fU >> len);
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	for (int i = 1; i < len; i++) {
		if ((size_t)i == n) {
			return UTF8_TRUNCATED;
		}
		if (p[i] < low || p[i] > high) {
			return UTF8_INVALID;
		}
		cp = cp << 6 | (p[i] & 0x3fU);
		low = 0x80;
		high = 0xbf;
	}
	*ret_cp = cp;
	return len;
}

bool utf8_valid(struct strview s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		int len = p[i] < 0x80 ? 1 : utf8_decode(p + i, s.n - i, &cp);
		if (len <= 0) {
			return false;
		}
		i += (size_t)len;
	}
	return true;
}

size_t utf8_count(struct strview s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	}
	return n;
}

bool unicode_is_space(uint32_t cp)
{
	if (cp < 0x2000) {
		return cp == 0x85 || cp == 0xa0 || cp == 0x1680;
	}
	return cp <= 0x200a || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
	       cp == 0x205f || cp == 0x3000;
}

/* The small letter by the simple mapping. */
static uint32_t lower_simple(uint32_t cp)
{
	if (cp < 0x80) {
		return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
	}
	if ((cp >= 0x2e80 && cp < 0xa640) || (cp >= 0x2000 && cp < 0x2100)) {
		return cp; /* punctuation; Chinese, Japanese */
	}
	if (in_ranges(cp, after_14, CW_ARRAY_LEN(after_14))) {
		return cp;
	}
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

/* General category, as of Unicode 14. */
static utf8proc_category_t category_of(uint32_t cp)
{
	if (in_ranges(cp, letters_after_14, CW_ARRAY_LEN(letters_after_14))) {
		return UTF8PROC_CATEGORY_CN;
	}
	return utf8proc_category((utf8proc_int32_t)cp);
}

/* Does a search for cased neighbours look past this code point? */
static bool is_case_ignorable(uint32_t cp)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(word_middles); i++) {
		if (cp == word_middles[i]) {
			return true;
		}
	}
	utf8proc_category_t category = category_of(cp);
	return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
	       category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM ||
	       category == UTF8PROC_CATEGORY_SK;
}

static bool is_cased(uint32_t cp)
{
	utf8proc_category_t category = category_of(cp);
	return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
	       category == UTF8PROC_CATEGORY_LT ||
	       in_ranges(cp, cased_others, CW_ARRAY_LEN(cased_others));
}

/* Code point that starts at or before byte `at`; *at moves to its first byte. */
static uint32_t decode_back(struct strview s, size_t *at)
{
	while (((unsigned char)s.p[*at] & 0xc0) == 0x80) {
		(*at)--;
	}
	uint32_t cp = 0;
	utf8_decode((const unsigned char *)s.p + *at, s.n - *at, &cp);
	return cp;
}

/* Is the first code point before byte `at` that is not ignorable a cased one? */
static bool cased_before(struct strview s, size_t at)
{
	while (at > 0) {
		at--;
		uint32_t cp = decode_back(s, &at);
		if (!is_case_ignorable(cp)) {
			return is_cased(cp);
		}
	}
	return false;
}

/* The same from byte `at` on. */
static bool cased_after(struct strview s, size_t at)
{
	while (at < s.n) {
		uint32_t cp = 0;
		at += (size_t)utf8_decode((const unsigned char *)s.p + at, s.n - at, &cp);
		if (!is_case_ignorable(cp)) {
			return is_cased(cp);
		}
	}
	return false;
}

/* Writes a code point; the byte after it. */
static char *encode(uint32_t cp, char *out)
{
	return out + utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

/* Writes the small form of the code point `cp` whose `len` bytes are at `at`. */
static char *put_lower(struct strview s, size_t at, int len, uint32_t cp, char *out)
{
	if (cp == CAPITAL_SIGMA) {
		bool final = cased_before(s, at) && !cased_after(s, at + (size_t)len);
		return encode(final ? FINAL_SIGMA : SMALL_SIGMA, out);
	}
	if (cp == CAPITAL_I_DOT) {
		*out = 'i';
		return encode(COMBINING_DOT, out + 1);
	}
	return encode(lower_simple(cp), out);
}

struct strview unicode_lower(struct strview s, char *out)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;
	uint32_t cp = 0;
	int len = 0;
	for (; at < s.n; at += (size_t)len) { /* most words have no capital left */
		len = p[at] < 0x80 ? 1 : 3;
		if (p[at] < 0x80 || (p[at] == 0xe2 && p[at + 1] == 0x80)) {
			continue; /* ASCII is small; quotation marks and dashes */
		}
		len = utf8_decode(p + at, s.n - at, &cp);
		if (lower_simple(cp) != cp) {
			break;
		}
	}
	if (at == s.n) {
		return s;
	}
	memcpy(out, s.p, at);
	char *end = out + at;
	for (; at < s.n; at += (size_t)len) {
		len = utf8_decode(p + at, s.n - at, &cp);
		end = cp < 0x80 ? (*end = (char)lower_simple(cp), end + 1)
				: put_lower(s, at, len, cp, end);
	}
	return (struct strview){out, (size_t)(end - out)};
}
