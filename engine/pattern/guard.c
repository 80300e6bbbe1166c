#include "pattern/guard.h"

enum { NAME_MOST = 16 }; /* longer than any builtin's */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* What ends a simple command; within quotes too, where it is none: the texts that this
 * mistakes have no builtin before it. */
static bool ends_command(char c)
{
	return c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' ||
	       c == '`';
}

static bool is_name(struct strview s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = c >= '0' && c <= '9';
		if (!digit && c != '_' && !(c >= 'a' && c <= 'z') &&
			!(c >= 'A' && c <= 'Z')) {
			return false;
		}
	}
	return s.n && !(s.p[0] >= '0' && s.p[0] <= '9');
}

static bool is_one_of(struct strview word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eq_str(word, list[i])) {
			return true;
		}
	}
	return false;
}

/* The next word of *rest, which is taken from it; empty at the end. */
static struct strview next_word(struct strview *rest)
{
	while (rest->n && is_blank(rest->p[0])) {
		*rest = sv_skip(*rest, 1);
	}
	size_t n = 0;
	while (n < rest->n && !is_blank(rest->p[n])) {
		n++;
	}
	struct strview word = sv_sub(*rest, 0, n);
	*rest = sv_skip(*rest, n);
	return word;
}

/* A command's name without the quotes in it: \let is let. `buf` of NAME_MOST bytes. */
static struct strview unquoted(struct strview word, char *buf)
{
	size_t n = 0;
	for (size_t i = 0; i < word.n && n < NAME_MOST; i++) {
		if (!strchr("\\'\"", word.p[i])) {
			buf[n++] = word.p[i];
		}
	}
	return (struct strview){buf, n};
}

/* Whether a word of `text` compares numbers, or looks a variable up. */
static bool has_arithmetic_test(struct strview text)
{
	static const char *const tests[] = {
		"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"};
	while (text.n) {
		if (is_one_of(next_word(&text), tests, CW_ARRAY_LEN(tests))) {
			return true;
		}
	}
	return false;
}

/* The end of the last `s` in `text` before `off`, or SIZE_MAX. */
static size_t last_before(struct strview text, size_t off, const char *s)
{
	size_t n = strlen(s);
	for (size_t end = off; end >= n; end--) {
		if (!memcmp(text.p + end - n, s, n)) {
			return end;
		}
	}
	return SIZE_MAX;
}

/* The first `s` in `text` from `off` on, or SIZE_MAX. */
static size_t first_behind(struct strview text, size_t off, const char *s)
{
	const char *at = memmem(text.p + off, text.n - off, s, strlen(s));
	return at ? (size_t)(at - text.p) : SIZE_MAX;
}

/* A comparison of numbers around `off` between [[ and ]]. */
static bool in_numeric_condition(struct strview text, size_t off)
{
	size_t open = last_before(text, off, "[["), shut = last_before(text, off, "]]");
	size_t end = first_behind(text, off, "]]");
	if (open == SIZE_MAX || end == SIZE_MAX || (shut != SIZE_MAX && shut > open)) {
		return false;
	}
	static const char *const joints[] = {"&&", "||"};
	for (size_t i = 0; i < CW_ARRAY_LEN(joints); i++) {
		size_t before = last_before(text, off, joints[i]);
		size_t behind = first_behind(text, off, joints[i]);
		open = before != SIZE_MAX && before > open ? before : open;
		end = behind < end ? behind : end;
	}
	return has_arithmetic_test(sv_sub(text, open, end - open));
}

/* NAME[...]= or NAME[...]+= with `off` in the brackets, or [...]= within x=(...). */
static bool in_subscript(struct strview text, size_t off)
{
	size_t open = off;
	/* lines and blanks are no end to it */
	while (open > 0 && text.p[open - 1] != '[' && text.p[open - 1] != ']') {
		open--;
	}
	if (!open || text.p[open - 1] != '[') {
		return false;
	}
	size_t begin = open - 1;
	while (begin > 0 && !is_blank(text.p[begin - 1]) &&
		!ends_command(text.p[begin - 1])) {
		begin--;
	}
	struct strview name = sv_sub(text, begin, open - 1 - begin);
	size_t close = first_behind(text, off, "]");
	if (close == SIZE_MAX || (name.n && !is_name(name))) {
		return false;
	}
	struct strview rest = sv_skip(text, close + 1);
	return sv_starts(rest, SV("=")) || sv_starts(rest, SV("+="));
}

/* The words of the simple command around `off`, up to it, from its name on. */
static struct strview command_before(struct strview text, size_t off)
{
	static const char *const lead[] = {"if", "then", "else", "elif", "do", "while",
		"until", "!", "{", "time", "builtin", "command"};
	size_t begin = off;
	while (begin > 0 && !ends_command(text.p[begin - 1])) {
		begin--;
	}
	struct strview rest = sv_sub(text, begin, off - begin), from = rest;
	for (;;) {
		from = rest;
		struct strview word = next_word(&rest);
		const char *equals = word.n ? memchr(word.p, '=', word.n) : NULL;
		bool assigns = equals && is_name((struct strview){
						 word.p, (size_t)(equals - word.p)});
		if (!word.n || (!assigns && !is_one_of(word, lead, CW_ARRAY_LEN(lead)))) {
			return from;
		}
	}
}

static enum guard builtin_guard(struct strview text, size_t off, enum shell_kind shell)
{
	static const char *const declares[] = {
		"declare", "typeset", "local", "export", "readonly", "unset", "integer"};
	char buf[NAME_MOST];
	struct strview rest = command_before(text, off);
	struct strview name = unquoted(next_word(&rest), buf);
	if (sv_eq_str(name, "let") && rest.n) {
		return GUARD_NUMBER;
	}
	if (shell == SHELL_KSH && (sv_eq_str(name, "[") || sv_eq_str(name, "test"))) {
		size_t end = off;
		while (end < text.n && !ends_command(text.p[end])) {
			end++;
		}
		struct strview to_end = sv_sub(text, off, end - off);
		return has_arithmetic_test(rest) || has_arithmetic_test(to_end)
			       ? GUARD_NUMBER
			       : GUARD_NONE;
	}
	if (!rest.n || !is_one_of(name, declares, CW_ARRAY_LEN(declares))) {
		return GUARD_NONE;
	}
	bool integers = sv_eq_str(name, "integer"), valued = false;
	while (rest.n) {
		struct strview word = next_word(&rest);
		valued = word.n && memchr(word.p, '=', word.n);
		integers |= word.n > 1 && word.p[0] == '-' && memchr(word.p, 'i', word.n);
	}
	return !valued ? GUARD_NAME : integers ? GUARD_NUMBER : GUARD_NONE;
}

bool guard_wanted(struct strview text, enum shell_kind shell)
{
	static const char *const signs[] = {"[[", "]=", "]+=", "let", "declare",
		"typeset", "local", "export", "readonly", "unset", "integer"};
	if (shell == SHELL_DASH || !text.n) {
		return false;
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(signs); i++) {
		if (first_behind(text, 0, signs[i]) != SIZE_MAX) {
			return true;
		}
	}
	return shell == SHELL_KSH;
}

enum guard guard_at(struct strview text, size_t off, enum shell_kind shell)
{
	if (in_subscript(text, off)) {
		return GUARD_INDEX;
	}
	if (in_numeric_condition(text, off)) {
		return GUARD_NUMBER;
	}
	return builtin_guard(text, off, shell);
}

bool guard_allows(enum guard guard, struct strview item)
{
	struct strview rest = sv_skip(item, item.n && item.p[0] == '-' ? 1 : 0);
	size_t i = 0;
	switch (guard) {
	case GUARD_NONE:
		return true;
	case GUARD_NAME:
		return is_name(item);
	case GUARD_NUMBER:
	case GUARD_INDEX:
		while (i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9') {
			i++;
		}
		return i == rest.n && i && (i == 1 || rest.p[0] != '0');
	}
	return false;
}

const char *guard_fault(enum guard guard)
{
	return guard == GUARD_NAME
		       ? "the shell takes what stands here for a variable and would compute "
			 "its index, so only letters, digits and _ can stand here"
		       : "the shell computes what stands here, even within quotes, so only "
			 "integers without leading zeros can stand here";
}
