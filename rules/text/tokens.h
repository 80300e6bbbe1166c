/*
 * The words of a text, in order, in small letters, block by block: memory is bounded by
 * the longest word, so a text of any size streams. Split at Unicode white space, line
 * ends and the punctuation of byte_class.h; invalid UTF-8 is an error with its place.
 * Cost: about 0.5 ns a byte for ASCII, 2 to 5 ns for a byte that is not.
 */
#ifndef CW_TEXT_TOKENS_H
#define CW_TEXT_TOKENS_H

#include "base/strview.h"
#include "text/tool.h"

/* Words in reading order: word i is the bytes edges[2 * i] .. edges[2 * i + 1] - 1 behind
 * `base`. Borrowed from the reader until its next call. Behind the first byte of any word
 * at least 16 bytes are readable. */
struct token_batch {
	const char *base;
	const uint32_t *edges;
	size_t n;
};

static inline struct strview token_at(const struct token_batch *b, size_t i)
{
	return (struct strview){
		b->base + b->edges[2 * i], b->edges[2 * i + 1] - b->edges[2 * i]};
}

struct tokens {
	const struct tool *tool;
	const char *name; /* of the text, for messages */
	int fd;
	uint64_t left;      /* bytes of the text still to read, at most */
	uint64_t offset;    /* place of buf[0] in the text */
	uint64_t lines;     /* line ends before buf[0], counted where we cannot go back */
	unsigned char *buf; /* text, blanks behind it, then room for small letters */
	size_t cap, len;    /* of text in buf */
	size_t done;        /* bytes that the last batch used up */
	size_t lower;       /* where the next word in small letters goes */
	uint64_t *word;     /* one bit a byte: see byte_class.h */
	uint64_t *high;     /* the same */
	uint32_t *edges;    /* the batch */
	uint32_t *reached;  /* edges before each group of bytes, and before the end */
	bool seekable, eof;
};

/* Opens the text `path` ("-": standard input); `tool` and `path` are borrowed until
 * tokens_release. 0, or -1 with an error printed; then nothing is to be released. */
int tokens_open(struct tokens *t, const struct tool *tool, const char *path);

/* Opens the part from byte `from` to byte `to`; `from` is 0 or lies behind a blank, as
 * tokens_split gives them. Places in messages count from the beginning of the file. */
int tokens_open_part(struct tokens *t, const struct tool *tool, const char *path,
	uint64_t from, uint64_t to);

/* The next words: 1, 0 at the end of the text, -1 on an error (printed). A batch may be
 * empty. */
int tokens_next(struct tokens *t, struct token_batch *ret);

void tokens_release(struct tokens *t);

/* Bytes of the text still to come, where that is known (a file); else 0. */
uint64_t tokens_left(const struct tokens *t);

/* Cuts the text `path` into `n` parts of about the same size at ASCII blanks: part i is from
 * cuts[i] to cuts[i + 1], `cuts` has n + 1 places. What cannot be cut (a pipe) gets all of
 * it in part 0. 0, or -1 with an error printed. */
int tokens_split(const struct tool *tool, const char *path, size_t n, uint64_t *cuts);

#endif
