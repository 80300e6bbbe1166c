#include "abc/npy.h"

enum { PREFIX = 10, ALIGN = 64 };

/* Magic, version, length, and a dictionary padded with blanks to a multiple of 64. */
static void make_head(struct npy *s, size_t n, bool scalar)
{
	size_t length;

	strbuf_reset(&s->buf);
	strbuf_add(&s->buf, "\x93NUMPY\x01\x00\x00\x00", PREFIX);
	strbuf_addstr(&s->buf, "{'descr': '<f8', 'fortran_order': False, 'shape': ");
	if (scalar) {
		strbuf_addstr(&s->buf, "(), }");
	} else {
		strbuf_addf(&s->buf, "(%zu,), }", n);
	}
	while ((s->buf.len + 1) % ALIGN) {
		strbuf_addch(&s->buf, ' ');
	}
	strbuf_addch(&s->buf, '\n');
	length = s->buf.len - PREFIX;
	s->buf.buf[8] = (char)(length & 0xff);
	s->buf.buf[9] = (char)(length >> 8);
	s->head = s->buf.len;
	s->n = n;
	s->scalar = scalar;
	s->filled = true;
}

struct strview npy_image(struct npy *s, const double *v, size_t n, bool scalar)
{
	if (!s->buf.buf) {
		strbuf_init(&s->buf);
	}
	if (!s->filled || s->n != n || s->scalar != scalar) {
		make_head(s, n, scalar);
	}
	strbuf_setlen(&s->buf, s->head);
	strbuf_add(&s->buf, v, n * sizeof(*v));
	return strbuf_sv(&s->buf);
}

void npy_release(struct npy *s)
{
	if (s->buf.buf) {
		strbuf_release(&s->buf);
	}
}
