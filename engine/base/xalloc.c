#include "base/xalloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

void cw_bug(const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "cwflow: bug at %s:%d: ", file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}

void out_of_memory(size_t size)
{
	fprintf(stderr, "cwflow: out of memory (%zu bytes asked for)\n", size);
	_exit(70);
}

size_t size_add(size_t a, size_t b)
{
	size_t sum;
	if (__builtin_add_overflow(a, b, &sum)) {
		out_of_memory(SIZE_MAX);
	}
	return sum;
}

size_t size_mul(size_t a, size_t b)
{
	size_t product;
	if (__builtin_mul_overflow(a, b, &product)) {
		out_of_memory(SIZE_MAX);
	}
	return product;
}

enum { MMAP_FROM = 1 << 20, HUGE_FROM = 8 << 20, PAGE = 4096 };

void xalloc_large_blocks(void)
{
	/* said once, the threshold stays: else it rises with every large block freed */
	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
}

/* A large block takes a few huge pages rather than thousands of faults. All of its pages
 * are asked for: where they differ, the block cannot grow in its place. */
static void *ask_huge(void *p, size_t bytes)
{
	if (p && bytes >= HUGE_FROM) {
		size_t before = (uintptr_t)p & (PAGE - 1);
		size_t all =
			(before + malloc_usable_size(p) + PAGE - 1) & ~(size_t)(PAGE - 1);
		madvise((char *)p - before, all, MADV_HUGEPAGE);
	}
	return p;
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p) {
		out_of_memory(size);
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = ask_huge(calloc(n ? n : 1, size ? size : 1), n * size);
	if (!p) {
		out_of_memory(size_mul(n, size));
	}
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	size_t bytes = size_mul(n, size);
	void *q = ask_huge(realloc(p, bytes ? bytes : 1), bytes);
	if (!q) {
		out_of_memory(bytes);
	}
	return q;
}

char *xstrdup(const char *s)
{
	return xmemdup0(s, strlen(s));
}

char *xmemdup0(const void *p, size_t n)
{
	char *copy = xmalloc(size_add(n, 1));
	if (n) {
		memcpy(copy, p, n);
	}
	copy[n] = '\0';
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	char *s;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0) {
		out_of_memory(0);
	}
	return s;
}
