/* Pieces of HTML pages: texts, figures, pictures. Private to the room. */
#ifndef CW_VIEW_PAGE_H
#define CW_VIEW_PAGE_H

#include "base/strbuf.h"

/* Appends text that stands for itself anywhere in HTML, in attributes between double quotes
 * too: markup is escaped, control bytes and bytes that are no UTF-8 are shown ("\n"). */
void page_text(struct strbuf *sb, struct strview text);

/* The same, at most `most` characters of it, with an ellipsis. */
void page_text_cut(struct strbuf *sb, struct strview text, size_t most);

/* Lines as they are, tabs and newlines kept; all else as above. */
void page_lines(struct strbuf *sb, struct strview text);

/* "0.31 s", "12.4 s", "3 min 20 s", "2 h 05 min". */
void page_seconds(struct strbuf *sb, double seconds);

/* "312 B", "1.2 MB"; powers of 1000. */
void page_bytes(struct strbuf *sb, double bytes);

/* "1 job", "1,204 jobs". */
void page_count(struct strbuf *sb, uint64_t n, const char *one, const char *many);

/* "1,204". */
void page_number(struct strbuf *sb, uint64_t n);

/* Local time, with its zone. Nothing for 0. */
void page_date(struct strbuf *sb, int64_t ns);

/* Base64, as in data URIs. */
void page_base64(struct strbuf *sb, const void *p, size_t n);

/* What the page looks like, and the little that it can do beyond. */
extern const char page_style[];
extern const char page_script[];

/* Everything up to <body>, with a policy that lets nothing be fetched and no other script
 * run. `style`: more rules, or "". */
void page_begin(struct strbuf *sb, struct strview title, const char *style);
void page_end(struct strbuf *sb);

#endif
