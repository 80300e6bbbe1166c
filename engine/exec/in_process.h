/* Simple commands that need not even a process: `:`, `true`, `echo`, with their files. */
#ifndef CW_EXEC_IN_PROCESS_H
#define CW_EXEC_IN_PROCESS_H

#include "exec/output_buffer.h"
#include "exec/simple_script.h"

/* Does what the command does; what it says to no file goes to `output`. False where a
 * shell had better do it: a file that is a pipe or a device, and all errors, so that the
 * message is the shell's (which opens the files once more, to the same effect). */
bool in_process_run(const struct simple_command *c, struct output_buffer *output);

#endif
