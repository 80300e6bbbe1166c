/* Temporary outputs that an earlier run, or an earlier round of this one, had to leave. */
#ifndef CW_CLI_TEMP_SWEEP_H
#define CW_CLI_TEMP_SWEEP_H

#include "cli/session.h"

/*
 * After the run: removes temporary outputs of jobs that did not run now, where all that
 * need them are up to date, and one of these was made so by this run (or the last run was
 * killed, or this one went on in rounds: then it could not see to them itself). Those
 * that were asked for stay.
 */
void temp_sweep(struct session *s);

#endif
