/* Places where a shell computes what it reads, quoted or not; for this room alone. */
#ifndef CW_PATTERN_GUARD_H
#define CW_PATTERN_GUARD_H

#include "pattern/template.h"

/* Stands for a reference in a text that guard_at() reads. */
#define GUARD_MARK '\x01'

/* Whether a command has anything that guard_at() looks for; saves asking. */
bool guard_wanted(struct strview text, enum shell_kind shell);

/* What the value of the reference at `off` of a command must be, so that `shell` cannot
 * take a part of it for a command: bash evaluates `[[ 'a[$(rm x)]' -eq 1 ]]`, quotes and
 * all. `text` is the command with GUARD_MARK in place of each reference. */
enum guard guard_at(struct strview text, size_t off, enum shell_kind shell);

/* Whether `item` is what `guard` asks for. */
bool guard_allows(enum guard guard, struct strview item);

/* What is wrong where it is not, for a message. */
const char *guard_fault(enum guard guard);

#endif
