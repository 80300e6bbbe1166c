/*
 * Data-dependent steps. Inputs that are told by what a job makes (`after`) are unknown
 * until it is done. What is up to date needs no waiting; for the rest the graph grows
 * while the run goes on (growth.h). Where that would need a job of the plan that does not
 * run, what waits is left out, and graph and plan are made again after the run, for a
 * further round. Nothing runs twice.
 */
#ifndef CW_CLI_ROUNDS_H
#define CW_CLI_ROUNDS_H

#include "cli/session.h"

/* Graph and plan, again and again while jobs that are waited for need not run. Exit
 * status. */
int rounds_plan(struct session *s, enum state_mode mode);

/* Forgets graph and plan, for the next round. */
void rounds_forget(struct session *s);

/* Jobs whose inputs are not known yet. */
uint32_t rounds_waiting(const struct session *s);

/* Whether inputs of the job are not known yet; before the run. */
bool rounds_is_gate(const struct session *s, uint32_t job);

/* A job ended well in this round, or was needless. True with its key (see after.h) where
 * inputs wait for it. */
bool rounds_note(struct session *s, uint32_t job, uint64_t *ret_key);

#endif
