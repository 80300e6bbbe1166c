/*
 * Workers anywhere, met over a Redis server; they come and go as they like. The master
 * keeps a short queue of ranges; a lease that is not kept alive comes back.
 */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "abc/problem_fingerprint.h"
#include "abc/redis_protocol.h"
#include "abc/sampler.h"
#include "abc/worker.h"
#include "base/xalloc.h"
#include "sys/fs.h"

enum {
	MOST_RESULTS = 64,
	QUEUE_SPARE = 2,
	MOST_LOST = 3,
	MOST_PUSHED = 256,
	RECONNECT_SECONDS = 60
};
static const double lease_seconds = 0.05;

struct lost_id {
	uint64_t id;
	unsigned times;
};

struct redis_state {
	struct redis_link *link;
	char token[128];
	double seconds; /* of one evaluation, about */
	uint64_t workers, queued;
	uint64_t epoch;
	VEC(struct lost_id) lost;
	struct strbuf ranges; /* the words of ranges to be pushed, one after the other */
	VEC(struct strview) word;
};

/* HOST PID and something that no other process has. */
static void make_token(char *token, size_t size)
{
	struct timespec now;
	char host[64] = "";

	gethostname(host, sizeof(host) - 1);
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(token, size, "%s %ld %lld.%09ld", host, (long)getpid(),
		(long long)now.tv_sec, now.tv_nsec);
}

/* Gone, or a zombie whose parent has not looked. */
static bool is_dead(pid_t pid)
{
	char *path = xasprintf("/proc/%ld/stat", (long)pid);
	struct strbuf stat = STRBUF_INIT;
	const char *end = NULL;
	bool dead = kill(pid, 0) && errno == ESRCH;

	if (!dead && fs_read_file(path, 4096, &stat) == 0) {
		end = strrchr(stat.buf, ')');
		dead = end && strncmp(end, ") Z", 3) == 0;
	}
	strbuf_release(&stat);
	free(path);
	return dead;
}

/* Whether the owner is a process of this host that is no more. */
static bool is_dead_here(const char *owner)
{
	char host[64] = "";
	size_t n;

	gethostname(host, sizeof(host) - 1);
	n = strlen(host);
	if (strncmp(owner, host, n) != 0 || owner[n] != ' ') {
		return false;
	}
	return is_dead((pid_t)strtol(owner + n, NULL, 10));
}

/* Becomes the server's only master; the ownership of a dead one is taken over. */
static int take_ownership(struct redis_state *s, struct strbuf *err)
{
	for (int tries = 0;; tries++) {
		char ms[16], *held;
		struct strview word[2] = {sv_from(s->token)};
		struct redis_answer *a;
		struct strview owner;

		snprintf(ms, sizeof(ms), "%d", OWNER_MS);
		word[1] = sv_from(ms);
		a = redis_run(s->link, SCRIPT_OWN, word, 2, err);
		if (!a) {
			return -1;
		}
		owner = redis_text(a);
		held = xmemdup0(owner.p, owner.n);
		redis_answer_free(a);
		if (!*held) {
			free(held);
			return 0;
		}
		if (tries < 3 && is_dead_here(held)) {
			struct strview drop[] = {
				SV_INIT("DEL"), redis_key_name(KEY_OWNER)};
			redis_answer_free(redis_ask(s->link, drop, 2, err));
			free(held);
			continue;
		}
		fail(err,
			"another master uses this Redis server (%s); it goes on unharmed. A master "
			"that died on another host is forgotten after %d s",
			held, OWNER_MS / 1000);
		free(held);
		return -1;
	}
}

static int redis_sampler_open(struct sampler *s, struct strbuf *err)
{
	struct redis_state *r = xcalloc(1, sizeof(*r));

	s->state = r;
	strbuf_init(&r->ranges);
	make_token(r->token, sizeof(r->token));
	r->link = redis_open(&s->options.redis, err);
	return r->link ? take_ownership(r, err) : -1;
}

/* The generation is over; `leave`: the ownership goes too. */
static void end_generation(struct redis_state *r, bool leave)
{
	struct strview word[2] = {sv_from(r->token), leave ? SV("1") : SV("0")};
	struct strbuf ignored = STRBUF_INIT;

	if (r->link) {
		redis_answer_free(redis_run(r->link, SCRIPT_END, word, 2, &ignored));
	}
	strbuf_release(&ignored);
}

static void redis_sampler_close(struct sampler *s)
{
	struct redis_state *r = s->state;

	if (r) {
		end_generation(r, true);
		redis_shut(r->link);
		vec_release(&r->lost);
		vec_release(&r->word);
		strbuf_release(&r->ranges);
		free(r);
	}
}

static int begin_generation(
	struct sampler *s, const struct sample *job, struct strbuf *err)
{
	struct redis_state *r = s->state;
	struct strbuf begin = STRBUF_INIT;
	struct fingerprint f;
	char t[24], want[24], digest[FINGERPRINT_SIZE], selftest[24];
	struct redis_answer *a = NULL;

	if (fingerprint_init(&f, s->problem, job->in->tickets, err) == 0) {
		digest_text(f.text.buf, f.text.len, digest);
		gen_input_write(job->in, s->problem, &begin);
		snprintf(t, sizeof(t), "%lld", (long long)job->in->t);
		snprintf(want, sizeof(want), "%llu", (unsigned long long)job->in->want);
		snprintf(selftest, sizeof(selftest), "%016llx",
			(unsigned long long)stream_selftest());
		struct strview word[] = {sv_from(r->token), strbuf_sv(&begin), sv_from(t),
			sv_from(want), sv_from(digest), sv_from(selftest),
			SV(KEYS_SECONDS)};
		a = redis_run(r->link, SCRIPT_BEGIN, word, CW_ARRAY_LEN(word), err);
	}
	fingerprint_release(&f);
	strbuf_release(&begin);
	if (!a) {
		return -1;
	}
	r->epoch = (uint64_t)redis_int(a);
	r->queued = 0;
	vec_clear(&r->lost);
	redis_answer_free(a);
	return (int64_t)r->epoch < 0
		       ? fail(err, "another master took over the Redis server")
		       : 0;
}

static uint64_t lease_size(const struct sampler *s, const struct sample *job)
{
	const struct redis_state *r = s->state;
	double fair, by_time;

	if (s->options.batch) {
		return s->options.batch;
	}
	if (r->seconds <= 0) {
		return 1;
	}
	by_time = lease_seconds / r->seconds;
	fair = (double)collector_expects(job->c) / (2.0 * (double)(r->workers + 1));
	return (uint64_t)fmax(1, floor(fmin(by_time, fair)));
}

/* Appends as many ranges as the queue lacks to the words of a tick. */
static void queue_ranges(struct sampler *s, struct sample *job)
{
	struct redis_state *r = s->state;
	uint64_t wanted = r->workers + QUEUE_SPARE;
	size_t from[MOST_PUSHED + 1], n = 0;
	struct range range;

	strbuf_reset(&r->ranges);
	while (r->queued + n < wanted && n < MOST_PUSHED &&
		collector_lease(job->c, lease_size(s, job), &range)) {
		from[n++] = r->ranges.len;
		strbuf_addf(&r->ranges, "%llu %llu %llu", (unsigned long long)r->epoch,
			(unsigned long long)range.first,
			(unsigned long long)(range.end - range.first));
	}
	from[n] = r->ranges.len;
	for (size_t i = 0; i < n; i++) {
		vec_push(&r->word,
			(struct strview){r->ranges.buf + from[i], from[i + 1] - from[i]});
	}
}

/* A lease ran out: its ids go out again, in halves, so that one that kills its worker is
 * found; three times alone, and the run stops. */
static int take_lost(
	struct sampler *s, struct sample *job, struct strview lease, struct strbuf *err)
{
	struct redis_state *r = s->state;
	struct strbuf what = STRBUF_INIT;
	char *text = xmemdup0(lease.p, lease.n), *at;
	uint64_t first, count, half;
	struct lost_id *lost = NULL;

	strtoull(text, &at, 10);
	first = strtoull(at, &at, 10);
	count = strtoull(at, NULL, 10);
	free(text);
	half = count / 2;
	collector_return(job->c, (struct range){first + half, first + count});
	collector_return(job->c, (struct range){first, first + half});
	if (count > 1) {
		return 0;
	}
	for (size_t i = 0; i < r->lost.n && !lost; i++) {
		lost = r->lost.v[i].id == first ? &r->lost.v[i] : NULL;
	}
	if (!lost) {
		lost = vec_add(&r->lost);
		lost->id = first;
	}
	if (++lost->times < MOST_LOST) {
		return 0;
	}
	if (job->in->tickets) {
		strbuf_addf(&what, "particle %llu", (unsigned long long)first);
	} else {
		strbuf_addstr(&what, "evaluation ");
		evaluator_describe(s->problem, job->in, first, &what);
	}
	fail(err, "%s was lost %u times: its worker died or was not heard of any more",
		what.buf, lost->times);
	strbuf_release(&what);
	return -1;
}

static int take_result(
	struct sampler *s, struct sample *job, struct strview bytes, struct strbuf *err)
{
	struct redis_state *q = s->state;
	struct wire_reader r = {.p = bytes.p, .n = bytes.n};
	uint64_t type = wire_get_u64(&r);
	struct block b;
	double seconds, one;
	int status;

	if (type == MESSAGE_FATAL) {
		return fail(err, "%.*s", (int)r.n, r.p);
	}
	seconds = wire_get_f64(&r);
	if (type != MESSAGE_BLOCK ||
		block_read(&b, &r, s->problem->npar + s->problem->nstat)) {
		return fail(err, "a worker sent a block that cannot be read");
	}
	one = seconds / (double)(b.count ? b.count : 1);
	q->seconds = q->seconds > 0 ? 0.7 * q->seconds + 0.3 * one : one;
	status = sample_add(job, &b, err);
	block_release(&b);
	return status;
}

/* One round trip: a sign of life, new ranges, lost leases, results. */
static int tick(
	struct sampler *s, struct sample *job, size_t *ret_results, struct strbuf *err)
{
	struct redis_state *r = s->state;
	char ms[16], eval[24], acc[24], most[16];
	struct redis_answer *a;
	int status = 0;

	snprintf(ms, sizeof(ms), "%d", OWNER_MS);
	snprintf(eval, sizeof(eval), "%llu", (unsigned long long)job->c->n_eval);
	snprintf(acc, sizeof(acc), "%llu", (unsigned long long)job->c->accepted);
	snprintf(most, sizeof(most), "%d", MOST_RESULTS);
	vec_clear(&r->word);
	vec_push(&r->word, sv_from(r->token));
	vec_push(&r->word, sv_from(ms));
	vec_push(&r->word, sv_from(eval));
	vec_push(&r->word, sv_from(acc));
	vec_push(&r->word, sv_from(most));
	queue_ranges(s, job);
	a = redis_run(r->link, SCRIPT_TICK, r->word.v, r->word.n, err);
	if (!a) {
		return -1;
	}
	if (redis_count(a) != 4) {
		redis_answer_free(a);
		return fail(err, "another master took over the Redis server");
	}
	r->workers = (uint64_t)redis_int(redis_item(a, 0));
	r->queued = (uint64_t)redis_int(redis_item(a, 1));
	const struct redis_answer *lost = redis_item(a, 2), *results = redis_item(a, 3);
	for (size_t i = 0; i < redis_count(lost) && !status; i++) {
		status = take_lost(s, job, redis_text(redis_item(lost, i)), err);
	}
	*ret_results = redis_count(results);
	for (size_t i = 0; i < redis_count(results) && !status; i++) {
		status = take_result(s, job, redis_text(redis_item(results, i)), err);
	}
	redis_answer_free(a);
	return status;
}

/* Waits a little for a result. */
static int wait_for_result(struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct redis_state *r = s->state;
	struct strview word[] = {
		SV_INIT("BLPOP"), redis_key_name(KEY_RESULTS), SV_INIT("0.2")};
	struct redis_answer *a = redis_ask(r->link, word, 3, err);
	int status = 0;

	if (!a) {
		return -1;
	}
	if (redis_count(a) == 2) {
		status = take_result(s, job, redis_text(redis_item(a, 1)), err);
	}
	redis_answer_free(a);
	return status;
}

/* After the connection broke: tries for a minute, and begins the generation's remainder
 * anew. */
static int reconnect(struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct redis_state *r = s->state;
	double end = monotonic_seconds() + RECONNECT_SECONDS;
	struct strbuf first = STRBUF_INIT;
	int status = -1;

	strbuf_addsv(&first, strbuf_sv(err));
	redis_shut(r->link);
	r->link = NULL;
	while (status && monotonic_seconds() < end && !sample_paused(s, job)) {
		usleep(300000);
		r->link = redis_open(&s->options.redis, err);
		if (!r->link) {
			continue;
		}
		collector_plan_gaps(job->c);
		status = take_ownership(r, err) || begin_generation(s, job, err);
		if (!status || !redis_lost(r->link)) {
			break;
		}
		redis_shut(r->link);
		r->link = NULL;
	}
	if (!r->link) {
		fail(err, "%s", first.buf);
	}
	strbuf_release(&first);
	return status ? -1 : 0;
}

/* A step of the generation: a tick, and a short wait where nothing came. */
static int step(struct sampler *s, struct sample *job, struct strbuf *err)
{
	const struct redis_state *r = s->state;
	size_t results = 0;

	if (tick(s, job, &results, err) == 0 &&
		(results || collector_state(job->c) != COLLECT_MORE ||
			wait_for_result(s, job, err) == 0)) {
		return 0;
	}
	return redis_lost(r->link) ? reconnect(s, job, err) : -1;
}

static enum sample_end redis_sampler_sample(
	struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct redis_state *r = s->state;

	if (collector_state(job->c) == COLLECT_MORE && begin_generation(s, job, err) &&
		(!redis_lost(r->link) || reconnect(s, job, err))) {
		return SAMPLE_ERROR;
	}
	while (collector_state(job->c) == COLLECT_MORE) {
		if (sample_paused(s, job)) {
			return SAMPLE_PAUSED;
		}
		if (step(s, job, err)) {
			return SAMPLE_ERROR;
		}
	}
	end_generation(r, false);
	return SAMPLE_DONE;
}

const struct sampler_ops sampler_redis_ops = {
	.name = "redis",
	.open = redis_sampler_open,
	.sample = redis_sampler_sample,
	.close = redis_sampler_close,
};
