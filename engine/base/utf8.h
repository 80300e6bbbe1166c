/* UTF-8 as far as messages and texts need it. */
#ifndef CW_BASE_UTF8_H
#define CW_BASE_UTF8_H

#include "base/strview.h"

/* Decodes the code point at `p` (n > 0 bytes left): its length 1 to 4 and *ret_cp; for
 * an invalid sequence length 1 and *ret_cp = -1 (surrogates and overlong forms too). */
size_t utf8_decode(const char *p, size_t n, int32_t *ret_cp);

/* Whether all of `s` is valid; *ret_bad (may be NULL) is the offset of the first fault. */
bool utf8_valid(struct strview s, size_t *ret_bad);

/* Columns a terminal needs for `s`: wide characters 2, combining 0, invalid bytes 1. */
size_t utf8_width(struct strview s);

#endif
