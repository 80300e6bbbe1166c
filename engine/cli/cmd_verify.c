/* --verify: results are read again and compared with what is recorded of them. */
#include "cli/rounds.h"
#include "cli/session.h"
#include "git/git_repo.h"
#include "state/content.h"

struct verifier {
	struct session *s;
	struct records *r;
	uint32_t same, changed, missing, unread;
};

static void say(const char *what, struct strview path)
{
	struct strbuf shown = STRBUF_INIT;
	escape_for_terminal(&shown, path);
	printf("%s\t%s\n", what, shown.buf);
	strbuf_release(&shown);
}

/* Whether the job that made the file declares it temporary: then it may be gone. */
static bool is_temp(struct verifier *v, uint32_t id)
{
	const struct state *st = &v->r->state;
	uint32_t job = st->files.v[id].job;
	struct row_job row;
	if (job >= st->jobs.n || state_job(&v->r->state, job, &row) <= 0) {
		return false;
	}
	const struct rule *rule = workflow_rule(&v->s->wf, row.rule);
	uint32_t n = row_output_count(&row);
	for (uint32_t k = 0; rule && k < n && k < rule->product_count; k++) {
		if (row_output(&row, k) == id) {
			return rule->products[k].flags & PRODUCT_TEMP;
		}
	}
	return false;
}

static void verify(struct verifier *v, struct strview path, uint32_t id)
{
	const struct known_file *known = &v->r->state.files.v[id];
	struct known_file now;
	if (content_look(path.p, &now) != 0) {
		if (!is_temp(v, id)) {
			say("missing", path);
			v->missing++;
		}
		return;
	}
	if (known->content.kind == CONTENT_JOB) {
		v->same++; /* that it is there is all there is to it */
		return;
	}
	if (known->content.kind == CONTENT_STAMP) {
		now.content = content_of_stamp(now.stamp);
		v->unread++;
	} else {
		content_read(path.p, 0, &now);
	}
	if (known->content.kind == CONTENT_GIT && now.content.kind == CONTENT_BYTES) {
		records_ask_git(v->r, path.p, true, &now);
	}
	if (content_eq(known->content, now.content)) {
		v->same++;
	} else {
		say("changed", path);
		v->changed++;
	}
}

static int nothing_recorded(struct session *s, const struct strbuf *note)
{
	diag_error(&s->sink, "CW-E600", (struct span){0}, "%s",
		note && note->len ? note->buf : "nothing is recorded here yet");
	return EXIT_FAILED;
}

/* The files that lead to the targets. */
static int verify_graph(struct verifier *v)
{
	struct session *s = v->s;
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (!s->records) {
		return nothing_recorded(s, NULL);
	}
	v->r = s->records;
	for (uint32_t file = 0; file < s->dag.paths.count; file++) {
		uint32_t id = state_file_of(&v->r->state, file);
		if (id != STATE_NONE && v->r->state.files.v[id].content.kind) {
			verify(v, dag_path(&s->dag, file), id);
		}
	}
	return EXIT_DONE;
}

static uint32_t take_name(void *ctx, struct strview path)
{
	return intern_put(ctx, path.p, path.n);
}

static int by_path(const void *a, const void *b, void *ctx)
{
	const uint32_t *x = a, *y = b;
	return sv_cmp(intern_str(ctx, *x), intern_str(ctx, *y));
}

/* Every recorded result and what it was made from, whatever the present targets are. */
static int verify_all(struct verifier *v)
{
	struct intern paths;
	struct state_names names = {.number = take_name, .ctx = &paths};
	struct strbuf note = STRBUF_INIT;
	struct records r = {.workdir = v->s->workdir.buf};
	int rc = EXIT_DONE;
	v->r = &r;
	intern_init(&paths);
	if (state_open(&r.state, STATE_DIR, STATE_LOOK, &names, &note) != 0 ||
		!r.state.found) {
		rc = nothing_recorded(v->s, &note);
	}
	uint32_t *order = xreallocarray(NULL, paths.count + 1, sizeof(*order));
	for (uint32_t n = 0; n < paths.count; n++) {
		order[n] = n;
	}
	qsort_r(order, paths.count, sizeof(*order), by_path, &paths);
	for (uint32_t i = 0; rc == EXIT_DONE && i < paths.count; i++) {
		uint32_t id = state_file_of(&r.state, order[i]);
		if (id != STATE_NONE && r.state.files.v[id].content.kind) {
			verify(v, intern_str(&paths, order[i]), id);
		}
	}
	free(order);
	state_close(&r.state, &note);
	git_repo_free(r.git);
	intern_release(&paths);
	strbuf_release(&note);
	return rc;
}

int cmd_verify(struct session *s)
{
	struct verifier v = {.s = s};
	int rc = s->o.targets.n ? verify_graph(&v) : verify_all(&v);
	if (rc != EXIT_DONE) {
		return rc;
	}
	fprintf(stderr, "%u file%s as recorded%s, %u changed, %u missing\n",
		(unsigned)v.same, v.same == 1 ? "" : "s",
		v.unread ? " (large ones by size and time)" : "", (unsigned)v.changed,
		(unsigned)v.missing);
	rc = session_written(s, 0);
	return rc == EXIT_DONE && v.changed + v.missing ? EXIT_FAILED : rc;
}
