/* How much memory a process and those below it hold. */
#ifndef CW_EXEC_MEMORY_WATCH_H
#define CW_EXEC_MEMORY_WATCH_H

#include <sys/types.h>

#include "base/strbuf.h"

/*
 * Bytes that `pid` and its descendants hold, of pages that several share each its part;
 * 0 when they are gone. Where their plain sizes together are not above `enough`, that sum
 * (quick, counts shared pages twice). `scratch` is for reading.
 */
uint64_t memory_of_tree(pid_t pid, uint64_t enough, struct strbuf *scratch);

#endif
