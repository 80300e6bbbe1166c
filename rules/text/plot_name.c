#include "text/plot_name.h"

#include "base/strbuf.h"
#include "text/unicode_text.h"

char *plot_text(struct strview s)
{
	struct strbuf out = STRBUF_INIT;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		int len = utf8_decode((const unsigned char *)s.p + i, s.n - i, &cp);
		if (len > 0 && cp >= ' ') {
			strbuf_add(&out, s.p + i, (size_t)len);
		} else {
			strbuf_addstr(&out, "\xef\xbf\xbd");
		}
		i += len > 0 ? (size_t)len : 1;
	}
	return strbuf_detach(&out, NULL);
}

char *plot_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct strview name = sv_from(slash ? slash + 1 : path);
	const char *dot = memrchr(name.p, '.', name.n);
	if (dot && dot > name.p) {
		name.n = (size_t)(dot - name.p);
	}
	return plot_text(name);
}
