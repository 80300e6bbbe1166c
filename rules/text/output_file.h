/*
 * A file that appears whole or not at all. Written without a name where the file system
 * can (nothing is left behind whatever ends the program), otherwise under a private
 * temporary name in the same folder, with termination signals held back meanwhile; then
 * renamed over its target. "-" is standard output; what is no regular file (a pipe, a
 * device) is written directly.
 */
#ifndef CW_TEXT_OUTPUT_FILE_H
#define CW_TEXT_OUTPUT_FILE_H

#include <signal.h>

#include "base/strbuf.h"
#include "text/tool.h"

struct output_file {
	const struct tool *tool;
	char *name; /* for messages, as it was given */
	char *path; /* the file's at the end, behind symbolic links */
	char *temp; /* temporary name, NULL while there is none */
	int fd;
	bool direct; /* no rename at the end */
	bool held;   /* signals are held back */
	sigset_t signals;
	struct strbuf data; /* bytes not yet written: add to it freely */
};

/* Opens the output `path`; `tool` is borrowed until the end. 0 or -1 (error printed). */
int output_file_open(struct output_file *o, const struct tool *tool, const char *path);

/* Writes out what `data` holds if it is more than a large block. 0 or -1. */
int output_file_pump(struct output_file *o);

/* Writes the rest, gives the file its name (mode 0666 less the umask) and closes. After
 * an error nothing is left of it and a former file is as it was. 0 or -1. */
int output_file_commit(struct output_file *o);

/* Gives up: nothing is left. Also fine after a failed open. */
void output_file_abandon(struct output_file *o);

/* All at once: the `n` bytes at `p` become the file. 0 or -1. */
int output_file_write(const struct tool *tool, const char *path, const void *p, size_t n);

#endif
