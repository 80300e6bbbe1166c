/* Records that nothing leads to any more; for state_close.c. */
#ifndef CW_STATE_FORGET_H
#define CW_STATE_FORGET_H

#include "state/state.h"

/*
 * Appends to `rows` what may be forgotten: files that are not there, that no rule makes any
 * more and that no other record leads back to, and the jobs that made them; jobs without
 * outputs that did not run for long. True if there is some. Linear; looks at every file that
 * the graph has not.
 */
bool forget_find(const struct state *s, struct strbuf *rows);

#endif
