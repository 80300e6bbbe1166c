#include "base/strbuf.h"

#include "base/xalloc.h"

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb)
{
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->cap) {
		free(sb->buf);
	}
	strbuf_init(sb);
}

char *strbuf_detach(struct strbuf *sb, size_t *ret_len)
{
	if (!sb->cap) {
		strbuf_grow(sb, 0);
	}
	char *s = sb->buf;
	if (ret_len) {
		*ret_len = sb->len;
	}
	strbuf_init(sb);
	return s;
}

void strbuf_enlarge(struct strbuf *sb, size_t more)
{
	size_t need = size_add(size_add(sb->len, more), 1);
	size_t cap = sb->cap + sb->cap / 2;
	if (cap < 64) {
		cap = 64;
	}
	if (cap < need) {
		cap = need;
	}
	sb->buf = xreallocarray(sb->cap ? sb->buf : NULL, cap, 1);
	if (!sb->cap) {
		sb->buf[0] = '\0';
	}
	sb->cap = cap;
}

void strbuf_setlen(struct strbuf *sb, size_t len)
{
	sb->len = len;
	if (sb->cap) {
		sb->buf[len] = '\0';
	}
}

void strbuf_add(struct strbuf *sb, const void *p, size_t n)
{
	if (!n) {
		return;
	}
	strbuf_grow(sb, n);
	memcpy(sb->buf + sb->len, p, n);
	strbuf_setlen(sb, sb->len + n);
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addsv(struct strbuf *sb, struct strview s)
{
	strbuf_add(sb, s.p, s.n);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	size_t room = sb->cap ? sb->cap - sb->len : 0;
	int n = vsnprintf(room ? sb->buf + sb->len : NULL, room, fmt, ap);
	cw_assert(n >= 0);
	if ((size_t)n >= room) {
		strbuf_grow(sb, (size_t)n);
		vsnprintf(sb->buf + sb->len, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	sb->len += (size_t)n;
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_addu64(struct strbuf *sb, uint64_t x)
{
	char digits[20];
	size_t at = sizeof(digits);
	for (; x >= 100; x /= 100) {
		unsigned two = (unsigned)(x % 100);
		digits[--at] = (char)('0' + two % 10);
		digits[--at] = (char)('0' + two / 10);
	}
	digits[--at] = (char)('0' + x % 10);
	if (x >= 10) {
		digits[--at] = (char)('0' + x / 10);
	}
	strbuf_add(sb, digits + at, sizeof(digits) - at);
}
