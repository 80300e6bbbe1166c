/*
 * Jobs on the ranks of an MPI program, the side of rank 0: it sends each job to a host with
 * cores to spare, the rank there runs it and sends back what came of it (pilot_worker.c).
 *
 * A rank that is silent for too long is given up and its jobs count as lost. Whether the
 * others live on then is for the MPI to decide (Open MPI: mpirun --enable-recovery).
 */
#include "exec/pilot.h"

#include <mpi.h>

#include "base/vec.h"
#include "exec/job_message.h"
#include "exec/pilot_impl.h"
#include "sys/clock.h"
#include "sys/loop.h"

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
	return &p->hosts[pilot_world.ranks[rank].host];
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
	       r->jobs < (uint32_t)pilot_world.ranks[rank].own_cores + more;
}

/* The rank with the fewest jobs that has room; 0: none. */
static int choose_rank(struct pilot *p, uint32_t threads)
{
	int best = 0;
	for (int r = 1; r < pilot_world.size; r++) {
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
	pilot_world.lost_some = true;
	for (size_t i = p->jobs.n; i-- > 0;) {
		struct remote_job j = p->jobs.v[i];
		if (j.rank == rank && take_job(p, j.job, j.attempt, rank, &job)) {
			vec_push(&p->lost, job);
		}
	}
	host_of(p, rank)->ranks--;
	host_of(p, rank)->cores -= (uint32_t)pilot_world.ranks[rank].own_cores;
	strbuf_addf(&text,
		"rank %d has been silent for %d s and is given up, with %zu job%s", rank,
		(int)(p->o.silence_ns / NS_PER_S), p->lost.n, p->lost.n == 1 ? "" : "s");
	p->o.say(p->o.say_ctx, text.buf);
	strbuf_release(&text);
}

/* No rank is left that could run what waits. */
static bool all_dead(const struct pilot *p)
{
	for (int r = 1; r < pilot_world.size; r++) {
		if (!p->ranks[r].dead) {
			return false;
		}
	}
	return true;
}

static void watch_ranks(struct pilot *p)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	for (int r = 1; r < pilot_world.size; r++) {
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
	struct pilot_letter l;
	bool came = false;
	while (pilot_probe(&l)) {
		size_t n = (size_t)l.size;
		if (n + 1 > p->buf_size) {
			p->buf_size = n + 1;
			p->buf = xreallocarray(p->buf, p->buf_size, 1);
		}
		MPI_Recv(p->buf, l.size, MPI_BYTE, l.from, l.tag, MPI_COMM_WORLD,
			MPI_STATUS_IGNORE);
		p->ranks[l.from].heard_ns = clock_monotonic_ns(&clock_real);
		if (l.tag == TAG_RESULT) {
			came = true;
			on_result(p, l.from, p->buf, n);
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
	request_encode(spec, 0, &p->request);
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
	pace_hurry(&p->pace); /* it is under way: an answer may come soon */
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
	for (int r = 1; r < pilot_world.size; r++) {
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
	p->ranks = xcalloc((size_t)pilot_world.size, sizeof(*p->ranks));
	p->hosts = xcalloc((size_t)pilot_world.size, sizeof(*p->hosts));
	for (int r = 1; r < pilot_world.size; r++) {
		struct host_state *h = host_of(p, r);
		h->cores = (uint32_t)pilot_world.ranks[r].host_cores;
		h->ranks++;
	}
	send_setup(p);
	p->timer = loop_add_timer(o->loop, pace_next(&p->pace, true), look, p);
	return &p->base;
}
