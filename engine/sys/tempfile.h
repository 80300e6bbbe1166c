/*
 * A private file that becomes another in one step: made in the folder of its target, so
 * that the rename stays on one file system. What was opened and neither committed nor
 * dropped is removed when the process ends by exit() or calls tempfile_remove_all()
 * after a signal; a SIGKILL may leave ".NAME.cwflow-XXXXXX" behind.
 */
#ifndef CW_SYS_TEMPFILE_H
#define CW_SYS_TEMPFILE_H

struct tempfile {
	int fd;
	char *path;   /* of the temporary file; owned */
	char *target; /* owned */
	struct tempfile *next, **link;
};

/* Opens one for `target` with `mode` less the umask. 0, or -1 with errno. */
int tempfile_open(struct tempfile *t, const char *target, uint32_t mode);

/* Closes it and renames it over its target. 0, or -1 with errno: then it is gone and
 * the target as before. Releases `t` in both cases. */
int tempfile_commit(struct tempfile *t);

/* Closes and removes it; errno is kept. */
void tempfile_drop(struct tempfile *t);

/* Removes all that are open. Safe in a signal handler. */
void tempfile_remove_all(void);

/* A file of no name, for bytes too many for memory, below `dir` (or /tmp where that
 * fails): open for reading and writing, gone when closed. The descriptor, or -1. */
int tempfile_unnamed(const char *dir);

#endif
