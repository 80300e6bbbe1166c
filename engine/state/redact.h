/* What no record may hold. */
#ifndef CW_STATE_REDACT_H
#define CW_STATE_REDACT_H

#include "base/strbuf.h"

/* Cuts the passwords out of all URLs in a text: scheme://user:password@host becomes
 * scheme://user@host. */
void redact_urls(struct strbuf *sb);

/* Puts *** in the place of each of these values (of environment variables) in a text. Values
 * of less than four bytes stay: they are in too many words. */
void redact_values(struct strbuf *sb, const struct strview *values, uint32_t count);

#endif
