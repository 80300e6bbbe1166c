#include "cli/records.h"

#include "cli/session.h"
#include "dag/rule_index.h"
#include "git/git_repo.h"
#include "sys/path.h"

static uint32_t number_of(void *ctx, struct strview path)
{
	const struct dag *d = ((struct records *)ctx)->dag;
	uint32_t file = intern_find(&d->paths, path.p, path.n);
	return file == INTERN_NONE ? STATE_NONE : file;
}

static struct strview path_of(void *ctx, uint32_t number)
{
	return dag_path(((struct records *)ctx)->dag, number);
}

static bool is_path_of(void *ctx, uint32_t number, struct strview path)
{
	return sv_eq(dag_path(((struct records *)ctx)->dag, number), path);
}

static uint32_t count_of(void *ctx)
{
	return ((struct records *)ctx)->dag->paths.count;
}

/* Asked of paths that the graph has not; a rule that could make it is enough. */
static bool is_made(void *ctx, struct strview path)
{
	struct records *r = ctx;
	if (!r->rules) {
		r->rules = rule_index_new(r->dag->wf);
		r->found = xcalloc(rule_index_most(r->rules) + 1, sizeof(*r->found));
	}
	return rule_index_find(r->rules, path, r->found) > 0;
}

int records_open(struct records **ret, struct session *s, enum state_mode mode)
{
	const char *off = getenv("CWFLOW_STATE"); /* to measure what records cost */
	*ret = NULL;
	if (off && strcmp(off, "off") == 0) {
		return 0;
	}
	struct records *r = xcalloc(1, sizeof(*r));
	struct state_names names = {.number = number_of,
		.path = path_of,
		.ctx = r,
		.is = is_path_of,
		.count = count_of,
		.more = s->wf.has_after,
		.is_made = is_made};
	r->dag = &s->dag;
	struct strbuf note = STRBUF_INIT;
	int rc = state_open(&r->state, STATE_DIR, mode, &names, &note);
	if (rc != 0) {
		diag_error(&s->sink, "CW-E600", (struct span){0}, "%s", note.buf);
	} else if (note.len) {
		diag_warning(&s->sink, "CW-W600", (struct span){0}, "%s", note.buf);
	}
	strbuf_reset(&note);
	if (rc != 0 || (mode == STATE_LOOK && !r->state.found)) {
		state_close(&r->state, &note);
		free(r);
	} else {
		job_context_init(&r->context, &s->dag, &s->sink);
		fingerprinter_init(&r->fingerprints, &r->context);
		r->workdir = s->workdir.buf;
		*ret = r;
	}
	strbuf_release(&note);
	return rc;
}

bool records_ask_git(void *ctx, const char *path, bool read, struct known_file *io)
{
	struct records *r = ctx;
	struct digest d;
	if (!r->git_asked) {
		r->git_asked = true;
		r->git = git_repo_open(r->workdir);
	}
	if (!r->git) {
		return false;
	}
	bool known;
	if (read) {
		known = git_blob_of_file(r->git, path, &d) == 0;
	} else {
		struct strbuf full = STRBUF_INIT;
		path_join(&full, sv_from(r->workdir), sv_from(path));
		known = git_repo_clean_blob(r->git, full.buf, io->stamp.size,
			io->stamp.mtime_ns, io->ino, &d);
		strbuf_release(&full);
	}
	if (known) {
		io->content = (struct content){d, CONTENT_GIT};
	}
	return known;
}

void records_keep_stamps(struct records *r, const struct plan *p)
{
	for (size_t i = 0; r && r->state.mode == STATE_RUN && i < p->restamped.n; i++) {
		uint32_t file = p->restamped.v[i];
		struct known_file known = r->state.files.v[file];
		state_put_file(&r->state, file, &known);
	}
	if (r && r->state.mode == STATE_RUN) {
		state_commit(&r->state);
	}
}

int records_free(struct records *r, struct session *s)
{
	struct strbuf note = STRBUF_INIT;
	int rc = 0;
	if (r) {
		rc = state_close(&r->state, &note);
		if (rc != 0) {
			diag_error(&s->sink, "CW-E601", (struct span){0}, "%s", note.buf);
		}
		fingerprinter_release(&r->fingerprints);
		job_context_release(&r->context);
		git_repo_free(r->git);
		rule_index_free(r->rules);
		free(r->found);
		free(r);
	}
	strbuf_release(&note);
	return rc;
}
