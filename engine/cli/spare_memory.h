/* Large lists that the run's helper process does without. */
#ifndef CW_CLI_SPARE_MEMORY_H
#define CW_CLI_SPARE_MEMORY_H

#include "cli/session.h"

/* Graph, plan and records are left out of a process that is forked from now on (`spare`), or
 * no more. Nothing of them grows meanwhile. */
void spare_memory(struct session *s, bool spare);

#endif
