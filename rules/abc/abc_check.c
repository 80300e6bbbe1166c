/* cwabc check: does a result depend on the evaluation's id alone? */
#include <unistd.h>

#include "abc/abc_session.h"
#include "abc/sampler_crew.h"
#include "base/xalloc.h"

enum { IDS = 20, WORKERS = 2 };

struct check {
	struct session *s;
	struct crew crew;
	struct strbuf result[WORKERS][IDS];
	double seconds;
};

/* One id by one worker; its block's bytes. */
static enum abc_exit evaluate(struct check *k, size_t w, uint64_t id)
{
	uint64_t lease[2] = {id, 1};
	enum message_type type = MESSAGE_BLOCK;
	struct strbuf *to = &k->result[w][id];
	struct wire_reader r;

	if (message_send(k->crew.v[w].fd, MESSAGE_LEASE, lease, sizeof(lease)) ||
		message_receive(k->crew.v[w].fd, &type, to) != 1) {
		return abc_error(
			"evaluation %llu ended its process", (unsigned long long)id);
	}
	if (type == MESSAGE_FATAL) {
		return abc_error("%s", to->buf);
	}
	r = (struct wire_reader){.p = to->buf, .n = to->len};
	k->seconds += wire_get_f64(&r);
	return ABC_OK;
}

static enum abc_exit evaluate_all(struct check *k)
{
	struct strbuf begin = STRBUF_INIT;
	enum abc_exit status = ABC_OK;
	struct gen_input in;

	smc_input(&k->s->problem, &k->s->archive, 0, false, &in);
	in.accept_all = true;
	in.epsilon = k->s->problem.acceptor.kind == ACCEPT_STOCHASTIC ? 1 : in.epsilon;
	gen_input_write(&in, &k->s->problem, &begin);
	for (size_t w = 0; w < WORKERS && status == ABC_OK; w++) {
		if (crew_start(&k->crew, w, &k->s->err)) {
			status = session_fail(k->s);
			break;
		}
		message_send(k->crew.v[w].fd, MESSAGE_BEGIN, begin.buf, begin.len);
		for (uint64_t i = 0; i < IDS && status == ABC_OK; i++) {
			status = evaluate(k, w, w ? IDS - 1 - i : i);
		}
	}
	strbuf_release(&begin);
	return status;
}

/* "mean 168.2, sd 13.1" or what else came of it. */
static void describe_result(const struct problem *p, const struct strbuf *bytes)
{
	struct wire_reader r = {.p = bytes->buf, .n = bytes->len};
	struct block b;

	wire_get_f64(&r);
	if (block_read(&b, &r, p->npar + p->nstat)) {
		return;
	}
	if (!b.rec.n) {
		fputs(" rejected by the simulator", stdout);
	} else if (b.rec.v[0].status != RECORD_ACCEPTED) {
		printf(" failed: %s", b.message ? b.message : "");
	} else {
		const double *num = block_num(&b, 0);
		const struct model_spec *m = &p->model[b.rec.v[0].model];
		printf(" %s", m->name);
		for (size_t i = 0; i < m->npar; i++) {
			printf(" %s=%.6g", m->par[i].name, num[i]);
		}
		fputs(" ->", stdout);
		for (size_t i = 0; i < p->nstat && i < 8; i++) {
			printf(" %.6g", num[p->npar + i]);
		}
		printf("%s  distance %.6g", p->nstat > 8 ? " ..." : "",
			b.rec.v[0].distance);
	}
	putchar('\n');
	block_release(&b);
}

/* The bytes behind the time that it took. */
static bool same_result(const struct strbuf *a, const struct strbuf *b)
{
	return a->len == b->len && a->len >= sizeof(double) &&
	       memcmp(a->buf + sizeof(double), b->buf + sizeof(double),
		       a->len - sizeof(double)) == 0;
}

static enum abc_exit compare(const struct check *k)
{
	const struct problem *p = &k->s->problem;
	unsigned differ = 0;

	for (size_t i = 0; i < IDS; i++) {
		bool same = same_result(&k->result[0][i], &k->result[1][i]);

		differ += !same;
		if (!k->s->options->quiet || !same) {
			printf("%4zu", i);
			describe_result(p, &k->result[0][i]);
		}
		if (!same) {
			fputs("  but", stdout);
			describe_result(p, &k->result[1][i]);
		}
	}
	if (differ) {
		return abc_error(
			"%u of %d evaluations differ between two processes: a "
			"simulator must draw all its randomness from the seed it gets",
			differ, IDS);
	}
	printf("%d evaluations in two orders and two processes: the same results; %.3g ms "
	       "each\n",
		IDS, 1000 * k->seconds / (IDS * WORKERS));
	return ABC_OK;
}

enum abc_exit abc_check(const struct abc_options *o)
{
	struct session s;
	struct check k = {.s = &s};
	enum abc_exit status = session_open(&s, o);

	for (size_t w = 0; w < WORKERS; w++) {
		for (size_t i = 0; i < IDS; i++) {
			strbuf_init(&k.result[w][i]);
		}
	}
	s.sampler.problem = &s.problem;
	if (status == ABC_OK && crew_init(&k.crew, &s.sampler, WORKERS, &s.err)) {
		status = session_fail(&s);
	}
	if (status == ABC_OK) {
		status = evaluate_all(&k);
	}
	if (status == ABC_OK) {
		status = compare(&k);
	}
	crew_release(&k.crew);
	for (size_t w = 0; w < WORKERS; w++) {
		for (size_t i = 0; i < IDS; i++) {
			strbuf_release(&k.result[w][i]);
		}
	}
	session_release(&s);
	return status;
}
