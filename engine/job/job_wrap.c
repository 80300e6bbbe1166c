#include "job/job_wrap.h"

#include <unistd.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "pattern/place.h"

typedef VEC(const char *) word_vec;

static char *const *finish(struct arena *arena, word_vec *words)
{
	char **argv = ARENA_ARRAY(arena, char *, words->n + 1);
	for (size_t i = 0; i < words->n; i++) {
		argv[i] = arena_strdup(arena, words->v[i]);
	}
	vec_release(words);
	return argv;
}

/* --- environment modules -------------------------------------------------------------- */

/* `module` is a function that a login shell defines; others find it where both Lmod and
 * Environment Modules say. */
static const char find_module[] =
	"if ! command -v module >/dev/null 2>&1; then "
	". \"${LMOD_PKG:-${MODULESHOME:?environment modules are not set up here}}\"/init/%s; "
	"fi; module purge; module load%s || exit; ";

static const char *modules_text(struct arena *arena, const char *shell,
	const struct strview *names, uint32_t count)
{
	struct strbuf list = STRBUF_INIT;
	const char *slash = strrchr(shell, '/');
	const char *kind = slash ? slash + 1 : shell;
	for (uint32_t i = 0; i < count; i++) {
		strbuf_addch(&list, ' ');
		shell_quote(&list, names[i]);
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	const char *text = arena_printf(
		arena, find_module, strcmp(kind, "dash") == 0 ? "sh" : kind, list.buf);
#pragma GCC diagnostic pop
	strbuf_release(&list);
	return text;
}

void wrap_modules(struct arena *arena, const struct strview *names, uint32_t count,
	struct job_spec *spec)
{
	if (spec->kind == COMMAND_SHELL) {
		spec->shell_prefix = sv_from(arena_printf(arena, "%s" SV_FMT,
			modules_text(arena, spec->shell, names, count),
			SV_ARG(spec->shell_prefix)));
		return;
	}
	word_vec words = {0};
	vec_push(&words, "bash");
	vec_push(&words, "-c");
	vec_push(&words, arena_printf(arena, "%sexec \"$@\"",
				 modules_text(arena, "bash", names, count)));
	vec_push(&words, "bash");
	for (size_t i = 0; spec->argv[i]; i++) {
		vec_push(&words, spec->argv[i]);
	}
	if (!spec->shown_argv) {
		spec->shown_argv = spec->argv;
	}
	spec->argv = finish(arena, &words);
}

/* --- containers ------------------------------------------------------------------------ */

static bool on_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[4096];
	while (path && *path) {
		size_t n = strcspn(path, ":");
		int len = snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, name);
		if (n && len > 0 && (size_t)len < sizeof(file) &&
			access(file, X_OK) == 0) {
			return true;
		}
		path += n + (path[n] == ':');
	}
	return false;
}

static const char *find_program(void)
{
	static const char *const names[] = {
		"podman", "apptainer", "singularity", "docker"};
	for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
		if (on_path(names[i])) {
			return names[i];
		}
	}
	return NULL;
}

/* The program of a container is its process 1, which takes no SIGTERM unless it asked for
 * it, and goes on when podman or docker are killed. So a small shell waits beside them: when
 * the job is asked to end, it gives the container two seconds and ends it then. */
static const char watcher[] =
	"exec 3<&0; d=$(mktemp -d) || exit 125; p=$1; shift 2; "
	"stop() { trap '' TERM INT HUP; for i in 1 2; do kill -0 $! 2>/dev/null && sleep 1; "
	"done; kill -0 $! 2>/dev/null && \"$p\" kill \"$(cat \"$d/id\")\"; } "
	">/dev/null 2>&1; trap stop TERM INT HUP; "
	"\"$p\" run --cidfile \"$d/id\" \"$@\" <&3 3<&- & "
	"wait $!; r=$?; while kill -0 $! 2>/dev/null; do wait $!; r=$?; done; "
	"rm -rf \"$d\"; exit $r";

/* podman and docker: the folder of the run at its own place, the user's own files. */
static void add_engine(struct arena *arena, word_vec *words, const char *name,
	const struct container *c, const struct job_spec *spec)
{
	vec_push(words, "run"); /* the watcher puts --cidfile behind it */
	vec_push(words, "--rm");
	vec_push(words, "-i");
	if (strcmp(name, "podman") == 0) {
		/* root is itself inside; podman refuses keep-id there */
		if (geteuid() != 0) {
			vec_push(words, "--userns=keep-id");
		}
	} else {
		vec_push(words, "--user");
		vec_push(words, arena_printf(arena, "%u:%u", (unsigned)getuid(),
					(unsigned)getgid()));
	}
	vec_push(words, "--volume");
	vec_push(words, arena_printf(arena, SV_FMT ":" SV_FMT, SV_ARG(c->workdir),
				SV_ARG(c->workdir)));
	for (size_t i = 0; i < CW_ARRAY_LEN(c->binds); i++) {
		if (c->binds[i]) {
			vec_push(words, "--volume");
			vec_push(words, arena_printf(arena, "%s:%s:ro", c->binds[i],
						c->binds[i]));
		}
	}
	vec_push(words, "--workdir");
	vec_push(words, arena_sv(arena, c->folder).p);
	/* names alone: the values are in the environment, not on the command line */
	for (uint32_t i = 0; i < spec->env_count; i++) {
		vec_push(words, "--env");
		vec_push(words, spec->env[i].name);
	}
	for (uint32_t i = 0; i < c->name_count; i++) {
		vec_push(words, "--env");
		vec_push(words, arena_sv(arena, c->names[i]).p);
	}
	vec_push(words, arena_sv(arena, c->image).p);
}

static void add_apptainer(struct arena *arena, word_vec *words, const struct container *c)
{
	struct strview image = c->image;
	bool bare = !memmem(image.p, image.n, "://", 3) && !sv_ends(image, SV(".sif")) &&
		    !(image.n && (image.p[0] == '/' || image.p[0] == '.'));
	vec_push(words, "exec");
	vec_push(words, "--bind");
	vec_push(words, arena_sv(arena, c->workdir).p);
	for (size_t i = 0; i < CW_ARRAY_LEN(c->binds); i++) {
		if (c->binds[i]) {
			vec_push(words, "--bind");
			vec_push(words, arena_printf(arena, "%s:%s:ro", c->binds[i],
						c->binds[i]));
		}
	}
	vec_push(words, "--pwd");
	vec_push(words, arena_sv(arena, c->folder).p);
	vec_push(words,
		arena_printf(arena, "%s" SV_FMT, bare ? "docker://" : "", SV_ARG(image)));
}

/* The command of the spec as arguments; or what people are shown of them. */
static void add_spec(
	struct arena *arena, word_vec *words, const struct job_spec *spec, bool shown)
{
	char *const *argv = shown && spec->shown_argv ? spec->shown_argv : spec->argv;
	if (spec->kind == COMMAND_SHELL) {
		vec_push(words, spec->shell);
		vec_push(words, "-c");
		vec_push(words, arena_printf(arena, SV_FMT " " SV_FMT,
					SV_ARG(spec->shell_prefix), SV_ARG(spec->text)));
	}
	for (size_t i = 0; spec->kind == COMMAND_ARGV && argv[i]; i++) {
		vec_push(words, argv[i]);
	}
}

const char *wrap_container(
	struct arena *arena, const struct container *c, struct job_spec *spec)
{
	word_vec words = {0};
	const char *program = c->program ? c->program : find_program();
	if (!program) {
		return "its container needs podman, apptainer or docker, and none of them "
		       "is on the PATH";
	}
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	bool engine = strcmp(name, "podman") == 0 || strcmp(name, "docker") == 0;
	if (engine) {
		vec_push(&words, "sh");
		vec_push(&words, "-c");
		vec_push(&words, watcher);
		vec_push(&words, "cwflow-container");
	}
	size_t own = words.n;
	vec_push(&words, program);
	if (strcmp(name, "apptainer") == 0 || strcmp(name, "singularity") == 0) {
		add_apptainer(arena, &words, c);
	} else if (engine) {
		add_engine(arena, &words, name, c, spec);
	} else {
		vec_release(&words);
		return arena_printf(arena,
			"\"%s\" runs no containers that are known here: there are podman, "
			"apptainer and docker",
			program);
	}
	word_vec shown = {0};
	for (size_t i = own; i < words.n; i++) {
		vec_push(&shown, words.v[i]);
	}
	add_spec(arena, &words, spec, false);
	add_spec(arena, &shown, spec, true);
	spec->kind = COMMAND_ARGV;
	spec->argv = finish(arena, &words);
	spec->shown_argv = finish(arena, &shown);
	return NULL;
}

void wrap_script(struct arena *arena, struct strview file, struct job_spec *spec)
{
	word_vec words = {0};
	vec_push(&words, "sh");
	vec_push(&words, arena_sv(arena, file).p);
	add_spec(arena, &words, spec, false);
	if (spec->kind == COMMAND_ARGV && !spec->shown_argv) {
		spec->shown_argv = spec->argv;
	}
	spec->kind = COMMAND_ARGV;
	spec->argv = finish(arena, &words);
}
