/*
 * UTF-8 and the parts of Unicode that words need, by the rules of Unicode 14 whatever the
 * age of utf8proc: white space, small letters by the full mapping, the sigma at a word's
 * end. What was assigned a small letter later is left as it is.
 */
#ifndef CW_TEXT_UNICODE_TEXT_H
#define CW_TEXT_UNICODE_TEXT_H

#include "base/strview.h"

enum { UTF8_INVALID = 0, UTF8_TRUNCATED = -1 };

/* The code point at `p` (`n` >= 1 bytes readable). Returns its bytes (1 to 4), UTF8_INVALID,
 * or UTF8_TRUNCATED where `n` bytes are the valid beginning of a longer sequence. Overlong
 * forms, surrogates and what lies above U+10FFFF are invalid. */
int utf8_decode(const unsigned char *p, size_t n, uint32_t *ret_cp);

/* Is all of it valid? Quick where it is ASCII. */
bool utf8_valid(struct strview s);

/* Number of code points in valid UTF-8. */
size_t utf8_count(struct strview s);

/* White space or line end beyond ASCII. */
bool unicode_is_space(uint32_t cp);

/* The word `s` (valid UTF-8, no white space inside, ASCII capitals made small already) in
 * small letters. Where that changes nothing, returns `s` itself; otherwise writes to
 * `out`, which has room for UNICODE_LOWER_ROOM(s.n) bytes and does not overlap `s`. */
#define UNICODE_LOWER_ROOM(n) ((n) + (n) / 2 + 8)
struct strview unicode_lower(struct strview s, char *out);

#endif
