#include "cli/run_lock.h"

#include <errno.h>

#include "cli/session.h"

#define LOCK_WAIT_NS 3000000000

int run_lock_take(struct session *s, struct lockfile *lock)
{
	struct strbuf who = STRBUF_INIT;
	int rc = EXIT_DONE;
	if (s->o.nolock) {
		return EXIT_DONE;
	}
	enum lock_result taken =
		lockfile_take(lock, STATE_DIR "/lock", LOCK_WAIT_NS, &who);
	switch (taken) {
	case LOCK_TAKEN:
		break;
	case LOCK_BUSY:
	case LOCK_TOLD:
		diag_error(&s->sink, "CW-E305", (struct span){0},
			"another run is going on in this folder: %s", who.buf);
		diag_note(&s->sink, (struct span){0},
			"wait for it; -n, --dag and the like work meanwhile");
		if (taken == LOCK_TOLD) {
			diag_note(&s->sink, (struct span){0},
				"on this file system no host sees the locks of another: if "
				"that run is dead, remove " STATE_DIR "/lock");
		}
		rc = EXIT_WRONG;
		break;
	case LOCK_ERROR:
		diag_system(&s->sink, "CW-E305", errno, STATE_DIR "/lock", "lock");
		rc = EXIT_FAILED;
		break;
	}
	strbuf_release(&who);
	return rc;
}
