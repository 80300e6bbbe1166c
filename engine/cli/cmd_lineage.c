/* --lineage: how files were made, from the records alone. */
#include "cli/session.h"
#include "sys/path.h"
#include "view/lineage.h"

static uint32_t number_of(void *ctx, struct strview path)
{
	return intern_put(ctx, path.p, path.n);
}

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

static int show(struct session *s, struct lineage *l)
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

int cmd_lineage(struct session *s)
{
	struct intern paths;
	struct state state;
	struct state_names names = {.number = number_of, .ctx = &paths};
	struct strbuf note = STRBUF_INIT;
	intern_init(&paths);
	int rc = state_open(&state, STATE_DIR, STATE_LOOK, &names, &note);
	if (rc != 0 || !state.found) {
		diag_error(&s->sink, "CW-E600", (struct span){0}, "%s",
			note.len ? note.buf : "nothing is recorded here yet");
		rc = EXIT_FAILED;
	} else {
		struct lineage l = {.s = &state, .paths = &paths};
		hashmap_init(&l.known_jobs);
		hashmap_init(&l.known_sources);
		rc = show(s, &l);
		lineage_release(&l);
	}
	state_close(&state, &note);
	strbuf_release(&note);
	intern_release(&paths);
	return rc;
}
