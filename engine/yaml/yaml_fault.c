#include "yaml/yaml_fault.h"

#include "base/strbuf.h"

enum { SHOWN_MOST = 100 }; /* bytes of a value that is shown in quotes */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* The byte at `at`; a line break behind the end. */
static char byte_at(struct strview text, size_t at)
{
	return at < text.n ? text.p[at] : '\n';
}

static bool is_gap(char c)
{
	return is_blank(c) || is_break(c);
}

static size_t line_begin(struct strview text, size_t at)
{
	while (at > 0 && !is_break(text.p[at - 1])) {
		at--;
	}
	return at == 0 && sv_starts(text, SV("\xef\xbb\xbf")) ? 3 : at;
}

static size_t skip_blanks(struct strview text, size_t at)
{
	while (is_blank(byte_at(text, at))) {
		at++;
	}
	return at;
}

/* End of the line's text: no comment, no blanks. */
static size_t line_end(struct strview text, size_t at)
{
	size_t end = at, last = at;
	while (!is_break(byte_at(text, end))) {
		if (text.p[end] == '#' && end > at && is_blank(text.p[end - 1])) {
			break;
		}
		last = is_blank(text.p[end]) ? last : end + 1;
		end++;
	}
	return last;
}

/* Behind the closing quote of the text that begins at `at`, 0 where the line has none. */
static size_t quote_end(struct strview text, size_t at)
{
	char quote = text.p[at];
	for (at++; !is_break(byte_at(text, at)); at++) {
		if (text.p[at] == '\\' && quote == '"') {
			at++;
		} else if (text.p[at] == quote) {
			if (quote == '"' || byte_at(text, at + 1) != '\'') {
				return at + 1;
			}
			at++;
		}
	}
	return 0;
}

/* Behind the bracket that closes the one at `at`, 0 where the line has none. */
static size_t bracket_end(struct strview text, size_t at)
{
	unsigned depth = 0;
	for (; !is_break(byte_at(text, at)); at++) {
		char c = text.p[at];
		if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return at + 1;
		}
	}
	return 0;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool opens_flow(char c)
{
	return c == '{' || c == '[';
}

/* Behind the `key:` at `at` and the blanks after it; `at` where there is no key. */
static size_t skip_key(struct strview text, size_t at)
{
	size_t p = at;
	if (is_quote(byte_at(text, at))) {
		size_t end = quote_end(text, at);
		p = end ? skip_blanks(text, end) : at;
		return end && byte_at(text, p) == ':' && is_gap(byte_at(text, p + 1))
			       ? skip_blanks(text, p + 1)
			       : at;
	}
	if (opens_flow(byte_at(text, at))) {
		return at;
	}
	for (size_t end = line_end(text, at); p < end; p++) {
		if (text.p[p] == ':' && is_gap(byte_at(text, p + 1))) {
			return skip_blanks(text, p + 1);
		}
	}
	return at;
}

/* Where the value on the line of `at` begins: behind `- ` and `key: `. */
static size_t value_begin(struct strview text, size_t at)
{
	size_t p = skip_blanks(text, line_begin(text, at));
	while ((byte_at(text, p) == '-' || byte_at(text, p) == '?') &&
		is_blank(byte_at(text, p + 1))) {
		p = skip_blanks(text, p + 1);
	}
	return skip_key(text, p);
}

/* The end of an item in brackets that begins at `at`. */
static size_t item_end(struct strview text, size_t at)
{
	size_t end = line_end(text, at), depth = 0;
	for (size_t p = at; p < end; p++) {
		char c = text.p[p];
		if (opens_flow(c)) {
			depth++;
		} else if (depth == 0 && (c == '}' || c == ']' || c == ',')) {
			end = p;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	while (end > at && is_blank(text.p[end - 1])) {
		end--;
	}
	return end;
}

/* The begin of the item in brackets that byte `at` belongs to. */
static size_t item_begin(struct strview text, size_t at)
{
	size_t begin = line_begin(text, at), depth = 0, p = at;
	for (; p > begin; p--) {
		char c = text.p[p - 1];
		if (c == '}' || c == ']') {
			depth++;
		} else if (depth == 0 && (opens_flow(c) || c == ',' ||
						 (is_blank(c) && p > begin + 1 &&
							 text.p[p - 2] == ':'))) {
			break;
		} else if (opens_flow(c)) {
			depth--;
		}
	}
	return skip_blanks(text, p);
}

/* Appends the text in the quotes that suit it. */
static void add_quoted(struct strbuf *out, struct strview value)
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
	return value.n > 2 && is_quote(value.p[0]) &&
	       value.p[0] == value.p[value.n - 1] && quotes % 2 == 1;
}

void yaml_quote_value(
	struct strbuf *out, struct strview text, uint32_t start, bool in_flow)
{
	size_t end = in_flow ? item_end(text, start) : line_end(text, start);
	if (end <= start || end - start > SHOWN_MOST) {
		return;
	}
	struct strview value = sv_sub(text, start, end - start);
	add_quoted(out, has_stray_quote(value) ? sv_sub(value, 1, value.n - 2) : value);
}

static struct span span_at(const struct yaml_fault *f, size_t start, size_t end)
{
	return (struct span){
		f->source, (uint32_t)start, end > start ? (uint32_t)(end - start) : 1};
}

static bool problem_is(const struct yaml_fault *f, const char *words)
{
	return strstr(f->problem, words) != NULL;
}

static bool context_is(const struct yaml_fault *f, const char *words)
{
	return strstr(f->context, words) != NULL;
}

/* "WHAT; put it in quotes: "..."" for the value at `start`. */
static void say_quote(struct diag_sink *sink, const struct yaml_fault *f, size_t start,
	bool in_flow, const char *what)
{
	struct strbuf quoted = STRBUF_INIT;
	yaml_quote_value(&quoted, f->text, (uint32_t)start, in_flow);
	size_t end = in_flow ? item_end(f->text, start) : line_end(f->text, start);
	diag_error(sink, "CW-E003", span_at(f, start, end), "%s; put %s in quotes%s%s",
		what, quoted.len ? "it" : "the whole text", quoted.len ? ": " : "",
		quoted.buf);
	strbuf_release(&quoted);
}

/* `{x}.txt`, `[a].txt`, `{tool} > {out}`: text behind a value in brackets. */
static bool text_behind_brackets(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = value_begin(f->text, f->at);
	char open = byte_at(f->text, begin);
	size_t end = opens_flow(open) ? bracket_end(f->text, begin) : 0;
	if (!end || end > f->at) {
		return false;
	}
	if (f->bad.start != begin || !f->bad.end) {
		say_quote(sink, f, begin, false,
			open == '{' ? "a value that begins with { is a mapping to YAML"
				    : "a value that begins with [ is a list to YAML");
	}
	return true;
}

/* Whether byte `at` is the next one behind text in quotes that ends at `end`. */
static bool is_behind(const struct yaml_fault *f, size_t end)
{
	return end && end <= f->at && skip_blanks(f->text, end) >= f->at;
}

/* `"$TOOL" {input}`, `'it's'`: text behind a value in quotes. */
static bool text_behind_quotes(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = value_begin(f->text, f->at);
	size_t end = is_quote(byte_at(f->text, begin)) ? quote_end(f->text, begin) : 0;
	if (!is_behind(f, end)) {
		begin = f->quoted.start;
		end = f->quoted.end;
		if (!is_behind(f, end)) {
			return false;
		}
	}
	if (line_begin(f->text, begin) != line_begin(f->text, f->at)) {
		diag_error(sink, "CW-E002", span_at(f, begin, begin + 1),
			"this quote is closed on a later line only, and text follows there");
		diag_note(sink, span_at(f, f->at, f->at + 1), "this text");
		return true;
	}
	struct strbuf quoted = STRBUF_INIT;
	yaml_quote_value(&quoted, f->text, (uint32_t)begin, f->open_flow != UINT32_MAX);
	diag_error(sink, "CW-E003", span_at(f, f->at, f->at + 1),
		"the text in quotes ends before this; put the whole text in quotes%s%s",
		quoted.len ? ": " : " of the other kind", quoted.buf);
	diag_note(sink, span_at(f, begin, end),
		"it begins here; a quote inside is written %s",
		byte_at(f->text, begin) == '"' ? "\\\"" : "''");
	strbuf_release(&quoted);
	return true;
}

static bool tab(struct diag_sink *sink, const struct yaml_fault *f)
{
	if (byte_at(f->text, f->at) != '\t') {
		return false;
	}
	size_t end = f->at;
	while (byte_at(f->text, end) == '\t') {
		end++;
	}
	diag_error(sink, "CW-E010", span_at(f, f->at, end),
		"a tab cannot indent in YAML; write spaces");
	return true;
}

/* A first byte that means something to YAML: @ ` % * & ! , ] } > | ? */
static bool first_byte(struct diag_sink *sink, const struct yaml_fault *f)
{
	static const struct {
		char byte;
		const char *words;
	} meanings[] = {
		{'@', "a value cannot begin with @ in YAML"},
		{'`', "a value cannot begin with ` in YAML"},
		{'%', "a value cannot begin with % in YAML"},
		{',', "a value cannot begin with a comma in YAML"},
		{']', "a value cannot begin with ] in YAML"},
		{'}', "a value cannot begin with } in YAML"},
		{'?', "a value that begins with ? is a key to YAML"},
		{'*', "a value that begins with * is an alias to YAML"},
		{'&', "a value that begins with & is an anchor to YAML"},
		{'!', "a value that begins with ! is a tag to YAML"},
		{'>', "a value that begins with > is a block whose text begins on the next line"},
		{'|', "a value that begins with | is a block whose text begins on the next line"},
	};
	bool in_flow = f->open_flow != UINT32_MAX;
	size_t begin = in_flow ? item_begin(f->text, f->context_at)
			       : value_begin(f->text, f->context_at);
	if (begin != f->at && begin != f->context_at) {
		return false;
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(meanings); i++) {
		if (byte_at(f->text, begin) == meanings[i].byte) {
			say_quote(sink, f, begin, in_flow, meanings[i].words);
			return true;
		}
	}
	return false;
}

static bool directive(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = line_begin(f->text, f->context_at);
	if (problem_is(f, "incompatible")) {
		diag_error(sink, "CW-E002", span_at(f, begin, line_end(f->text, begin)),
			"YAML 1.1 and 1.2 are read; remove the line");
	} else {
		diag_error(sink, "CW-E003", span_at(f, begin, line_end(f->text, begin)),
			"a line that begins with %% is a directive to YAML; put its first "
			"word in quotes");
	}
	return true;
}

/* The last line above `at` that is not empty and no comment; its first byte in *ret. */
static bool line_above(struct strview text, size_t at, size_t *ret)
{
	size_t begin = line_begin(text, at);
	while (begin > 0) {
		size_t end = begin;
		while (end > 0 && is_break(text.p[end - 1])) {
			end--;
		}
		begin = line_begin(text, end);
		size_t first = skip_blanks(text, begin);
		if (!is_break(byte_at(text, first)) && text.p[first] != '#') {
			*ret = first;
			return true;
		}
		if (begin <= 3 && end <= 3) {
			return false;
		}
	}
	return false;
}

/* `a:b`: where the blank behind the colon is missing in [at, end), else 0. */
static size_t tight_colon(struct strview text, size_t at, size_t end)
{
	for (size_t p = at + 1; p < end; p++) {
		if (text.p[p] == ':') {
			return p;
		}
		if (!(text.p[p] == '_' || text.p[p] == '-' ||
			    (text.p[p] >= '0' && text.p[p] <= '9') ||
			    ((text.p[p] | 0x20) >= 'a' && (text.p[p] | 0x20) <= 'z'))) {
			return 0;
		}
	}
	return 0;
}

/* Reports a line at `begin` that should be a key and its value. */
static void no_key(struct diag_sink *sink, const struct yaml_fault *f, size_t begin)
{
	size_t end = line_end(f->text, begin);
	size_t colon = tight_colon(f->text, begin, end);
	if (colon) {
		diag_error(sink, "CW-E002", span_at(f, colon, colon + 1),
			"a blank is missing behind the colon: \"" SV_FMT ": ...\"",
			(int)(colon - begin < SHOWN_MOST ? colon - begin : SHOWN_MOST),
			f->text.p + begin);
		return;
	}
	diag_error(sink, "CW-E002", span_at(f, begin, end),
		"this line is neither \"key: value\" nor \"- item\"; a longer text goes in "
		"quotes or indented below \"key: |\"");
}

/* `a: b: c`, or a key that is indented below a value. */
static bool second_colon(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = value_begin(f->text, f->at);
	if (begin < f->at) {
		say_quote(sink, f, begin, false,
			"the value holds \": \", which makes a key of what stands before it");
		return true;
	}
	size_t first = skip_blanks(f->text, line_begin(f->text, f->at)), above;
	if (!line_above(f->text, f->at, &above)) {
		return false;
	}
	if (value_begin(f->text, above) == above && byte_at(f->text, above) != '-') {
		no_key(sink, f, above);
		return true;
	}
	diag_error(sink, "CW-E002", span_at(f, first, f->at),
		"a key cannot stand inside the value above; indent it as the keys beside "
		"it, or put a text of several lines in quotes or below \"key: |\"");
	size_t value = value_begin(f->text, above);
	diag_note(sink, span_at(f, value, line_end(f->text, value)), "the value above");
	return true;
}

static bool list_in_line(struct diag_sink *sink, const struct yaml_fault *f)
{
	if (value_begin(f->text, f->at) == f->at ||
		skip_blanks(f->text, line_begin(f->text, f->at)) != f->at) {
		diag_error(sink, "CW-E002", span_at(f, f->at, f->at + 1),
			"a list begins on the line below its key; in the line it is written "
			"[a, b], and a text that begins with - in quotes");
	} else {
		diag_error(sink, "CW-E002", span_at(f, f->at, f->at + 1),
			"a list item cannot stand here: the key above has a value already");
	}
	return true;
}

static bool no_colon(struct diag_sink *sink, const struct yaml_fault *f)
{
	no_key(sink, f, f->context_at);
	return true;
}

static bool quotes_open(struct diag_sink *sink, const struct yaml_fault *f)
{
	diag_error(sink, "CW-E002", span_at(f, f->context_at, f->context_at + 1),
		"this quote is never closed");
	return true;
}

/* `"{n,\d+}"` */
static bool bad_escape(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t end = quote_end(f->text, f->context_at);
	size_t at = f->at;
	while (at > f->context_at && f->text.p[at] != '\\') {
		at--;
	}
	struct strbuf quoted = STRBUF_INIT;
	if (end && end - f->context_at <= SHOWN_MOST) {
		struct strview inner =
			sv_sub(f->text, f->context_at + 1, end - f->context_at - 2);
		strbuf_addstr(&quoted, ": ");
		add_quoted(&quoted, inner);
	}
	diag_error(sink, "CW-E003", span_at(f, at, at + 2),
		"a backslash in double quotes begins an escape, and this is none; write "
		"single quotes%s, or \\\\ for a backslash",
		quoted.buf);
	strbuf_release(&quoted);
	return true;
}

static void say_open(struct diag_sink *sink, const struct yaml_fault *f, size_t open)
{
	diag_error(sink, "CW-E002", span_at(f, open, open + 1), "this %c is never closed",
		byte_at(f->text, open));
}

static bool at_end(const struct yaml_fault *f)
{
	size_t at = f->at;
	while (at < f->text.n && is_gap(f->text.p[at])) {
		at++;
	}
	return at == f->text.n;
}

/* `[a/{x}.txt]`, `[{x}.txt]`, `{p: a/{x}}`, or a bracket that is not closed. */
static bool in_brackets(struct diag_sink *sink, const struct yaml_fault *f)
{
	char c = byte_at(f->text, f->at);
	char last = f->at ? f->text.p[f->at - 1] : '\n';
	bool glued = (opens_flow(c) && !is_gap(last)) || last == '}' || last == ']';
	if (at_end(f)) {
		say_open(sink, f, f->context_at);
	} else if (glued || opens_flow(c)) {
		size_t begin = item_begin(f->text, f->at);
		if (!f->bad.end || f->bad.start != begin) {
			say_quote(sink, f, begin, true,
				"braces and brackets inside a text make it no text to YAML");
		}
	} else if (c == ':') {
		if (line_begin(f->text, f->at) != line_begin(f->text, f->context_at)) {
			say_open(sink, f, f->context_at);
			diag_note(sink, span_at(f, f->at, f->at + 1),
				"a key begins on this line");
			return true;
		}
		say_quote(sink, f, item_begin(f->text, f->at - 1), true,
			"a text that holds \": \" is a key and a value to YAML");
	} else {
		diag_error(sink, "CW-E002", span_at(f, f->at, f->at + 1),
			"%s is missing before this",
			problem_is(f, "']'") ? "a comma or ]" : "a comma or }");
		diag_note(sink, span_at(f, f->context_at, f->context_at + 1),
			"in what begins here");
	}
	return true;
}

static bool no_content(struct diag_sink *sink, const struct yaml_fault *f)
{
	if (f->open_flow == UINT32_MAX) {
		return first_byte(sink, f);
	}
	if (at_end(f)) {
		say_open(sink, f, f->open_flow);
	} else {
		diag_error(sink, "CW-E002", span_at(f, f->at, f->at + 1),
			"a value is missing before this");
	}
	return true;
}

/* A line whose indentation fits to nothing above it. */
static bool indentation(struct diag_sink *sink, const struct yaml_fault *f)
{
	char c = byte_at(f->text, f->at);
	size_t first = skip_blanks(f->text, line_begin(f->text, f->at));
	size_t column = f->at - line_begin(f->text, f->at);
	size_t wanted = f->context_at - line_begin(f->text, f->context_at);
	struct span span = span_at(f, f->at, line_end(f->text, f->at));
	if (c == '}' || c == ']') {
		diag_error(sink, "CW-E002", span_at(f, f->at, f->at + 1),
			"nothing is open that this %c closes", c);
		return true;
	}
	if (first != f->at) {
		diag_error(sink, "CW-E002", span,
			"this does not belong to the value before it; put the whole text in "
			"quotes");
		return true;
	}
	bool list = context_is(f, "collection");
	if (column == wanted) {
		diag_error(sink, "CW-E002", span,
			list ? "a list item, \"- ...\", is expected here"
			     : "a key, \"key: ...\", is expected here");
	} else {
		diag_error(sink, "CW-E002", span,
			"indented by %zu, but the %s beside it by %zu", column,
			list ? "items" : "keys", wanted);
	}
	diag_note(sink, span_at(f, f->context_at, line_end(f->text, f->context_at)),
		list ? "the list begins here" : "the mapping begins here");
	size_t above;
	if (column != wanted && line_above(f->text, f->at, &above) &&
		above != f->context_at) {
		diag_note(sink, span_at(f, above, line_end(f->text, above)),
			"the line above is indented by %zu",
			above - line_begin(f->text, above));
	}
	return true;
}

/* Text behind the end of the document's value. */
static bool after_root(struct diag_sink *sink, const struct yaml_fault *f)
{
	struct span span = span_at(f, f->at, line_end(f->text, f->at));
	size_t column = f->at - line_begin(f->text, f->at);
	size_t wanted = f->root_at - line_begin(f->text, f->root_at);
	if (column < wanted) {
		diag_error(sink, "CW-E002", span,
			"indented by %zu, but the first key of the file by %zu", column,
			wanted);
	} else {
		diag_error(sink, "CW-E002", span,
			"nothing can follow the value that the file begins with");
	}
	diag_note(sink, span_at(f, f->root_at, line_end(f->text, f->root_at)),
		"the file begins here");
	return true;
}

static bool too_deep(struct diag_sink *sink, const struct yaml_fault *f)
{
	diag_error(sink, "CW-E005", span_at(f, f->at, f->at + 1), "nested too deeply");
	return true;
}

/* What to look at for which words of libyaml, in this order; the first that knows the
 * fault reports it. */
static const struct {
	const char *context, *problem;
	bool (*report)(struct diag_sink *, const struct yaml_fault *);
} readings[] = {
	{"", "level", too_deep},
	{"", "tab character", tab},
	{"next token", "cannot start any token", tab},
	{"a quoted scalar", "unexpected", quotes_open},
	{"a quoted scalar", "", bad_escape},
	{"flow", "did not find expected ','", text_behind_quotes},
	{"flow", "did not find expected ','", in_brackets},
	{"", "", text_behind_brackets},
	{"", "", text_behind_quotes},
	{"directive", "", directive},
	{"", "incompatible", directive},
	{"", "mapping values", second_colon},
	{"", "block sequence entries", list_in_line},
	{"a simple key", "", no_colon},
	{"", "expected node content", no_content},
	{"next token", "", first_byte},
	{"alias", "", first_byte},
	{"anchor", "", first_byte},
	{"tag", "", first_byte},
	{"", "tag handle", first_byte},
	{"", "mapping keys", first_byte},
	{"block scalar", "comment or line break", first_byte},
	{"block mapping", "", indentation},
	{"block collection", "", indentation},
	{"", "document start", after_root},
};

void yaml_fault_report(struct diag_sink *sink, const struct yaml_fault *fault)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(readings); i++) {
		if (context_is(fault, readings[i].context) &&
			problem_is(fault, readings[i].problem) &&
			readings[i].report(sink, fault)) {
			return;
		}
	}
	diag_error(sink, "CW-E002", span_at(fault, fault->at, fault->at + 1), "%s%s%s",
		fault->problem, *fault->context ? " " : "", fault->context);
}
