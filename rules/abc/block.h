/*
 * What came of a range of evaluations: the unit that workers report, logs keep and parts
 * hold. With dynamic scheduling the range is of ids; with static scheduling of tickets
 * (one a particle), and attempt a of ticket k has the id k * 2^32 + a.
 */
#ifndef CW_ABC_BLOCK_H
#define CW_ABC_BLOCK_H

#include "abc/wire.h"
#include "base/vec.h"

enum record_status {
	RECORD_ACCEPTED,
	RECORD_REJECTED,  /* kept only where rejected ones count later */
	RECORD_FAILED,    /* the model said so, or NaN: a rejected evaluation, counted */
	RECORD_TIMED_OUT, /* with on_timeout: reject */
};

struct record {
	uint64_t id;
	uint32_t model;
	uint32_t status;
	double distance;
	double log_weight; /* of accepted ones, not normalised */
};

struct block {
	uint64_t first, count; /* ids or tickets */
	uint64_t n_eval;
	size_t stride; /* numbers a record: parameters, then statistics */
	VEC(struct record) rec;
	VEC(double) num;
	char *message; /* of the first failure, or NULL */
	uint64_t message_id;
};

enum { TICKET_SHIFT = 32 };

void block_init(struct block *b, uint64_t first, uint64_t count, size_t stride);
void block_release(struct block *b);

/* Appends a record and gives the place of its numbers. */
double *block_add(struct block *b, struct record r);

/* Notes a failure's message unless one of a smaller id is there. */
void block_note(struct block *b, uint64_t id, const char *message);

static inline const double *block_num(const struct block *b, size_t i)
{
	return b->num.v + i * b->stride;
}

void block_write(const struct block *b, struct strbuf *out);

/* 0 and an initialised block, or -1 where the bytes are no block of this stride. */
int block_read(struct block *b, struct wire_reader *r, size_t stride);

#endif
