/* Quoting with knowledge of what stands beside a reference; for this room alone. */
#ifndef CW_PATTERN_QUOTE_H
#define CW_PATTERN_QUOTE_H

#include "pattern/place.h"

/* Whether a word means itself without quotes, with blanks on both sides. */
bool is_plain_word(struct strview w);

/* `s` as it stands inside '...'. */
void add_within_single(struct strbuf *out, struct strview s);

/* As place_quote(). `tight`: the reference touches something that could give a plain word
 * a meaning (`2>`, `x=`), so that it is quoted in any case. A `delimiter` with p NULL is
 * not looked for. */
int place_quote_item(struct strbuf *out, enum place place, struct strview item,
	bool is_path, struct strview delimiter, bool tight);

/* Appends the shell variable `name` so that its value goes in as one word, or as the part
 * of one that its place makes it: "$NAME". */
void place_quote_variable(struct strbuf *out, enum place place, struct strview name);

#endif
