/*
 * Starting programs. A child is made by clone(CLONE_VM | CLONE_VFORK), as posix_spawn
 * does it, so that its cost does not grow with the memory of the caller; done here by
 * hand because posix_spawn cannot give a pidfd, send a death signal, record the pid
 * before the program runs, and resets every signal one by one.
 *
 * In the child: all signals unblocked, SIGPIPE default again, no descriptor above 2.
 */
#ifndef CW_SYS_PROCESS_H
#define CW_SYS_PROCESS_H

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/strbuf.h"

/* A file opened in the child, in order, after its descriptors are in place. */
struct spawn_open {
	int fd;           /* 0, 1 or 2 */
	const char *path; /* NULL: a copy of descriptor `from` (0, 1 or 2) */
	int flags;        /* of open(2) */
	int from;
};

enum spawn_group {
	SPAWN_SAME_GROUP,
	SPAWN_NEW_GROUP,
	SPAWN_JOIN_GROUP, /* `group_id` */
	SPAWN_NEW_SESSION,
};

struct spawn {
	const char *path;  /* of the program, as execve(2) wants it: see process_find */
	char *const *argv; /* NULL-terminated */
	char *const *envp; /* NULL-terminated; NULL: the caller's */
	const char *cwd;   /* NULL: the caller's */
	int fd[3];         /* become 0, 1, 2; borrowed; -1: /dev/null */
	const struct spawn_open *opens;
	uint32_t open_count;
	const struct rlimit *files; /* its RLIMIT_NOFILE; NULL: the caller's */
	enum spawn_group group;
	pid_t group_id;
	int death_signal;   /* sent to it when the thread that started it ends; 0: none */
	_Atomic pid_t *pid; /* set before the child does anything, or NULL: lets another
	                       thread end a child that hangs in an open */
	bool prepared;      /* process_prepare() was called: less is left to do */
	bool no_pidfd;
};

struct child {
	pid_t pid;
	int pidfd; /* owned: close it when the child was waited for; -1: without one */
};

/* Makes this process one that does nothing but start programs, from threads in which all
 * signals are blocked: SIGPIPE is default, /dev/null its stdin, all that is open above 2
 * closes at exec, and so must all that is opened later. False: it cannot be. */
bool process_prepare(void);

/* Gives the calling thread descriptors of its own, of which only `keep` (above 2) is left
 * and 0, 1, 2: each child begins with a copy of all that its parent has. */
void process_own_descriptors(int keep);

/* Starts it. 0, or -1 with errno (that of the step that failed: no such folder, no such
 * program, arguments too long); then there is no child. Blocks all signals meanwhile.
 * *ret_step (may be NULL) says on failure what was tried. */
enum spawn_step { SPAWN_CLONE, SPAWN_CWD, SPAWN_FD, SPAWN_OPEN, SPAWN_EXEC };
int process_spawn(const struct spawn *s, struct child *ret, enum spawn_step *ret_step);

/* The pidfd of a child that was started without one, or -1 with errno. */
int process_pidfd(pid_t child);

/* Appends the path of program `name`: itself where it holds a slash, else the first
 * executable file of that name along `search` (folders divided by colons; NULL: the
 * caller's PATH). 0, or -1 with errno ENOENT or EACCES. */
int process_find(const char *name, const char *search, struct strbuf *out);

/* Runs a program to its end without a shell, stdin from /dev/null, and appends what it
 * writes to stdout (at most `most` bytes, then it is killed: EFBIG). Its stderr is the
 * caller's, or joins stdout. The wait status, or -1 with errno (ETIMEDOUT after
 * `timeout_ns`, if not 0; its process group is killed). */
struct process_capture {
	char *const *argv;
	char *const *envp; /* NULL: the caller's */
	const char *cwd;   /* NULL: the caller's */
	bool stderr_too;
	size_t most;
	int64_t timeout_ns;
};
int process_capture(const struct process_capture *c, struct strbuf *out);

/* A copy of the whole process, as fork(2): for the helper that outlives it only. */
pid_t process_fork(void);

/* Memory that such a copy never looks at: it does without, from now on (`spare`) or no more.
 * Where much of it is, the copy is made in a tenth of the time, and ends so. Only whole pages
 * between `p` and p + n are meant; what cannot be had so is copied. */
void process_spare(void *p, size_t n, bool spare);

#endif
