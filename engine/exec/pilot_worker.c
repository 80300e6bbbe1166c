/* A rank of a pilot that runs jobs, each as a process of its own (executor_local). */
#include "exec/pilot.h"

#include <errno.h>
#include <mpi.h>
#include <signal.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "exec/executor_local.h"
#include "exec/job_message.h"
#include "exec/pilot_impl.h"
#include "sys/clock.h"
#include "sys/loop.h"

enum { OUTPUT_MOST = 4 << 20 };

#define BEAT_NS NS_PER_S

struct worker {
	struct loop *loop;
	struct executor *executor; /* NULL before the setup */
	char *setup;               /* strings of the options */
	struct pace pace;
	int64_t beat_ns;
	bool over;
	struct strbuf result;
};

/* A result is sent at once and waited for: rank 0 is always ready to receive. */
static void send_result(void *ctx, const struct job_result *r)
{
	struct worker *w = ctx;
	struct result_message m = {.job = r->job,
		.attempt = r->attempt,
		.outcome = (uint32_t)r->outcome,
		.code = r->code,
		.output_size = r->output_size,
		.text_bytes = r->text ? (uint32_t)strlen(r->text) + 1 : 0,
		.output_bytes =
			(uint32_t)(r->output.n > OUTPUT_MOST ? OUTPUT_MOST : r->output.n),
		.usage = r->usage};
	strbuf_reset(&w->result);
	strbuf_add(&w->result, &m, sizeof(m));
	if (m.text_bytes) {
		strbuf_add(&w->result, r->text, m.text_bytes);
	}
	strbuf_add(&w->result, r->output.p, m.output_bytes);
	MPI_Send(w->result.buf, (int)w->result.len, MPI_BYTE, 0, TAG_RESULT,
		MPI_COMM_WORLD);
	w->beat_ns = clock_monotonic_ns(&clock_real);
}

static void set_up(struct worker *w, char *bytes)
{
	struct setup_message m;
	memcpy(&m, bytes, sizeof(m));
	const char *workdir = bytes + sizeof(m);
	const char *spill = workdir + strlen(workdir) + 1;
	struct local_options o = {.loop = w->loop,
		.tools_dir = m.has_tools ? spill + strlen(spill) + 1 : NULL,
		.spill_dir = spill,
		.grace_ns = m.grace_ns};
	int rank;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	o.slots = (uint32_t)pilot_world.ranks[rank].own_cores;
	if (w->executor) {
		w->executor->ops->free(w->executor); /* a further round of the run */
		free(w->setup);
	}
	w->setup = bytes;
	if (chdir(workdir) < 0) {
		fprintf(stderr, "cwflow: rank %d cannot enter %s: %s\n", rank, workdir,
			strerror(errno));
	}
	w->executor = executor_local_new(&o);
	w->executor->finished = send_result;
	w->executor->ctx = w;
}

/* The pairs "NAME=value" of a request as a specification has them. */
static struct env_pair *split_env(const struct request *q, struct arena *arena)
{
	struct env_pair *env = ARENA_ARRAY(arena, struct env_pair, q->head.env_count);
	for (uint32_t i = 0; i < q->head.env_count; i++) {
		char *sign = strchr(q->env[i], '=');
		env[i] = (struct env_pair){q->env[i], ""};
		if (sign) {
			*sign = '\0';
			env[i].value = sign + 1;
		}
	}
	return env;
}

static void run_job(struct worker *w, char *bytes, size_t n)
{
	struct request_head head;
	struct request q;
	struct arena arena = ARENA_INIT;
	memcpy(&head, bytes, sizeof(head));
	if (n == sizeof(head) + head.body && w->executor &&
		request_decode(&head, bytes + sizeof(head), &arena, &q) == 0) {
		struct job_spec spec = {.job = head.job,
			.attempt = head.attempt,
			.kind = (enum command_kind)head.kind,
			.shell = q.shell,
			.shell_prefix = sv_from(q.prefix ? q.prefix : ""),
			.text = sv_from(q.text ? q.text : ""),
			.argv = q.argv,
			.stdin_path = q.file[0],
			.stdout_path = q.file[1],
			.stderr_path = q.file[2],
			.env = split_env(&q, &arena),
			.env_count = head.env_count,
			.timeout_s = head.timeout_s,
			.rule = "",
			.wildcards = ""};
		w->executor->ops->submit(w->executor, &spec);
	}
	arena_release(&arena);
}

static void receive(struct worker *w, const struct pilot_letter *l)
{
	size_t n = (size_t)l->size;
	char *bytes = xcalloc(n + 1, 1);
	MPI_Recv(bytes, l->size, MPI_BYTE, 0, l->tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	switch ((enum tag)l->tag) {
	case TAG_SETUP:
		set_up(w, bytes);
		return; /* bytes are kept */
	case TAG_JOB:
		if (n >= sizeof(struct request_head)) {
			run_job(w, bytes, n);
		}
		break;
	case TAG_CANCEL:
		if (n == 2 * sizeof(uint32_t) && w->executor) {
			uint32_t words[2];
			memcpy(words, bytes, sizeof(words));
			w->executor->ops->cancel(w->executor, words[0], words[1] != 0);
		}
		break;
	case TAG_END:
		w->over = true;
		break;
	case TAG_RESULT:
	case TAG_BEAT:
		break;
	}
	free(bytes);
}

static void listen(void *ctx)
{
	struct worker *w = ctx;
	struct pilot_letter l;
	bool came = false;
	while (!w->over && pilot_probe(&l)) {
		came = true;
		receive(w, &l);
	}
	int64_t now = clock_monotonic_ns(&clock_real);
	if (now - w->beat_ns > BEAT_NS && !w->over && w->executor) {
		MPI_Send(NULL, 0, MPI_BYTE, 0, TAG_BEAT, MPI_COMM_WORLD);
		w->beat_ns = now;
	}
	loop_add_timer(w->loop, pace_next(&w->pace, came), listen, w);
}

int pilot_work(void)
{
	/* the launcher's signals are for rank 0, which tells us what to end */
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	struct worker w = {.loop = loop_new(), .result = STRBUF_INIT};
	if (!w.loop) {
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	listen(&w);
	while (!w.over && loop_turn(w.loop, INT64_MAX) == 0) {
	}
	if (w.executor) {
		w.executor->ops->free(w.executor);
	}
	loop_free(w.loop);
	strbuf_release(&w.result);
	free(w.setup);
	free(pilot_world.ranks);
	pilot_finalize_soon();
	MPI_Finalize();
	return 0;
}
