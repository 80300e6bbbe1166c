/* Small graphs of real commands, run through run_jobs. */
#ifndef CW_TESTS_SMALL_RUN_H
#define CW_TESTS_SMALL_RUN_H

#include "base/strbuf.h"
#include "sched/run.h"

enum { SMALL_MOST = 16 };

struct small_job {
	const char *text; /* for bash; NULL: argv, or no command */
	char *const *argv;
	struct spec_file outputs[4]; /* up to the first without a path */
	const char *log, *benchmark;
	const char *needs; /* "01": digits of the jobs it waits for */
	uint32_t retries, threads;
	int64_t timeout_s;
	const char *error; /* build fails with it */
	bool skip;         /* build says needless */
	const struct env_pair *env;
	uint32_t env_count;
};

struct small_run {
	const struct small_job *jobs;
	uint32_t count;
	uint32_t cores;
	bool keep_going, keep_incomplete, notemp;
	const char *shell;  /* NULL: bash */
	const char *prefix; /* NULL: "set -euo pipefail;" */
	const char *tools_dir;
	int64_t grace_ns;
	struct reporter *reporter; /* NULL: into `said` */
	/* out */
	struct run_result result;
	struct strbuf said;                   /* what the plain reporter wrote */
	enum job_outcome outcome[SMALL_MOST]; /* of the last attempt */
	int code[SMALL_MOST];
	uint32_t attempts[SMALL_MOST];
	struct job_usage usage[SMALL_MOST];
};

/* Runs it in the current folder, state in ".cwflow". What run_jobs returned. */
int small_run(struct small_run *s);
void small_run_release(struct small_run *s);

#endif
