#include "pattern/quote.h"

#include "pattern/place.h"

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Words, all of letters, that begin or end commands where a command may stand, in any of the
 * shells. */
static bool is_reserved(struct strview w)
{
	static const char *const words[] = {"if", "then", "else", "elif", "fi", "do",
		"done", "case", "esac", "while", "until", "for", "in", "select",
		"function", "time", "coproc", "repeat", "foreach", "end", "nocorrect",
		"noglob", "always", "namespace", "typeset", "declare", "local", "export",
		"readonly", "float", "integer"};
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (sv_eq_str(w, words[i])) {
			return true;
		}
	}
	return false;
}

/* Whether `w` looks like NAME=value. */
static bool is_assignment(struct strview w)
{
	size_t i = 0;
	while (i < w.n &&
		(is_alpha(w.p[i]) || w.p[i] == '_' || (i && is_digit(w.p[i])))) {
		i++;
	}
	return i < w.n &&
	       (w.p[i] == '=' || (w.p[i] == '+' && i + 1 < w.n && w.p[i + 1] == '='));
}

static bool is_plain(char c)
{
	switch (c) {
	case '_':
	case '.':
	case '/':
	case ':':
	case '%':
	case '@':
	case '+':
	case ',':
	case '=':
	case '-':
		return true;
	default:
		return is_alpha(c) || is_digit(c);
	}
}

/* Whether a word means itself without quotes, with blanks on both sides. */
static bool is_plain_word(struct strview w)
{
	bool letters = true, sign = false;
	for (size_t i = 0; i < w.n; i++) {
		char c = w.p[i];
		if (!is_plain(c)) {
			return false;
		}
		letters = letters && is_alpha(c);
		sign = sign || c == '=';
		if (c == '=' && (!i || w.p[i - 1] == ':')) {
			return false; /* zsh reads =NAME, behind a colon too */
		}
	}
	return w.n && !(letters && is_reserved(w)) && !(sign && is_assignment(w));
}

/* `s` as it stands inside '...', each quote in it as `quote`. */
static void add_within_single(struct strbuf *out, struct strview s, const char *quote)
{
	while (s.n) {
		const char *at = memchr(s.p, '\'', s.n);
		size_t n = at ? (size_t)(at - s.p) : s.n;
		strbuf_add(out, s.p, n);
		if (!at) {
			return;
		}
		strbuf_addstr(out, quote);
		s = sv_skip(s, n + 1);
	}
}

/* A backslash before each byte of `special`. */
static void add_escaped(struct strbuf *out, struct strview s, const char *special)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && strchr(special, s.p[i])) {
			strbuf_addch(out, '\\');
		}
		strbuf_addch(out, s.p[i]);
	}
}

void shell_quote(struct strbuf *out, struct strview word)
{
	if (is_plain_word(word)) {
		strbuf_addsv(out, word);
	} else {
		strbuf_addch(out, '\'');
		add_within_single(out, word, "'\\''");
		strbuf_addch(out, '\'');
	}
}

/* Whether a line of `s` alone is the delimiter. */
static bool holds_line(struct strview s, struct strview delimiter)
{
	for (;;) {
		const char *end = s.n ? memchr(s.p, '\n', s.n) : NULL;
		size_t n = end ? (size_t)(end - s.p) : s.n;
		if (sv_eq(sv_sub(s, 0, n), delimiter)) {
			return true;
		}
		if (!end) {
			return false;
		}
		s = sv_skip(s, n + 1);
	}
}

/* A number that means the same in the arithmetic of every shell: 08 does not. */
static int quote_number(struct strbuf *out, struct strview s)
{
	bool minus = s.n && s.p[0] == '-';
	struct strview rest = sv_skip(s, minus ? 1 : 0);
	if (!rest.n || rest.n > 19 || (rest.p[0] == '0' && rest.n > 1)) {
		return -1;
	}
	for (size_t i = 0; i < rest.n; i++) {
		if (!is_digit(rest.p[i])) {
			return -1;
		}
	}
	strbuf_addstr(out, minus ? "(" : "");
	strbuf_addsv(out, s);
	strbuf_addstr(out, minus ? ")" : "");
	return 0;
}

static void quote_comment(struct strbuf *out, struct strview s)
{
	for (size_t i = 0; i < s.n; i++) {
		strbuf_addch(out, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	}
}

/* What goes before a path that would be read as an option. */
static const char *path_lead(struct strview item, bool is_path)
{
	return is_path && item.n && item.p[0] == '-' ? "./" : "";
}

int place_quote_item(struct strbuf *out, enum place place, struct strview item,
	struct quote_rules rules)
{
	const char *lead = path_lead(item, rules.is_path);
	const char *quote = rules.in_array ? "'\"'\"'" : "'\\''";
	switch (place) {
	case PLACE_BARE:
		if (!rules.tight && is_plain_word(item)) {
			strbuf_addstr(out, lead);
			strbuf_addsv(out, item);
			return 0;
		}
		strbuf_addch(out, '\'');
		strbuf_addstr(out, lead);
		add_within_single(out, item, quote);
		strbuf_addch(out, '\'');
		return 0;
	case PLACE_DOUBLE:
		strbuf_addstr(out, lead);
		add_escaped(out, item, "\\\"$`");
		return 0;
	case PLACE_SINGLE:
		strbuf_addstr(out, lead);
		add_within_single(out, item, quote);
		return 0;
	case PLACE_HEREDOC:
	case PLACE_HEREDOC_QUOTED:
		strbuf_addstr(out, lead);
		add_escaped(out, item, place == PLACE_HEREDOC ? "\\$`" : "");
		return 0;
	case PLACE_COMMENT:
		strbuf_addstr(out, lead);
		quote_comment(out, item);
		return 0;
	case PLACE_ARITHMETIC:
		return quote_number(out, item);
	case PLACE_BACKQUOTE:
	case PLACE_DOLLAR_SINGLE:
	case PLACE_PARAMETER:
	case PLACE_ESCAPED:
	case PLACE_VARIABLE:
	case PLACE_DELIMITER:
		break;
	}
	return -1;
}

int place_quote(struct strbuf *out, enum place place, struct strview item, bool is_path,
	struct strview delimiter)
{
	bool heredoc = place == PLACE_HEREDOC || place == PLACE_HEREDOC_QUOTED;
	if (heredoc && delimiter.p && holds_line(item, delimiter)) {
		return -1;
	}
	return place_quote_item(out, place, item,
		(struct quote_rules){.is_path = is_path, .tight = true});
}

void place_quote_variable(struct strbuf *out, enum place place, struct strview name)
{
	switch (place) {
	case PLACE_BARE:
		strbuf_addf(out, "\"$" SV_FMT "\"", SV_ARG(name));
		break;
	case PLACE_SINGLE:
		strbuf_addf(out, "'\"$" SV_FMT "\"'", SV_ARG(name));
		break;
	case PLACE_DOUBLE:
	case PLACE_HEREDOC:
	case PLACE_HEREDOC_QUOTED:
	case PLACE_COMMENT:
	case PLACE_BACKQUOTE:
	case PLACE_DOLLAR_SINGLE:
	case PLACE_PARAMETER:
	case PLACE_ARITHMETIC:
	case PLACE_ESCAPED:
	case PLACE_VARIABLE:
	case PLACE_DELIMITER:
		strbuf_addf(out, "${" SV_FMT "}", SV_ARG(name));
		break;
	}
}
