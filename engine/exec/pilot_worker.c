/* A rank of a pilot that runs jobs, each as a process of its own (executor_local). */
#include "exec/pilot.h"

#include <errno.h>
#include <mpi.h>
#include <signal.h>
#include <unistd.h>

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
	uint32_t slots;            /* jobs at once */
	size_t in_hand;            /* jobs that have not ended */
	struct usual usual;
	struct pace pace;
	int64_t beat_ns;
	bool over;
	struct strbuf results; /* that are not sent yet */
	struct outbox outbox;
};

static void tell(struct worker *w, enum tag tag, char *bytes, size_t n)
{
	outbox_send(&w->outbox, 0, tag, bytes, n);
	w->beat_ns = clock_monotonic_ns(&clock_real);
}

static void send_results(struct worker *w)
{
	size_t n = w->results.len;
	if (n) {
		tell(w, TAG_RESULTS, strbuf_detach(&w->results, NULL), n);
	}
}

/* A job has ended; the results of one turn go together. */
static void add_result(void *ctx, const struct job_result *r)
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
	if (w->results.len + sizeof(m) + m.text_bytes + m.output_bytes > BUNDLE_MOST) {
		send_results(w);
	}
	strbuf_add(&w->results, &m, sizeof(m));
	if (m.text_bytes) {
		strbuf_add(&w->results, r->text, m.text_bytes);
	}
	strbuf_add(&w->results, r->output.p, m.output_bytes);
	w->in_hand--;
	usual_add(&w->usual, r->usage.seconds);
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
	o.slots = w->slots = (uint32_t)pilot_world.ranks[rank].own_cores;
	if (w->executor) {
		w->executor->ops->free(w->executor); /* a further round of the run */
		w->executor = NULL;
	}
	free(w->setup);
	w->in_hand = 0;
	w->setup = bytes;
	if (chdir(workdir) < 0) {
		char *words = xasprintf("cannot enter %s: %s", workdir, strerror(errno));
		tell(w, TAG_REFUSED, words, strlen(words) + 1);
		return;
	}
	w->executor = executor_local_new(&o);
	w->executor->finished = add_result;
	w->executor->ctx = w;
}

/* Starts all jobs of a message. */
static void run_jobs(struct worker *w, const char *bytes, size_t n)
{
	struct request_head head;
	while (w->executor && n >= sizeof(head)) {
		memcpy(&head, bytes, sizeof(head));
		size_t size = sizeof(head) + head.body;
		w->in_hand++;
		if (size > n || !executor_local_forward(w->executor, bytes, size)) {
			w->in_hand--;
			return;
		}
		bytes += size;
		n -= size;
	}
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
	case TAG_JOBS:
		run_jobs(w, bytes, n);
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
	case TAG_RESULTS:
	case TAG_BEAT:
	case TAG_REFUSED:
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
	outbox_collect(&w->outbox);
	int64_t now = clock_monotonic_ns(&clock_real);
	if (now - w->beat_ns > BEAT_NS && !w->over && w->executor) {
		tell(w, TAG_BEAT, NULL, 0);
	}
	loop_add_timer(w->loop, pace_next(&w->pace, came, 0), listen, w);
}

/* While there are short jobs that wait for their turn: their ends are seen to together. */
static void rest(const struct worker *w)
{
	int64_t ns = usual_rest_ns(&w->usual, w->in_hand, w->slots);
	if (ns) {
		nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
	}
}

static void do_nothing(int signal)
{
	(void)signal;
}

int pilot_work(void)
{
	/* The launcher's signals are for rank 0, which tells us what to end. They are not
	 * ignored: jobs would inherit that. */
	struct sigaction none = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGINT, &none, NULL);
	sigaction(SIGTERM, &none, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	struct worker w = {.loop = loop_new(), .results = STRBUF_INIT};
	if (!w.loop) {
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	listen(&w);
	while (!w.over && loop_turn(w.loop, INT64_MAX) == 0) {
		send_results(&w);
		rest(&w);
	}
	if (w.executor) {
		w.executor->ops->free(w.executor);
	}
	loop_free(w.loop);
	strbuf_release(&w.results);
	outbox_release(&w.outbox);
	free(w.setup);
	free(pilot_world.ranks);
	pilot_finalize_soon();
	MPI_Finalize();
	return 0;
}
