/*
 * Allocation that does not return NULL: out of memory ends the program with a message
 * and status 70. For the engine and the programs' main paths; sizes are checked for
 * overflow. Everything returned is owned by the caller and freed with free().
 */
#ifndef CW_BASE_XALLOC_H
#define CW_BASE_XALLOC_H

/* `size` bytes, not initialised. */
void *xmalloc(size_t size) __attribute__((malloc));

/* `n` elements of `size` bytes, zeroed. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc));

/* `p` (NULL or owned) grown or shrunk to `n` elements of `size` bytes. */
void *xreallocarray(void *p, size_t n, size_t size) CW_MUST_CHECK;

/* A copy of the string `s`. */
char *xstrdup(const char *s) __attribute__((malloc));

/* A copy of `n` bytes at `p`, with a NUL behind them. */
char *xmemdup0(const void *p, size_t n) __attribute__((malloc));

/* A formatted string. */
char *xasprintf(const char *fmt, ...) CW_PRINTF(1, 2);

/*
 * For a program that holds large arrays, before its first allocation: blocks of a MiB and
 * more are the kernel's own, so that they grow without being copied and go back when
 * they are freed.
 */
void xalloc_large_blocks(void);

/* The end of the program when memory is out: message on stderr, exit status 70. */
CW_NORETURN void out_of_memory(size_t size);

/* a + b and a * b of sizes; ends the program where they overflow. */
size_t size_add(size_t a, size_t b);
size_t size_mul(size_t a, size_t b);

#endif
