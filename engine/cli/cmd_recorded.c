/* Commands that want the records alone, no Workflowfile: --stats, --trace. */
#include <errno.h>

#include "cli/out_file.h"
#include "cli/session.h"
#include "view/view_records.h"

static uint32_t no_number(void *ctx, struct strview path)
{
	(void)ctx;
	(void)path;
	return STATE_NONE;
}

/* Calls `show` with the records; EXIT_FAILED where there are none. */
static int with_records(struct session *s, int (*show)(struct session *, struct state *))
{
	struct state state;
	struct state_names names = {.number = no_number};
	struct strbuf note = STRBUF_INIT;
	int rc = state_open(&state, STATE_DIR, STATE_LOOK, &names, &note);
	if (rc != 0 || !state.found) {
		diag_error(&s->sink, "CW-E600", (struct span){0}, "%s",
			note.len ? note.buf : "nothing is recorded here yet");
		rc = EXIT_FAILED;
	} else {
		rc = show(s, &state);
	}
	state_close(&state, &note);
	strbuf_release(&note);
	return rc;
}

static int show_stats(struct session *s, struct state *state)
{
	return session_written(s, view_stats(state, s->o.advise, stdout));
}

int cmd_stats(struct session *s)
{
	return with_records(s, show_stats);
}

static int write_trace(void *ctx, FILE *to)
{
	return view_trace(ctx, to);
}

static int show_trace(struct session *s, struct state *state)
{
	bool to_stdout = strcmp(s->o.trace, "-") == 0;
	int rc = to_stdout ? view_trace(state, stdout)
			   : out_file_write(s->o.trace, write_trace, state);
	if (rc > 0) {
		diag_error(&s->sink, "CW-E600", (struct span){0},
			"no job is recorded here yet: a trace is of the last run that made "
			"something");
		return EXIT_FAILED;
	}
	if (to_stdout) {
		return session_written(s, rc);
	}
	if (rc < 0) {
		diag_system(&s->sink, "CW-E300", errno, s->o.trace, "write");
	}
	return rc == 0 ? EXIT_DONE : EXIT_FAILED;
}

int cmd_trace(struct session *s)
{
	return with_records(s, show_trace);
}
