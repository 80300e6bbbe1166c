#include "pattern/mark.h"

#include <stdlib.h>
#include <sys/random.h>

#include "pattern/place.h"

#define MARK_END '\001'

void mark_make(char ret[MARK_MOST])
{
	uint64_t x = 0;
	if (getrandom(&x, sizeof(x), GRND_NONBLOCK) != (ssize_t)sizeof(x)) {
		x = (uint64_t)(uintptr_t)ret; /* by accident is what is left then */
	}
	snprintf(ret, MARK_MOST, "%c%016llx:", MARK_END, (unsigned long long)x);
}

void mark_add(struct strbuf *out, struct strview mark, struct strview name)
{
	strbuf_addsv(out, mark);
	strbuf_addsv(out, name);
	strbuf_addch(out, MARK_END);
}

bool mark_next(struct strview mark, struct strview *rest, struct strview *ret_text,
	struct strview *ret_name)
{
	if (!rest->n) {
		return false;
	}
	const char *at = mark.n ? memmem(rest->p, rest->n, mark.p, mark.n) : NULL;
	size_t n = at ? (size_t)(at - rest->p) : rest->n;
	*ret_text = sv_sub(*rest, 0, n);
	*ret_name = SV("");
	if (at) {
		struct strview name = sv_skip(*rest, n + mark.n);
		const char *end = name.n ? memchr(name.p, MARK_END, name.n) : NULL;
		*ret_name = sv_sub(name, 0, end ? (size_t)(end - name.p) : name.n);
		n += mark.n + ret_name->n + (end ? 1 : 0);
	}
	*rest = sv_skip(*rest, n);
	return true;
}

bool mark_is_in(struct strview mark, struct strview text)
{
	return mark.n && text.n && memmem(text.p, text.n, mark.p, mark.n);
}

void mark_values(struct strbuf *out, struct strview mark, struct strview text)
{
	struct strview plain, name;
	struct strbuf word = STRBUF_INIT;
	while (mark_next(mark, &text, &plain, &name)) {
		strbuf_addsv(out, plain);
		strbuf_reset(&word);
		strbuf_addsv(&word, name);
		const char *value = name.n ? getenv(word.buf) : NULL;
		strbuf_addstr(out, value ? value : "");
	}
	strbuf_release(&word);
}

void mark_quote(struct strbuf *out, struct strview mark, struct strview word)
{
	struct strview plain, name;
	if (!mark_is_in(mark, word)) {
		shell_quote(out, word);
		return;
	}
	while (mark_next(mark, &word, &plain, &name)) {
		if (plain.n) {
			shell_quote(out, plain);
		}
		if (name.n) {
			strbuf_addf(out, "\"$" SV_FMT "\"", SV_ARG(name));
		}
	}
}
