/* Files that commands write: whole or not at all. */
#ifndef CW_CLI_OUT_FILE_H
#define CW_CLI_OUT_FILE_H

/*
 * Has `write` fill the file at `path`, which takes the place of what was there only when it
 * is whole; what is no ordinary file (a device, a pipe, where a link leads) is written to.
 * `write` returns 0, or something else and nothing changes: -1 with errno, or words of its
 * own. Returns that, or -1 with errno where the file cannot be written.
 */
int out_file_write(const char *path, int (*write)(void *ctx, FILE *to), void *ctx);

#endif
