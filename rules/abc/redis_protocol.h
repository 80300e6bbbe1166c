/*
 * What master and workers say to each other over a Redis server.
 *
 * Keys: cwabc:owner (the master's token, with a time to live), cwabc:run (a hash: epoch,
 * digest, selftest, begin, t, want, eval, acc), cwabc:ranges (a list of "EPOCH FIRST
 * COUNT" to be taken), cwabc:leases (sorted by deadline: "EPOCH FIRST COUNT WORKER"),
 * cwabc:results (a list), cwabc:workers (sorted by when they were heard of), cwabc:stop.
 * The epoch rises with every generation that a master begins: results of an older one are
 * dropped, so a worker or master that slept through a change can do no harm.
 */
#ifndef CW_ABC_REDIS_PROTOCOL_H
#define CW_ABC_REDIS_PROTOCOL_H

#include "abc/redis_link.h"

enum redis_key {
	KEY_OWNER,
	KEY_RUN,
	KEY_RANGES,
	KEY_LEASES,
	KEY_RESULTS,
	KEY_WORKERS,
	KEY_STOP,
	REDIS_KEYS
};

/* How long a master is believed alive without a sign, and a lease without a heart-beat,
 * unless --lease says otherwise. */
enum { OWNER_MS = 15000, LEASE_MS = 10000 };
#define KEYS_SECONDS "604800" /* and keys that nobody touches */

enum redis_script_id {
	SCRIPT_OWN,   /* token, ms -> "" or the owner's token */
	SCRIPT_BEGIN, /* token, begin, t, want, digest, selftest, seconds -> epoch or -1 */
	SCRIPT_TICK,  /* token, ms, eval, acc, most, range... -> -1 or {workers, queued,
	                 {expired lease...}, {result...}} */
	SCRIPT_END,   /* token: ranges, leases and results go, ownership with "1" */
	SCRIPT_TURN, /* worker, lease or "", result, lease ms -> {lease, epoch, stop ms, now} */
	SCRIPT_BEAT, /* lease, ms, worker */
	REDIS_SCRIPTS
};

/* Runs a script; all keys are handed to each. */
struct redis_answer *redis_run(struct redis_link *r, enum redis_script_id script,
	const struct strview *word, size_t n, struct strbuf *err);

/* The name of a key. */
struct strview redis_key_name(enum redis_key key);

#endif
