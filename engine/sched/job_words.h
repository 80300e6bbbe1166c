/* A job's command and its end in words. */
#ifndef CW_SCHED_JOB_WORDS_H
#define CW_SCHED_JOB_WORDS_H

#include "base/strbuf.h"
#include "exec/executor.h"

/* Appends the command as one would type it: the shell's text without the prefix, or the
 * program and its arguments, quoted where needed, with its redirections; passwords in URLs
 * are cut. */
void job_words_command(struct strbuf *out, const struct job_spec *spec);

/* Appends how an attempt ended: "exit status 1", "killed by SIGSEGV (...)". */
void job_words_outcome(
	struct strbuf *out, const struct job_spec *spec, const struct job_result *result);

#endif
