/* Names in Graphviz DOT. Private to the room. */
#ifndef CW_VIEW_DOT_TEXT_H
#define CW_VIEW_DOT_TEXT_H

#include "base/strbuf.h"

/* Appends text for inside a quoted string of DOT, so that it stands for itself in a label;
 * control bytes become visible. */
void dot_escape(struct strbuf *sb, struct strview s);

#endif
