/*
 * A worker process: gets generations and ranges, gives blocks. Messages are a type, a
 * length and bytes; over a socket here, other carriers use the same ones.
 */
#ifndef CW_ABC_WORKER_H
#define CW_ABC_WORKER_H

#include "abc/evaluator.h"

enum message_type {
	MESSAGE_BEGIN = 1, /* to the worker: gen_input_write's bytes */
	MESSAGE_LEASE,     /* to the worker: first, count */
	MESSAGE_BLOCK, /* from the worker: seconds of work, then block_write's bytes */
	MESSAGE_FATAL  /* from the worker: a text; the run must stop */
};

/* -1 with errno. */
int message_send(int fd, enum message_type type, const void *p, size_t n);
/* 1 and the bytes in `ret` (emptied first), 0 at the end, -1. */
int message_receive(int fd, enum message_type *ret_type, struct strbuf *ret);

/* One exchange: handles a message from the master and appends the answer, if one is due
 * (then true), as type and bytes. */
struct worker {
	struct evaluator evaluator;
	struct gen_input in;
	struct population previous;
	double *weight;
};
void worker_init(struct worker *w, const struct problem *p, struct sim_watch *watch);
void worker_release(struct worker *w);
bool worker_handle(struct worker *w, enum message_type type, struct strview bytes,
	enum message_type *ret_type, struct strbuf *ret);

/* Serves a master over `fd` until it hangs up; the process's exit status. */
int worker_serve(int fd, const struct problem *p, struct sim_watch *watch);

#endif
