/* What no record may hold. */
#ifndef CW_STATE_REDACT_H
#define CW_STATE_REDACT_H

#include "base/strbuf.h"

/* Cuts the passwords out of all URLs in a text: scheme://user:password@host becomes
 * scheme://user@host. */
void redact_urls(struct strbuf *sb);

#endif
