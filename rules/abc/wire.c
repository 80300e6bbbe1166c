#include "abc/wire.h"

#include <errno.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"

void wire_put_u64(struct strbuf *out, uint64_t x)
{
	strbuf_add(out, &x, sizeof(x));
}

void wire_put_f64(struct strbuf *out, double x)
{
	strbuf_add(out, &x, sizeof(x));
}

void wire_put_text(struct strbuf *out, const char *s)
{
	wire_put_u64(out, s ? strlen(s) + 1 : 0);
	if (s) {
		strbuf_addstr(out, s);
	}
}

void wire_get(struct wire_reader *r, void *to, size_t n)
{
	if (r->bad || r->n < n) {
		r->bad = true;
		memset(to, 0, n);
		return;
	}
	memcpy(to, r->p, n);
	r->p += n;
	r->n -= n;
}

uint64_t wire_get_u64(struct wire_reader *r)
{
	uint64_t x;

	wire_get(r, &x, sizeof(x));
	return x;
}

double wire_get_f64(struct wire_reader *r)
{
	double x;

	wire_get(r, &x, sizeof(x));
	return x;
}

char *wire_get_text(struct wire_reader *r)
{
	uint64_t n = wire_get_u64(r);
	char *s;

	if (r->bad || n == 0 || n - 1 > r->n) {
		r->bad = r->bad || n != 0;
		return NULL;
	}
	s = xmemdup0(r->p, n - 1);
	r->p += n - 1;
	r->n -= n - 1;
	return s;
}

size_t wire_get_count(struct wire_reader *r, size_t size)
{
	uint64_t n = wire_get_u64(r);

	if (r->bad || n > r->n / size) {
		r->bad = true;
		return 0;
	}
	return (size_t)n;
}

void wire_put_frame(struct strbuf *out, const void *payload, size_t n)
{
	wire_put_u64(out, n);
	wire_put_u64(out, hash64(payload, n));
	strbuf_add(out, payload, n);
}

bool wire_get_frame(struct wire_reader *r, struct wire_reader *ret_payload)
{
	uint64_t head[2];

	if (r->bad || r->n < sizeof(head)) {
		return false;
	}
	memcpy(head, r->p, sizeof(head));
	if (head[0] > r->n - sizeof(head) ||
		hash64(r->p + sizeof(head), head[0]) != head[1]) {
		return false;
	}
	*ret_payload = (struct wire_reader){.p = r->p + sizeof(head), .n = head[0]};
	r->p += sizeof(head) + head[0];
	r->n -= sizeof(head) + head[0];
	return true;
}

int read_all(int fd, void *p, size_t n)
{
	char *at = p;
	size_t left = n;

	while (left) {
		ssize_t got = read(fd, at, left);
		if (got == 0) {
			return left == n ? 0 : -1;
		}
		if (got < 0 && errno != EINTR) {
			return -1;
		}
		if (got > 0) {
			at += got;
			left -= (size_t)got;
		}
	}
	return 1;
}

int fail(struct strbuf *err, const char *fmt, ...)
{
	va_list ap;

	strbuf_reset(err);
	va_start(ap, fmt);
	strbuf_vaddf(err, fmt, ap);
	va_end(ap);
	return -1;
}
