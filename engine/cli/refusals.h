/* What is known to fail before anything runs. */
#ifndef CW_CLI_REFUSALS_H
#define CW_CLI_REFUSALS_H

#include "cli/session.h"

/* Scripts of wanted jobs that are not there and that no rule makes. EXIT_DONE, or
 * EXIT_WRONG with an error for each. Paths that hold wildcards are left to the jobs. */
int refuse_missing_scripts(struct session *s);

/* Protected outputs that wanted jobs would write. EXIT_DONE, or EXIT_FAILED with an error
 * that lists them; `warn`: a warning, and EXIT_DONE. */
int refuse_protected(struct session *s, bool warn);

#endif
