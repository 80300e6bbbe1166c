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
	size_t from = 0, to = 0; /* what is before `from` stands before `to` */
	/* a password ends at one; few texts have any */
	if (!sb->len || !memchr(sb->buf, '@', sb->len)) {
		return;
	}
	for (size_t at = 0;;) {
		char *mark = memmem(sb->buf + at, sb->len - at, "://", 3);
		if (!mark) {
			break;
		}
		char *begin = mark + 3;
		at = (size_t)(begin - sb->buf);
		size_t n = authority(begin, sb->len - at);
		char *host = memrchr(begin, '@', n);
		char *colon = host ? memchr(begin, ':', (size_t)(host - begin)) : NULL;
		if (colon) {
			size_t keep = (size_t)(colon - sb->buf) - from;
			memmove(sb->buf + to, sb->buf + from, keep);
			to += keep;
			from = at = (size_t)(host - sb->buf);
		}
	}
	memmove(sb->buf + to, sb->buf + from, sb->len - from);
	strbuf_setlen(sb, to + sb->len - from);
}

void redact_values(struct strbuf *sb, const struct strview *values, uint32_t count)
{
	for (uint32_t i = 0; i < count && sb->len; i++) {
		struct strview value = values[i];
		size_t from = 0, to = 0;
		char *at;
		if (value.n < 4) {
			continue;
		}
		while ((at = memmem(sb->buf + from, sb->len - from, value.p, value.n))) {
			size_t keep = (size_t)(at - sb->buf) - from;
			memmove(sb->buf + to, sb->buf + from, keep);
			memcpy(sb->buf + to + keep, "***", 3);
			to += keep + 3;
			from += keep + value.n;
		}
		memmove(sb->buf + to, sb->buf + from, sb->len - from);
		strbuf_setlen(sb, to + sb->len - from);
	}
}
