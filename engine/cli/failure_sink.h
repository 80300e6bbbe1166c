/* A reporter that keeps what went wrong in this run, for --report, --crate and --trace. */
#ifndef CW_CLI_FAILURE_SINK_H
#define CW_CLI_FAILURE_SINK_H

#include "cli/records.h"
#include "report/reporter.h"
#include "state/row.h"

struct session;

/* Borrows the row of the run, which gets its number when the run begins. Returns owned
 * (r->free). */
struct reporter *failure_sink_new(struct session *s, const struct row_run *run);

/* Where they are kept. */
#define FAILURES_FILE STATE_DIR "/failures"

#endif
