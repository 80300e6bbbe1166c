#include "abc/worker.h"

#include <errno.h>
#include <sys/socket.h>

#include "abc/progress.h"
#include "base/xalloc.h"

int message_send(int fd, enum message_type type, const void *p, size_t n)
{
	struct strbuf out = STRBUF_INIT;
	size_t at = 0;
	int status = 0;

	wire_put_u64(&out, (uint64_t)type);
	wire_put_u64(&out, n);
	strbuf_add(&out, p, n);
	while (at < out.len && !status) {
		ssize_t done = send(fd, out.buf + at, out.len - at, MSG_NOSIGNAL);
		if (done > 0) {
			at += (size_t)done;
		} else if (errno != EINTR) {
			status = -1;
		}
	}
	strbuf_release(&out);
	return status;
}

int message_receive(int fd, enum message_type *ret_type, struct strbuf *ret)
{
	uint64_t head[2];
	int got = read_all(fd, head, sizeof(head));

	if (got <= 0) {
		return got;
	}
	strbuf_reset(ret);
	strbuf_grow(ret, head[1]);
	if (head[1] && read_all(fd, ret->buf, head[1]) != 1) {
		return -1;
	}
	strbuf_setlen(ret, head[1]);
	*ret_type = (enum message_type)head[0];
	return 1;
}

void worker_init(struct worker *w, const struct problem *p, struct sim_watch *watch)
{
	*w = (struct worker){0};
	evaluator_init(&w->evaluator, p);
	w->evaluator.watch = watch;
}

/* The generation's input goes; the evaluator must not look at it any more. */
static void forget_generation(struct worker *w)
{
	evaluator_begin(&w->evaluator, NULL);
	population_release(&w->previous);
	free(w->weight);
	w->weight = NULL;
}

void worker_release(struct worker *w)
{
	forget_generation(w);
	evaluator_release(&w->evaluator);
}

static int begin(struct worker *w, struct strview bytes, struct strbuf *err)
{
	struct wire_reader r = {.p = bytes.p, .n = bytes.n};

	forget_generation(w);
	if (gen_input_read(&w->in, &w->previous, &w->weight, w->evaluator.problem, &r)) {
		return fail(
			err, "a worker got a generation that does not fit its problem");
	}
	evaluator_begin(&w->evaluator, &w->in);
	return 0;
}

static int lease(
	struct worker *w, struct strview bytes, struct strbuf *ret, struct strbuf *err)
{
	struct wire_reader r = {.p = bytes.p, .n = bytes.n};
	uint64_t first = wire_get_u64(&r), count = wire_get_u64(&r);
	double start = monotonic_seconds();
	struct block b;

	if (r.bad || !w->evaluator.begun) {
		return fail(err, "a worker got a lease it does not understand");
	}
	if (evaluator_run(&w->evaluator, first, count, 0, &b, err)) {
		return -1;
	}
	wire_put_f64(ret, monotonic_seconds() - start);
	block_write(&b, ret);
	block_release(&b);
	return 0;
}

bool worker_handle(struct worker *w, enum message_type type, struct strview bytes,
	enum message_type *ret_type, struct strbuf *ret)
{
	struct strbuf err = STRBUF_INIT;
	int status = 0;

	*ret_type = MESSAGE_BLOCK;
	strbuf_reset(ret);
	switch (type) {
	case MESSAGE_BEGIN:
		status = begin(w, bytes, &err);
		break;
	case MESSAGE_LEASE:
		status = lease(w, bytes, ret, &err);
		break;
	case MESSAGE_BLOCK:
	case MESSAGE_FATAL:
		status = fail(&err, "a worker got a message that is none for it");
		break;
	}
	if (status) {
		*ret_type = MESSAGE_FATAL;
		strbuf_reset(ret);
		strbuf_addsv(ret, strbuf_sv(&err));
	}
	strbuf_release(&err);
	return status || type == MESSAGE_LEASE;
}

int worker_serve(int fd, const struct problem *p, struct sim_watch *watch)
{
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;
	enum message_type type, answer;
	struct worker w;
	int status = 0;

	worker_init(&w, p, watch);
	while (message_receive(fd, &type, &in) == 1) {
		if (worker_handle(&w, type, strbuf_sv(&in), &answer, &out) &&
			message_send(fd, answer, out.buf, out.len)) {
			status = 1;
			break;
		}
	}
	worker_release(&w);
	strbuf_release(&in);
	strbuf_release(&out);
	return status;
}
