/*
 * Threads that read large files, so that a run need not wait for it. They do nothing
 * else: files in, contents out, in any order.
 */
#ifndef CW_STATE_HASHER_H
#define CW_STATE_HASHER_H

#include "state/content.h"

struct hasher;

/* With at most `threads` threads, started when there is work. Returns owned. */
struct hasher *hasher_new(uint32_t threads);

/* Ends the threads; what they had not begun is dropped. NULL is fine. */
void hasher_free(struct hasher *h);

/* Has the file at `path` (copied) read, which content_look said to be `known`; `most` as
 * for content_read. `tag` comes back with the result. */
void hasher_put(struct hasher *h, uint64_t tag, const char *path, int64_t most,
	const struct known_file *known);

/* A result: the file with its content. False where there is none (yet); with `wait`, none
 * any more. */
bool hasher_take(
	struct hasher *h, bool wait, uint64_t *ret_tag, struct known_file *ret_known);

#endif
