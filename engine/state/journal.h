/*
 * The journal: what happened since the last snapshot, appended frame by frame before
 * anything relies on it. It survives the death of the process at any moment; a frame that
 * is torn or foreign ends what is read.
 *
 * Frame: magic, length of the payload, identity of the database, number, XXH3-64 of all
 * that and the payload. Numbers rise by one. The first frame of a file is empty and has the
 * number of the last one before it: so it is seen whether one is missing.
 *
 * Frames are written into mapped memory whose place on the disk was reserved before: that
 * costs no system call a frame. Where that cannot be had, by one write a frame. Behind the
 * last frame are zeros until the journal is closed.
 */
#ifndef CW_STATE_JOURNAL_H
#define CW_STATE_JOURNAL_H

#include "base/strbuf.h"

struct journal {
	int fd;                    /* -1: not open */
	bool by_write;             /* no mapped memory */
	uint64_t identity, number; /* of the last frame */
	uint64_t size;             /* bytes of frames */
	uint64_t room;             /* bytes that have their place, mapped */
	char *map;                 /* NULL: nothing is mapped yet */
	struct strbuf scratch;
};

#define JOURNAL_INIT                                                                     \
	{                                                                                \
		-1, false, 0, 0, 0, 0, NULL, STRBUF_INIT                                 \
	}

/* Locks the file at `path`, made where it is missing, for this process (and those it
 * forks): the descriptor, -1 with errno (EWOULDBLOCK: another has it). */
int journal_lock(const char *path);

/* Begins to append to `fd` (of journal_lock; taken) behind its first `size` bytes, which
 * are whole frames; what is behind them goes. `number` is that of the last frame. 0, or -1
 * with errno. */
int journal_open(
	struct journal *j, int fd, uint64_t identity, uint64_t number, uint64_t size);
void journal_close(struct journal *j);

/* Appends a frame. 0, or -1 with errno; then what a part of it left is cut off again. */
int journal_append(struct journal *j, struct strview payload);

/* Empties the file; numbers go on. 0, or -1 with errno. */
int journal_clear(struct journal *j);

/* Appends whole frames of the journal at `fd`, from `from` up to `end` (where one begins, and
 * the last one ends), to `out`: at most `most` bytes, but one frame at least, where there is one.
 * Another thread may append meanwhile. 0, or -1 with errno. */
int journal_read(int fd, uint64_t from, uint64_t end, uint64_t most, struct strbuf *out);

struct frame {
	uint64_t identity, number;
	struct strview payload;
};

/* The frame at the beginning of *bytes, which moves behind it. False at the end, and at
 * bytes that are no whole frame. */
bool journal_next(struct strview *bytes, struct frame *ret);

#endif
