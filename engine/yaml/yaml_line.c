#include "yaml/yaml_line.h"

#include "yaml/yaml_fault.h"

size_t yline_begin(struct strview text, size_t at)
{
	while (at > 0 && !yline_is_break(text.p[at - 1])) {
		at--;
	}
	return at == 0 && sv_starts(text, SV("\xef\xbb\xbf")) ? 3 : at;
}

size_t yline_skip_blanks(struct strview text, size_t at)
{
	while (yline_is_blank(yline_byte(text, at))) {
		at++;
	}
	return at;
}

size_t yline_end(struct strview text, size_t at)
{
	size_t end = at, last = at;
	while (!yline_is_break(yline_byte(text, end))) {
		if (text.p[end] == '#' && end > at && yline_is_blank(text.p[end - 1])) {
			break;
		}
		last = yline_is_blank(text.p[end]) ? last : end + 1;
		end++;
	}
	return last;
}

size_t yline_quote_end(struct strview text, size_t at)
{
	char quote = text.p[at];
	for (at++; !yline_is_break(yline_byte(text, at)); at++) {
		if (text.p[at] == '\\' && quote == '"') {
			at++;
		} else if (text.p[at] == quote) {
			if (quote == '"' || yline_byte(text, at + 1) != '\'') {
				return at + 1;
			}
			at++;
		}
	}
	return 0;
}

size_t yline_bracket_end(struct strview text, size_t at)
{
	unsigned depth = 0;
	for (; !yline_is_break(yline_byte(text, at)); at++) {
		char c = text.p[at];
		if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return at + 1;
		}
	}
	return 0;
}

/* Behind the `key:` at `at` and the blanks after it; `at` where there is no key. */
static size_t skip_key(struct strview text, size_t at)
{
	size_t p = at;
	if (yline_is_quote(yline_byte(text, at))) {
		size_t end = yline_quote_end(text, at);
		p = end ? yline_skip_blanks(text, end) : at;
		return end && yline_byte(text, p) == ':' &&
				       yline_is_gap(yline_byte(text, p + 1))
			       ? yline_skip_blanks(text, p + 1)
			       : at;
	}
	if (yline_opens_flow(yline_byte(text, at))) {
		return at;
	}
	for (size_t end = yline_end(text, at); p < end; p++) {
		if (text.p[p] == ':' && yline_is_gap(yline_byte(text, p + 1))) {
			return yline_skip_blanks(text, p + 1);
		}
	}
	return at;
}

size_t yline_value(struct strview text, size_t at)
{
	size_t p = yline_skip_blanks(text, yline_begin(text, at));
	while ((yline_byte(text, p) == '-' || yline_byte(text, p) == '?') &&
		yline_is_blank(yline_byte(text, p + 1))) {
		p = yline_skip_blanks(text, p + 1);
	}
	return skip_key(text, p);
}

size_t yline_item_end(struct strview text, size_t at)
{
	size_t end = yline_end(text, at), depth = 0;
	for (size_t p = at; p < end; p++) {
		char c = text.p[p];
		if (yline_opens_flow(c)) {
			depth++;
		} else if (depth == 0 && (c == '}' || c == ']' || c == ',')) {
			end = p;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	while (end > at && yline_is_blank(text.p[end - 1])) {
		end--;
	}
	return end;
}

size_t yline_item(struct strview text, size_t at)
{
	size_t begin = yline_begin(text, at), depth = 0, p = at;
	for (; p > begin; p--) {
		char c = text.p[p - 1];
		if (c == '}' || c == ']') {
			depth++;
		} else if (depth == 0 && (yline_opens_flow(c) || c == ',' ||
						 (yline_is_blank(c) && p > begin + 1 &&
							 text.p[p - 2] == ':'))) {
			break;
		} else if (yline_opens_flow(c)) {
			depth--;
		}
	}
	return yline_skip_blanks(text, p);
}

void yline_add_quoted(struct strbuf *out, struct strview value)
{
	bool special = value.n &&
		       (memchr(value.p, '"', value.n) || memchr(value.p, '\\', value.n));
	strbuf_addch(out, special ? '\'' : '"');
	for (size_t i = 0; i < value.n; i++) {
		if (special && value.p[i] == '\'') {
			strbuf_addch(out, '\'');
		}
		strbuf_addch(out, value.p[i]);
	}
	strbuf_addch(out, special ? '\'' : '"');
}

/* Whether the text is in quotes with one more of them inside: 'it's'. */
static bool has_stray_quote(struct strview value)
{
	size_t quotes = 0;
	for (size_t i = 0; i < value.n; i++) {
		quotes += value.p[i] == value.p[0];
	}
	return value.n > 2 && yline_is_quote(value.p[0]) &&
	       value.p[0] == value.p[value.n - 1] && quotes % 2 == 1;
}

void yaml_quote_value(
	struct strbuf *out, struct strview text, uint32_t start, bool in_flow)
{
	size_t end = in_flow ? yline_item_end(text, start) : yline_end(text, start);
	if (end <= start || end - start > YAML_SHOWN_MOST) {
		return;
	}
	struct strview value = sv_sub(text, start, end - start);
	yline_add_quoted(
		out, has_stray_quote(value) ? sv_sub(value, 1, value.n - 2) : value);
}

bool yline_above(struct strview text, size_t at, size_t *ret)
{
	for (size_t begin = yline_begin(text, at);;) {
		size_t end = begin;
		while (end > 0 && yline_is_break(text.p[end - 1])) {
			end--;
		}
		if (end == begin) {
			return false;
		}
		begin = yline_begin(text, end);
		size_t first = yline_skip_blanks(text, begin);
		if (!yline_is_break(yline_byte(text, first)) && text.p[first] != '#') {
			*ret = first;
			return true;
		}
	}
}
