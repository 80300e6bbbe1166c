#include "exec/simple_command.h"

#include <fcntl.h>

#include "sys/env.h"

/* Builtins and reserved words of bash and dash. */
static const char *const not_programs[] = {".", "[", "[[", "!", "{", "}", "alias", "bg",
	"bind", "break", "builtin", "caller", "case", "cd", "chdir", "command", "compgen",
	"complete", "compopt", "continue", "coproc", "declare", "dirs", "disown", "do",
	"done", "elif", "else", "enable", "esac", "eval", "exec", "exit", "export",
	"false", "fc", "fg", "fi", "for", "function", "getopts", "hash", "help",
	"history", "if", "in", "jobs", "kill", "let", "local", "logout", "mapfile",
	"popd", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return",
	"select", "set", "shift", "shopt", "source", "suspend", "test", "then", "time",
	"times", "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset",
	"until", "wait", "while"};

struct reader {
	const char *at;
	char *to;    /* where the next word is put */
	bool quoted; /* the word just read had quotes */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes that mean themselves outside of quotes. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("_./,:@%+=-", c));
}

/* Passes over blanks and over line ends behind a backslash, which mean nothing. */
static void skip_blanks(struct reader *r)
{
	for (;;) {
		if (is_blank(*r->at)) {
			r->at++;
		} else if (r->at[0] == '\\' && r->at[1] == '\n') {
			r->at += 2;
		} else {
			return;
		}
	}
}

/* Copies what stands between quotes; false where it holds an expansion or has no end. */
static bool read_quoted(struct reader *r)
{
	char quote = *r->at++;
	for (; *r->at != quote; r->at++) {
		if (*r->at == '\0' || (quote == '"' && strchr("$`\\", *r->at))) {
			return false;
		}
		*r->to++ = *r->at;
	}
	r->at++;
	r->quoted = true;
	return true;
}

/* A backslash, a line end, and then a blank: the word is over. */
static bool is_line_end_before_blank(const char *at)
{
	return at[0] == '\\' && at[1] == '\n' && (is_blank(at[2]) || at[2] == '\0');
}

/* Reads a word into r->to with its NUL; NULL where there is none or it is not plain. */
static char *read_word(struct reader *r)
{
	char *begin = r->to;
	bool any = false;
	r->quoted = false;
	for (;; any = true) {
		char c = *r->at;
		if (c == '\'' || c == '"') {
			if (!read_quoted(r)) {
				return NULL;
			}
		} else if (c == '\\' && r->at[1] == '\n') {
			break; /* in the middle of a word, what is no blank goes on */
		} else if (c == '\\' && r->at[1]) {
			*r->to++ = r->at[1];
			r->at += 2;
			r->quoted = true;
		} else if (is_plain(c)) {
			*r->to++ = *r->at++;
		} else {
			break;
		}
	}
	bool ends = !*r->at || is_blank(*r->at) || *r->at == '<' || *r->at == '>' ||
		    is_line_end_before_blank(r->at);
	if (!any || !ends) {
		return NULL;
	}
	*r->to++ = '\0';
	if ((*r->at == '<' || *r->at == '>') && !r->quoted &&
		begin[strspn(begin, "0123456789")] == '\0') {
		return NULL; /* "3>": the number of a descriptor */
	}
	return begin;
}

/* Whether the shell opens the file itself: it does not for some names in /dev. */
static bool is_ordinary_file(const char *path)
{
	return *path &&
	       (strncmp(path, "/dev/", 5) != 0 || strcmp(path, "/dev/null") == 0);
}

/* Reads a redirection whose sign is next; `fd` -1 where no number stands before it. */
static bool read_redirection(struct reader *r, int fd, struct simple_command *c)
{
	bool input = *r->at == '<';
	struct spawn_open o = {.flags = input ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC};
	if (c->open_count == SIMPLE_MOST_OPENS) {
		return false;
	}
	o.fd = fd >= 0 ? fd : !input;
	r->at++;
	if (!input && *r->at == '&') {
		char from = r->at[1], after = from ? r->at[2] : '\0';
		if ((from != '1' && from != '2') || (after && !is_blank(after))) {
			return false;
		}
		o.from = from - '0';
		r->at += 2;
		c->opens[c->open_count++] = o;
		return true;
	}
	if (!input && (*r->at == '>' || *r->at == '|')) {
		if (*r->at == '>') {
			o.flags = O_WRONLY | O_CREAT | O_APPEND;
		}
		r->at++;
	}
	skip_blanks(r);
	o.path = read_word(r);
	if (!o.path || !is_ordinary_file(o.path)) {
		return false;
	}
	c->opens[c->open_count++] = o;
	return true;
}

/* "2" in front of "2>": its number, else -1. */
static int fd_before_sign(const char *at)
{
	return *at >= '0' && *at <= '2' && (at[1] == '<' || at[1] == '>') ? *at - '0'
									  : -1;
}

/* Reads words and redirections up to the end. */
static bool read_all(struct reader *r, struct simple_command *c)
{
	skip_blanks(r);
	while (*r->at) {
		int fd = fd_before_sign(r->at);
		if (fd >= 0) {
			r->at++;
		}
		if (*r->at == '<' || *r->at == '>') {
			if (!read_redirection(r, fd, c)) {
				return false;
			}
		} else {
			char *word = read_word(r);
			if (!word) {
				return false;
			}
			c->argv[c->argc++] = word;
		}
		skip_blanks(r);
	}
	c->argv[c->argc] = NULL;
	return true;
}

static bool is_builtin(const char *name)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(not_programs); i++) {
		if (strcmp(not_programs[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether the prefix only sets the strict mode, which a single command is indifferent
 * to. */
static bool is_harmless_prefix(const char *prefix)
{
	static const char *const known[] = {
		"", "set -euo pipefail;", "set -eu;", "set -e;", "set -eo pipefail;"};
	for (size_t i = 0; i < CW_ARRAY_LEN(known); i++) {
		if (strcmp(prefix, known[i]) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_known_shell(const char *shell)
{
	const char *slash = strrchr(shell, '/');
	const char *name = slash ? slash + 1 : shell;
	return strcmp(name, "bash") == 0 || strcmp(name, "sh") == 0 ||
	       strcmp(name, "dash") == 0;
}

/* Whether the environment makes bash read a file first, set options, or have a function
 * called `name`. */
static bool changes_bash(char *const *env, const char *name)
{
	size_t n = strlen(name);
	for (; *env; env++) {
		const char *var = *env;
		if (var[0] != 'B' && var[0] != 'S') {
			continue;
		}
		if (strncmp(var, "BASH_ENV=", 9) == 0 ||
			strncmp(var, "BASHOPTS=", 9) == 0 ||
			strncmp(var, "SHELLOPTS=", 10) == 0) {
			return true;
		}
		if (strncmp(var, "BASH_FUNC_", 10) == 0 &&
			strncmp(var + 10, name, n) == 0 &&
			strncmp(var + 10 + n, "%%=", 3) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether echo has no options (of any shell) and nothing that some shells expand. */
static bool is_plain_echo(const struct simple_command *c)
{
	if (c->argc > 1 && c->argv[1][0] == '-') {
		return false;
	}
	for (uint32_t i = 1; i < c->argc; i++) {
		if (strchr(c->argv[i], '\\')) {
			return false;
		}
	}
	return true;
}

bool simple_command_parse(const char *shell, const char *prefix, const char *text,
	char *const *env, struct arena *arena, struct simple_command *ret)
{
	size_t n = strlen(text);
	while (n && (is_blank(text[n - 1]) || text[n - 1] == '\n')) {
		n--;
	}
	if (n == 0 || text[n - 1] == '\\' || !is_harmless_prefix(prefix) ||
		!is_known_shell(shell)) {
		return false; /* at its end, a backslash escapes what was cut off */
	}
	char *copy = arena_memdup0(arena, text, n);
	struct reader r = {.at = copy, .to = arena_alloc(arena, 2 * n + 2, 1)};
	*ret = (struct simple_command){.argv = ARENA_ARRAY(arena, char *, n / 2 + 3)};
	if (!read_all(&r, ret) || ret->argc == 0) {
		return false;
	}
	const char *name = ret->argv[0];
	if (strchr(name, '=') || *name == '\0' || is_builtin(name) ||
		changes_bash(env, name)) {
		return false;
	}
	if (strcmp(name, ":") == 0 || strcmp(name, "true") == 0) {
		ret->kind = SIMPLE_NOTHING;
	} else if (strcmp(name, "echo") == 0) {
		ret->kind = SIMPLE_ECHO;
		return is_plain_echo(ret);
	}
	return true;
}
