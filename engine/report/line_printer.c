#include "report/line_printer.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/utf8.h"

#define ERASE "\r\x1b[K"

void line_printer_init(struct line_printer *p, int fd)
{
	*p = (struct line_printer){.fd = fd, .out = STRBUF_INIT, .live = STRBUF_INIT};
}

bool line_printer_write(int fd, struct strview text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n >= 0) {
			text = sv_skip(text, (size_t)n);
		} else if (errno == EAGAIN) {
			struct pollfd p = {fd, POLLOUT, 0};
			poll(&p, 1, 1000);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* Writes what is in p->out. */
static void flush(struct line_printer *p)
{
	if (!p->broken && !line_printer_write(p->fd, strbuf_sv(&p->out))) {
		p->broken = true;
	}
	strbuf_reset(&p->out);
}

void line_printer_release(struct line_printer *p)
{
	if (p->live.len) {
		strbuf_addstr(&p->out, ERASE);
		flush(p);
	}
	strbuf_release(&p->out);
	strbuf_release(&p->live);
}

void line_printer_lines(struct line_printer *p, struct strview lines)
{
	if (lines.n == 0) {
		return;
	}
	if (p->live.len) {
		strbuf_addstr(&p->out, ERASE);
	}
	strbuf_addsv(&p->out, lines);
	strbuf_addsv(&p->out, strbuf_sv(&p->live));
	flush(p);
}

/* Bytes of `s` that fit into `columns`, from its begin. */
static size_t fitting(struct strview s, unsigned columns)
{
	size_t at = 0, used = 0;
	while (at < s.n) {
		int32_t cp;
		size_t n = utf8_decode(s.p + at, s.n - at, &cp);
		size_t w = utf8_width(sv_sub(s, at, n));
		if (used + w > columns) {
			break;
		}
		used += w;
		at += n;
	}
	return at;
}

void line_printer_elide(struct strbuf *out, struct strview s, unsigned width)
{
	size_t whole = utf8_width(s);
	if (whole <= width) {
		strbuf_addsv(out, s);
		return;
	}
	if (width < 5) {
		strbuf_add(out, s.p, fitting(s, width));
		return;
	}
	unsigned front = (width - 3) / 2, back = width - 3 - front;
	strbuf_add(out, s.p, fitting(s, front));
	strbuf_addstr(out, "...");
	size_t from = fitting(s, (unsigned)(whole - back));
	/* a wide character may stand astride the cut */
	if (utf8_width(sv_skip(s, from)) > back) {
		int32_t cp;
		from += utf8_decode(s.p + from, s.n - from, &cp);
	}
	strbuf_addsv(out, sv_skip(s, from));
}

void line_printer_live(struct line_printer *p, struct strview line, unsigned width)
{
	struct strbuf cut = STRBUF_INIT;
	line_printer_elide(&cut, line, width > 1 ? width - 1 : 1);
	if (!sv_eq(strbuf_sv(&cut), strbuf_sv(&p->live))) {
		strbuf_addch(&p->out, '\r');
		strbuf_addsv(&p->out, strbuf_sv(&cut));
		strbuf_addstr(&p->out, "\x1b[K");
		flush(p);
		strbuf_reset(&p->live);
		strbuf_addsv(&p->live, strbuf_sv(&cut));
	}
	strbuf_release(&cut);
}
