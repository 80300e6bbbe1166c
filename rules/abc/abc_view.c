#include "abc/abc_view.h"

#include "abc/abc_cli.h"
#include "abc/history.h"

/* The problem as RUN.db keeps it; its data files are in its text already. */
static int load_problem(struct view *v, const char *path, struct strbuf *err)
{
	char *text = NULL, *dir = NULL, *observed = NULL;
	int status;

	if (history_problem_text(path, &text, &dir, &observed, err)) {
		return -1;
	}
	status = problem_load_text(
		&v->problem, path, dir ? dir : ".", sv_from(text), observed, &v->sink);
	if (status) {
		diag_print(&v->sink, stderr, false);
		fail(err, "the problem in %s cannot be read", path);
	}
	free(text);
	free(dir);
	free(observed);
	return status;
}

int view_open(struct view *v, const char *path)
{
	struct strbuf err = STRBUF_INIT;
	int status;

	*v = (struct view){0};
	source_set_init(&v->sources);
	diag_sink_init(&v->sink, &v->sources);
	v->sink.program = "cwabc";
	status = load_problem(v, path, &err);
	archive_init(&v->archive, &v->problem);
	if (!status) {
		status = history_load(&v->archive, path, &err);
	}
	if (status) {
		abc_error("%s", err.buf);
	}
	strbuf_release(&err);
	return status;
}

void view_release(struct view *v)
{
	archive_release(&v->archive);
	problem_release(&v->problem);
	diag_sink_release(&v->sink);
	source_set_release(&v->sources);
}
