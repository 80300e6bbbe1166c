/* What jobs print and what is kept of it without secrets: values of `envvars`, passwords in
 * URLs. */
#ifndef CW_CLI_REDACT_SINK_H
#define CW_CLI_REDACT_SINK_H

#include "base/strbuf.h"
#include "report/reporter.h"

struct workflow;

/* Puts *** in the place of the values, and cuts the passwords. */
void redact_text(const struct workflow *wf, struct strbuf *text);

/* A reporter that tells `to` (takes) the same, but for secrets. The workflow is borrowed.
 * Returns owned (r->free). */
struct reporter *redact_sink_new(struct reporter *to, const struct workflow *wf);

#endif
