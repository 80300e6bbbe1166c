#include "base/xalloc.h"

#include <stdarg.h>
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
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p) {
		out_of_memory(size_mul(n, size));
	}
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	size_t bytes = size_mul(n, size);
	void *q = realloc(p, bytes ? bytes : 1);
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
