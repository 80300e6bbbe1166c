/* The environment that jobs get. */
#ifndef CW_SYS_ENV_H
#define CW_SYS_ENV_H

#include "base/arena.h"

/* What every job of a run gets, as a NULL-terminated list for execve. */
struct env {
	struct arena arena;
	char **v;
	uint32_t n;
};

/*
 * From `from` (the process's own): without the variables by which an MPI launcher talks
 * to its ranks (a job that calls mpirun would take them for its own); where there were
 * any, without the allocation's (SLURM_*, PBS_*...) too; with `last_on_path` (NULL:
 * none) at the end of PATH, and PWD as it is now.
 */
void env_init(struct env *e, char *const *from, const char *last_on_path);
void env_release(struct env *e);

/* The value of `name`, or NULL; borrowed. */
const char *env_get(char *const *list, const char *name);

/* A list in `arena` that holds `e` and the `n` pairs "NAME=value", which win over it;
 * of two pairs of one name the later one counts. */
char **env_with(const struct env *e, char *const *pairs, uint32_t n, struct arena *arena);

/* A list in `arena` as `shell` would give it to the program at `path`: bash tells the
 * path in "_" and counts SHLVL up, unless it becomes the program itself (`becomes`). */
char **env_as_of_shell(char *const *list, const char *shell, const char *path,
	bool becomes, struct arena *arena);

#endif
