#include "base/source.h"

#include "base/utf8.h"
#include "base/xalloc.h"

struct source {
	const char *name;
	struct strview text;
	uint32_t *lines; /* offsets of the lines' begins; NULL until asked for */
	uint32_t line_count;
};

void source_set_init(struct source_set *set)
{
	*set = (struct source_set){.arena = ARENA_INIT};
	source_add(set, "", SV(""));
}

void source_set_release(struct source_set *set)
{
	free(set->v);
	arena_release(&set->arena);
	*set = (struct source_set){.arena = ARENA_INIT};
}

uint32_t source_add(struct source_set *set, const char *name, struct strview text)
{
	cw_assert(text.n < UINT32_MAX && set->n < UINT32_MAX);
	if (set->n == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 4;
		set->v = xreallocarray(set->v, set->cap, sizeof(*set->v));
	}
	set->v[set->n] = (struct source){.name = arena_strdup(&set->arena, name),
		.text = arena_sv(&set->arena, text)};
	return set->n++;
}

uint32_t source_take(struct source_set *set, const char *name, struct strview text)
{
	for (uint32_t i = 1; i < set->n; i++) {
		if (strcmp(set->v[i].name, name) == 0 && sv_eq(set->v[i].text, text)) {
			return i;
		}
	}
	return source_add(set, name, text);
}

const char *source_name(const struct source_set *set, uint32_t source)
{
	cw_assert(source < set->n);
	return set->v[source].name;
}

struct strview source_text(const struct source_set *set, uint32_t source)
{
	cw_assert(source < set->n);
	return set->v[source].text;
}

/* Where the line that begins at `at` ends: at its break or at the end of the text. */
static size_t line_end(struct strview text, size_t at)
{
	while (at < text.n && text.p[at] != '\n' && text.p[at] != '\r') {
		at++;
	}
	return at;
}

/* Begin of the next line; `end` is a line_end(). */
static size_t next_line(struct strview text, size_t end)
{
	bool crlf = end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n';
	return end + (crlf ? 2 : 1);
}

/* A byte order mark belongs to no line. */
static size_t first_line(struct strview text)
{
	return sv_starts(text, SV("\xef\xbb\xbf")) ? 3 : 0;
}

static void make_lines(struct source_set *set, struct source *s)
{
	for (int pass = 0; pass < 2; pass++) {
		uint32_t n = 0;
		size_t at = first_line(s->text);
		for (;;) {
			if (pass) {
				s->lines[n] = (uint32_t)at;
			}
			n++;
			size_t end = line_end(s->text, at);
			if (end == s->text.n) {
				break;
			}
			at = next_line(s->text, end);
		}
		s->line_count = n;
		if (!pass) {
			s->lines = ARENA_ARRAY(&set->arena, uint32_t, n);
		}
	}
}

struct source_place source_place(struct source_set *set, uint32_t source, uint32_t off)
{
	cw_assert(source < set->n);
	struct source *s = &set->v[source];
	if (!s->lines) {
		make_lines(set, s);
	}
	if (off > s->text.n) {
		off = (uint32_t)s->text.n;
	}
	uint32_t lo = 0, hi = s->line_count; /* lines[lo] <= off < lines[hi] */
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (s->lines[mid] <= off) {
			lo = mid;
		} else {
			hi = mid;
		}
	}
	size_t begin = s->lines[lo];
	size_t end = line_end(s->text, begin);
	struct source_place place = {.line = lo + 1,
		.column = 1,
		.text = sv_sub(s->text, begin, end - begin),
		.off = (uint32_t)begin};
	for (size_t at = begin; at < off && at < end; place.column++) {
		int32_t cp;
		at += utf8_decode(s->text.p + at, end - at, &cp);
		if (at > off) {
			break; /* `off` lies inside this character */
		}
	}
	return place;
}
