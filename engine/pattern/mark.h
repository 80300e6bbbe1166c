/*
 * Values of environment variables that no text is to hold: a mark stands in their place,
 * MARK NAME \001, until a shell is given the variable itself.
 */
#ifndef CW_PATTERN_MARK_H
#define CW_PATTERN_MARK_H

#include "base/strbuf.h"

enum { MARK_MOST = 24 }; /* bytes of a mark, with its NUL */

/* A mark that no name holds by accident, nor by guessing. */
void mark_make(char ret[MARK_MOST]);

/* Appends what stands for the variable `name`. */
void mark_add(struct strbuf *out, struct strview mark, struct strview name);

/*
 * Takes from *rest the text up to the next variable and that variable: texts into
 * *ret_text, its name into *ret_name (n 0: the text ends *rest). False where *rest is
 * empty. Everything is borrowed from *rest. `mark` of no bytes: there are none.
 */
bool mark_next(struct strview mark, struct strview *rest, struct strview *ret_text,
	struct strview *ret_name);

/* Whether the text has one. */
bool mark_is_in(struct strview mark, struct strview text);

/* Appends the text with the values of this process's environment put in; a variable that
 * is not set gives nothing. */
void mark_values(struct strbuf *out, struct strview mark, struct strview text);

/* shell_quote() of a word in which variables are marked: they go in as "$NAME". */
void mark_quote(struct strbuf *out, struct strview mark, struct strview word);

#endif
