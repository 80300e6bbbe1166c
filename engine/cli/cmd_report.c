/* --report: a page about the last run and what is there now. */
#include <errno.h>

#include "cli/out_file.h"
#include "cli/rounds.h"
#include "cli/session.h"
#include "sys/clock.h"
#include "view/view_report.h"

static int write_report(void *ctx, FILE *to)
{
	struct session *s = ctx;
	struct view_report_options o = {.workdir = s->workdir.buf,
		.run_goes_on = s->plan.o.run_goes_on,
		.now_ns = clock_wall_ns(&clock_real)};
	return view_report(&s->plan, &s->records->state, &o, to);
}

static int nothing_recorded(struct session *s)
{
	diag_error(&s->sink, "CW-E600", (struct span){0},
		"nothing is recorded here yet: a report is of the last run");
	return EXIT_FAILED;
}

int cmd_report(struct session *s)
{
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (!s->records || !s->records->state.found) {
		return nothing_recorded(s);
	}
	bool to_stdout = strcmp(s->o.report, "-") == 0;
	rc = to_stdout ? write_report(s, stdout)
		       : out_file_write(s->o.report, write_report, s);
	if (rc > 0) {
		return nothing_recorded(s);
	}
	if (to_stdout) {
		return session_written(s, rc);
	}
	if (rc < 0) {
		diag_system(&s->sink, "CW-E300", errno, s->o.report, "write");
	}
	return rc == 0 ? EXIT_DONE : EXIT_FAILED;
}
