#include "state/redact.h"

/* How far the part of a URL goes that may hold user and password. */
static size_t authority(const char *p, size_t n)
{
	size_t i = 0;
	while (i < n && !strchr(" \t\n\r\"'`<>/", p[i])) {
		i++;
	}
	return i;
}

void redact_urls(struct strbuf *sb)
{
	size_t at = 0;
	/* a password ends at one; few texts have any */
	if (!sb->len || !memchr(sb->buf, '@', sb->len)) {
		return;
	}
	for (;;) {
		char *mark = memmem(sb->buf + at, sb->len - at, "://", 3);
		if (!mark) {
			return;
		}
		char *begin = mark + 3;
		at = (size_t)(begin - sb->buf);
		size_t n = authority(begin, sb->len - at);
		char *host = memrchr(begin, '@', n);
		char *colon = host ? memchr(begin, ':', (size_t)(host - begin)) : NULL;
		if (colon) {
			memmove(colon, host, sb->len - (size_t)(host - sb->buf) + 1);
			sb->len -= (size_t)(host - colon);
		}
	}
}

void redact_values(struct strbuf *sb, const struct strview *values, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct strview value = values[i];
		char *at =
			value.n < 4 ? NULL : memmem(sb->buf, sb->len, value.p, value.n);
		while (at) {
			char *rest = at + value.n;
			memcpy(at, "***", 3);
			memmove(at + 3, rest, sb->len - (size_t)(rest - sb->buf) + 1);
			sb->len -= value.n - 3;
			at = memmem(at + 3, sb->len - (size_t)(at + 3 - sb->buf), value.p,
				value.n);
		}
	}
}
