#include "exec/job_runner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "exec/attempt.h"
#include "exec/script_run.h"
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

/* A text too long for one argument, in a private file: its path (owned), or
 * NULL. */
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

/* Where the shell is, in r->path; or was, for the job before: they mostly have the same
 * one, and a long PATH costs a look into each of its folders. */
static int find_shell(struct runner *r, const char *name, const char *search)
{
	struct strbuf asked = STRBUF_INIT;
	int rc = 0;
	strbuf_add(&asked, name, strlen(name) + 1);
	strbuf_addstr(&asked, search ? search : "");
	strbuf_reset(&r->path);
	if (!sv_eq(strbuf_sv(&asked), strbuf_sv(&r->shell_asked))) {
		strbuf_reset(&r->shell_asked);
		strbuf_reset(&r->shell_path);
		rc = process_find(name, search, &r->shell_path);
		if (rc == 0 && r->shell_path.buf[0] == '/') {
			strbuf_addsv(&r->shell_asked, strbuf_sv(&asked));
		}
	}
	strbuf_addsv(&r->path, strbuf_sv(&r->shell_path));
	int err = errno;
	strbuf_release(&asked);
	errno = err;
	return rc;
}

/* Starts a shell by what find_shell() says, looking once more where it is not there any
 * more. */
static int spawn_shell(struct attempt *a, const struct request *q, struct spawn *s,
	enum spawn_step *ret_step)
{
	struct runner *r = a->r;
	const char *search = env_get(s->envp, "PATH");
	bool known = r->shell_asked.len > 0;
	*ret_step = SPAWN_EXEC;
	if (find_shell(r, q->shell, search) < 0) {
		return -1;
	}
	s->path = r->path.buf;
	int rc = attempt_spawn(a, s, ret_step);
	if (rc < 0 && known && *ret_step == SPAWN_EXEC && errno != E2BIG) {
		strbuf_reset(&r->shell_asked);
		if (find_shell(r, q->shell, search) < 0) {
			return -1;
		}
		s->path = r->path.buf;
		rc = attempt_spawn(a, s, ret_step);
	}
	return rc;
}

/* Starts the shell with the text from `offset` on, which is in line `line` of
 * it, and sees it to its end; *ret_status as of wait(2). False where it cannot
 * be started. */
static bool run_rest(struct attempt *a, const struct request *q, char **env,
	size_t offset, uint32_t line, int *ret_status)
{
	struct runner *r = a->r;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, q->prefix);
	if (*q->prefix) {
		strbuf_addch(&text, ' ');
	}
	for (; line; line--) {
		strbuf_addch(&text, '\n'); /* for the numbers in messages */
	}
	strbuf_addstr(&text, q->text + offset);
	char *shell = arena_strdup(&r->arena, q->shell), dash_c[] = "-c", *file = NULL;
	char *argv[] = {shell, dash_c, text.buf, NULL};
	bool is_long = text.len >= ARGUMENT_MOST, started = false;
	if (is_long) {
		file = text_file(r, text.buf);
		argv[1] = file;
		argv[2] = NULL;
	}
	struct spawn s = {
		.argv = argv, .envp = env, .fd = {-1, ATTEMPT_OUTPUT, ATTEMPT_OUTPUT}};
	enum spawn_step step = SPAWN_CLONE;
	if ((is_long && !file) || spawn_shell(a, q, &s, &step) < 0) {
		not_started(
			a->result, errno, step == SPAWN_EXEC ? HINT_NO_SHELL : HINT_NONE);
	} else {
		started = true;
		attempt_wait(a);
		*ret_status = a->members[0].status;
	}
	if (is_long && started && *ret_status == W_EXITCODE(126, 0)) {
		/* what the shell says where a program's arguments were too many */
		a->result->hint = HINT_LONG_ARGUMENTS;
	}
	if (file) {
		unlink(file);
		free(file);
	}
	strbuf_release(&text);
	return started;
}

/* Runs the text, without a shell as far as that makes no difference. */
static void run_shell(
	struct runner *r, const struct request *q, char **env, struct result_head *result)
{
	struct attempt a;
	struct simple_script script;
	int status = 0;
	uint32_t done = 0;
	attempt_begin(&a, r, &q->head, result);
	bool simple = !r->state->options->always_shell &&
		      simple_script_parse(
			      q->shell, q->prefix, q->text, env, &r->arena, &script);
	if (simple) {
		done = script_run(&a, &script, q->shell, env, &status);
	}
	if (!simple || done < script.n) {
		const struct simple_command *c = simple ? &script.v[done] : NULL;
		if (!run_rest(&a, q, env, c ? c->offset : 0, c ? c->line : 0, &status)) {
			attempt_drop(&a);
			return;
		}
	}
	attempt_end(&a, status);
}

/* The argv that has /bin/sh run the file at `path`, for one that is neither a
 * binary nor has a "#!" line; as execvp. */
static char **script_argv(struct runner *r, const struct request *q, const char *path)
{
	char **argv = ARENA_ARRAY(&r->arena, char *, q->head.argc + 2);
	argv[0] = arena_strdup(&r->arena, "sh");
	argv[1] = arena_strdup(&r->arena, path);
	for (uint32_t i = 1; i < q->head.argc; i++) {
		argv[i + 1] = q->argv[i];
	}
	return argv;
}

/* The files of a program's own, as the child opens them. */
static uint32_t add_opens(const struct request *q, struct spawn_open opens[3])
{
	uint32_t n = 0;
	for (int i = 0; i < 3; i++) {
		int flags = i ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
		struct spawn_open o = {.fd = i, .path = q->file[i], .flags = flags};
		if (!q->file[i]) {
			continue;
		}
		if (i == 2 && q->file[1] && strcmp(q->file[1], q->file[2]) == 0) {
			o.path = NULL; /* both into one file */
			o.from = 1;
		}
		opens[n++] = o;
	}
	return n;
}

static void run_argv(
	struct runner *r, const struct request *q, char **env, struct result_head *result)
{
	struct attempt a;
	strbuf_reset(&r->path);
	if (process_find(q->argv[0], env_get(env, "PATH"), &r->path) < 0) {
		not_started(result, errno, HINT_NONE);
		return;
	}
	attempt_begin(&a, r, &q->head, result);
	struct spawn_open opens[3];
	struct spawn s = {.path = r->path.buf,
		.argv = q->argv,
		.envp = env,
		.fd = {-1, ATTEMPT_OUTPUT, ATTEMPT_OUTPUT},
		.opens = opens,
		.open_count = add_opens(q, opens)};
	enum spawn_step step;
	int rc = attempt_spawn(&a, &s, &step);
	if (rc < 0 && step == SPAWN_EXEC && errno == ENOEXEC) {
		s.argv = script_argv(r, q, s.path);
		s.path = "/bin/sh";
		rc = attempt_spawn(&a, &s, &step);
	}
	if (rc < 0) {
		int err = errno;
		enum job_hint hint = step == SPAWN_OPEN ? HINT_STDIN : HINT_NONE;
		not_started(result, err, err == E2BIG ? HINT_LONG_ARGUMENTS : hint);
		attempt_drop(&a);
		return;
	}
	attempt_wait(&a);
	attempt_end(&a, a.members[0].status);
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

/* Reads the body of a request out of its file into the arena; NULL when that
 * fails. */
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

/* A request as it came: its packet is in r->buf. */
struct packet {
	struct request_head head;
	ssize_t n; /* bytes; 0: the engine has ended */
	int fd;    /* of its body, or -1 */
};

/* Receives the next one; false where there is none now (with MSG_DONTWAIT). */
static bool take_packet(struct runner *r, int flags, struct packet *ret)
{
	ret->fd = -1;
	ret->n = message_receive(
		r->state->jobs, r->buf, MESSAGE_PACKET_MOST, &ret->fd, flags);
	if (ret->n < (ssize_t)sizeof(ret->head)) {
		bool none = ret->n < 0 && errno == EAGAIN && flags & MSG_DONTWAIT;
		ret->n = 0;
		return !none;
	}
	memcpy(&ret->head, r->buf, sizeof(ret->head));
	return true;
}

/* Whether a job that was sent ahead may begin now that another has ended: it was not
 * recalled. */
static bool may_follow(const struct runner *r, const struct packet *p)
{
	return p->n > 0 && p->head.flags & REQUEST_AHEAD &&
	       p->head.recalls == atomic_load(&r->state->shared->recalls);
}

/* Whether the job ended as those want it that were sent ahead; what its output is. */
static bool gives_way(const struct request *q, struct result_head *result)
{
	if (q->head.flags & REQUEST_ANY_END) {
		return true;
	}
	for (uint32_t i = 0; i < q->head.output_count; i++) {
		struct fs_stat st;
		if (result->outcome != JOB_OK ||
			fs_stat(AT_FDCWD, q->outputs[i], &st) < 0 || st.kind != FS_FILE) {
			return false;
		}
		result->seen = st;
	}
	result->flags |= q->head.output_count == 1 ? (uint32_t)RESULT_SEEN : 0;
	return result->outcome == JOB_OK;
}

/* The job of `q` has ended: takes the next request if there is one. True: *next is there
 * (n 0: nobody to take one from). */
static bool take_next(struct runner *r, const struct request *q,
	struct result_head *result, struct packet *next)
{
	if (!(q->head.flags & REQUEST_GIVES_WAY)) {
		return false;
	}
	bool well = gives_way(q, result);
	if (!well) {
		atomic_fetch_add(&r->state->shared->recalls, 1);
		result->flags |= RESULT_RECALLED;
	}
	bool taken = take_packet(r, MSG_DONTWAIT, next);
	if (taken && well && may_follow(r, next)) {
		result->flags |= RESULT_FOLLOWED;
		result->follower = next->head.job;
	}
	return taken;
}

/* Gives back a request that never begins. */
static void give_back(struct runner *r, const struct request_head *head)
{
	struct result_head result = {
		.job = head->job, .attempt = head->attempt, .outcome = JOB_UNBEGUN};
	result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	message_send(r->state->jobs, &result, sizeof(result), NULL, 0, -1, 0);
}

/* Handles one request, whose packet is in r->buf; true: the next one is in *next, and there
 * (where it was sent ahead, may begin or not by *ret_follows). */
static bool handle(
	struct runner *r, const struct packet *p, struct packet *next, bool *ret_follows)
{
	const struct request_head head = p->head;
	size_t n = (size_t)p->n;
	int fd = p->fd;
	bool taken = false;
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
	struct request q = {.head = head};
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
	taken = take_next(r, &q, &result, next);
	*ret_follows = (result.flags & RESULT_FOLLOWED) != 0;
	/* the engine gone: nobody to tell, and the main thread ends us */
	message_send(r->state->jobs, &result, sizeof(result), r->output.mem,
		r->output.fd >= 0 ? 0 : (size_t)kept, r->output.fd, 0);
	output_reset(&r->output);
	arena_clear(&r->arena);
	return taken;
}

void *runner_main(void *start)
{
	struct runner_arg *arg = start;
	struct runner r = {
		.state = arg->state,
		.slot = &arg->state->slots[arg->slot],
		.path = STRBUF_INIT,
		.proc = STRBUF_INIT,
		.shell_asked = STRBUF_INIT,
		.shell_path = STRBUF_INIT,
		.buf = xmalloc(RUNNER_BUF),
	};
	free(arg);
	process_own_descriptors(r.state->jobs);
	attempt_set_up(&r);
	arena_init(&r.arena);
	output_init(&r.output, r.state->options->spill_dir);
	struct packet p, next;
	bool follows = false, taken = false;
	for (;;) {
		if (!taken) {
			attempt_rest(&r);
			take_packet(&r, 0, &p);
		}
		if (p.n == 0) {
			break;
		}
		taken = false;
		if (p.head.flags & REQUEST_AHEAD && !follows) {
			give_back(&r, &p.head);
		} else {
			taken = handle(&r, &p, &next, &follows);
		}
		if (p.fd >= 0) {
			close(p.fd);
		}
		follows = follows && taken;
		if (taken) {
			p = next;
		}
	}
	output_release(&r.output);
	arena_release(&r.arena);
	strbuf_release(&r.path);
	strbuf_release(&r.proc);
	strbuf_release(&r.shell_asked);
	strbuf_release(&r.shell_path);
	free(r.buf);
	return NULL;
}
