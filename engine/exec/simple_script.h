/*
 * Shell texts that need no shell: programs with plain or quoted words and
 * redirections to files, one after the other (`;`, line ends, `&&`, `||`) or
 * joined by pipes, as most commands of workflows are. Whatever a shell would do
 * anything else with (expansions, builtins, functions, background, comments...)
 * is not simple; and whoever runs a simple script must let the real shell do
 * the rest of it from a step that cannot be started, so that messages and
 * statuses are the shell's own.
 */
#ifndef CW_EXEC_SIMPLE_SCRIPT_H
#define CW_EXEC_SIMPLE_SCRIPT_H

#include "base/arena.h"
#include "sys/process.h"

enum {
	SIMPLE_MOST_OPENS = 6,
	SIMPLE_MOST_COMMANDS = 64,
	SIMPLE_MOST_PIPED = 8,
};

enum simple_kind {
	SIMPLE_PROGRAM,
	SIMPLE_NOTHING, /* ":", "true": only the files are opened */
	SIMPLE_ECHO,
};

/* What stands between a command and the one before it. */
enum simple_join { JOIN_ALWAYS, JOIN_AND, JOIN_OR, JOIN_PIPE };

struct simple_command {
	enum simple_kind kind;
	enum simple_join join;
	char **argv; /* NULL-terminated */
	uint32_t argc;
	struct spawn_open opens[SIMPLE_MOST_OPENS];
	uint32_t open_count;
	size_t offset; /* of its first byte in the text */
	uint32_t line; /* from 0 */
};

struct simple_script {
	struct simple_command *v;
	uint32_t n;
	bool errexit, pipefail; /* as the prefix sets them */
};

/* Whether `shell` (bash, sh or dash, maybe with a path) with `prefix` in the
 * environment `env` would run `text` as a simple script; then *ret holds it, in
 * `arena`. */
bool simple_script_parse(const char *shell, const char *prefix, const char *text,
	char *const *env, struct arena *arena, struct simple_script *ret);

#endif
