/*
 * Jobs on the ranks of an MPI program. Rank 0 sends each job to a host with cores to spare,
 * the rank there runs it as a process of its own (executor_local) and sends back what came
 * of it. Nobody waits inside MPI: both sides look for messages by a timer that slows down
 * while there are none, so that an idle rank uses no core.
 *
 * A rank that is silent for too long is given up and its jobs count as lost. Whether the
 * others live on then is for the MPI to decide (Open MPI: mpirun --enable-recovery).
 */
#include "exec/pilot.h"

#include <errno.h>
#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/vec.h"
#include "exec/executor_local.h"
#include "exec/job_message.h"
#include "sys/clock.h"
#include "sys/cpus.h"
#include "sys/env.h"
#include "sys/loop.h"

enum tag { TAG_SETUP = 1, TAG_JOB, TAG_RESULT, TAG_CANCEL, TAG_END, TAG_BEAT };

enum { MASK_WORDS = CPU_SETSIZE / 64, OUTPUT_MOST = 4 << 20, FINALIZE_S = 10 };

#define LOOK_FIRST_NS (NS_PER_MS / 2)
#define LOOK_MOST_NS (20 * NS_PER_MS)
#define IDLE_NS (200 * NS_PER_MS) /* without a message; then looks grow rarer */
#define BEAT_NS NS_PER_S

/* What each rank has told of itself: its host (the lowest rank there), cores of its host
 * and of its own. */
struct rank_facts {
	int32_t host, host_cores, own_cores, pid;
};

/* --- what the ranks know of each other --------------------------------------------- */

/* Cores that the ranks of this host may use together, and how many of them run jobs. */
static uint32_t cores_of_host(MPI_Comm host, int32_t *ret_first, uint32_t *ret_workers)
{
	cpu_set_t set;
	uint64_t mask[MASK_WORDS] = {0}, all[MASK_WORDS];
	int rank, worker, workers = 0, first = 0;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		for (unsigned i = 0; i < CPU_SETSIZE; i++) {
			mask[i / 64] |= (uint64_t)(CPU_ISSET(i, &set) != 0) << (i % 64);
		}
	}
	worker = rank > 0;
	MPI_Allreduce(mask, all, MASK_WORDS, MPI_UINT64_T, MPI_BOR, host);
	MPI_Allreduce(&worker, &workers, 1, MPI_INT, MPI_SUM, host);
	MPI_Allreduce(&rank, &first, 1, MPI_INT, MPI_MIN, host);
	uint32_t n = 0;
	for (unsigned i = 0; i < MASK_WORDS; i++) {
		n += (uint32_t)__builtin_popcountll(all[i]);
	}
	*ret_first = first;
	*ret_workers = (uint32_t)workers;
	return n ? n : 1;
}

/* Facts of all ranks, `n` of them; returns owned. */
static struct rank_facts *gather(int *ret_n)
{
	MPI_Comm host;
	int rank, size;
	struct rank_facts mine = {.pid = getpid()};
	uint32_t workers;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	MPI_Comm_split_type(
		MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &host);
	uint32_t cores = cores_of_host(host, &mine.host, &workers);
	MPI_Comm_free(&host);
	uint32_t own = workers ? cores / workers : 1;
	mine.own_cores = (int32_t)(own ? own : 1);
	/* more ranks than cores is the user's wish */
	mine.host_cores = (int32_t)(workers > cores ? workers : cores);
	struct rank_facts *all = xcalloc((size_t)size, sizeof(*all));
	MPI_Allgather(&mine, sizeof(mine), MPI_BYTE, all, sizeof(mine), MPI_BYTE,
		MPI_COMM_WORLD);
	*ret_n = size;
	return all;
}

/* MPI is one per process, and so is this: what rank 0 has learnt of the others. */
static struct {
	struct rank_facts *ranks;
	int size;
	bool lost_some; /* a rank was given up: MPI_Finalize may wait for it for ever */
} world;

int pilot_begin(int *argc, char ***argv)
{
	int rank, given;
	MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &given);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	world.ranks = gather(&world.size);
	return rank;
}

uint32_t pilot_workers(void)
{
	return world.size > 1 ? (uint32_t)world.size - 1 : 0;
}

uint32_t pilot_cores(void)
{
	uint32_t n = 0;
	for (int r = 1; r < world.size; r++) {
		bool first = true; /* of its host */
		for (int k = 1; k < r && first; k++) {
			first = world.ranks[k].host != world.ranks[r].host;
		}
		n += first ? (uint32_t)world.ranks[r].host_cores : 0;
	}
	return n;
}

uint32_t pilot_most_cores(void)
{
	int32_t most = 1;
	for (int r = 1; r < world.size; r++) {
		most = world.ranks[r].host_cores > most ? world.ranks[r].host_cores
							: most;
	}
	return (uint32_t)most;
}

static void give_up_waiting(int signal)
{
	(void)signal;
	_exit(0);
}

/* Where a rank was lost MPI_Finalize may not come to an end: then the process ends. */
static void wait_at_most(void)
{
	struct sigaction act = {.sa_handler = give_up_waiting};
	sigaction(SIGALRM, &act, NULL);
	alarm(FINALIZE_S);
}

int pilot_end(int status)
{
	for (int r = 1; r < world.size; r++) {
		MPI_Request request;
		MPI_Isend(NULL, 0, MPI_BYTE, r, TAG_END, MPI_COMM_WORLD, &request);
		MPI_Request_free(&request);
	}
	if (world.lost_some) {
		if (status != 0) {
			MPI_Abort(MPI_COMM_WORLD, status);
		}
		wait_at_most();
	}
	free(world.ranks);
	MPI_Finalize();
	return status;
}

/* Whether a message is there; its sender, tag and size. */
static bool probe(MPI_Status *status, int *ret_size)
{
	int there = 0;
	if (MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, status) !=
			MPI_SUCCESS ||
		!there) {
		return false;
	}
	MPI_Get_count(status, MPI_BYTE, ret_size);
	return true;
}

/* The pause before the next look: short while messages come. */
struct pace {
	int64_t last_ns, pause_ns;
};

static int64_t pace_next(struct pace *p, bool came)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	if (came || !p->last_ns) {
		p->last_ns = now;
		p->pause_ns = LOOK_FIRST_NS;
	} else if (now - p->last_ns > IDLE_NS && p->pause_ns < LOOK_MOST_NS) {
		p->pause_ns += p->pause_ns / 4 + 1;
	}
	return now + p->pause_ns;
}

/* --- messages ---------------------------------------------------------------------- */

/* Head of a result; a text and the output follow. */
struct result_message {
	uint32_t job, attempt, outcome;
	int32_t code;
	uint64_t output_size;
	uint32_t text_bytes, output_bytes;
	struct job_usage usage;
};

/* Head of TAG_SETUP; workdir, spill folder and tools folder follow, each with its NUL. */
struct setup_message {
	int64_t grace_ns;
	int32_t has_tools;
};

/* --- rank 0 ------------------------------------------------------------------------ */

struct pending_send {
	MPI_Request request;
	char *bytes; /* owned until it is sent */
};

struct remote_job {
	uint32_t job, attempt, threads;
	int rank;
};

struct rank_state {
	bool dead;
	uint32_t jobs;
	int64_t heard_ns;
};

struct host_state {
	uint32_t cores, ranks, busy;
};

/* A job that no host has room for yet. */
struct queued_job {
	uint32_t job, attempt, threads;
	char *bytes;
	size_t n;
};

struct pilot {
	struct executor base;
	struct pilot_options o;
	struct rank_state *ranks;
	struct host_state *hosts; /* by their first rank */
	VEC(struct remote_job) jobs;
	VEC(struct queued_job) queue;
	VEC(struct pending_send) sends;
	VEC(struct remote_job) lost; /* to be told in the next turn */
	struct pace pace;
	double usual_s; /* of late jobs */
	uint64_t timer;
	char *buf;
	size_t buf_size;
	struct strbuf request;
};

static void send_later(struct pilot *p, int rank, enum tag tag, char *bytes, size_t n)
{
	struct pending_send s = {.bytes = bytes};
	MPI_Isend(bytes, (int)n, MPI_BYTE, rank, (int)tag, MPI_COMM_WORLD, &s.request);
	vec_push(&p->sends, s);
}

static void collect_sends(struct pilot *p)
{
	size_t left = 0;
	for (size_t i = 0; i < p->sends.n; i++) {
		int done = 0;
		MPI_Test(&p->sends.v[i].request, &done, MPI_STATUS_IGNORE);
		if (done) {
			free(p->sends.v[i].bytes);
		} else {
			p->sends.v[left++] = p->sends.v[i];
		}
	}
	p->sends.n = left;
}

static struct host_state *host_of(struct pilot *p, int rank)
{
	return &p->hosts[world.ranks[rank].host];
}

/* How many jobs of one thread may wait at a rank beside those that run: the shorter they
 * are the more, so that it need not wait for us between them. */
static uint32_t ahead(const struct pilot *p)
{
	if (p->usual_s < 0.02) {
		return PILOT_AHEAD;
	}
	return p->usual_s < 0.2 ? PILOT_AHEAD / 4 : p->usual_s < 2 ? 1 : 0;
}

/* Whether `rank` may take a job of so many threads now. */
static bool has_room(struct pilot *p, int rank, uint32_t threads)
{
	const struct host_state *h = host_of(p, rank);
	const struct rank_state *r = &p->ranks[rank];
	if (r->dead) {
		return false;
	}
	if (threads > 1) {
		return h->busy + threads <= h->cores;
	}
	uint32_t more = ahead(p);
	return h->busy + 1 <= h->cores + more * h->ranks &&
	       r->jobs < (uint32_t)world.ranks[rank].own_cores + more;
}

/* The rank with the fewest jobs that has room; 0: none. */
static int choose_rank(struct pilot *p, uint32_t threads)
{
	int best = 0;
	for (int r = 1; r < world.size; r++) {
		if (has_room(p, r, threads) &&
			(!best || p->ranks[r].jobs < p->ranks[best].jobs)) {
			best = r;
		}
	}
	return best;
}

static void send_job(struct pilot *p, int rank, const struct queued_job *q)
{
	p->ranks[rank].jobs++;
	host_of(p, rank)->busy += q->threads;
	vec_push(&p->jobs, (struct remote_job){q->job, q->attempt, q->threads, rank});
	send_later(p, rank, TAG_JOB, q->bytes, q->n);
}

static void send_queued(struct pilot *p)
{
	size_t left = 0;
	for (size_t i = 0; i < p->queue.n; i++) {
		int rank = choose_rank(p, p->queue.v[i].threads);
		if (rank) {
			send_job(p, rank, &p->queue.v[i]);
		} else {
			p->queue.v[left++] = p->queue.v[i];
		}
	}
	p->queue.n = left;
}

/* Takes the job off the list; false: it is not there (any more). */
static bool take_job(
	struct pilot *p, uint32_t job, uint32_t attempt, int rank, struct remote_job *ret)
{
	for (size_t i = 0; i < p->jobs.n; i++) {
		struct remote_job j = p->jobs.v[i];
		if (j.job == job && j.attempt == attempt && j.rank == rank) {
			*ret = j;
			p->jobs.v[i] = vec_last(&p->jobs);
			p->jobs.n--;
			p->ranks[rank].jobs--;
			host_of(p, rank)->busy -= j.threads;
			return true;
		}
	}
	return false;
}

static void on_result(struct pilot *p, int rank, const char *bytes, size_t n)
{
	struct result_message m;
	struct remote_job job;
	if (n < sizeof(m)) {
		return;
	}
	memcpy(&m, bytes, sizeof(m));
	if (n != sizeof(m) + m.text_bytes + m.output_bytes ||
		!take_job(p, m.job, m.attempt, rank, &job)) {
		return; /* of a rank that was given up */
	}
	const char *text = bytes + sizeof(m);
	struct job_result result = {.job = m.job,
		.attempt = m.attempt,
		.outcome = (enum job_outcome)m.outcome,
		.code = m.code,
		.text = m.text_bytes ? text : NULL,
		.usage = m.usage,
		.output = {text + m.text_bytes, m.output_bytes},
		.output_size = m.output_size};
	p->usual_s += (result.usage.seconds - p->usual_s) / 8;
	send_queued(p);
	p->base.finished(p->base.ctx, &result);
}

/* Its jobs are lost, and no more go there. */
static void give_up(struct pilot *p, int rank)
{
	struct strbuf text = STRBUF_INIT;
	struct remote_job job;
	p->ranks[rank].dead = true;
	world.lost_some = true;
	for (size_t i = p->jobs.n; i-- > 0;) {
		struct remote_job j = p->jobs.v[i];
		if (j.rank == rank && take_job(p, j.job, j.attempt, rank, &job)) {
			vec_push(&p->lost, job);
		}
	}
	host_of(p, rank)->ranks--;
	host_of(p, rank)->cores -= (uint32_t)world.ranks[rank].own_cores;
	strbuf_addf(&text,
		"rank %d has been silent for %d s and is given up, with %zu job%s", rank,
		(int)(p->o.silence_ns / NS_PER_S), p->lost.n, p->lost.n == 1 ? "" : "s");
	p->o.say(p->o.say_ctx, text.buf);
	strbuf_release(&text);
}

/* No rank is left that could run what waits. */
static bool all_dead(const struct pilot *p)
{
	for (int r = 1; r < world.size; r++) {
		if (!p->ranks[r].dead) {
			return false;
		}
	}
	return true;
}

static void watch_ranks(struct pilot *p)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	for (int r = 1; r < world.size; r++) {
		if (!p->ranks[r].dead && now - p->ranks[r].heard_ns > p->o.silence_ns) {
			give_up(p, r);
		}
	}
	while (all_dead(p) && p->queue.n) {
		struct queued_job q = vec_pop(&p->queue);
		free(q.bytes);
		vec_push(&p->lost, (struct remote_job){q.job, q.attempt, 0, 0});
	}
	while (p->lost.n) {
		struct remote_job j = vec_pop(&p->lost);
		struct job_result result = {.job = j.job,
			.attempt = j.attempt,
			.outcome = JOB_LOST,
			.text = "the rank that ran it does not answer any more"};
		result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
		p->base.finished(p->base.ctx, &result);
	}
}

static void look(void *ctx)
{
	struct pilot *p = ctx;
	MPI_Status status;
	bool came = false;
	int n;
	while (probe(&status, &n)) {
		if ((size_t)n + 1 > p->buf_size) {
			p->buf_size = (size_t)n + 1;
			p->buf = xreallocarray(p->buf, p->buf_size, 1);
		}
		MPI_Recv(p->buf, n, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG,
			MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		p->ranks[status.MPI_SOURCE].heard_ns = clock_monotonic_ns(&clock_real);
		if (status.MPI_TAG == TAG_RESULT) {
			came = true;
			on_result(p, status.MPI_SOURCE, p->buf, (size_t)n);
		}
	}
	collect_sends(p);
	watch_ranks(p);
	send_queued(p);
	p->timer = loop_add_timer(p->o.loop, pace_next(&p->pace, came), look, p);
}

static void pilot_submit(struct executor *x, const struct job_spec *spec)
{
	struct pilot *p = (struct pilot *)x;
	if (spec->kind == COMMAND_NONE || p->o.is_local(p->o.is_local_ctx, spec->job)) {
		p->o.local->finished = p->base.finished;
		p->o.local->ctx = p->base.ctx;
		p->o.local->ops->submit(p->o.local, spec);
		return;
	}
	strbuf_reset(&p->request);
	request_encode(spec, &p->request);
	struct queued_job q = {.job = spec->job,
		.attempt = spec->attempt,
		.threads = spec->threads ? spec->threads : 1,
		.bytes = xmemdup0(p->request.buf, p->request.len),
		.n = p->request.len};
	if (q.threads > pilot_most_cores()) {
		q.threads = pilot_most_cores();
	}
	vec_push(&p->queue, q);
	send_queued(p);
	/* it is under way: an answer may come soon */
	p->pace.last_ns = clock_monotonic_ns(&clock_real);
	p->pace.pause_ns = LOOK_FIRST_NS;
}

static void pilot_cancel(struct executor *x, uint32_t job, bool hard)
{
	struct pilot *p = (struct pilot *)x;
	for (size_t i = 0; i < p->queue.n; i++) {
		if (p->queue.v[i].job == job) {
			struct job_result result = {.job = job,
				.attempt = p->queue.v[i].attempt,
				.outcome = JOB_CANCELLED};
			free(p->queue.v[i].bytes);
			p->queue.v[i] = vec_last(&p->queue);
			p->queue.n--;
			p->base.finished(p->base.ctx, &result);
			return;
		}
	}
	for (size_t i = 0; i < p->jobs.n; i++) {
		if (p->jobs.v[i].job == job) {
			uint32_t words[2] = {job, hard};
			send_later(p, p->jobs.v[i].rank, TAG_CANCEL,
				xmemdup0(words, sizeof(words)), sizeof(words));
			return;
		}
	}
	p->o.local->ops->cancel(p->o.local, job, hard);
}

static void pilot_free(struct executor *x)
{
	struct pilot *p = (struct pilot *)x;
	loop_remove(p->o.loop, p->timer);
	for (size_t i = 0; i < p->queue.n; i++) {
		free(p->queue.v[i].bytes);
	}
	collect_sends(p);
	/* what was sent to a lost rank is never collected: its bytes stay MPI's */
	vec_release(&p->sends);
	vec_release(&p->queue);
	vec_release(&p->jobs);
	vec_release(&p->lost);
	strbuf_release(&p->request);
	p->o.local->ops->free(p->o.local);
	free(p->ranks);
	free(p->hosts);
	free(p->buf);
	free(p);
}

static void send_setup(struct pilot *p)
{
	struct setup_message m = {
		.grace_ns = p->o.grace_ns, .has_tools = p->o.tools_dir != NULL};
	struct strbuf bytes = STRBUF_INIT;
	strbuf_add(&bytes, &m, sizeof(m));
	strbuf_add(&bytes, p->o.workdir, strlen(p->o.workdir) + 1);
	strbuf_add(&bytes, p->o.spill_dir, strlen(p->o.spill_dir) + 1);
	if (p->o.tools_dir) {
		strbuf_add(&bytes, p->o.tools_dir, strlen(p->o.tools_dir) + 1);
	}
	for (int r = 1; r < world.size; r++) {
		send_later(p, r, TAG_SETUP, xmemdup0(bytes.buf, bytes.len), bytes.len);
		p->ranks[r].heard_ns = clock_monotonic_ns(&clock_real);
	}
	strbuf_release(&bytes);
}

struct executor *pilot_executor_new(const struct pilot_options *o)
{
	static const struct executor_ops ops = {.name = "mpi",
		.submit = pilot_submit,
		.cancel = pilot_cancel,
		.free = pilot_free};
	struct pilot *p = xcalloc(1, sizeof(*p));
	p->base.ops = &ops;
	p->o = *o;
	strbuf_init(&p->request);
	p->usual_s = 1; /* not known yet */
	p->ranks = xcalloc((size_t)world.size, sizeof(*p->ranks));
	p->hosts = xcalloc((size_t)world.size, sizeof(*p->hosts));
	for (int r = 1; r < world.size; r++) {
		struct host_state *h = host_of(p, r);
		h->cores = (uint32_t)world.ranks[r].host_cores;
		h->ranks++;
	}
	send_setup(p);
	p->timer = loop_add_timer(o->loop, pace_next(&p->pace, true), look, p);
	return &p->base;
}

/* --- a rank that runs jobs --------------------------------------------------------- */

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
	o.slots = (uint32_t)world.ranks[rank].own_cores;
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

static void receive(struct worker *w, const MPI_Status *status, int n)
{
	char *bytes = xcalloc((size_t)n + 1, 1);
	MPI_Recv(bytes, n, MPI_BYTE, 0, status->MPI_TAG, MPI_COMM_WORLD,
		MPI_STATUS_IGNORE);
	switch ((enum tag)status->MPI_TAG) {
	case TAG_SETUP:
		set_up(w, bytes);
		return; /* bytes are kept */
	case TAG_JOB:
		if ((size_t)n >= sizeof(struct request_head)) {
			run_job(w, bytes, (size_t)n);
		}
		break;
	case TAG_CANCEL:
		if ((size_t)n == 2 * sizeof(uint32_t) && w->executor) {
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
	MPI_Status status;
	bool came = false;
	int n;
	while (!w->over && probe(&status, &n)) {
		came = true;
		receive(w, &status, n);
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
	free(world.ranks);
	wait_at_most();
	MPI_Finalize();
	return 0;
}
