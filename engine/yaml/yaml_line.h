/*
 * Reads a line of YAML as a person does, for messages about lines that YAML reads
 * otherwise: where its value begins, where an item in brackets ends. Offsets are bytes of
 * the text; nothing here is exact YAML.
 */
#ifndef CW_YAML_YAML_LINE_H
#define CW_YAML_YAML_LINE_H

#include "base/strbuf.h"

static inline bool yline_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool yline_is_break(char c)
{
	return c == '\n' || c == '\r';
}

static inline bool yline_is_gap(char c)
{
	return yline_is_blank(c) || yline_is_break(c);
}

static inline bool yline_is_quote(char c)
{
	return c == '"' || c == '\'';
}

static inline bool yline_opens_flow(char c)
{
	return c == '{' || c == '[';
}

/* The byte at `at`; a line break behind the end. */
static inline char yline_byte(struct strview text, size_t at)
{
	return (char)(at < text.n ? text.p[at] : '\n');
}

/* Begin of the line of `at`, behind a byte order mark. */
size_t yline_begin(struct strview text, size_t at);

/* The first byte from `at` on that is no blank. */
size_t yline_skip_blanks(struct strview text, size_t at);

/* End of the text from `at` on in its line: no comment, no blanks. */
size_t yline_end(struct strview text, size_t at);

/* The first byte of the last line above that of `at` which is neither empty nor a
 * comment; false where there is none. */
bool yline_above(struct strview text, size_t at, size_t *ret);

/* Behind the closing quote, or bracket, of what begins at `at`; 0 where its line has
 * none. */
size_t yline_quote_end(struct strview text, size_t at);
size_t yline_bracket_end(struct strview text, size_t at);

/* Where the value on the line of `at` begins: behind `- ` and `key: `. */
size_t yline_value(struct strview text, size_t at);

/* Begin of the item in brackets that byte `at` is in; end of the item that begins there. */
size_t yline_item(struct strview text, size_t at);
size_t yline_item_end(struct strview text, size_t at);

/* Appends the text in the quotes that suit it. */
void yline_add_quoted(struct strbuf *out, struct strview value);

#endif
