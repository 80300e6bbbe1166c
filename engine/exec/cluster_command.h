/* A shell command that is run beside the loop: submit, status, cancel. */
#ifndef CW_EXEC_CLUSTER_COMMAND_H
#define CW_EXEC_CLUSTER_COMMAND_H

#include "base/strview.h"

struct loop;

struct cluster_command_options {
	struct loop *loop;
	const char *text;      /* for sh -c */
	char *const *envp;     /* NULL: the engine's own */
	const char *out_path;  /* its stdout goes there, so that it is there for the next
	                          engine if this one is killed; NULL: nowhere to stay */
	const char *spill_dir; /* for what has no path */
	int64_t timeout_ns;
	/* `status`: exit status, 128 + n after a signal, -1 after the timeout. The texts are
	 * borrowed for the call. The command is gone then. */
	void (*ended)(void *ctx, int status, struct strview out, struct strview err);
	void *ctx;
};

struct cluster_command;

/* Starts it in a process group of its own. NULL with errno. */
struct cluster_command *cluster_command_start(const struct cluster_command_options *o);

/* Forgets it before its end: `ended` is not called. Where it has an out_path it goes on,
 * else it is killed. NULL is fine. */
void cluster_command_free(struct cluster_command *c);

/* The environment for such commands: `from` without what a scheduler set for the job that
 * the engine itself runs in. Returns owned (one free()); strings are borrowed. */
char **cluster_command_environment(char *const *from);

#endif
