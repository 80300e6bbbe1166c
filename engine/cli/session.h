/*
 * What the commands share: the options, the workflow they were given, its graph, its
 * plan, and the messages about them.
 */
#ifndef CW_CLI_SESSION_H
#define CW_CLI_SESSION_H

#include "cli/cluster_settings.h"
#include "cli/option_values.h"
#include "cli/records.h"
#include "dag/after.h"
#include "plan/plan.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* a job failed, or a source is missing */
	EXIT_WRONG = 2,  /* the command line or the workflow is wrong */
};

struct session {
	struct options o;
	bool profile_jobs,
		profile_cores; /* --jobs, --cores are a profile's word: -j wins */
	struct option_values values;
	struct source_set sources;
	struct diag_sink sink;
	struct workflow wf;
	struct set_store *sets;
	struct stat_ahead *ahead; /* borrows; for the graph that is built next */
	struct dag dag;
	struct plan plan;
	struct strbuf workdir; /* absolute, normal */
	struct strbuf tools_dir;
	struct strbuf arguments; /* the command line, for records */
	const char *file;        /* workflow file */
	char *file_owned;
	int64_t cores; /* of this host */
	struct cluster_settings cluster;
	struct records *records; /* NULL: none */
	struct after_done after; /* jobs that inputs waited for, done by now */
	struct after_done ran;   /* jobs that ran in earlier rounds */
	uint32_t round;
	bool grew;  /* jobs that inputs waited for are done in this run */
	bool again; /* some jobs are left to a further round */
	bool wrong; /* what came to be known during the run shows a fault of the workflow */
	int log_fd;             /* of the run's log; 0: not open */
	int events_fault;       /* errno of --events, or 0 */
	struct strview *failed; /* rules with failed jobs, after a run */
	uint32_t failed_count;
	bool has_dag, has_plan, color;
	bool has_live_jobs; /* with a scheduler, of an earlier run */
};

/* Parses the command line. 0, or -1 with errors in the sink. */
int session_init(struct session *s, int argc, char **argv);
void session_release(struct session *s);

/* Each step needs the one before. EXIT_DONE, or the exit status with errors in the sink:
 * enters the working directory; does that and finds the file; reads the workflow; builds the graph;
 * decides what runs. */
int session_enter(struct session *s);
int session_open(struct session *s);
int session_read(struct session *s);
int session_build(struct session *s);
int session_plan(struct session *s, enum state_mode mode);

/* Prints what is in the sink to stderr and forgets it. */
void session_tell(struct session *s);

/* After writing to stdout, `rc` of the writer: the exit status, with an error in the sink
 * where it could not be written. */
int session_written(struct session *s, int rc);

/* --- the commands: each is given a session after session_read; exit status --- */
int cmd_run(struct session *s);
int cmd_dry_run(struct session *s);
int cmd_graph(struct session *s);
int cmd_list_rules(struct session *s);
int cmd_lint(struct session *s);
int cmd_schema(void);                /* wants no workflow; 0 */
int cmd_complete(struct session *s); /* reads it itself, where it wants it */
int cmd_list_targets(struct session *s);
int cmd_list_untracked(struct session *s);
int cmd_delete_outputs(struct session *s);
int cmd_why(struct session *s);
int cmd_summary(struct session *s);
int cmd_verify(struct session *s);
int cmd_report(struct session *s);
int cmd_crate(struct session *s);

/* These want no workflow, only session_open's folder. */
int cmd_stats(struct session *s);
int cmd_trace(struct session *s);
int cmd_lineage(struct session *s);
int cmd_unlock(struct session *s);

/* For --touch and --accept: the files of --accept become targets; then, with a plan, in the
 * place of cmd_run, under its lock, or of cmd_dry_run. */
void touch_targets(struct session *s);
int touch_outputs(struct session *s);

#endif
