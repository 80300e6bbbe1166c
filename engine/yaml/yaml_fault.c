#include "yaml/yaml_fault.h"

#include "base/strbuf.h"
#include "yaml/yaml_line.h"

enum { KEY_MOST = 1024 }; /* characters of a key, by the YAML specification */

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
	size_t end = in_flow ? yline_item_end(f->text, start) : yline_end(f->text, start);
	diag_error(sink, "CW-E003", span_at(f, start, end), "%s; put %s in quotes%s%s",
		what, quoted.len ? "it" : "the whole text", quoted.len ? ": " : "",
		quoted.buf);
	strbuf_release(&quoted);
}

/* `{x}.txt`, `[a].txt`, `{tool} > {out}`: text behind a value in brackets. */
static bool text_behind_brackets(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = yline_value(f->text, f->at);
	char open = yline_byte(f->text, begin);
	size_t end = yline_opens_flow(open) ? yline_bracket_end(f->text, begin) : 0;
	if (!end || end > f->at) {
		return false;
	}
	/* `{x}.txt: value`: the key ends at the colon. */
	struct yaml_fault cut = *f;
	size_t line = yline_skip_blanks(f->text, yline_begin(f->text, f->at));
	for (size_t p = end; line == begin && !yline_is_break(yline_byte(f->text, p));
		p++) {
		if (f->text.p[p] == ':' && yline_is_gap(yline_byte(f->text, p + 1))) {
			cut.text.n = p;
		}
	}
	if (f->bad.start != begin || !f->bad.end) {
		say_quote(sink, &cut, begin, false,
			open == '{' ? "a value that begins with { is a mapping to YAML"
				    : "a value that begins with [ is a list to YAML");
	}
	return true;
}

/* Whether byte `at` is the next one behind text in quotes that ends at `end`. */
static bool is_behind(const struct yaml_fault *f, size_t end)
{
	return end && end <= f->at && yline_skip_blanks(f->text, end) >= f->at;
}

/* `"$TOOL" {input}`, `'it's'`: text behind a value in quotes. */
static bool text_behind_quotes(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = yline_value(f->text, f->at);
	size_t end = yline_is_quote(yline_byte(f->text, begin))
			     ? yline_quote_end(f->text, begin)
			     : 0;
	if (!is_behind(f, end)) {
		begin = f->quoted.start;
		end = f->quoted.end;
		if (!is_behind(f, end)) {
			return false;
		}
	}
	if (yline_begin(f->text, begin) != yline_begin(f->text, f->at)) {
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
		yline_byte(f->text, begin) == '"' ? "\\\"" : "''");
	strbuf_release(&quoted);
	return true;
}

static bool tab(struct diag_sink *sink, const struct yaml_fault *f)
{
	if (yline_byte(f->text, f->at) != '\t') {
		return false;
	}
	size_t end = f->at;
	while (yline_byte(f->text, end) == '\t') {
		end++;
	}
	diag_error(sink, "CW-E003", span_at(f, f->at, end),
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
	size_t begin = in_flow ? yline_item(f->text, f->context_at)
			       : yline_value(f->text, f->context_at);
	if (begin != f->at && begin != f->context_at) {
		return false;
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(meanings); i++) {
		if (yline_byte(f->text, begin) == meanings[i].byte) {
			say_quote(sink, f, begin, in_flow, meanings[i].words);
			return true;
		}
	}
	return false;
}

static bool directive(struct diag_sink *sink, const struct yaml_fault *f)
{
	size_t begin = yline_begin(f->text, f->context_at);
	if (problem_is(f, "incompatible")) {
		diag_error(sink, "CW-E002", span_at(f, begin, yline_end(f->text, begin)),
			"YAML 1.1 and 1.2 are read; remove the line");
	} else {
		diag_error(sink, "CW-E003", span_at(f, begin, yline_end(f->text, begin)),
			"a line that begins with %% is a directive to YAML; put its first "
			"word in quotes");
	}
	return true;
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
	size_t end = yline_end(f->text, begin);
	size_t colon = tight_colon(f->text, begin, end);
	if (colon) {
		diag_error(sink, "CW-E002", span_at(f, colon, colon + 1),
			"a blank is missing behind the colon: \"" SV_FMT ": ...\"",
			(int)(colon - begin < YAML_SHOWN_MOST ? colon - begin
							      : YAML_SHOWN_MOST),
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
	size_t begin = yline_value(f->text, f->at);
	if (begin < f->at) {
		say_quote(sink, f, begin, false,
			"the value holds \": \", which makes a key of what stands before it");
		return true;
	}
	size_t first = yline_skip_blanks(f->text, yline_begin(f->text, f->at)), above;
	if (f->at > first + KEY_MOST) {
		diag_error(sink, "CW-E002", span_at(f, first, f->at),
			"a key has at most %d characters", (int)KEY_MOST);
		return true;
	}
	if (!yline_above(f->text, f->at, &above)) {
		return false;
	}
	if (yline_value(f->text, above) == above && yline_byte(f->text, above) != '-') {
		no_key(sink, f, above);
		return true;
	}
	diag_error(sink, "CW-E002", span_at(f, first, f->at),
		"a key cannot stand inside the value above; indent it as the keys beside "
		"it, or put a text of several lines in quotes or below \"key: |\"");
	size_t value = yline_value(f->text, above);
	diag_note(sink, span_at(f, value, yline_end(f->text, value)), "the value above");
	return true;
}

static bool list_in_line(struct diag_sink *sink, const struct yaml_fault *f)
{
	if (yline_value(f->text, f->at) == f->at ||
		yline_skip_blanks(f->text, yline_begin(f->text, f->at)) != f->at) {
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
	size_t end = yline_quote_end(f->text, f->context_at);
	size_t at = f->at;
	while (at > f->context_at && f->text.p[at] != '\\') {
		at--;
	}
	struct strbuf quoted = STRBUF_INIT;
	if (end && end - f->context_at <= YAML_SHOWN_MOST) {
		struct strview inner =
			sv_sub(f->text, f->context_at + 1, end - f->context_at - 2);
		strbuf_addstr(&quoted, ": ");
		yline_add_quoted(&quoted, inner);
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
		yline_byte(f->text, open));
}

static bool at_end(const struct yaml_fault *f)
{
	size_t at = f->at;
	while (at < f->text.n && yline_is_gap(f->text.p[at])) {
		at++;
	}
	return at == f->text.n;
}

/* The begin of the text around `at` that stands in brackets; of the whole reference where
 * it is in one: `{config.list[0]}`. */
static size_t text_begin(const struct yaml_fault *f)
{
	size_t begin = yline_item(f->text, f->at);
	if (begin == 0 || f->text.p[begin - 1] != '{') {
		return begin;
	}
	size_t end = yline_bracket_end(f->text, begin - 1);
	for (size_t p = begin; p < end; p++) {
		char c = f->text.p[p];
		if (c == ',' || (c == ':' && yline_is_gap(f->text.p[p + 1]))) {
			return begin;
		}
	}
	return end ? begin - 1 : begin;
}

/* `[a/{x}.txt]`, `[{x}.txt]`, `{p: a/{x}}`, or a bracket that is not closed. */
static bool in_brackets(struct diag_sink *sink, const struct yaml_fault *f)
{
	char c = yline_byte(f->text, f->at);
	char last = (char)(f->at ? f->text.p[f->at - 1] : '\n');
	bool glued = (yline_opens_flow(c) && !yline_is_gap(last)) || last == '}' ||
		     last == ']';
	if (at_end(f)) {
		say_open(sink, f, f->context_at);
	} else if (glued || yline_opens_flow(c)) {
		size_t begin = text_begin(f);
		if (!f->bad.end || f->bad.start != begin) {
			say_quote(sink, f, begin, true,
				"braces and brackets inside a text make it no text to YAML");
		}
	} else if (c == ':') {
		if (yline_begin(f->text, f->at) != yline_begin(f->text, f->context_at)) {
			say_open(sink, f, f->context_at);
			diag_note(sink, span_at(f, f->at, f->at + 1),
				"a key begins on this line");
			return true;
		}
		say_quote(sink, f, yline_item(f->text, f->at - 1), true,
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

/* `[http://x:, y]` */
static bool colon_in_brackets(struct diag_sink *sink, const struct yaml_fault *f)
{
	say_quote(sink, f, yline_item(f->text, f->at), true,
		"a colon before a comma or bracket makes a key of the text before it");
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
	char c = yline_byte(f->text, f->at);
	size_t first = yline_skip_blanks(f->text, yline_begin(f->text, f->at));
	size_t column = f->at - yline_begin(f->text, f->at);
	size_t wanted = f->context_at - yline_begin(f->text, f->context_at);
	struct span span = span_at(f, f->at, yline_end(f->text, f->at));
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
	diag_note(sink, span_at(f, f->context_at, yline_end(f->text, f->context_at)),
		list ? "the list begins here" : "the mapping begins here");
	size_t above;
	if (column != wanted && yline_above(f->text, f->at, &above) &&
		above != f->context_at) {
		diag_note(sink, span_at(f, above, yline_end(f->text, above)),
			"the line above is indented by %zu",
			above - yline_begin(f->text, above));
	}
	return true;
}

/* Text behind the end of the document's value. */
static bool after_root(struct diag_sink *sink, const struct yaml_fault *f)
{
	struct span span = span_at(f, f->at, yline_end(f->text, f->at));
	size_t column = f->at - yline_begin(f->text, f->at);
	size_t wanted = f->root_at - yline_begin(f->text, f->root_at);
	if (column < wanted) {
		diag_error(sink, "CW-E002", span,
			"indented by %zu, but the first key of the file by %zu", column,
			wanted);
	} else {
		diag_error(sink, "CW-E002", span,
			"nothing can follow the value that the file begins with");
	}
	diag_note(sink, span_at(f, f->root_at, yline_end(f->text, f->root_at)),
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
	{"plain scalar", "unexpected ':'", colon_in_brackets},
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
