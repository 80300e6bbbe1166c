#include "exec/job_runner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "exec/attempt.h"
#include "exec/in_process.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/process.h"
#include "sys/tempfile.h"

enum { ARGUMENT_MOST = 128 * 1024 - 1 }; /* of one argument, the kernel's limit */

static void not_started(struct result_head *result, int err, enum job_hint hint)
{
	result->outcome = JOB_NOT_STARTED;
	result->code = err;
	result->hint = hint;
}

/* A text too long for one argument, in a private file: its path (owned), or NULL. */
static char *text_file(struct runner *r, const char *text)
{
	struct strbuf path = STRBUF_INIT;
	strbuf_addf(&path, "%s/command-XXXXXX", r->state->options->spill_dir);
	int fd = mkostemp(path.buf, O_CLOEXEC);
	if (fd < 0) {
		strbuf_release(&path);
		return NULL;
	}
	if (fs_write_all(fd, text, strlen(text)) < 0 || close(fd) < 0) {
		unlink(path.buf);
		strbuf_release(&path);
		return NULL;
	}
	return strbuf_detach(&path, NULL);
}

/* Runs the text without a shell, where that makes no difference. */
static bool run_simple(
	struct runner *r, const struct request *q, char **env, struct result_head *result)
{
	struct simple_command c;
	if (r->state->options->always_shell ||
		!simple_command_parse(q->shell, q->prefix, q->text, env, &r->arena, &c)) {
		return false;
	}
	if (c.kind != SIMPLE_PROGRAM) {
		int64_t start = clock_monotonic_ns(&clock_real);
		if (!in_process_run(&c, &r->output)) {
			return false;
		}
		int64_t ns = clock_monotonic_ns(&clock_real) - start;
		result->outcome = JOB_OK;
		result->usage.seconds = (double)ns / (double)NS_PER_S;
		result->usage.end_ns = result->usage.start_ns + ns;
		return true;
	}
	strbuf_reset(&r->path);
	if (process_find(c.argv[0], env_get(env, "PATH"), &r->path) < 0) {
		return false;
	}
	struct spawn s = {
		.path = r->path.buf,
		.argv = c.argv,
		.envp = env_as_of_shell(
			env, q->shell, r->path.buf, c.open_count == 0, &r->arena),
		.opens = c.opens,
		.open_count = c.open_count,
	};
	enum spawn_step step;
	return attempt_run(r, &s, &q->head, result, &step) == 0;
}

static void run_shell(
	struct runner *r, const struct request *q, char **env, struct result_head *result)
{
	if (run_simple(r, q, env, result)) {
		return;
	}
	strbuf_reset(&r->path);
	if (process_find(q->shell, env_get(env, "PATH"), &r->path) < 0) {
		not_started(result, errno, HINT_NO_SHELL);
		return;
	}
	char *shell = arena_strdup(&r->arena, q->shell);
	char *text = arena_printf(
		&r->arena, "%s%s%s", q->prefix, *q->prefix ? " " : "", q->text);
	char dash_c[] = "-c";
	char *file = NULL;
	char *argv[] = {shell, dash_c, text, NULL};
	bool is_long = strlen(text) >= ARGUMENT_MOST;
	if (is_long) {
		file = text_file(r, text);
		if (!file) {
			not_started(result, errno, HINT_NONE);
			return;
		}
		argv[1] = file;
		argv[2] = NULL;
	}
	struct spawn s = {.path = r->path.buf, .argv = argv, .envp = env};
	enum spawn_step step;
	if (attempt_run(r, &s, &q->head, result, &step) < 0) {
		not_started(
			result, errno, step == SPAWN_EXEC ? HINT_NO_SHELL : HINT_NONE);
	}
	/* the shell says 126 where a program's arguments were too many */
	if (is_long && result->outcome == JOB_EXIT && result->code == 126) {
		result->hint = HINT_LONG_ARGUMENTS;
	}
	if (file) {
		unlink(file);
		free(file);
	}
}

/* A program's file that is no binary and has no "#!" line: for /bin/sh, as execvp. */
static int run_as_script(struct runner *r, struct spawn *s,
	const struct request_head *head, struct result_head *result,
	enum spawn_step *ret_step)
{
	char **argv = ARENA_ARRAY(&r->arena, char *, head->argc + 2);
	argv[0] = arena_strdup(&r->arena, "sh");
	argv[1] = arena_strdup(&r->arena, s->path);
	for (uint32_t i = 1; i < head->argc; i++) {
		argv[i + 1] = s->argv[i];
	}
	s->argv = argv;
	s->path = "/bin/sh";
	return attempt_run(r, s, head, result, ret_step);
}

static void run_argv(
	struct runner *r, const struct request *q, char **env, struct result_head *result)
{
	strbuf_reset(&r->path);
	if (process_find(q->argv[0], env_get(env, "PATH"), &r->path) < 0) {
		not_started(result, errno, HINT_NONE);
		return;
	}
	struct spawn_open opens[3];
	struct spawn s = {
		.path = r->path.buf, .argv = q->argv, .envp = env, .opens = opens};
	for (int i = 0; i < 3; i++) {
		int flags = i ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
		if (!q->file[i]) {
			continue;
		}
		struct spawn_open o = {.fd = i, .path = q->file[i], .flags = flags};
		if (i == 2 && q->file[1] && strcmp(q->file[1], q->file[2]) == 0) {
			o.path = NULL; /* both into one file */
			o.from = 1;
		}
		opens[s.open_count++] = o;
	}
	enum spawn_step step;
	int rc = attempt_run(r, &s, &q->head, result, &step);
	if (rc < 0 && step == SPAWN_EXEC && errno == ENOEXEC) {
		rc = run_as_script(r, &s, &q->head, result, &step);
	}
	if (rc < 0) {
		int err = errno;
		enum job_hint hint = step == SPAWN_OPEN ? HINT_STDIN : HINT_NONE;
		not_started(result, err, err == E2BIG ? HINT_LONG_ARGUMENTS : hint);
	}
}

/* Runs one request; the result lacks only its output. */
static void run_request(
	struct runner *r, const struct request *q, struct result_head *result)
{
	char **env = env_with(&r->state->env, q->env, q->head.env_count, &r->arena);
	if (q->head.kind == COMMAND_SHELL) {
		run_shell(r, q, env, result);
	} else if (q->head.argc) {
		run_argv(r, q, env, result);
	}
}

static void mark(struct runner *r, const struct request_head *head, bool busy)
{
	pthread_mutex_lock(&r->state->lock);
	r->slot->busy = busy;
	r->slot->job = head->job;
	r->slot->attempt = head->attempt;
	r->slot->cancel = 0;
	pthread_mutex_unlock(&r->state->lock);
}

/* Reads the body of a request out of its file into the arena; NULL when that fails. */
static char *body_of_file(struct runner *r, int fd, uint64_t n)
{
	char *body = arena_alloc(&r->arena, (size_t)n + 1, 1);
	uint64_t got = 0;
	while (got < n) {
		ssize_t k = pread(fd, body + got, (size_t)(n - got), (off_t)got);
		if (k <= 0) {
			return NULL;
		}
		got += (uint64_t)k;
	}
	return body;
}

/* Handles the packet of `n` bytes in r->buf, whose body may be the file `fd`. */
static void handle(struct runner *r, size_t n, int fd)
{
	struct request_head head;
	if (n < sizeof(head)) {
		return;
	}
	memcpy(&head, r->buf, sizeof(head));
	mark(r, &head, true);
	struct result_head result = {
		.job = head.job, .attempt = head.attempt, .outcome = JOB_NOT_STARTED};
	result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	char *body;
	if (fd >= 0) {
		body = body_of_file(r, fd, head.body);
	} else {
		body = arena_memdup0(&r->arena, r->buf + sizeof(head), n - sizeof(head));
	}
	struct request q;
	if (body && (fd >= 0 || head.body == n - sizeof(head)) &&
		request_decode(&head, body, &r->arena, &q) == 0) {
		run_request(r, &q, &result);
	} else {
		result.code = EBADMSG;
	}
	uint64_t kept = output_finish(&r->output);
	result.output_bytes = (uint32_t)kept;
	result.output_size = r->output.size;
	mark(r, &head, false);
	/* the engine gone: nobody to tell, and the main thread ends us */
	message_send(r->state->jobs, &result, sizeof(result), r->output.mem,
		r->output.fd >= 0 ? 0 : (size_t)kept, r->output.fd, 0);
	output_reset(&r->output);
	arena_release(&r->arena);
}

void *runner_main(void *p)
{
	struct runner_arg *arg = p;
	struct runner r = {
		.state = arg->state,
		.slot = &arg->state->slots[arg->slot],
		.path = STRBUF_INIT,
		.proc = STRBUF_INIT,
		.buf = xmalloc(RUNNER_BUF),
	};
	free(arg);
	arena_init(&r.arena);
	output_init(&r.output, r.state->options->spill_dir);
	for (;;) {
		int fd;
		ssize_t n = message_receive(
			r.state->jobs, r.buf, MESSAGE_PACKET_MOST, &fd, 0);
		if (n <= 0) {
			break;
		}
		handle(&r, (size_t)n, fd);
		if (fd >= 0) {
			close(fd);
		}
	}
	output_release(&r.output);
	strbuf_release(&r.path);
	strbuf_release(&r.proc);
	free(r.buf);
	return NULL;
}
