/* All processes below this one. */
#ifndef CW_EXEC_DESCENDANTS_H
#define CW_EXEC_DESCENDANTS_H

/* Kills them until none is left (at most a few seconds: one may hang in the kernel).
 * Complete only for a child subreaper: there, what loses its parent becomes ours. */
void descendants_kill(void);

#endif
