/* Runs simple scripts without a shell. */
#ifndef CW_EXEC_SCRIPT_RUN_H
#define CW_EXEC_SCRIPT_RUN_H

#include "exec/attempt.h"
#include "exec/simple_script.h"

/*
 * Runs `s` in the attempt `a` as `shell` would; *ret_status is its status as of
 * wait(2). The number of commands that are done: where that is less than s->n,
 * the shell must do the rest from that command on (one that cannot be started,
 * or whose files cannot be opened just so).
 */
uint32_t script_run(struct attempt *a, const struct simple_script *s, const char *shell,
	char *const *env, int *ret_status);

#endif
