/*
 * Block arena: objects that live and die together (a workflow, a plan, one message).
 * Nothing in it is freed alone. A mark remembers the top, popping to it frees what came
 * since. Under AddressSanitizer freed parts are poisoned.
 */
#ifndef CW_BASE_ARENA_H
#define CW_BASE_ARENA_H

#include "base/strview.h"

struct arena_block;

struct arena {
	struct arena_block *top; /* block that is being filled, older ones behind it */
	size_t used;             /* bytes used in it */
	size_t total;            /* bytes of all blocks */
};

struct arena_mark {
	struct arena_block *block;
	size_t used;
};

#define ARENA_INIT                                                                       \
	{                                                                                \
		NULL, 0, 0                                                               \
	}

/* An empty arena; allocates nothing yet. */
void arena_init(struct arena *a);

/* Frees everything; the arena is empty and usable again. */
void arena_release(struct arena *a);

/* The same, but that memory for a few small objects is kept. */
void arena_clear(struct arena *a);

/* `size` bytes aligned to `align` (a power of two, at most 16), not initialised.
 * Borrowed from the arena until arena_release or a pop below it. */
void *arena_alloc(struct arena *a, size_t size, size_t align);

/* One zeroed object, or an array of `n`, of type T. */
#define ARENA_NEW(a, T) ((T *)arena_zalloc((a), 1, sizeof(T), _Alignof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_zalloc((a), (n), sizeof(T), _Alignof(T)))
void *arena_zalloc(struct arena *a, size_t n, size_t size, size_t align);

/* A copy of `n` bytes with a NUL behind them; of a string; of a view (with a NUL). */
char *arena_memdup0(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
struct strview arena_sv(struct arena *a, struct strview s);

/* A formatted string. */
char *arena_printf(struct arena *a, const char *fmt, ...) CW_PRINTF(2, 3);

/* The present top, and back to it: all that was allocated since is gone. */
struct arena_mark arena_mark(const struct arena *a);
void arena_pop(struct arena *a, struct arena_mark m);

#endif
