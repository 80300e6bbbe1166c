/* Commands that want the records alone, no Workflowfile: --stats, --trace, --lineage. */
#include <errno.h>

#include "cli/out_file.h"
#include "cli/session.h"
#include "sys/path.h"
#include "view/lineage.h"

static uint32_t no_number(void *ctx, struct strview path)
{
	(void)ctx;
	(void)path;
	return STATE_NONE;
}

static uint32_t number_of(void *ctx, struct strview path)
{
	return intern_put(ctx, path.p, path.n);
}

/* Calls `show` with the records, and their paths where it wants `paths`; EXIT_FAILED where
 * there are none. */
static int with_records(struct session *s, struct intern *paths,
	int (*show)(struct session *, struct state *, struct intern *))
{
	struct state state;
	struct state_names names = {
		.number = paths ? number_of : no_number, .ctx = paths};
	struct strbuf note = STRBUF_INIT;
	int rc = state_open(&state, STATE_DIR, STATE_LOOK, &names, &note);
	if (rc != 0 || !state.found) {
		diag_error(&s->sink, "CW-E600", (struct span){0}, "%s",
			note.len ? note.buf : "nothing is recorded here yet");
		rc = EXIT_FAILED;
	} else {
		rc = show(s, &state, paths);
	}
	state_close(&state, &note);
	strbuf_release(&note);
	return rc;
}

/* --- --stats ----------------------------------------------------------------------- */

static int show_stats(struct session *s, struct state *state, struct intern *paths)
{
	(void)paths;
	return session_written(s, view_stats(state, s->o.advise, stdout));
}

int cmd_stats(struct session *s)
{
	return with_records(s, NULL, show_stats);
}

/* --- --trace ----------------------------------------------------------------------- */

static int write_trace(void *ctx, FILE *to)
{
	return view_trace(ctx, to);
}

static int show_trace(struct session *s, struct state *state, struct intern *paths)
{
	(void)paths;
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
	return with_records(s, NULL, show_trace);
}

/* --- --lineage --------------------------------------------------------------------- */

static int follow(struct session *s, struct lineage *l, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	path_normalise(&path, sv_from(name), strbuf_sv(&s->workdir));
	uint32_t number = intern_find(l->paths, path.buf, path.len);
	uint32_t file = number == INTERN_NONE ? STATE_NONE : state_file_of(l->s, number);
	strbuf_release(&path);
	if (file == STATE_NONE) {
		return diag_error(&s->sink, "CW-E602", (struct span){0},
			"nothing is recorded of \"%s\"", name);
	}
	lineage_follow(l, file);
	return 0;
}

static int tell_lineage(struct session *s, struct lineage *l)
{
	const char *form = s->o.lineage;
	bool json = strcmp(form, "json") == 0, dot = strcmp(form, "dot") == 0;
	int rc = 0;
	if (*form && !json && !dot) {
		rc = follow(s, l, form);
	}
	for (size_t i = 0; i < s->o.targets.n; i++) {
		rc |= follow(s, l, s->o.targets.v[i]);
	}
	if (!s->o.targets.n && (!*form || json || dot)) {
		diag_error(&s->sink, "CW-E504", (struct span){0},
			"--lineage wants a file: --lineage results/table.csv");
		return EXIT_WRONG;
	}
	if (rc != 0) {
		return EXIT_FAILED;
	}
	return session_written(s, json  ? view_lineage_json(l, stdout)
				  : dot ? view_lineage_dot(l, stdout)
					: view_lineage_text(l, stdout));
}

static int show_lineage(struct session *s, struct state *state, struct intern *paths)
{
	struct lineage l = {.s = state, .paths = paths};
	hashmap_init(&l.known_jobs);
	hashmap_init(&l.known_sources);
	int rc = tell_lineage(s, &l);
	lineage_release(&l);
	return rc;
}

int cmd_lineage(struct session *s)
{
	struct intern paths;
	intern_init(&paths);
	int rc = with_records(s, &paths, show_lineage);
	intern_release(&paths);
	return rc;
}
