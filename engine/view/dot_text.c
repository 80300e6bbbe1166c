#include "view/dot_text.h"

#include "base/diag.h"

/* Whether an entity of HTML begins here, which Graphviz would read as its character. */
static bool is_entity(const char *p)
{
	size_t n = strspn(p, "&#");
	n += strspn(
		p + n, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return *p == '&' && n > 1 && p[n] == ';';
}

void dot_escape(struct strbuf *sb, struct strview s)
{
	struct strbuf shown = STRBUF_INIT;
	size_t plain = 0;
	while (plain < s.n && s.p[plain] >= ' ' && s.p[plain] <= '~' &&
		s.p[plain] != '"' && s.p[plain] != '\\' && s.p[plain] != '&') {
		plain++;
	}
	strbuf_add(sb, s.p, plain);
	if (plain == s.n) {
		return;
	}
	escape_for_terminal(&shown, sv_skip(s, plain));
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.buf[i] == '"' || shown.buf[i] == '\\') {
			strbuf_addch(sb, '\\');
		}
		strbuf_addch(sb, shown.buf[i]);
		strbuf_addstr(sb, is_entity(shown.buf + i) ? "amp;" : "");
	}
	strbuf_release(&shown);
}
