#include "exec/script_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "exec/in_process.h"
#include "sys/env.h"
#include "sys/fs.h"

/* A pipeline: commands `first` up to `end` of the script. */
struct pipeline {
	const struct simple_script *s;
	uint32_t first, end;
	const char *shell;
	char *const *env;
	char *paths[SIMPLE_MOST_PIPED]; /* of the programs; in the arena */
	int fd[SIMPLE_MOST_PIPED][3];   /* as struct spawn wants them */
	int opened[SIMPLE_MOST_PIPED * (SIMPLE_MOST_OPENS + 2)]; /* to be closed */
	uint32_t opened_count;
};

static void close_all(struct pipeline *p)
{
	for (uint32_t i = 0; i < p->opened_count; i++) {
		close(p->opened[i]);
	}
	p->opened_count = 0;
}

/* Whether execve() takes the file: it begins as programs and scripts do. */
static bool is_executable_format(const char *path)
{
	char magic[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, magic, sizeof(magic));
	if (fd >= 0) {
		close(fd);
	}
	return n == (ssize_t)sizeof(magic) && (memcmp(magic,
						       "\x7f"
						       "ELF",
						       4) == 0 ||
						      memcmp(magic, "#!", 2) == 0);
}

/* Finds the programs. Of several, all must be sure to start. */
static bool find_programs(struct pipeline *p, struct runner *r)
{
	const char *search = env_get(p->env, "PATH");
	for (uint32_t i = p->first; i < p->end; i++) {
		strbuf_reset(&r->path);
		if (process_find(p->s->v[i].argv[0], search, &r->path) < 0) {
			return false;
		}
		if (p->end - p->first > 1 && !is_executable_format(r->path.buf)) {
			return false;
		}
		p->paths[i - p->first] = arena_strdup(&r->arena, r->path.buf);
	}
	return true;
}

/* Opens the files of one command, whose descriptors are `fd`. */
static bool open_files(struct pipeline *p, const struct simple_command *c, int fd[3])
{
	for (uint32_t i = 0; i < c->open_count; i++) {
		const struct spawn_open *o = &c->opens[i];
		struct fs_stat st;
		if (!o->path) {
			fd[o->fd] = fd[o->from];
			continue;
		}
		if (strcmp(o->path, "/dev/null") != 0 &&
			(fs_stat(AT_FDCWD, o->path, &st) < 0 ||
				(st.kind != FS_FILE && st.kind != FS_MISSING))) {
			return false;
		}
		int file = open(o->path, o->flags | O_CLOEXEC | O_NOCTTY, 0666);
		if (file < 0) {
			return false;
		}
		p->opened[p->opened_count++] = file;
		fd[o->fd] = file;
	}
	return true;
}

/* Gives all commands their descriptors. */
static bool connect(struct pipeline *p)
{
	int input = -1;
	for (uint32_t i = p->first; i < p->end; i++) {
		int *fd = p->fd[i - p->first];
		int next[2] = {-1, ATTEMPT_OUTPUT};
		if (i + 1 < p->end) {
			if (pipe2(next, O_CLOEXEC) < 0) {
				return false;
			}
			p->opened[p->opened_count++] = next[0];
			p->opened[p->opened_count++] = next[1];
		}
		fd[0] = input;
		fd[1] = next[1];
		fd[2] = ATTEMPT_OUTPUT;
		if (!open_files(p, &p->s->v[i], fd)) {
			return false;
		}
		input = next[0];
	}
	return true;
}

/* Starts the programs; false where the first did not start. */
static bool start(struct pipeline *p, struct attempt *a)
{
	bool last = p->end == p->s->n && p->end - p->first == 1;
	for (uint32_t i = p->first; i < p->end; i++) {
		const struct simple_command *c = &p->s->v[i];
		const char *path = p->paths[i - p->first];
		bool becomes = last && c->open_count == 0;
		struct spawn s = {
			.path = path,
			.argv = c->argv,
			.envp = env_as_of_shell(
				p->env, p->shell, path, becomes, &a->r->arena),
		};
		memcpy(s.fd, p->fd[i - p->first], sizeof(s.fd));
		enum spawn_step step;
		if (attempt_spawn(a, &s, &step) == 0) {
			continue;
		}
		if (i == p->first) {
			return false;
		}
		/* it was there a moment ago: what a shell says then */
		char text[300];
		snprintf(text, sizeof(text), "%.40s: line %u: %.160s: %.60s\n", p->shell,
			c->line + 1, c->argv[0], strerror(errno));
		attempt_collect(a);
		output_add(&a->r->output, text, strlen(text));
		struct member *m = &a->members[a->member_count];
		*m = (struct member){
			.child = {0, -1}, .ended = true, .status = W_EXITCODE(126, 0)};
		a->member_count++;
	}
	return true;
}

/* The status as a shell counts it: 128 and the signal for one that was killed.
 */
static int shell_status(int status)
{
	return WIFSIGNALED(status) ? W_EXITCODE(128 + WTERMSIG(status), 0) : status;
}

static int status_of_pipeline(const struct pipeline *p, const struct attempt *a)
{
	uint32_t n = a->member_count;
	if (n == 1) {
		return a->members[0].status;
	}
	for (uint32_t i = n; p->s->pipefail && i-- > 0;) {
		if (a->members[i].status) {
			return shell_status(a->members[i].status);
		}
	}
	return shell_status(a->members[n - 1].status);
}

/* Says of programs that were killed what a shell says; of the last alone the outcome of
 * the job will. */
static void tell_killed(const struct pipeline *p, struct attempt *a)
{
	if (p->end == p->s->n && a->member_count == 1) {
		return;
	}
	for (uint32_t i = 0; i < a->member_count; i++) {
		const struct simple_command *c = &p->s->v[p->first + i];
		int status = a->members[i].status;
		int signal = WIFSIGNALED(status) ? WTERMSIG(status) : SIGPIPE;
		if (signal == SIGPIPE || signal == SIGINT) {
			continue;
		}
		char text[300];
		snprintf(text, sizeof(text), "%.40s: line %u: %.40s: %.160s\n", p->shell,
			c->line + 1, sigdescr_np(signal), c->argv[0]);
		attempt_collect(a);
		output_add(&a->r->output, text, strlen(text));
	}
}

/* Runs one pipeline; false where the shell should. */
static bool run_pipeline(struct pipeline *p, struct attempt *a, int *ret_status)
{
	const struct simple_command *c = &p->s->v[p->first];
	if (p->end - p->first == 1 && c->kind != SIMPLE_PROGRAM) {
		*ret_status = 0;
		attempt_collect(a);
		return in_process_run(c, &a->r->output);
	}
	bool started = find_programs(p, a->r) && connect(p) && start(p, a);
	close_all(p);
	if (!started) {
		return false;
	}
	attempt_wait(a);
	tell_killed(p, a);
	*ret_status = status_of_pipeline(p, a);
	attempt_next(a);
	return true;
}

uint32_t script_run(struct attempt *a, const struct simple_script *s, const char *shell,
	char *const *env, int *ret_status)
{
	int status = 0;
	uint32_t at = 0;
	while (at < s->n && !attempt_is_over(a)) {
		struct pipeline p = {
			.s = s, .first = at, .end = at + 1, .shell = shell, .env = env};
		while (p.end < s->n && s->v[p.end].join == JOIN_PIPE) {
			p.end++;
		}
		enum simple_join join = s->v[at].join;
		bool skipped =
			(join == JOIN_AND && status) || (join == JOIN_OR && !status);
		if (!skipped && !run_pipeline(&p, a, &status)) {
			break;
		}
		/* a failure ends the script, but not that of a condition */
		bool list_goes_on = p.end < s->n && s->v[p.end].join != JOIN_ALWAYS;
		if (status && s->errexit && !skipped && !list_goes_on) {
			at = s->n;
			break;
		}
		at = p.end;
		if (at < s->n) {
			status = shell_status(status);
		}
	}
	*ret_status = status;
	return attempt_is_over(a) ? s->n : at;
}
