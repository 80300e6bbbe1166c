#include "base/arena.h"

#include <stdarg.h>

#include "base/xalloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { BLOCK_FIRST = 4096, BLOCK_MOST = 1 << 20 };

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(16) char bytes[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena)ARENA_INIT;
}

static void drop_top(struct arena *a)
{
	struct arena_block *b = a->top;
	a->top = b->older;
	a->total -= b->size;
	UNPOISON(b->bytes, b->size);
	free(b);
}

void arena_release(struct arena *a)
{
	while (a->top) {
		drop_top(a);
	}
	arena_init(a);
}

void arena_clear(struct arena *a)
{
	while (a->top && a->top->older) {
		drop_top(a);
	}
	a->used = 0;
	if (a->top) {
		POISON(a->top->bytes, a->top->size);
	}
}

/* Blocks double up to 1 MiB, so that small arenas stay small and large ones few. */
static void add_block(struct arena *a, size_t need)
{
	size_t size = a->top ? a->top->size * 2 : BLOCK_FIRST;
	if (size > BLOCK_MOST) {
		size = BLOCK_MOST;
	}
	if (size < need) {
		size = need;
	}
	struct arena_block *b = xmalloc(size_add(sizeof(*b), size));
	b->older = a->top;
	b->size = size;
	POISON(b->bytes, size);
	a->top = b;
	a->used = 0;
	a->total += size;
}

void *arena_alloc(struct arena *a, size_t size, size_t align)
{
	size_t at = (a->used + align - 1) & ~(align - 1);
	if (!a->top || at > a->top->size || a->top->size - at < size) {
		add_block(a, size);
		at = 0;
	}
	char *p = a->top->bytes + at;
	a->used = at + size;
	UNPOISON(p, size);
	return p;
}

void *arena_zalloc(struct arena *a, size_t n, size_t size, size_t align)
{
	size_t bytes = size_mul(n, size);
	void *p = arena_alloc(a, bytes, align);
	memset(p, 0, bytes);
	return p;
}

char *arena_memdup0(struct arena *a, const void *p, size_t n)
{
	char *copy = arena_alloc(a, size_add(n, 1), 1);
	if (n) {
		memcpy(copy, p, n);
	}
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup0(a, s, strlen(s));
}

struct strview arena_sv(struct arena *a, struct strview s)
{
	return (struct strview){arena_memdup0(a, s.p, s.n), s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	cw_assert(n >= 0);
	char *s = arena_alloc(a, (size_t)n + 1, 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->top, a->used};
}

void arena_pop(struct arena *a, struct arena_mark m)
{
	while (a->top != m.block) {
		drop_top(a);
	}
	a->used = m.used;
	if (a->top) {
		POISON(a->top->bytes + a->used, a->top->size - a->used);
	}
}
