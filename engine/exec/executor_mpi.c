/*
 * Jobs on the ranks of an MPI program, the side of rank 0: it sends each job to a host with
 * cores to spare, the rank there runs it and sends back what came of it (pilot_worker.c).
 *
 * A rank that is silent for too long is given up and its jobs count as lost. Whether the
 * others live on then is for the MPI to decide (Open MPI: mpirun --enable-recovery).
 */
#include "exec/pilot.h"

#include <mpi.h>

#include "base/hash.h"
#include "base/hashmap.h"
#include "base/vec.h"
#include "exec/job_message.h"
#include "exec/pilot_impl.h"
#include "sys/clock.h"
#include "sys/loop.h"

struct remote_job {
	uint32_t job, attempt, threads;
	uint32_t rule; /* in pilot.rules */
	bool long_one; /* it may take long */
};

struct rank_state {
	bool dead;
	int64_t heard_ns;
	VEC(struct remote_job) jobs; /* that it was sent, or will be by flush_jobs() */
	uint32_t long_ones;          /* of them */
	struct strbuf out;           /* jobs that are not sent yet */
};

struct host_state {
	uint32_t cores, ranks;
	uint32_t busy; /* threads of all its jobs */
	uint32_t
		waiting; /* of them, those of jobs that are more than their rank's cores */
};

/* A job that no host has room for yet. */
struct queued_job {
	uint32_t job, attempt, threads, rule;
	char *bytes;
	size_t n;
};

struct pilot {
	struct executor base;
	struct pilot_options o;
	struct rank_state *ranks;
	struct host_state *hosts; /* by their first rank */
	uint32_t cores;           /* of all */
	size_t under_way;         /* jobs of all ranks */
	VEC(struct queued_job) queue;
	bool room;       /* there may be for some of them */
	bool long_waits; /* one that may take long waits for a core */
	struct outbox outbox;
	VEC(struct job_result) lost; /* to be told in the next turn */
	struct pace pace;
	struct usual usual;      /* of all jobs */
	VEC(struct usual) rules; /* of each rule's */
	struct hashmap rule_of;  /* by the hash of its name: where in `rules` */
	uint64_t timer;
	int64_t look_ns; /* when it comes */
	char *buf;
	size_t buf_size;
	struct strbuf request;
};

static struct host_state *host_of(struct pilot *p, int rank)
{
	return &p->hosts[pilot_world.ranks[rank].host];
}

static uint32_t rule_number(struct pilot *p, const char *name)
{
	uint64_t key = hash64(name, strlen(name));
	uint32_t at = hashmap_get(&p->rule_of, key);
	if (at == HASHMAP_NONE) {
		at = (uint32_t)p->rules.n;
		vec_push(&p->rules, (struct usual){0});
		hashmap_set(&p->rule_of, key, at);
	}
	return at;
}

/* How many jobs of one thread may wait at a rank beside those that run: the shorter those
 * of the rule are the more, so that it need not wait for us between them. None where they
 * may take long: nothing is known of them, or they do. */
static uint32_t ahead(const struct pilot *p, uint32_t rule)
{
	const struct usual *u = &p->rules.v[rule];
	double s = u->seconds;
	return !u->jobs   ? 0
	       : s < 0.02 ? PILOT_AHEAD
	       : s < 0.2  ? PILOT_AHEAD / 4
	       : s < 2    ? 1
			  : 0;
}

static uint32_t own_cores(int rank)
{
	return (uint32_t)pilot_world.ranks[rank].own_cores;
}

/* Whether `rank` may take a job of so many threads now; one of one thread also as one of so
 * many more than it has cores, but not behind one that may take long. */
static bool has_room(struct pilot *p, int rank, uint32_t threads, uint32_t more)
{
	const struct host_state *h = host_of(p, rank);
	const struct rank_state *r = &p->ranks[rank];
	if (r->dead) {
		return false;
	}
	if (threads > 1) {
		return h->busy + threads <= h->cores;
	}
	if (r->jobs.n < own_cores(rank)) {
		return h->busy - h->waiting < h->cores;
	}
	return !r->long_ones && h->busy < h->cores + more * h->ranks &&
	       r->jobs.n < own_cores(rank) + more;
}

/* The rank with the fewest jobs that has room; 0: none. */
static int choose_rank(struct pilot *p, uint32_t threads, uint32_t more)
{
	int best = 0;
	for (int r = 1; r < pilot_world.size; r++) {
		if (has_room(p, r, threads, more) &&
			(!best || p->ranks[r].jobs.n < p->ranks[best].jobs.n)) {
			best = r;
		}
	}
	return best;
}

static void send_out(struct pilot *p, int rank)
{
	struct strbuf *out = &p->ranks[rank].out;
	if (out->len) {
		size_t n = out->len;
		outbox_send(&p->outbox, rank, TAG_JOBS, strbuf_detach(out, NULL), n);
	}
}

/* Sends each rank what there is for it; whether there was anything. */
static bool flush_jobs(struct pilot *p)
{
	size_t before = p->outbox.n;
	for (int r = 1; r < pilot_world.size; r++) {
		send_out(p, r);
	}
	return p->outbox.n > before;
}

static void give_job(struct pilot *p, int rank, const struct queued_job *q)
{
	struct rank_state *r = &p->ranks[rank];
	bool long_one = !ahead(p, q->rule);
	host_of(p, rank)->busy += q->threads;
	host_of(p, rank)->waiting += r->jobs.n >= own_cores(rank);
	r->long_ones += long_one;
	vec_push(&r->jobs,
		(struct remote_job){q->job, q->attempt, q->threads, q->rule, long_one});
	p->under_way++;
	if (r->out.len + q->n > BUNDLE_MOST) {
		send_out(p, rank);
	}
	strbuf_add(&r->out, q->bytes, q->n);
}

/* Gives those that wait to the ranks that have room, the first ones first. */
static void give_queued(struct pilot *p)
{
	uint32_t least = UINT32_MAX; /* threads that there is no room for */
	int64_t most = -1;           /* ... nor for one, as one of so many more */
	bool long_waits = false;
	size_t left = 0;
	for (size_t i = 0; p->room && i < p->queue.n; i++) {
		struct queued_job q = p->queue.v[i];
		uint32_t usually = ahead(p, q.rule), more = long_waits ? 0 : usually;
		bool may = q.threads > 1 ? q.threads < least : more > most;
		int rank = may ? choose_rank(p, q.threads, more) : 0;
		if (rank) {
			give_job(p, rank, &q);
			free(q.bytes);
			continue;
		}
		p->queue.v[left++] = q;
		if (q.threads == 1) {
			most = more > most ? more : most;
			long_waits |= usually == 0;
		} else if (may) {
			least = q.threads;
		}
	}
	if (p->room) {
		p->queue.n = left;
		p->long_waits = long_waits;
	}
	p->room = false;
}

/* Takes the i-th of a rank's jobs off its list. */
static struct remote_job take_at(struct pilot *p, int rank, size_t i)
{
	struct rank_state *r = &p->ranks[rank];
	struct remote_job job = r->jobs.v[i];
	r->jobs.v[i] = vec_last(&r->jobs);
	r->jobs.n--;
	r->long_ones -= job.long_one;
	p->under_way--;
	host_of(p, rank)->busy -= job.threads;
	host_of(p, rank)->waiting -= r->jobs.n >= own_cores(rank);
	p->room = true;
	return job;
}

/* Takes the job off the list of its rank; false: it is not there (any more). */
static bool take_job(
	struct pilot *p, uint32_t job, uint32_t attempt, int rank, struct remote_job *ret)
{
	const struct rank_state *r = &p->ranks[rank];
	for (size_t i = 0; i < r->jobs.n; i++) {
		if (r->jobs.v[i].job == job && r->jobs.v[i].attempt == attempt) {
			*ret = take_at(p, rank, i);
			return true;
		}
	}
	return false;
}

/* A job of which nothing more will be heard ends in the next turn. */
static void end_later(struct pilot *p, uint32_t job, uint32_t attempt,
	enum job_outcome outcome, const char *text)
{
	struct job_result result = {
		.job = job, .attempt = attempt, .outcome = outcome, .text = text};
	result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	vec_push(&p->lost, result);
}

static void on_result(
	struct pilot *p, int rank, const struct result_message *m, const char *text)
{
	struct remote_job job;
	if (!take_job(p, m->job, m->attempt, rank, &job)) {
		return; /* of a rank that was given up */
	}
	struct job_result result = {.job = m->job,
		.attempt = m->attempt,
		.outcome = (enum job_outcome)m->outcome,
		.code = m->code,
		.text = m->text_bytes ? text : NULL,
		.usage = m->usage,
		.output = {text + m->text_bytes, m->output_bytes},
		.output_size = m->output_size};
	usual_add(&p->usual, m->usage.seconds);
	usual_add(&p->rules.v[job.rule], m->usage.seconds);
	p->base.finished(p->base.ctx, &result);
}

static void on_results(struct pilot *p, int rank, const char *bytes, size_t n)
{
	struct result_message m;
	while (n >= sizeof(m)) {
		memcpy(&m, bytes, sizeof(m));
		size_t size = sizeof(m) + m.text_bytes + (size_t)m.output_bytes;
		if (size > n) {
			break;
		}
		on_result(p, rank, &m, bytes + sizeof(m));
		bytes += size;
		n -= size;
	}
}

/* No more jobs go there; those it has end with this outcome. `words` follow the rank. */
static void give_up(
	struct pilot *p, int rank, enum job_outcome outcome, const char *words)
{
	struct strbuf text = STRBUF_INIT;
	struct rank_state *r = &p->ranks[rank];
	size_t n = r->jobs.n;
	r->dead = true;
	while (r->jobs.n) {
		struct remote_job j = take_at(p, rank, r->jobs.n - 1);
		end_later(p, j.job, j.attempt, outcome,
			"the rank that ran it does not answer any more");
	}
	strbuf_reset(&r->out);
	host_of(p, rank)->ranks--;
	host_of(p, rank)->cores -= (uint32_t)pilot_world.ranks[rank].own_cores;
	p->cores -= own_cores(rank);
	strbuf_addf(&text, "rank %d %s and is given up, with %zu job%s", rank, words, n,
		n == 1 ? "" : "s");
	p->o.say(p->o.say_ctx, text.buf);
	strbuf_release(&text);
}

static void give_up_silent(struct pilot *p, int rank)
{
	struct strbuf words = STRBUF_INIT;
	pilot_world.lost_some = true;
	strbuf_addf(
		&words, "has been silent for %d s", (int)(p->o.silence_ns / NS_PER_S));
	give_up(p, rank, JOB_LOST, words.buf);
	strbuf_release(&words);
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
			give_up_silent(p, r);
		}
	}
	while (all_dead(p) && p->queue.n) {
		struct queued_job q = vec_pop(&p->queue);
		free(q.bytes);
		end_later(p, q.job, q.attempt, JOB_LOST, "no rank is left to run it");
	}
	while (p->lost.n) {
		struct job_result result = vec_pop(&p->lost);
		p->base.finished(p->base.ctx, &result);
	}
}

static void look(void *ctx);

/* When the next look comes, at the latest: the last one found a message, or one is sure to
 * come. The ranks rest while they have enough to do, and so do we: half as long. */
static void look_again(struct pilot *p, bool came)
{
	int64_t rest = usual_rest_ns(&p->usual, p->under_way, p->cores) / 2;
	int64_t at_ns = pace_next(&p->pace, came, rest);
	if (!p->timer || at_ns < p->look_ns) {
		loop_remove(p->o.loop, p->timer);
		p->timer = loop_add_timer(p->o.loop, at_ns, look, p);
		p->look_ns = at_ns;
	}
}

static void look(void *ctx)
{
	struct pilot *p = ctx;
	struct pilot_letter l;
	bool came = false;
	p->timer = 0;
	while (pilot_probe(&l)) {
		size_t n = (size_t)l.size;
		if (n + 1 > p->buf_size) {
			p->buf_size = n + 1;
			p->buf = xreallocarray(p->buf, p->buf_size, 1);
		}
		MPI_Recv(p->buf, l.size, MPI_BYTE, l.from, l.tag, MPI_COMM_WORLD,
			MPI_STATUS_IGNORE);
		p->ranks[l.from].heard_ns = clock_monotonic_ns(&clock_real);
		if (l.tag == TAG_RESULTS) {
			came = true;
			on_results(p, l.from, p->buf, n);
		} else if (l.tag == TAG_REFUSED && n && !p->buf[n - 1] &&
			   !p->ranks[l.from].dead) {
			give_up(p, l.from, JOB_UNBEGUN, p->buf);
		}
	}
	outbox_collect(&p->outbox);
	watch_ranks(p);
	give_queued(p);
	flush_jobs(p);
	look_again(p, came);
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
		.rule = rule_number(p, spec->rule),
		.bytes = p->request.buf,
		.n = p->request.len};
	if (q.threads > pilot_most_cores()) {
		q.threads = pilot_most_cores();
	}
	give_queued(p);
	uint32_t more = ahead(p, q.rule);
	int rank = choose_rank(p, q.threads, p->long_waits ? 0 : more);
	if (rank) {
		give_job(p, rank, &q);
	} else {
		p->long_waits |= q.threads == 1 && !more;
		q.bytes = xmemdup0(q.bytes, q.n);
		vec_push(&p->queue, q);
	}
}

static void pilot_flush(struct executor *x)
{
	struct pilot *p = (struct pilot *)x;
	if (flush_jobs(p)) {
		look_again(p, true); /* an answer may come soon */
	}
}

/* Where the job is; 0: nowhere. */
static int rank_of(const struct pilot *p, uint32_t job)
{
	for (int r = 1; r < pilot_world.size; r++) {
		for (size_t i = 0; i < p->ranks[r].jobs.n; i++) {
			if (p->ranks[r].jobs.v[i].job == job) {
				return r;
			}
		}
	}
	return 0;
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
	int rank = rank_of(p, job);
	if (rank) {
		uint32_t words[2] = {job, hard};
		send_out(p, rank);
		outbox_send(&p->outbox, rank, TAG_CANCEL, xmemdup0(words, sizeof(words)),
			sizeof(words));
		return;
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
	for (int r = 1; r < pilot_world.size; r++) {
		vec_release(&p->ranks[r].jobs);
		strbuf_release(&p->ranks[r].out);
	}
	outbox_release(&p->outbox);
	vec_release(&p->queue);
	vec_release(&p->lost);
	vec_release(&p->rules);
	hashmap_release(&p->rule_of);
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
		outbox_send(&p->outbox, r, TAG_SETUP, xmemdup0(bytes.buf, bytes.len),
			bytes.len);
		p->ranks[r].heard_ns = clock_monotonic_ns(&clock_real);
	}
	strbuf_release(&bytes);
}

struct executor *pilot_executor_new(const struct pilot_options *o)
{
	static const struct executor_ops ops = {.name = "mpi",
		.submit = pilot_submit,
		.flush = pilot_flush,
		.cancel = pilot_cancel,
		.free = pilot_free};
	struct pilot *p = xcalloc(1, sizeof(*p));
	p->base.ops = &ops;
	p->o = *o;
	strbuf_init(&p->request);
	hashmap_init(&p->rule_of);
	p->ranks = xcalloc((size_t)pilot_world.size, sizeof(*p->ranks));
	p->hosts = xcalloc((size_t)pilot_world.size, sizeof(*p->hosts));
	for (int r = 1; r < pilot_world.size; r++) {
		struct host_state *h = host_of(p, r);
		h->cores = (uint32_t)pilot_world.ranks[r].host_cores;
		h->ranks++;
		p->cores += own_cores(r);
		strbuf_init(&p->ranks[r].out);
	}
	send_setup(p);
	look_again(p, true);
	return &p->base;
}
