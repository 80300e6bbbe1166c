/*
 * Any bytes as a Workflowfile: read, remarked upon, and the graph of its default target
 * built within bounds; every message printed. In an empty folder, or beside files: a line
 * "%% NAME" ends one and begins that one (modules, tables, configurations). Texts that
 * would read devices or fetch modules are passed over.
 * rooms: parser dag job
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "dag/dag.h"
#include "job/fingerprint.h"
#include "job/job_spec_build.h"
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

/* Files of jobs are not written. */
static int write_nothing(void *ctx, uint32_t job, uint32_t attempt, const char *kind,
	struct strview text, struct arena *arena, struct strview *ret_path)
{
	(void)ctx;
	(void)text;
	*ret_path = sv_from(
		arena_printf(arena, "%s.%u.%u", kind, (unsigned)job, (unsigned)attempt));
	return 0;
}

/* The first jobs, as they would be run. */
static void spell_jobs(struct dag *d, struct diag_sink *sink)
{
	struct job_context c;
	struct fingerprinter f;
	struct arena arena = ARENA_INIT;
	job_context_init(&c, d, sink);
	c.container_program = "podman";
	c.write_file = write_nothing;
	fingerprinter_init(&f, &c);
	for (uint32_t j = 0; j < d->job_count && j < 20; j++) {
		struct job_spec spec;
		struct fingerprint print;
		const char *error;
		bool built = job_spec_build(&c, &arena, j, 1, &spec, &error) == 0;
		bool shell = built && spec.kind == COMMAND_SHELL;
		fingerprint_job(&f, j, shell ? &spec.text : NULL, &print);
		arena_pop(&arena, (struct arena_mark){0});
	}
	fingerprinter_release(&f);
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
		spell_jobs(&d, sink);
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

enum { FILES_MOST = 8, NAME_MOST = 16 };

/* A file beside the Workflowfile; an empty name: none. */
struct beside {
	char name[NAME_MOST + 1];
	struct strview text;
};

/* A name of letters and dots behind the "%% " at `p`; 0 where there is none, else the
 * bytes of the line. */
static size_t name_line(struct strview p, char name[NAME_MOST + 1])
{
	size_t n = 0;
	if (!sv_starts(p, SV("%% "))) {
		return 0;
	}
	p = sv_skip(p, 3);
	while (n < p.n && n < NAME_MOST && p.p[n] != '\n') {
		if (!((p.p[n] >= 'a' && p.p[n] <= 'z') || (p.p[n] == '.' && n))) {
			return 0;
		}
		n++;
	}
	if (!n || n == p.n || p.p[n] != '\n') {
		return 0;
	}
	memcpy(name, p.p, n);
	name[n] = '\0';
	return n + 4;
}

/* Parts the input; returns how many files there are, *ret_main is the Workflowfile. */
static size_t part(
	struct strview all, struct strview *ret_main, struct beside files[FILES_MOST])
{
	size_t n = 0, at = 0;
	struct strview *open = ret_main;
	*ret_main = sv_sub(all, 0, 0);
	while (at < all.n) {
		struct strview rest = sv_skip(all, at);
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t line = n < FILES_MOST ? name_line(rest, files[n].name) : 0;
		if (line) {
			open = &files[n++].text;
			*open = sv_sub(rest, line, 0);
		} else {
			line = end ? (size_t)(end - rest.p) + 1 : rest.n;
			open->n += line;
		}
		at += line;
	}
	return n;
}

static void write_file(const char *name, struct strview text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cw_assert(fd >= 0 && fs_write_all(fd, text.p, text.n) == 0);
	close(fd);
}

/* The Workflowfile and what is beside it. Not in memory: a path beside /proc/self/fd/3
 * could be any descriptor of this process. */
static void write_files(const struct beside *files, size_t n, struct strview text)
{
	for (size_t i = 0; i < n; i++) {
		write_file(files[i].name, files[i].text);
	}
	write_file("Workflowfile", text);
}

static void remove_files(const struct beside *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unlink(files[i].name); /* some may be named twice */
	}
	unlink("Workflowfile");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_set sources;
	struct diag_sink sink;
	struct workflow wf;
	struct strbuf said = STRBUF_INIT;
	struct beside files[FILES_MOST];
	struct strview text;
	const char *folder = enter_folder();
	if (!is_harmless(data, size)) {
		return 0;
	}
	size_t n = part((struct strview){(const char *)data, size}, &text, files);
	write_files(files, n, text);
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	workflow_init(&wf);
	struct parse_options o = {
		.file = "Workflowfile", .workdir = folder, .no_generators = true};
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
	remove_files(files, n);
	return 0;
}
