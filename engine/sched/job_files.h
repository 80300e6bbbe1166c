/*
 * The files of one job around its command: earlier outputs are put aside before it, what
 * it declared is checked after it, and what a failed one left is removed. Only declared
 * paths are touched, links are never followed for removal.
 *
 * Asides live in STATE_DIR/aside under the escaped path of the output, on other file
 * systems beside the output with a record there. A run that was killed leaves them;
 * job_files_recover puts them back.
 */
#ifndef CW_SCHED_JOB_FILES_H
#define CW_SCHED_JOB_FILES_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "exec/executor.h"

struct aside {
	const char *path; /* of the output; borrowed from the spec */
	char *kept;       /* where it is now; owned */
	char *record;     /* file that says so, or NULL; owned */
};

struct job_files {
	const char *state_dir; /* borrowed */
	VEC(struct aside) asides;
};

void job_files_init(struct job_files *f, const char *state_dir);
void job_files_release(struct job_files *f);

/* Whether its outputs are such that it went well where all are files in the end. */
bool job_files_are_plain(const struct job_spec *spec);

/* Whether an earlier log is there, which job_files_prepare() would remove for good. */
bool job_files_have_logs(const struct job_spec *spec);

/* Makes folders, removes logs (first attempt), puts outputs aside. 0, or -1 with `error`
 * said (one line) and everything as before. */
int job_files_prepare(
	struct job_files *f, const struct job_spec *spec, struct strbuf *error);

/* In place of that, for a job that an earlier run has started and that goes on: what was
 * put aside for it then is its own again. */
void job_files_adopt(struct job_files *f, const struct job_spec *spec);

/* After a command that ended well: makes `touch` outputs, then looks whether all outputs
 * are there and as declared. 0, or -1 with `error`; *ret_missing (may be NULL) is the
 * first output that is missing, or NULL. `seen` (or NULL) gets what each output is. */
int job_files_check(const struct job_spec *spec, struct fs_stat *seen,
	struct strbuf *error, const char **ret_missing);

/* All is well: empty logs, benchmark, protection; asides go. 0, or -1 with `error`. */
int job_files_accept(struct job_files *f, const struct job_spec *spec,
	const struct job_usage *usage, struct strbuf *error);

/* It failed or was cancelled: its outputs go (unless `keep` or `resume`), the earlier
 * ones come back. */
void job_files_reject(struct job_files *f, const struct job_spec *spec, bool keep);

/* What a killed run left unfinished goes, what it had put aside comes back. Its warden
 * does so at once; where that was killed too, call this under the run's lock and before
 * files are looked at. How many there were. */
uint32_t job_files_recover(const char *state_dir);

#endif
