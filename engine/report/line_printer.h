/*
 * Writes lines to a descriptor and, on a terminal, keeps one line below them that is
 * drawn over again and again. A reader that went away or a closed terminal is no error.
 */
#ifndef CW_REPORT_LINE_PRINTER_H
#define CW_REPORT_LINE_PRINTER_H

#include "base/strbuf.h"

struct line_printer {
	int fd;
	bool broken;        /* nobody reads any more */
	struct strbuf out;  /* what is to be written next */
	struct strbuf live; /* the line below, as it stands on the screen */
};

void line_printer_init(struct line_printer *p, int fd);
void line_printer_release(struct line_printer *p); /* erases the live line */

/* Prints whole lines above the live one, in one write. */
void line_printer_lines(struct line_printer *p, struct strview lines);

/* Draws `line` (no newline, no control bytes) as the live one, cut to `width` columns. */
void line_printer_live(struct line_printer *p, struct strview line, unsigned width);

/* Writes everything; false where nobody reads. Waits where the reader is slow. */
bool line_printer_write(int fd, struct strview text);

/* Appends `s`, cut in its middle to `width` columns. */
void line_printer_elide(struct strbuf *out, struct strview s, unsigned width);

#endif
