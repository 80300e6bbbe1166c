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
 * none) at the end of PATH.
 */
void env_init(struct env *e, char *const *from, const char *last_on_path);
void env_release(struct env *e);

/* The value of `name`, or NULL; borrowed. */
const char *env_get(char *const *list, const char *name);

/* A list in `arena` that holds `e` and the `n` pairs "NAME=value", which win over it;
 * of two pairs of one name the later one counts. */
char **env_with(const struct env *e, char *const *pairs, uint32_t n, struct arena *arena);

#endif
