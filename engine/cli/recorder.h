/*
 * Writes the record of a run as its jobs start and end, and skips jobs whose inputs came
 * out as they were.
 */
#ifndef CW_CLI_RECORDER_H
#define CW_CLI_RECORDER_H

#include "base/vec.h"
#include "cli/late_digests.h"
#include "cli/records.h"
#include "cli/run_origin.h"
#include "exec/executor.h"
#include "plan/plan.h"

/* A job between its start and its end: what its inputs were. */
struct started {
	uint32_t job, id;
	struct known_file *inputs; /* in the order of the graph; owned */
	uint32_t input_count;
	uint32_t *at; /* which of the graph's they are; NULL: all of them. Owned */
	bool again;   /* all others are as in the last record of the job */
	int64_t start_ns;
	bool early; /* before all its inputs were made */
};

struct recorder {
	struct records *records; /* NULL: nothing is recorded */
	struct plan *plan;
	VEC(struct started) started;
	uint8_t *skipped; /* by job */
	uint32_t job_cap; /* rows of it */
	struct row_run run;
	struct strbuf inputs, outputs; /* of the job being recorded */
	bool keep_incomplete, sync;
	char *arguments, *host; /* owned */
	struct run_origin origin;
	struct late_digests late;
	/* folders as they were when a job of this run first needed them: to look at one is
	 * to look at all that is in it, and thousands of jobs may need the same */
	struct hashmap folder_at; /* file -> number in `folders` */
	VEC(struct known_file) folders;
};

/* `arguments`: the command line, for people. */
void recorder_init(struct recorder *r, struct records *records, struct plan *plan,
	const char *arguments, const char *workflow);
void recorder_release(struct recorder *r);

/* The plan has got more jobs. */
void recorder_grow(struct recorder *r);

/* The run begins, after the plan; the run is over with that exit status. No thread is
 * started before the first job is: the executor forks its helper between the two. */
void recorder_begin(struct recorder *r);
void recorder_end(struct recorder *r, int status);

/* Whether a job is needless after all: it was to run only if an input came out changed. */
bool recorder_is_needless(struct recorder *r, uint32_t job);

/* Why nothing can be recorded any more, or NULL. */
const char *recorder_fault(const struct recorder *r);

/* For struct run_source. */
void recorder_starting(struct recorder *r, const struct job_spec *spec);
void recorder_ended(
	struct recorder *r, const struct job_spec *spec, const struct job_result *result);

/* Marks the outputs of an unfinished job, so that they are not taken for good ones. */
void recorder_mark_stale(struct recorder *r, struct arena *arena, struct job_spec *spec);

#endif
