/* Quoting with knowledge of what stands beside a reference; for this room alone. */
#ifndef CW_PATTERN_QUOTE_H
#define CW_PATTERN_QUOTE_H

#include "pattern/place.h"

/* What quoting must know besides the place. */
struct quote_rules {
	bool is_path;  /* `./` before a leading dash */
	bool tight;    /* the reference touches something that could give a plain word a
	                  meaning (`2>`, `x=`): it is quoted in any case */
	bool in_array; /* a quote inside '...' is written '"'"', see struct place_around */
};

/* As place_quote(), which is tight; a here-document's delimiter is not looked for. */
int place_quote_item(struct strbuf *out, enum place place, struct strview item,
	struct quote_rules rules);

/* Appends the shell variable `name` so that its value goes in as one word, or as the part
 * of one that its place makes it: "$NAME". */
void place_quote_variable(struct strbuf *out, enum place place, struct strview name);

#endif
