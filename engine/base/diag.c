#include "base/diag.h"

#include <stdarg.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/xalloc.h"

enum {
	LINE_MOST = 100,  /* columns of a source line that are shown */
	LINE_BEFORE = 60, /* of these before the caret where the line is longer */
};

void diag_sink_init(struct diag_sink *sink, struct source_set *sources)
{
	*sink = (struct diag_sink){
		.sources = sources, .program = "cwflow", .arena = ARENA_INIT};
}

static void free_messages(struct diag_sink *sink)
{
	for (uint32_t i = 0; i < sink->n; i++) {
		free(sink->v[i].notes);
	}
	sink->n = 0;
}

void diag_sink_release(struct diag_sink *sink)
{
	free_messages(sink);
	free(sink->v);
	free(sink->kinds);
	hashmap_release(&sink->dropped);
	arena_release(&sink->arena);
	diag_sink_init(sink, sink->sources);
}

void diag_clear(struct diag_sink *sink)
{
	free_messages(sink);
	hashmap_release(&sink->dropped);
	arena_release(&sink->arena);
	sink->kind_count = 0;
	sink->errors = sink->warnings = 0;
	sink->last_dropped = false;
}

static bool same_code(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static struct diag_kind *kind_of(
	struct diag_sink *sink, enum diag_severity severity, const char *code)
{
	for (uint32_t i = 0; i < sink->kind_count; i++) {
		struct diag_kind *k = &sink->kinds[i];
		if (k->severity == severity && same_code(k->code, code)) {
			return k;
		}
	}
	if (sink->kind_count == sink->kind_cap) {
		sink->kind_cap = sink->kind_cap ? sink->kind_cap * 2 : 8;
		sink->kinds =
			xreallocarray(sink->kinds, sink->kind_cap, sizeof(*sink->kinds));
	}
	struct diag_kind *k = &sink->kinds[sink->kind_count++];
	*k = (struct diag_kind){.severity = severity, .code = code};
	return k;
}

static bool same_span(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

static bool is_known(const struct diag_sink *sink, const struct diag *d)
{
	for (uint32_t i = 0; i < sink->n; i++) {
		const struct diag *e = &sink->v[i];
		if (e->severity == d->severity && same_code(e->code, d->code) &&
			same_span(e->span, d->span) && strcmp(e->text, d->text) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether an equal message was counted already; counts it from now on. */
static bool was_dropped(struct diag_sink *sink, const struct diag *d)
{
	struct span span = d->span;
	uint32_t place[] = {span.source, span.off, span.len, (uint32_t)d->severity};
	uint64_t hash =
		hash64(place, sizeof(place)) * 31 + hash64(d->text, strlen(d->text));
	hash = hash * 31 + (d->code ? hash64(d->code, strlen(d->code)) : 0);
	return hashmap_set(&sink->dropped, hash, 1) != HASHMAP_NONE;
}

static void keep(struct diag_sink *sink, struct diag d)
{
	if (sink->n == sink->cap) {
		sink->cap = sink->cap ? sink->cap * 2 : 8;
		sink->v = xreallocarray(sink->v, sink->cap, sizeof(*sink->v));
	}
	sink->v[sink->n++] = d;
}

/* A formatted text in the sink's arena. */
static CW_PRINTF(2, 0) const
	char *format_text(struct diag_sink *sink, const char *fmt, va_list ap)
{
	struct strbuf sb = STRBUF_INIT;
	strbuf_vaddf(&sb, fmt, ap);
	const char *text = arena_memdup0(&sink->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

static CW_PRINTF(3, 0) void report(
	struct diag_sink *sink, struct diag d, const char *fmt, va_list ap)
{
	sink->last_dropped = true;
	if (sink->muted) {
		return;
	}
	uint32_t *total = d.severity == DIAG_ERROR ? &sink->errors : &sink->warnings;
	struct diag_kind *kind = kind_of(sink, d.severity, d.code);
	struct arena_mark mark = arena_mark(&sink->arena);
	d.text = format_text(sink, fmt, ap);
	if (is_known(sink, &d)) {
		arena_pop(&sink->arena, mark);
		return;
	}
	if (kind->kept == DIAG_MOST_OF_A_KIND) {
		uint32_t more = !was_dropped(sink, &d);
		*total += more;
		kind->dropped += more;
		arena_pop(&sink->arena, mark);
		return;
	}
	++*total;
	kind->kept++;
	sink->last_dropped = false;
	keep(sink, d);
}

int diag_error(
	struct diag_sink *sink, const char *code, struct span span, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	report(sink, (struct diag){.severity = DIAG_ERROR, .code = code, .span = span},
		fmt, ap);
	va_end(ap);
	return -1;
}

void diag_warning(
	struct diag_sink *sink, const char *code, struct span span, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	report(sink, (struct diag){.severity = DIAG_WARNING, .code = code, .span = span},
		fmt, ap);
	va_end(ap);
}

void diag_note(struct diag_sink *sink, struct span span, const char *fmt, ...)
{
	if (sink->last_dropped || !sink->n) {
		return;
	}
	struct diag *d = &sink->v[sink->n - 1];
	if (d->note_count == d->note_cap) {
		d->note_cap = d->note_cap ? d->note_cap * 2 : 2;
		d->notes = xreallocarray(d->notes, d->note_cap, sizeof(*d->notes));
	}
	va_list ap;
	va_start(ap, fmt);
	d->notes[d->note_count++] =
		(struct diag_note){.span = span, .text = format_text(sink, fmt, ap)};
	va_end(ap);
}

int diag_system(struct diag_sink *sink, const char *code, int err, const char *path,
	const char *verb)
{
	char buf[128];
	return diag_error(sink, code, (struct span){0}, "cannot %s %s: %s", verb, path,
		strerror_r(err, buf, sizeof(buf)));
}

/* Characters that could change what a reader sees: C1 controls, line separators and
 * those that turn the direction of writing. */
static bool is_unsafe(int32_t cp)
{
	return (cp >= 0x80 && cp < 0xa0) || cp == 0x061c ||
	       (cp >= 0x200e && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

/* Appends the character at p (n > 0 bytes left); its length in the text. */
static size_t escape_one(struct strbuf *out, const char *p, size_t n)
{
	int32_t cp;
	size_t len = utf8_decode(p, n, &cp);
	if (cp < 0) {
		strbuf_addf(out, "\\x%02x", (unsigned char)*p);
	} else if (cp == '\n') {
		strbuf_addstr(out, "\\n");
	} else if (cp == '\r') {
		strbuf_addstr(out, "\\r");
	} else if (cp == '\t') {
		strbuf_addstr(out, "\\t");
	} else if (cp < 0x20 || cp == 0x7f) {
		strbuf_addf(out, "\\x%02x", (unsigned)cp);
	} else if (is_unsafe(cp)) {
		strbuf_addf(out, "\\u%04x", (unsigned)cp);
	} else {
		strbuf_add(out, p, len);
	}
	return len;
}

void escape_for_terminal(struct strbuf *out, struct strview s)
{
	for (size_t at = 0; at < s.n;) {
		size_t plain = at;
		while (plain < s.n && s.p[plain] >= ' ' && s.p[plain] <= '~') {
			plain++;
		}
		strbuf_add(out, s.p + at, plain - at);
		at = plain;
		if (at < s.n) {
			at += escape_one(out, s.p + at, s.n - at);
		}
	}
}

/* A character of a source line as it is shown: as escaped, a tab as one space. */
static size_t show_one(struct strbuf *out, struct strview line, size_t at)
{
	if (line.p[at] == '\t') {
		strbuf_addch(out, ' ');
		return 1;
	}
	return escape_one(out, line.p + at, line.n - at);
}

/* A line laid out: the text and where the mark below it begins and ends. */
struct shown_line {
	struct strbuf text;
	size_t caret, caret_end; /* columns */
};

/* First column to show, so that column `caret` is well inside. */
static size_t first_column(size_t caret, size_t width)
{
	if (width <= LINE_MOST || caret < LINE_MOST * 3 / 4) {
		return 0;
	}
	size_t first = caret - LINE_BEFORE;
	return width - first < LINE_MOST ? width - LINE_MOST : first;
}

/* Length in bytes of the character at `at`; *ret_width the columns it is shown in. */
static size_t measure_one(struct strview line, size_t at, size_t *ret_width)
{
	unsigned char c = (unsigned char)line.p[at];
	*ret_width = 1;
	if ((c >= 0x20 && c < 0x7f) || c == '\t') {
		return 1;
	}
	struct strbuf one = STRBUF_INIT;
	size_t len = show_one(&one, line, at);
	*ret_width = utf8_width(strbuf_sv(&one));
	strbuf_release(&one);
	return len;
}

/* Columns of the whole line, and up to byte `off` of it. */
static size_t measure(struct strview line, size_t off, size_t *ret_caret)
{
	size_t column = 0, w;
	*ret_caret = SIZE_MAX;
	for (size_t at = 0; at < line.n; column += w) {
		at += measure_one(line, at, &w);
		if (at > off && *ret_caret == SIZE_MAX) {
			*ret_caret = column;
		}
	}
	*ret_caret = *ret_caret == SIZE_MAX ? column : *ret_caret;
	return column;
}

/* Lays out the part of the line around bytes [off, end) of it. */
static void lay_out(struct shown_line *s, struct strview line, size_t off, size_t end)
{
	size_t caret;
	size_t width = measure(line, off, &caret);
	size_t first = first_column(caret, width);
	size_t column = 0, shown = 0;
	bool cut = false;
	if (first) {
		strbuf_addstr(&s->text, "…");
		shown = 1;
	}
	s->caret = s->caret_end = SIZE_MAX;
	for (size_t at = 0, w; at < line.n && !cut; column += w) {
		size_t next = at + measure_one(line, at, &w);
		cut = column + w > first + LINE_MOST;
		if (column >= first && !cut) {
			if (next > off && s->caret == SIZE_MAX) {
				s->caret = shown;
			}
			show_one(&s->text, line, at);
			shown += w;
			if (at < end && s->caret != SIZE_MAX) {
				s->caret_end = shown;
			}
		}
		at = next;
	}
	if (cut) {
		strbuf_addstr(&s->text, "…");
	}
	s->caret = s->caret == SIZE_MAX ? shown : s->caret;
	s->caret_end = s->caret_end == SIZE_MAX ? s->caret : s->caret_end;
}

static const char *severity_word(enum diag_severity severity)
{
	switch (severity) {
	case DIAG_ERROR:
		return "error";
	case DIAG_WARNING:
		return "warning";
	case DIAG_NOTE:
		return "note";
	}
	CW_BUG("severity %d", (int)severity);
}

static const char *severity_color(enum diag_severity severity)
{
	switch (severity) {
	case DIAG_ERROR:
		return "\x1b[1;31m";
	case DIAG_WARNING:
		return "\x1b[1;35m";
	case DIAG_NOTE:
		return "\x1b[1;36m";
	}
	CW_BUG("severity %d", (int)severity);
}

/* The line of the span and the mark under it. */
static void format_line(struct strbuf *out, const struct source_place *place,
	struct span span, const char *color)
{
	struct shown_line s = {.text = STRBUF_INIT};
	size_t off = span.off > place->off ? span.off - place->off : 0;
	lay_out(&s, place->text, off, off + span.len);
	strbuf_addstr(out, "    ");
	strbuf_addsv(out, strbuf_sv(&s.text));
	strbuf_addstr(out, "\n    ");
	for (size_t i = 0; i < s.caret; i++) {
		strbuf_addch(out, ' ');
	}
	strbuf_addstr(out, color ? color : "");
	strbuf_addch(out, '^');
	for (size_t i = s.caret + 1; i < s.caret_end; i++) {
		strbuf_addch(out, '~');
	}
	strbuf_addstr(out, color ? "\x1b[0m\n" : "\n");
	strbuf_release(&s.text);
}

/* One message or note, with its line. */
static void format_one(
	struct diag_sink *sink, struct strbuf *out, const struct diag *d, bool color)
{
	bool placed = d->span.source && sink->sources;
	struct source_place place = {0};
	strbuf_addstr(out, color ? "\x1b[1m" : "");
	if (placed) {
		place = source_place(sink->sources, d->span.source, d->span.off);
		escape_for_terminal(
			out, sv_from(source_name(sink->sources, d->span.source)));
		strbuf_addf(out, ":%u:%u: ", place.line, place.column);
	} else {
		strbuf_addf(out, "%s: ", sink->program);
	}
	strbuf_addf(out, "%s%s%s:%s ", color ? "\x1b[0m" : "",
		color ? severity_color(d->severity) : "", severity_word(d->severity),
		color ? "\x1b[0m" : "");
	escape_for_terminal(out, sv_from(d->text));
	if (d->code) {
		strbuf_addf(out, " [%s]", d->code);
	}
	strbuf_addch(out, '\n');
	if (placed) {
		format_line(
			out, &place, d->span, color ? severity_color(d->severity) : NULL);
	}
}

/* Behind the last message kept of a kind: how many more there were. */
static void format_more(struct strbuf *out, const struct diag_kind *kind)
{
	strbuf_addf(out, "... and %u more %s%s of this kind", kind->dropped,
		severity_word(kind->severity), kind->dropped == 1 ? "" : "s");
	if (kind->code) {
		strbuf_addf(out, " [%s]", kind->code);
	}
	strbuf_addch(out, '\n');
}

void diag_format(struct diag_sink *sink, struct strbuf *out, bool color)
{
	for (uint32_t i = 0; i < sink->kind_count; i++) {
		sink->kinds[i].kept = 0;
	}
	for (uint32_t i = 0; i < sink->n; i++) {
		const struct diag *d = &sink->v[i];
		format_one(sink, out, d, color);
		for (uint32_t k = 0; k < d->note_count; k++) {
			struct diag note = {.severity = DIAG_NOTE,
				.span = d->notes[k].span,
				.text = d->notes[k].text};
			format_one(sink, out, &note, color);
		}
		struct diag_kind *kind = kind_of(sink, d->severity, d->code);
		if (++kind->kept == DIAG_MOST_OF_A_KIND && kind->dropped) {
			format_more(out, kind);
		}
	}
}

void diag_print(struct diag_sink *sink, FILE *to, bool color)
{
	struct strbuf out = STRBUF_INIT;
	diag_format(sink, &out, color);
	(void)fwrite(out.buf, 1, out.len, to);
	(void)fflush(to);
	strbuf_release(&out);
}
