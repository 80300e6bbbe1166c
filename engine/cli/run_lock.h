/* The lock of a working directory, with words about whoever has it. */
#ifndef CW_CLI_RUN_LOCK_H
#define CW_CLI_RUN_LOCK_H

#include "sys/lockfile.h"

struct session;

/* Takes the lock, after a moment if another run is about to end; with --nolock nothing is
 * locked. *lock is LOCKFILE_INIT before, lockfile_release after in any case. The exit status. */
int run_lock_take(struct session *s, struct lockfile *lock);

#endif
