/* A growable string. `buf` always ends in a NUL that `len` does not count. */
#ifndef CW_BASE_STRBUF_H
#define CW_BASE_STRBUF_H

#include <stdarg.h>

#include "base/strview.h"

struct strbuf {
	char *buf; /* never NULL; points to a constant while nothing is allocated */
	size_t len, cap;
};

extern char strbuf_empty[1];
#define STRBUF_INIT                                                                      \
	{                                                                                \
		strbuf_empty, 0, 0                                                       \
	}

/* Empty; allocates nothing. */
void strbuf_init(struct strbuf *sb);

/* Frees; the buffer is empty and usable again. */
void strbuf_release(struct strbuf *sb);

/* Gives the string away (returns owned, free()) and leaves the buffer empty. */
char *strbuf_detach(struct strbuf *sb, size_t *ret_len);

/* Room for `more` bytes and the NUL. */
void strbuf_enlarge(struct strbuf *sb, size_t more);

static inline void strbuf_grow(struct strbuf *sb, size_t more)
{
	if (sb->cap - sb->len <= more) {
		strbuf_enlarge(sb, more);
	}
}

/* Length set to `len`, at most the present one or what was reserved. */
void strbuf_setlen(struct strbuf *sb, size_t len);

static inline void strbuf_reset(struct strbuf *sb)
{
	strbuf_setlen(sb, 0);
}

void strbuf_add(struct strbuf *sb, const void *p, size_t n);
void strbuf_addstr(struct strbuf *sb, const char *s);
void strbuf_addsv(struct strbuf *sb, struct strview s);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) CW_PRINTF(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap) CW_PRINTF(2, 0);
void strbuf_addu64(struct strbuf *sb, uint64_t x);

static inline void strbuf_addch(struct strbuf *sb, char c)
{
	strbuf_grow(sb, 1);
	sb->buf[sb->len++] = c;
	sb->buf[sb->len] = '\0';
}

static inline struct strview strbuf_sv(const struct strbuf *sb)
{
	return (struct strview){sb->buf, sb->len};
}

#endif
