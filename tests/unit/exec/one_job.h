/* One command through the local executor, waited for. */
#ifndef CW_TESTS_ONE_JOB_H
#define CW_TESTS_ONE_JOB_H

#include "exec/executor.h"

struct one_job {
	struct job_spec spec; /* kind, shell, text... */
	bool always_shell;
	int64_t cancel_after_ms; /* 0: never; then hard after as long again */
	const char *cancel_when; /* and not before this file is there; NULL: at once */
	/* out */
	struct job_result result; /* output and text point to the copies below */
	char *output, *text;
	double seconds;
};

/* A bash command with the usual prefix. */
struct one_job one_job(const char *text);

/* Runs it in the present folder; free() what it leaves in output and text. */
void one_job_run(struct one_job *j);

#endif
