/*
 * cwflow: makes files by the rules of a Workflowfile.
 *
 * How it reads to a newcomer: a file on disk is yaml; it becomes a workflow through the
 * parser; workflow x wildcards (pattern) becomes a dag; dag + stamps becomes a plan;
 * sched drives the plan through exec and tells report; view prints any of it; cli is
 * the door.
 *
 *	stage           where it begins               room
 *	options         options_parse()               cli
 *	workflow file   parse_workflow()              parser (yaml, pattern) -> workflow
 *	graph           dag_build()                   dag (sets)
 *	what runs       plan_make()                   plan
 *	a job's words   job_spec_build()              job
 *	the run         run_jobs()                    sched (exec, report, sys)
 *	documents       view_*()                      view
 *
 * Below them all: base (memory, strings, tables, messages), sys (the operating system),
 * db (SQLite), git (libgit2), state (what is remembered).
 */
#include <errno.h>
#include <fcntl.h>

#include "cli/session.h"

static int dispatch(struct session *s)
{
	if (s->o.unlock || s->o.stats || s->o.advise || s->o.trace || s->o.lineage) {
		int entered = session_enter(s);
		return entered != EXIT_DONE ? entered
		       : s->o.unlock        ? cmd_unlock(s)
		       : s->o.trace         ? cmd_trace(s)
		       : s->o.lineage       ? cmd_lineage(s)
					    : cmd_stats(s);
	}
	int rc = session_open(s);
	if (rc == EXIT_DONE) {
		rc = session_read(s);
	}
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (s->o.lint) {
		return cmd_lint(s);
	}
	if (s->o.list_rules) {
		return cmd_list_rules(s);
	}
	if (s->o.list_targets) {
		return cmd_list_targets(s);
	}
	if (s->o.list_untracked) {
		return cmd_list_untracked(s);
	}
	if (s->o.why) {
		return cmd_why(s);
	}
	if (s->o.report) {
		return cmd_report(s);
	}
	if (s->o.crate) {
		return cmd_crate(s);
	}
	if (s->o.verify) {
		return cmd_verify(s);
	}
	if (s->o.summary || s->o.detailed_summary) {
		return cmd_summary(s);
	}
	if (s->o.delete_all_output || s->o.delete_temp_output) {
		return cmd_delete_outputs(s);
	}
	if (s->o.dag || s->o.rulegraph || s->o.filegraph) {
		return cmd_graph(s);
	}
	return s->o.dry_run ? cmd_dry_run(s) : cmd_run(s);
}

/* --help look is --help=look. */
static const char *help_group(const struct options *o)
{
	bool behind = !*o->help && o->targets.n && options_has_group(o->targets.v[0]);
	return behind ? o->targets.v[0] : o->help;
}

/* What needs no workflow. True if it was asked for; *ret is the exit status. */
static bool answer_at_once(struct session *s, int *ret)
{
	int rc = 0;
	if (s->o.help) {
		rc = options_help(help_group(&s->o), &s->sink);
	} else if (s->o.version) {
		printf("cwflow %s\n", CWFLOW_VERSION);
	} else if (s->o.schema) {
		rc = cmd_schema();
	} else if (s->o.tools_dir) {
		printf("%s\n", s->tools_dir.buf);
	} else if (s->o.completion) {
		*ret = cmd_complete(s);
		return true;
	} else {
		return false;
	}
	*ret = rc == 0 ? session_written(s, 0) : EXIT_WRONG;
	return true;
}

/* A descriptor of the first three that is closed would become some file of ours, and jobs
 * or messages would write there. What is opened in its place cannot be written. */
static bool hold_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
			(open("/dev/null", O_RDONLY | O_CLOEXEC) != fd ||
				fcntl(fd, F_SETFD, 0) < 0)) {
			return false; /* programs that we start have it, too */
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	if (!hold_standard_streams()) {
		return EXIT_FAILED;
	}
	xalloc_large_blocks();
	struct session s;
	int rc = EXIT_WRONG;
	if (session_init(&s, argc, argv) == 0 && !answer_at_once(&s, &rc)) {
		rc = dispatch(&s);
	}
	session_tell(&s);
	session_release(&s);
	return rc;
}
