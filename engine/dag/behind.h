/* What is planned only when the jobs that others wait for are done. */
#ifndef CW_DAG_BEHIND_H
#define CW_DAG_BEHIND_H

#include "dag/dag.h"

/*
 * Sets ret[number] for the rules that jobs will be of which are not planned yet, as far as
 * names tell it: where just one rule can make what an input that waits will name, and what
 * that one needs. `ret`: by rule, others are left as they are.
 */
void dag_rules_behind(const struct dag *d, bool *ret);

#endif
