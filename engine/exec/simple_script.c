#include "exec/simple_script.h"

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

/* Passes over blanks and over line ends behind a backslash, which mean nothing.
 */
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

/* Copies what stands between quotes; false where it holds an expansion or has
 * no end. */
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

/* Whether a word may end before this byte: what follows is a blank, a sign, or
 * a line end behind a backslash that is followed by one. */
static bool is_word_end(const char *at)
{
	if (at[0] == '\\' && at[1] == '\n') {
		at += 2;
	}
	return *at == '\0' || is_blank(*at) || strchr("<>|&;\n", *at);
}

/* Reads a word into r->to with its NUL; NULL where there is none or it is not
 * plain. */
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
	if (!any || !is_word_end(r->at)) {
		return NULL;
	}
	*r->to++ = '\0';
	if ((*r->at == '<' || *r->at == '>') && !r->quoted &&
		begin[strspn(begin, "0123456789")] == '\0') {
		return NULL; /* "3>": the number of a descriptor */
	}
	return begin;
}

/* Whether the shell opens the file itself: it does not for some names in /dev.
 */
static bool is_ordinary_file(const char *path)
{
	return *path &&
	       (strncmp(path, "/dev/", 5) != 0 || strcmp(path, "/dev/null") == 0);
}

/* Reads a redirection whose sign is next; `fd` -1 where no number stands before
 * it. */
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
		if ((from != '1' && from != '2') ||
			(after && !is_blank(after) && !strchr("|&;\n", after))) {
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

/* Reads the words and redirections of one command, up to a sign between
 * commands. */
static bool read_command(struct reader *r, struct simple_command *c, char **words)
{
	c->argv = words;
	skip_blanks(r);
	while (*r->at && !strchr("|&;\n", *r->at)) {
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
		if (not_programs[i][0] == name[0] && strcmp(not_programs[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether the prefix only sets the strict mode. */
static bool read_prefix(const char *prefix, struct simple_script *ret)
{
	static const struct {
		const char *text;
		bool errexit, pipefail;
	} known[] = {
		{"set -euo pipefail;", true, true},
		{"set -eu;", true, false},
		{"set -e;", true, false},
		{"set -eo pipefail;", true, true},
		{"", false, false},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(known); i++) {
		if (strcmp(prefix, known[i].text) == 0) {
			ret->errexit = known[i].errexit;
			ret->pipefail = known[i].pipefail;
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

/* Whether the environment makes bash read a file first, set options, or have a
 * function called `name`. */
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

/* Whether echo has no options (of any shell) and nothing that some shells
 * expand. */
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

/* Whether a command is one that we know to run; sets its kind. */
static bool classify(struct simple_command *c, char *const *env)
{
	const char *name = c->argc ? c->argv[0] : "";
	if (*name == '\0' || strchr(name, '=') || is_builtin(name) ||
		changes_bash(env, name)) {
		return false;
	}
	if (strcmp(name, ":") == 0 || strcmp(name, "true") == 0) {
		c->kind = SIMPLE_NOTHING;
	} else if (strcmp(name, "echo") == 0) {
		c->kind = SIMPLE_ECHO;
		return is_plain_echo(c);
	}
	return true;
}

/* Passes over line ends, and blanks between them; counts them. */
static void skip_lines(struct reader *r, uint32_t *line)
{
	skip_blanks(r);
	while (*r->at == '\n') {
		r->at++;
		++*line;
		skip_blanks(r);
	}
}

/* Reads the sign behind a command; false where it is none of ours. */
static bool read_sign(struct reader *r, enum simple_join *join, uint32_t *line)
{
	char a = r->at[0], b = a ? r->at[1] : '\0';
	*join = JOIN_ALWAYS;
	if (a == '|' || a == '&') {
		if (a == '&' && b != '&') {
			return false;
		}
		*join = a == '&' ? JOIN_AND : b == '|' ? JOIN_OR : JOIN_PIPE;
		r->at += *join == JOIN_PIPE ? 1 : 2;
		skip_lines(r, line);
		return *r->at != '\0';
	}
	r->at += a != '\0';
	*line += a == '\n';
	return true;
}

/* Line ends within a command: in quotes, and behind backslashes. */
static uint32_t count_lines(const char *from, const char *to)
{
	uint32_t n = 0;
	for (; from < to; from++) {
		n += *from == '\n';
	}
	return n;
}

/* Reads the commands up to the end of the text. */
static bool read_script(
	struct reader *r, char **words, char *const *env, struct simple_script *s)
{
	const char *text = r->at;
	enum simple_join join = JOIN_ALWAYS;
	uint32_t line = 0, piped = 0;
	for (;;) {
		skip_lines(r, &line);
		if (*r->at == '\0') {
			return s->n > 0;
		}
		if (s->n == SIMPLE_MOST_COMMANDS) {
			return false;
		}
		struct simple_command *c = &s->v[s->n++];
		*c = (struct simple_command){
			.join = join, .offset = (size_t)(r->at - text), .line = line};
		if (!read_command(r, c, words) || !classify(c, env)) {
			return false;
		}
		line += count_lines(text + c->offset, r->at);
		words += c->argc + 1;
		piped = join == JOIN_PIPE ? piped + 1 : 1;
		if (!read_sign(r, &join, &line) || piped > SIMPLE_MOST_PIPED) {
			return false;
		}
		bool in_pipe = c->join == JOIN_PIPE || join == JOIN_PIPE;
		if (in_pipe && c->kind != SIMPLE_PROGRAM) {
			return false;
		}
	}
}

/* How many commands there can be at most: each but the first stands behind a sign. */
static uint32_t most_commands(const char *text)
{
	uint32_t n = 1;
	for (; *text && n < SIMPLE_MOST_COMMANDS; text++) {
		n += *text == ';' || *text == '|' || *text == '&' || *text == '\n';
	}
	return n;
}

bool simple_script_parse(const char *shell, const char *prefix, const char *text,
	char *const *env, struct arena *arena, struct simple_script *ret)
{
	size_t n = strlen(text);
	while (n && (is_blank(text[n - 1]) || text[n - 1] == '\n')) {
		n--;
	}
	*ret = (struct simple_script){0};
	if (n == 0 || text[n - 1] == '\\' || !read_prefix(prefix, ret) ||
		!is_known_shell(shell)) {
		return false; /* at its end, a backslash escapes what was cut off */
	}
	char *copy = arena_memdup0(arena, text, n);
	struct reader r = {.at = copy, .to = arena_alloc(arena, 2 * n + 2, 1)};
	uint32_t most = most_commands(copy);
	char **words = ARENA_ARRAY(arena, char *, n + most + 2);
	ret->v = ARENA_ARRAY(arena, struct simple_command, most);
	return read_script(&r, words, env, ret);
}
