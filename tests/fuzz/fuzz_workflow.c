/*
 * Any bytes as a Workflowfile: read, remarked upon, and the graph of its default target
 * built within bounds; every message printed. In an empty folder; texts that would read
 * devices or fetch modules are passed over.
 * rooms: parser dag job
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dag/dag.h"
#include "job/job_values.h"
#include "parser/lint.h"
#include "parser/parser.h"
#include "sys/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS_MOST = 10000, JOBS_MOST = 2000 };

static bool is_harmless(const uint8_t *data, size_t size)
{
	static const char *const words[] = {"git", "/dev", "/proc", "/sys", "command:"};
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (memmem(data, size, words[i], strlen(words[i]))) {
			return false;
		}
	}
	return true;
}

/* Sets that would take long, or leave the folder. */
static bool is_small(const struct workflow *wf)
{
	for (uint32_t i = 0; i < wf->set_count; i++) {
		const struct set_def *s = &wf->sets[i];
		if (s->kind == SET_RANGE &&
			(s->from < -ROWS_MOST || s->from > ROWS_MOST ||
				s->to < -ROWS_MOST || s->to > ROWS_MOST)) {
			return false;
		}
		const struct template *t = &s->glob_text.t;
		if (s->kind == SET_GLOB && t->count && t->pieces[0].kind == PIECE_TEXT &&
			(sv_starts(t->pieces[0].text, SV("/")) ||
				memmem(t->pieces[0].text.p, t->pieces[0].text.n, "..",
					2))) {
			return false;
		}
	}
	return true;
}

/* The commands of the first jobs. */
static void render_jobs(struct dag *d, struct diag_sink *sink)
{
	struct job_context c;
	struct arena arena = ARENA_INIT;
	job_context_init(&c, d, sink);
	for (uint32_t j = 0; j < d->job_count && j < 20; j++) {
		struct job_values v;
		struct render_error err = {0};
		struct strbuf out = STRBUF_INIT;
		if (job_values_init(&v, &c, &arena, j, 1) == 0 &&
			dag_rule(d, j)->command_kind == RULE_SHELL) {
			job_render(&v, &dag_rule(d, j)->command, false, &out, &err);
		}
		strbuf_release(&out);
		arena_pop(&arena, (struct arena_mark){0});
	}
	arena_release(&arena);
	job_context_release(&c);
}

static void build_graph(const struct workflow *wf, struct diag_sink *sink)
{
	struct dag_options o = {.max_jobs = JOBS_MOST};
	struct set_store *sets = set_store_new(wf, sink, AT_FDCWD);
	struct dag d;
	dag_init(&d, wf, sets);
	if (dag_build(&d, sink, &o, NULL) == 0) {
		render_jobs(&d, sink);
	}
	dag_release(&d);
	set_store_free(sets);
}

static const char *enter_folder(void)
{
	static char folder[] = "/tmp/fuzz_workflow.XXXXXX";
	static bool entered;
	if (!entered) {
		entered = true;
		cw_assert(mkdtemp(folder) && chdir(folder) == 0);
	}
	return folder;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_set sources;
	struct diag_sink sink;
	struct workflow wf;
	struct strbuf said = STRBUF_INIT;
	char path[64];
	const char *folder = enter_folder();
	if (!is_harmless(data, size)) {
		return 0;
	}
	int fd = memfd_create("Workflowfile", MFD_CLOEXEC);
	cw_assert(fd >= 0 && fs_write_all(fd, data, size) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	workflow_init(&wf);
	struct parse_options o = {.file = path, .workdir = folder, .no_generators = true};
	if (parse_workflow(&sink, &wf, &o) == 0) {
		lint_workflow(&sink, &wf);
		if (is_small(&wf)) {
			build_graph(&wf, &sink);
		}
	}
	diag_format(&sink, &said, true);
	strbuf_release(&said);
	workflow_release(&wf);
	diag_sink_release(&sink);
	source_set_release(&sources);
	close(fd);
	return 0;
}
