/* Byte of a scalar's text -> byte of its file. */
#include "yaml/yaml_tree.h"

/*
 * A walk over the source of a scalar beside its value: `at` is the source byte that
 * value byte `done` comes from. Line breaks are the only places where the two differ by
 * rule; what the value holds there tells which rule it was.
 */
struct walk {
	struct strview src; /* of the scalar, delimiters included */
	struct strview value;
	size_t at, done;
	enum yaml_style style;
	size_t indent; /* of a block scalar's lines */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Length of the line break at `at`, 0 for none. */
static size_t break_at(struct strview s, size_t at)
{
	if (at >= s.n || (s.p[at] != '\n' && s.p[at] != '\r')) {
		return 0;
	}
	return s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n' ? 2 : 1;
}

/* Steps past the header `|2-` of a block scalar and finds the indentation. */
static void begin_block(struct walk *w)
{
	while (w->at < w->src.n && !break_at(w->src, w->at)) {
		w->at++;
	}
	w->at += break_at(w->src, w->at);
	/* The first line that is not empty sets it; the value keeps what is deeper. */
	size_t lead = 0;
	while (lead < w->value.n && w->value.p[lead] == '\n') {
		lead++;
	}
	size_t kept = lead;
	while (kept < w->value.n && w->value.p[kept] == ' ') {
		kept++;
	}
	for (size_t at = w->at, begin = at; at < w->src.n; at++) {
		if (break_at(w->src, at)) {
			begin = at + 1;
		} else if (w->src.p[at] != ' ') {
			size_t spaces = at - begin;
			w->indent = spaces >= kept - lead ? spaces - (kept - lead) : 0;
			break;
		}
	}
}

static void skip_indent(struct walk *w)
{
	for (size_t i = 0; i < w->indent && w->at < w->src.n && w->src.p[w->at] == ' ';
		i++) {
		w->at++;
	}
}

/* One value byte of a block scalar. A break that was folded away stands before it. */
static bool step_block(struct walk *w)
{
	char c = w->value.p[w->done];
	for (size_t len; (len = break_at(w->src, w->at)) > 0;) {
		w->at += len;
		skip_indent(w);
		if (c == '\n' || c == ' ') {
			return true;
		}
	}
	if (w->at < w->src.n && w->src.p[w->at] == c) {
		w->at++;
		return true;
	}
	return c == '\n' && w->at >= w->src.n; /* breaks at the end are not in the span */
}

/* A run of blanks and breaks in a quoted or plain scalar: one break is a space, more are
 * one break less. False where there is no break in it. */
static bool step_fold(struct walk *w, bool escaped)
{
	size_t at = w->at, breaks = 0;
	while (at < w->src.n && (is_blank(w->src.p[at]) || break_at(w->src, at))) {
		size_t len = break_at(w->src, at);
		breaks += len > 0;
		at += len ? len : 1;
	}
	if (!breaks) {
		return false;
	}
	size_t bytes = breaks > 1 ? breaks - 1 : escaped ? 0 : 1;
	w->at = at;
	w->done += bytes;
	return true;
}

/* Bytes of the value that the escape at `at` stands for; *ret_len its own length. */
static size_t escape_bytes(const struct walk *w, size_t *ret_len)
{
	char c = (char)(w->at + 1 < w->src.n ? w->src.p[w->at + 1] : '\0');
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	unsigned char lead = (unsigned char)w->value.p[w->done];
	*ret_len = 2 + digits;
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* One or several value bytes of a quoted or plain scalar. */
static bool step_flow(struct walk *w)
{
	if (step_fold(w, false)) {
		return true;
	}
	if (w->at >= w->src.n) {
		return false;
	}
	char s = w->src.p[w->at];
	if (w->style == YAML_SINGLE_QUOTED && s == '\'') {
		w->at += 2;
		w->done++;
		return true;
	}
	if (w->style != YAML_DOUBLE_QUOTED || s != '\\') {
		bool same = s == w->value.p[w->done];
		w->at++;
		w->done++;
		return same;
	}
	if (break_at(w->src, w->at + 1)) {
		w->at++;
		return step_fold(w, true);
	}
	size_t len;
	w->done += escape_bytes(w, &len);
	w->at += len;
	return true;
}

/* Walks until value byte `to` is next. */
static bool walk_to(struct walk *w, size_t to)
{
	bool block = w->style == YAML_LITERAL || w->style == YAML_FOLDED;
	while (w->done < to) {
		if (block) {
			if (!step_block(w)) {
				return false;
			}
			w->done++;
		} else if (!step_flow(w)) {
			return false;
		}
	}
	return w->at <= w->src.n;
}

/* Past the breaks and blanks that stand before value byte `done` and belong to none. */
static void settle(struct walk *w)
{
	char c = (char)(w->done < w->value.n ? w->value.p[w->done] : '\0');
	bool block = w->style == YAML_LITERAL || w->style == YAML_FOLDED;
	if (!block) {
		if (w->style == YAML_DOUBLE_QUOTED && w->at + 1 < w->src.n &&
			w->src.p[w->at] == '\\' && break_at(w->src, w->at + 1)) {
			w->at++;
			step_fold(w, true);
		}
		return;
	}
	while (c && c != '\n' && c != ' ' && break_at(w->src, w->at)) {
		w->at += break_at(w->src, w->at);
		skip_indent(w);
	}
}

struct span yaml_span_in(const struct source_set *sources,
	const struct yaml_tree_node *scalar, size_t off, size_t len)
{
	struct span whole = scalar->span;
	if (scalar->kind != YAML_SCALAR || !whole.source || off > scalar->text.n) {
		return whole;
	}
	if (len > scalar->text.n - off) {
		len = scalar->text.n - off;
	}
	struct strview text = source_text(sources, whole.source);
	struct walk w = {.src = sv_sub(text, whole.off, whole.len),
		.value = scalar->text,
		.style = scalar->style};
	if (w.style == YAML_LITERAL || w.style == YAML_FOLDED) {
		begin_block(&w);
		skip_indent(&w);
	} else if (w.style != YAML_PLAIN) {
		w.at = 1;
		w.src.n -= w.src.n > 1 ? 1 : 0; /* the closing quote */
	}
	if (!walk_to(&w, off)) {
		return whole;
	}
	settle(&w);
	size_t start = w.at;
	if (len && !walk_to(&w, off + len)) {
		return whole;
	}
	return (struct span){whole.source, whole.off + (uint32_t)start,
		w.at > start ? (uint32_t)(w.at - start) : 0};
}
