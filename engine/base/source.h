/*
 * Texts kept for messages: every file (or command-line argument) that was read, so that
 * an error can show its line. Positions are spans of bytes; lines and columns are worked
 * out only when a message is printed.
 */
#ifndef CW_BASE_SOURCE_H
#define CW_BASE_SOURCE_H

#include "base/arena.h"
#include "base/strview.h"

/* A stretch of bytes of one source. Source 0 is "nowhere": the zeroed span. */
struct span {
	uint32_t source;
	uint32_t off, len; /* bytes */
};

struct source;

struct source_set {
	struct arena arena;
	struct source *v; /* v[0] is nowhere */
	uint32_t n, cap;
};

/* Where a byte is, for a person: both count from 1; columns count characters as a
 * terminal shows them (code points; invalid bytes one each; tabs one). */
struct source_place {
	uint32_t line, column;
	struct strview text; /* the line without its end; borrowed from the set */
	uint32_t off;        /* byte offset of the line's begin in the source */
};

void source_set_init(struct source_set *set);
void source_set_release(struct source_set *set);

/* Takes in a text under a name (a path as the user would write it, "--config", ...).
 * Both are copied. Returns its number, for spans. At most 4 GiB - 1. */
uint32_t source_add(struct source_set *set, const char *name, struct strview text);

/* The same, but one that is there under that name with that text is taken: what is wrong in
 * a file that is read twice is told once. Cost: one comparison of names for each. */
uint32_t source_take(struct source_set *set, const char *name, struct strview text);

/* Name and whole text of a source; borrowed from the set. */
const char *source_name(const struct source_set *set, uint32_t source);
struct strview source_text(const struct source_set *set, uint32_t source);

/* Place of byte `off` of a source. The table of lines is made at the first call. */
struct source_place source_place(struct source_set *set, uint32_t source, uint32_t off);

#endif
