/*
 * Data-dependent steps. Inputs that are told by what a job makes (`after`) are unknown
 * until it is done: such a job and what hangs below it are held back, all else runs; then
 * graph and plan are made again, with what is known by then. What is up to date needs no
 * waiting. Nothing runs twice.
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

/* Takes the jobs that wait, and those below them, out of the plan of this round. */
void rounds_hold(struct session *s);

/* A job ended well in this round, or was needless. */
void rounds_note(struct session *s, uint32_t job);

#endif
