#include "dag/depfile.h"

#include "sys/fs.h"

enum { SIZE_MOST = 64 << 20 };

void depfile_init(struct depfile *d)
{
	*d = (struct depfile){.text = STRBUF_INIT};
}

void depfile_release(struct depfile *d)
{
	strbuf_release(&d->text);
	vec_release(&d->paths);
}

/* Blanks and continued lines; true at the end of a line. */
static bool skip_blanks(struct strview s, size_t *at)
{
	while (*at < s.n) {
		char c = s.p[*at];
		if (c == '\\' && *at + 1 < s.n && s.p[*at + 1] == '\n') {
			*at += 2;
		} else if (c == '\\' && *at + 2 < s.n && s.p[*at + 1] == '\r' &&
			   s.p[*at + 2] == '\n') {
			*at += 3;
		} else if (c == ' ' || c == '\t' || c == '\r') {
			(*at)++;
		} else {
			return c == '\n';
		}
	}
	return true;
}

/* Appends one word to the text, with Make's escapes undone; `\` before a blank or `#`,
 * `$$` for a dollar. Ends at a blank, the end of the line, or a colon behind which a
 * blank stands. */
static void read_word(struct strview s, size_t *at, struct strbuf *out)
{
	while (*at < s.n) {
		char c = s.p[*at];
		char next = *at + 1 < s.n ? s.p[*at + 1] : '\0';
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' ||
			(c == '\\' && (next == '\n' || next == '\r'))) {
			return;
		}
		if (c == ':' && (next == ' ' || next == '\t' || next == '\n' ||
					next == '\r' || next == '\0')) {
			return;
		}
		if ((c == '\\' && (next == ' ' || next == '#' || next == ':')) ||
			(c == '$' && next == '$')) {
			(*at)++;
			c = next;
		}
		strbuf_addch(out, c);
		(*at)++;
	}
}

void depfile_parse(struct depfile *d, struct strview s)
{
	VEC(size_t) ends = {0}; /* of words, in the text; the first is where they begin */
	bool behind_colon = false;
	vec_clear(&d->paths);
	strbuf_reset(&d->text);
	for (size_t at = 0; at < s.n;) {
		if (skip_blanks(s, &at)) {
			behind_colon = false;
			at++;
			continue;
		}
		if (s.p[at] == ':') {
			behind_colon = true;
			at++;
			continue;
		}
		size_t from = d->text.len;
		read_word(s, &at, &d->text);
		if (!behind_colon) {
			strbuf_setlen(&d->text, from);
		} else {
			vec_push(&ends, from);
			vec_push(&ends, d->text.len);
			strbuf_addch(&d->text, '\0');
		}
	}
	for (size_t i = 0; i + 1 < ends.n; i += 2) {
		vec_push(&d->paths, (struct strview){d->text.buf + ends.v[i],
					    ends.v[i + 1] - ends.v[i]});
	}
	vec_release(&ends);
}

void depfile_read(struct depfile *d, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	vec_clear(&d->paths);
	if (fs_read_file(path, SIZE_MOST, &text) == 0) {
		depfile_parse(d, strbuf_sv(&text));
	}
	strbuf_release(&text);
}
