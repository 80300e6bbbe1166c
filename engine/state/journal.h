/*
 * The journal: what happened since the database was last written, appended by one write()
 * a frame before anything relies on it. It survives the death of the process at any
 * moment; a frame that is torn or foreign ends what is read.
 *
 * Frame: magic, length of the payload, identity of the database, number, XXH3-64 of all
 * that and the payload. Numbers rise by one; the database knows the last that it holds.
 */
#ifndef CW_STATE_JOURNAL_H
#define CW_STATE_JOURNAL_H

#include "base/strbuf.h"

struct journal {
	int fd;                    /* -1: not open */
	uint64_t identity, number; /* of the last frame */
	uint64_t size;             /* bytes in the file */
	struct strbuf scratch;
};

#define JOURNAL_INIT                                                                     \
	{                                                                                \
		-1, 0, 0, 0, STRBUF_INIT                                                 \
	}

/* Locks the file at `path`, made where it is missing, for this process (and those it
 * forks): the descriptor, -1 with errno (EWOULDBLOCK: another has it). */
int journal_lock(const char *path);

/* Begins to append to `fd` (of journal_lock; taken); `number` is that of the last frame
 * before the next. 0, or -1 with errno. */
int journal_open(struct journal *j, int fd, uint64_t identity, uint64_t number);
void journal_close(struct journal *j);

/* Appends a frame. 0, or -1 with errno; then what a part of it left is cut off again. */
int journal_append(struct journal *j, struct strview payload);

/* Empties the file; numbers go on. */
int journal_clear(struct journal *j);

struct frame {
	uint64_t identity, number;
	struct strview payload;
};

/* The frame at the beginning of *bytes, which moves behind it. False at the end, and at
 * bytes that are no whole frame. */
bool journal_next(struct strview *bytes, struct frame *ret);

#endif
