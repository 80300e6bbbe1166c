/*
 * One run at a time in a folder, told by a kernel lock on a file. The lock is one of the
 * open file (F_OFD_SETLK): it ends with the last process that holds it, however that
 * process ends, and a helper made by fork keeps it until its jobs are gone too. The text
 * in the file (host, pid, start, boot id) is for messages only, and for file systems
 * without locks, or with locks that other hosts do not see: there a lock of another host is
 * believed.
 */
#ifndef CW_SYS_LOCKFILE_H
#define CW_SYS_LOCKFILE_H

#include "base/strbuf.h"

struct lockfile {
	int fd; /* -1: not held */
};

#define LOCKFILE_INIT                                                                    \
	{                                                                                \
		-1                                                                       \
	}

enum lock_result {
	LOCK_TAKEN,
	LOCK_BUSY, /* another run holds it; the text says which */
	LOCK_TOLD, /* the same, by the text alone: it is of another host, and may be dead */
	LOCK_ERROR, /* errno */
};

/* Takes the lock on `path` (made where missing, mode 0600). Where its holder has died
 * and only its helper still ends its jobs, waits for that, at most `wait_ns`. On
 * LOCK_BUSY and LOCK_TOLD appends who holds it to `who`: "pid 123 on host since 2024-05-01 12:00:00". */
enum lock_result lockfile_take(
	struct lockfile *l, const char *path, int64_t wait_ns, struct strbuf *who);

/* Gives it back; the file stays, empty. Not held: nothing. */
void lockfile_release(struct lockfile *l);

/* Whether a live run holds the lock on `path` (then `who` as above), without taking it. */
bool lockfile_is_held(const char *path, struct strbuf *who);

#endif
