/* cwabc worker and cwabc manager: the other side of `--sampler redis`. */
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abc/abc_cli.h"
#include "abc/abc_session.h"
#include "abc/redis_protocol.h"
#include "abc/worker.h"
#include "base/xalloc.h"
#include "sys/process.h"

enum { RECONNECT_SECONDS = 60, REOPEN_SECONDS = 1 };

static volatile sig_atomic_t leave; /* a signal asks to finish and go */

static void on_signal(int number)
{
	leave = number;
}

/* What the heart-beat thread and the worker share. */
struct heart {
	pthread_mutex_t lock;
	char lease[192]; /* being worked on; empty: none */
	struct redis_address address;
	char name[160], ms[24];
	double every; /* seconds */
	bool end;
};

struct service {
	const struct abc_options *o;
	struct session *s;
	struct redis_link *link;
	struct worker worker;
	struct heart heart;
	struct strbuf result, err;
	uint64_t epoch, samples, begun_ms; /* of the generation in hand; when we began */
	int64_t t;
	double deadline;
};

static void *beat(void *arg)
{
	struct heart *h = arg;
	struct strbuf err = STRBUF_INIT;
	struct redis_link *link = redis_open(&h->address, &err);
	double next = monotonic_seconds() + h->every, again = 0;
	bool end = false;

	while (!end) {
		char lease[sizeof(h->lease)];

		usleep(50000);
		pthread_mutex_lock(&h->lock);
		memcpy(lease, h->lease, sizeof(lease));
		end = h->end;
		pthread_mutex_unlock(&h->lock);
		if ((!link || redis_lost(link)) && monotonic_seconds() > again) {
			redis_shut(link);
			link = redis_open(&h->address, &err);
			again = monotonic_seconds() + REOPEN_SECONDS;
		}
		if (link && lease[0] && monotonic_seconds() > next) {
			struct strview word[] = {
				sv_from(lease), sv_from(h->ms), sv_from(h->name)};
			redis_answer_free(redis_run(link, SCRIPT_BEAT, word, 3, &err));
			next = monotonic_seconds() + h->every;
		}
	}
	redis_shut(link);
	strbuf_release(&err);
	return NULL;
}

static void show_lease(struct heart *h, struct strview lease)
{
	pthread_mutex_lock(&h->lock);
	snprintf(h->lease, sizeof(h->lease), "%.*s", (int)lease.n, lease.p);
	pthread_mutex_unlock(&h->lock);
}

/* Fields of the run's hash that a worker needs for a new generation. */
static int learn_generation(struct service *v, uint64_t epoch)
{
	struct strview word[] = {SV_INIT("HMGET"), redis_key_name(KEY_RUN),
		SV_INIT("begin"), SV_INIT("digest"), SV_INIT("selftest"), SV_INIT("t")};
	struct redis_answer *a = redis_ask(v->link, word, CW_ARRAY_LEN(word), &v->err);
	char digest[2][FINGERPRINT_SIZE], selftest[24];
	enum message_type type;
	int status = 0;

	if (!a) {
		return -1;
	}
	for (int tickets = 0; tickets < 2; tickets++) {
		struct fingerprint f;
		if (fingerprint_init(&f, &v->s->problem, tickets, &v->err)) {
			status = -1;
		}
		digest_text(f.text.buf, f.text.len, digest[tickets]);
		fingerprint_release(&f);
	}
	snprintf(selftest, sizeof(selftest), "%016llx",
		(unsigned long long)stream_selftest());
	if (status == 0 && !sv_eq_str(redis_text(redis_item(a, 1)), digest[0]) &&
		!sv_eq_str(redis_text(redis_item(a, 1)), digest[1])) {
		status = fail(&v->err,
			"the master works on another problem: %s, its data or its simulators differ "
			"from the master's",
			v->o->operand[0]);
	} else if (status == 0 && !sv_eq_str(redis_text(redis_item(a, 2)), selftest)) {
		status = fail(&v->err,
			"this machine or build computes other numbers than the master's "
			"(self-test): results would differ");
	} else if (status == 0 &&
		   worker_handle(&v->worker, MESSAGE_BEGIN, redis_text(redis_item(a, 0)),
			   &type, &v->result)) {
		status = fail(&v->err, "%s", v->result.buf);
	}
	if (status == 0) {
		char *t = xmemdup0(
			redis_text(redis_item(a, 3)).p, redis_text(redis_item(a, 3)).n);
		v->t = strtol(t, NULL, 10);
		free(t);
		v->epoch = epoch;
		v->samples = 0;
		if (!v->o->quiet) {
			printf("Begin generation %lld\n", (long long)v->t);
			fflush(stdout);
		}
	}
	redis_answer_free(a);
	return status;
}

/* Works on "EPOCH FIRST COUNT WORKER"; the result is in v->result. */
static int work(struct service *v, struct strview lease)
{
	char *text = xmemdup0(lease.p, lease.n), *at;
	uint64_t epoch = strtoull(text, &at, 10), range[2];
	struct strbuf answer = STRBUF_INIT;
	enum message_type type;
	uint64_t kind;

	range[0] = strtoull(at, &at, 10);
	range[1] = strtoull(at, NULL, 10);
	free(text);
	if (epoch != v->epoch && learn_generation(v, epoch)) {
		return -1;
	}
	worker_handle(&v->worker, MESSAGE_LEASE,
		(struct strview){(const char *)range, sizeof(range)}, &type, &answer);
	kind = (uint64_t)type;
	strbuf_reset(&v->result);
	strbuf_add(&v->result, &kind, sizeof(kind));
	strbuf_addsv(&v->result, strbuf_sv(&answer));
	strbuf_release(&answer);
	v->samples += range[1];
	return 0;
}

/* Pauses between questions while there is nothing to do: longer and longer. */
static void rest(unsigned *idle)
{
	unsigned ms = *idle < 10 ? 2 : *idle < 50 ? 20 : 100;

	(*idle)++;
	usleep(ms * 1000);
}

/* One exchange: hands in the finished lease and takes a new one, unless it is time to go.
 * 1: go on; 0: leave; -1; -2: the connection broke. */
static int turn(struct service *v, struct strbuf *lease, unsigned *idle)
{
	bool over = v->deadline > 0 && monotonic_seconds() > v->deadline;
	bool going = over || leave;
	struct strview word[] = {sv_from(v->heart.name), strbuf_sv(lease),
		lease->len ? strbuf_sv(&v->result) : SV(""),
		going ? SV("0") : sv_from(v->heart.ms)};
	struct redis_answer *a = redis_run(v->link, SCRIPT_TURN, word, 4, &v->err);
	struct strview next, halt;
	char stop[32];
	int status = 1;

	if (!a) {
		return redis_lost(v->link) ? -2 : -1;
	}
	show_lease(&v->heart, SV(""));
	next = redis_text(redis_item(a, 0));
	halt = redis_text(redis_item(a, 2));
	snprintf(stop, sizeof(stop), "%.*s", (int)halt.n, halt.p);
	if (!v->begun_ms) {
		snprintf(stop, sizeof(stop), "%.*s", (int)redis_text(redis_item(a, 3)).n,
			redis_text(redis_item(a, 3)).p);
		v->begun_ms = strtoull(stop, NULL, 10);
		stop[0] = '\0';
	}
	strbuf_reset(lease);
	strbuf_addsv(lease, next);
	redis_answer_free(a);
	if (going) {
		status = 0;
	} else if (lease->len) {
		*idle = 0;
		show_lease(&v->heart, strbuf_sv(lease));
		if (work(v, strbuf_sv(lease)) == 0) {
			status = 1;
		} else if (redis_lost(v->link)) {
			strbuf_reset(lease); /* there is no result: it will run out */
			status = -2;
		} else {
			status = -1;
		}
	} else if (stop[0] && strtoull(stop, NULL, 10) > v->begun_ms) {
		if (!v->o->quiet) {
			puts("Received stop signal. Shutdown redis worker.");
		}
		status = 0;
	} else {
		rest(idle);
	}
	return status;
}

/* A lease that will not be worked on goes back at once. */
static void hand_back(struct service *v, const struct strbuf *lease)
{
	const char *last = lease->len ? strrchr(lease->buf, ' ') : NULL;
	struct strbuf ignored = STRBUF_INIT;

	if (last) {
		struct strview drop[] = {
			SV_INIT("ZREM"), redis_key_name(KEY_LEASES), strbuf_sv(lease)};
		struct strview push[] = {SV_INIT("LPUSH"), redis_key_name(KEY_RANGES),
			{lease->buf, (size_t)(last - lease->buf)}};
		redis_answer_free(redis_ask(v->link, drop, 3, &ignored));
		redis_answer_free(redis_ask(v->link, push, 3, &ignored));
	}
	strbuf_release(&ignored);
}

/* The server may be restarted: tries for a minute. */
static int reconnect(struct service *v)
{
	double end = monotonic_seconds() + RECONNECT_SECONDS;

	redis_shut(v->link);
	v->link = NULL;
	while (!v->link && monotonic_seconds() < end && !leave) {
		usleep(300000);
		v->link = redis_open(&v->heart.address, &v->err);
	}
	return v->link ? 1 : -1;
}

static enum abc_exit serve(struct service *v)
{
	struct strbuf lease = STRBUF_INIT;
	pthread_t thread;
	unsigned idle = 0;
	int status;
	bool has_thread;

	pthread_mutex_init(&v->heart.lock, NULL);
	has_thread = pthread_create(&thread, NULL, beat, &v->heart) == 0;
	do {
		status = turn(v, &lease, &idle);
		if (status == -2) {
			status = reconnect(v);
		}
	} while (status > 0);
	if (status < 0) {
		abc_error("%s", v->err.buf);
		if (v->link) {
			hand_back(v, &lease);
		}
	}
	if (has_thread) {
		pthread_mutex_lock(&v->heart.lock);
		v->heart.end = true;
		pthread_mutex_unlock(&v->heart.lock);
		pthread_join(thread, NULL);
	}
	struct strview gone[] = {
		SV_INIT("ZREM"), redis_key_name(KEY_WORKERS), sv_from(v->heart.name)};
	if (v->link) {
		redis_answer_free(redis_ask(v->link, gone, 3, &v->err));
	}
	if (!v->o->quiet) {
		bool over = v->deadline > 0 && monotonic_seconds() > v->deadline;
		printf("Shutdown redis worker.%s\n", over ? " Max runtime reached" : "");
	}
	strbuf_release(&lease);
	return status < 0 ? ABC_FAILED : ABC_OK;
}

static enum abc_exit run_worker(const struct abc_options *o, struct session *s)
{
	struct service v = {.o = o, .s = s, .t = -2};
	char host[64] = "";
	enum abc_exit status;

	strbuf_init(&v.result);
	strbuf_init(&v.err);
	gethostname(host, sizeof(host) - 1);
	snprintf(v.heart.name, sizeof(v.heart.name), "%s:%ld", host, (long)getpid());
	v.heart.address = o->redis;
	v.heart.every = (o->lease > 0 ? o->lease : LEASE_MS / 1000.0) / 3;
	snprintf(v.heart.ms, sizeof(v.heart.ms), "%.0f",
		o->lease > 0 ? 1000 * o->lease : (double)LEASE_MS);
	v.deadline = o->runtime > 0 ? monotonic_seconds() + o->runtime : 0;
	v.link = redis_open(&o->redis, &v.err);
	if (!v.link) {
		status = abc_error("%s", v.err.buf);
	} else {
		if (!o->quiet) {
			printf("Start redis worker. Max run time %.0fs, HOST=%s, PID=%ld\n",
				o->runtime, host, (long)getpid());
			fflush(stdout);
		}
		worker_init(&v.worker, &s->problem, NULL);
		status = serve(&v);
		worker_release(&v.worker);
	}
	redis_shut(v.link);
	strbuf_release(&v.result);
	strbuf_release(&v.err);
	return status;
}

/* Several processes: the first to fail says how it went; signals go to all. */
static enum abc_exit run_many(const struct abc_options *o, struct session *s)
{
	pid_t *pid = xcalloc(o->processes, sizeof(*pid));
	enum abc_exit status = ABC_OK;
	size_t left = 0;
	bool told = false;

	for (size_t i = 0; i < o->processes; i++) {
		fflush(stdout);
		pid[i] = process_fork();
		if (pid[i] == 0) {
			status = run_worker(o, s);
			fflush(stdout);
			_exit((int)status);
		}
		left += pid[i] > 0;
	}
	while (left) {
		int how;
		pid_t done = waitpid(-1, &how, 0);

		if (done > 0) {
			left--;
			if (!WIFEXITED(how) || WEXITSTATUS(how)) {
				status = ABC_FAILED;
			}
		} else if (errno != EINTR) {
			break;
		}
		for (size_t i = 0; i < o->processes && leave && !told; i++) {
			kill(pid[i], SIGTERM);
		}
		told = leave != 0;
	}
	free(pid);
	return status;
}

enum abc_exit abc_worker(const struct abc_options *o)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct session s;
	enum abc_exit status = session_open(&s, o);

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (status == ABC_OK) {
		status = o->processes > 1 ? run_many(o, &s) : run_worker(o, &s);
	}
	session_release(&s);
	return status;
}

/* "Workers=2 Evaluations=17 Acceptances=8/12 (generation 0)". */
static enum abc_exit manager_info(struct redis_link *link, struct strbuf *err)
{
	struct strview ask[] = {SV_INIT("HMGET"), redis_key_name(KEY_RUN), SV_INIT("t"),
		SV_INIT("eval"), SV_INIT("acc"), SV_INIT("want")};
	struct strview count[] = {SV_INIT("ZCARD"), redis_key_name(KEY_WORKERS)};
	struct redis_answer *a = redis_ask(link, ask, CW_ARRAY_LEN(ask), err);
	struct redis_answer *n = a ? redis_ask(link, count, 2, err) : NULL;
	struct strview v[4];

	if (!a || !n) {
		redis_answer_free(a);
		return abc_error("%s", err->buf);
	}
	for (size_t i = 0; i < 4; i++) {
		v[i] = redis_text(redis_item(a, i));
	}
	if (v[0].n == 0) {
		puts("No active generation");
	} else {
		printf("Workers=%lld Evaluations=" SV_FMT " Acceptances=" SV_FMT
		       "/" SV_FMT " (generation " SV_FMT ")\n",
			(long long)redis_int(n), SV_ARG(v[1]), SV_ARG(v[2]), SV_ARG(v[3]),
			SV_ARG(v[0]));
	}
	redis_answer_free(a);
	redis_answer_free(n);
	return ABC_OK;
}

static enum abc_exit manager_stop(struct redis_link *link, struct strbuf *err)
{
	struct strview ask[] = {SV_INIT("TIME")};
	struct redis_answer *a = redis_ask(link, ask, 1, err);
	char now[48] = "";

	if (a) {
		char *s = xmemdup0(
			redis_text(redis_item(a, 0)).p, redis_text(redis_item(a, 0)).n);
		char *us = xmemdup0(
			redis_text(redis_item(a, 1)).p, redis_text(redis_item(a, 1)).n);
		snprintf(now, sizeof(now), "%lld",
			strtoll(s, NULL, 10) * 1000 + strtoll(us, NULL, 10) / 1000);
		free(s);
		free(us);
		redis_answer_free(a);
		struct strview set[] = {SV_INIT("SET"), redis_key_name(KEY_STOP),
			sv_from(now), SV_INIT("EX"), SV_INIT("3600")};
		a = redis_ask(link, set, CW_ARRAY_LEN(set), err);
	}
	if (!a) {
		return abc_error("%s", err->buf);
	}
	redis_answer_free(a);
	return ABC_OK;
}

/* Nothing needs to be reset: leases run out by themselves. Prints them. */
static enum abc_exit manager_leases(struct redis_link *link, struct strbuf *err)
{
	struct strview ask[] = {SV_INIT("ZRANGE"), redis_key_name(KEY_LEASES),
		SV_INIT("0"), SV_INIT("-1")};
	struct redis_answer *a = redis_ask(link, ask, CW_ARRAY_LEN(ask), err);

	if (!a) {
		return abc_error("%s", err->buf);
	}
	for (size_t i = 0; i < redis_count(a); i++) {
		struct strview s = redis_text(redis_item(a, i));
		printf("lease " SV_FMT "\n", SV_ARG(s));
	}
	redis_answer_free(a);
	return ABC_OK;
}

enum abc_exit abc_manager(const struct abc_options *o)
{
	static const char *const names[] = {"info", "stop", "reset-workers"};
	static enum abc_exit (*const run[])(struct redis_link *, struct strbuf *) = {
		manager_info, manager_stop, manager_leases};
	struct strbuf err = STRBUF_INIT;
	struct redis_link *link;
	enum abc_exit status = ABC_USAGE;
	size_t which = 0;

	while (which < CW_ARRAY_LEN(names) && strcmp(o->operand[0], names[which]) != 0) {
		which++;
	}
	if (which == CW_ARRAY_LEN(names)) {
		abc_error("Unknown command: %s; there are info, stop and reset-workers",
			o->operand[0]);
		return ABC_USAGE;
	}
	link = redis_open(&o->redis, &err);
	status = link ? run[which](link, &err) : abc_error("%s", err.buf);
	redis_shut(link);
	strbuf_release(&err);
	return status;
}
