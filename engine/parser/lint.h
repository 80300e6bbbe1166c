/* What is most likely not meant, though it can be read: remarks about a whole workflow. */
#ifndef CW_PARSER_LINT_H
#define CW_PARSER_LINT_H

#include "workflow/workflow.h"

/* Adds the remarks to the sink, as warnings CW-W7xx. How many there are. */
uint32_t lint_workflow(struct diag_sink *sink, const struct workflow *wf);

#endif
