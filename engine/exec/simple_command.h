/*
 * Shell texts that need no shell: one program with plain or quoted words and redirections
 * to files, as most commands of workflows are. Whatever a shell would do anything else
 * with (expansions, lists, builtins, functions, comments...) is not simple; and whoever
 * runs a simple command must let the real shell do it where a step fails, so that messages
 * and statuses are the shell's own.
 */
#ifndef CW_EXEC_SIMPLE_COMMAND_H
#define CW_EXEC_SIMPLE_COMMAND_H

#include "base/arena.h"
#include "sys/process.h"

enum { SIMPLE_MOST_OPENS = 6 };

enum simple_kind {
	SIMPLE_PROGRAM,
	SIMPLE_NOTHING, /* ":", "true": only the files are opened */
	SIMPLE_ECHO,
};

struct simple_command {
	enum simple_kind kind;
	char **argv; /* NULL-terminated */
	uint32_t argc;
	struct spawn_open opens[SIMPLE_MOST_OPENS];
	uint32_t open_count;
};

/* Whether `shell` (bash, sh or dash, maybe with a path) with `prefix` in the environment
 * `env` would run `text` as a simple command; then *ret holds it, in `arena`. */
bool simple_command_parse(const char *shell, const char *prefix, const char *text,
	char *const *env, struct arena *arena, struct simple_command *ret);

#endif
