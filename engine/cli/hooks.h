/* Commands around a run: onstart, onsuccess, onerror. */
#ifndef CW_CLI_HOOKS_H
#define CW_CLI_HOOKS_H

#include "base/diag.h"
#include "workflow/workflow.h"

/* Runs a hook, if it is set, and waits for it. `failed`: names of rules with failed jobs.
 * 0, or -1 with an error in the sink. */
int hook_run(struct diag_sink *sink, const struct workflow *wf, const struct hook *hook,
	const char *name, const char *log, const struct strview *failed,
	uint32_t failed_count);

#endif
