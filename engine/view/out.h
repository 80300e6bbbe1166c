/* Writing in pieces. Private to the room. */
#ifndef CW_VIEW_OUT_H
#define CW_VIEW_OUT_H

#include "base/strbuf.h"

enum { FLUSH_AT = 1 << 16 };

/* Writes the buffer out if it holds more than `at` bytes, and empties it. 0 or -1. */
static inline int flush(struct strbuf *sb, FILE *to, size_t at)
{
	if (sb->len > at) {
		if (fwrite(sb->buf, 1, sb->len, to) != sb->len) {
			return -1;
		}
		strbuf_reset(sb);
	}
	return 0;
}

#endif
