/* What earlier runs left, for the commands that plan. */
#ifndef CW_CLI_RECORDS_H
#define CW_CLI_RECORDS_H

#include "job/fingerprint.h"
#include "state/state.h"

#define STATE_DIR ".cwflow"

struct session;

struct records {
	struct state state;
	struct job_context context;
	struct fingerprinter fingerprints;
	struct git_repo *git; /* of the working directory; opened at the first question */
	bool git_asked;
	struct dag *dag;          /* borrowed */
	struct rule_index *rules; /* made at the first question */
	struct candidate *found;
	const char *workdir; /* borrowed */
};

/*
 * Reads the records that are there, for the session's graph. Remarks go to the sink.
 * *ret is NULL where there are none to look at. 0, or -1 with an error in the sink.
 */
int records_open(struct records **ret, struct session *s, enum state_mode mode);

/* For plan_options.git; ctx is the records. */
bool records_ask_git(void *ctx, const char *path, bool read, struct known_file *io);

/* Keeps what a plan found out: files with a new time and the content they had. For runs that
 * have nothing else to record. */
struct plan;
void records_keep_stamps(struct records *r, const struct plan *p);

/* Closes them, everything written. NULL is fine. 0, or -1 with an error in the sink. */
int records_free(struct records *r, struct session *s);

#endif
