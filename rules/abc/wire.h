/*
 * Bytes between processes of one build on one kind of machine, and in files that only
 * this build reads back: numbers as they lie in memory, lengths before bytes. Frames in
 * files carry a length and a checksum, so that a torn end is seen.
 */
#ifndef CW_ABC_WIRE_H
#define CW_ABC_WIRE_H

#include "base/strbuf.h"

static inline void wire_put(struct strbuf *out, const void *p, size_t n)
{
	strbuf_add(out, p, n);
}
void wire_put_u64(struct strbuf *out, uint64_t x);
void wire_put_f64(struct strbuf *out, double x);
void wire_put_text(struct strbuf *out, const char *s); /* NULL is kept apart from "" */

struct wire_reader {
	const char *p;
	size_t n;
	bool bad; /* something was missing; everything read since is 0 */
};

void wire_get(struct wire_reader *r, void *to, size_t n);
uint64_t wire_get_u64(struct wire_reader *r);
double wire_get_f64(struct wire_reader *r);
/* Returns owned, or NULL. */
char *wire_get_text(struct wire_reader *r);
/* A count of things of at least `size` bytes each; 0 and bad where they cannot be there. */
size_t wire_get_count(struct wire_reader *r, size_t size);

/* length, checksum, payload. */
void wire_put_frame(struct strbuf *out, const void *payload, size_t n);
/* The next whole frame of `r` and moves behind it; false at the end or where the rest is
 * torn or damaged (r is left there). */
bool wire_get_frame(struct wire_reader *r, struct wire_reader *ret_payload);

/* 1: all n bytes; 0: end of file before the first; -1: error or a torn end. */
int read_all(int fd, void *p, size_t n);

/* The text of an error, kept in `err` (not NULL) in place of what it held; -1. */
int fail(struct strbuf *err, const char *fmt, ...) CW_PRINTF(2, 3);

#endif
