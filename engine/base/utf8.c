#include "base/utf8.h"

#include "base/utf8_widths.h"

/* Whether byte `i` of the sequence is there and continues it. */
static bool continues(const unsigned char *p, size_t n, size_t i)
{
	return i < n && (p[i] & 0xc0) == 0x80;
}

/* utf8_decode() of bytes. */
static size_t decode(const unsigned char *p, size_t n, int32_t *ret_cp)
{
	unsigned c = p[0];
	*ret_cp = -1;
	if (c < 0x80) {
		*ret_cp = (int32_t)c;
		return 1;
	}
	if (c < 0xc2 || c > 0xf4 || !continues(p, n, 1)) {
		return 1;
	}
	if (c < 0xe0) {
		*ret_cp = (int32_t)((c & 0x1f) << 6 | (p[1] & 0x3fu));
		return 2;
	}
	if (!continues(p, n, 2)) {
		return 1;
	}
	if (c < 0xf0) {
		uint32_t cp = (c & 0x0f) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		if (cp < 0x800 || (cp >= 0xd800 && cp < 0xe000)) {
			return 1;
		}
		*ret_cp = (int32_t)cp;
		return 3;
	}
	if (!continues(p, n, 3)) {
		return 1;
	}
	uint32_t cp = (c & 0x07) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
		      (p[3] & 0x3fu);
	if (cp < 0x10000 || cp > 0x10ffff) {
		return 1;
	}
	*ret_cp = (int32_t)cp;
	return 4;
}

size_t utf8_decode(const char *p, size_t n, int32_t *ret_cp)
{
	return decode((const unsigned char *)p, n, ret_cp);
}

/* Length of the run of ASCII bytes at p, eight at a time. */
static size_t ascii_run(const char *p, size_t n)
{
	size_t at = 0;
	for (; n - at >= 8; at += 8) {
		uint64_t eight;
		memcpy(&eight, p + at, 8);
		if (eight & UINT64_C(0x8080808080808080)) {
			break;
		}
	}
	while (at < n && (unsigned char)p[at] < 0x80) {
		at++;
	}
	return at;
}

bool utf8_valid(struct strview s, size_t *ret_bad)
{
	for (size_t at = 0; at < s.n;) {
		at += ascii_run(s.p + at, s.n - at);
		if (at == s.n) {
			break;
		}
		int32_t cp;
		size_t len = utf8_decode(s.p + at, s.n - at, &cp);
		if (cp < 0) {
			if (ret_bad) {
				*ret_bad = at;
			}
			return false;
		}
		at += len;
	}
	return true;
}

static bool in_ranges(const struct utf8_range *v, size_t n, int32_t cp)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cp > v[mid].last) {
			lo = mid + 1;
		} else if (cp < v[mid].first) {
			hi = mid;
		} else {
			return true;
		}
	}
	return false;
}

static size_t width_of(int32_t cp)
{
	if (cp < utf8_zero[0].first) {
		return 1;
	}
	if (in_ranges(utf8_zero, CW_ARRAY_LEN(utf8_zero), cp)) {
		return 0;
	}
	return in_ranges(utf8_wide, CW_ARRAY_LEN(utf8_wide), cp) ? 2 : 1;
}

size_t utf8_width(struct strview s)
{
	size_t width = 0;
	for (size_t at = 0; at < s.n;) {
		int32_t cp;
		at += utf8_decode(s.p + at, s.n - at, &cp);
		width += width_of(cp);
	}
	return width;
}
