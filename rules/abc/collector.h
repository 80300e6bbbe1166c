/*
 * Which evaluations are still needed, and what came of those that were made: the rule
 * that makes a population independent of who worked and in which order.
 *
 * Ids are handed out in order before they are evaluated. Once N are accepted no new ones
 * go out; the cut is the N-th smallest accepted id, and the generation is done when every
 * id up to it is known. A lost range is handed out again, never skipped. With static
 * scheduling the same is done with N tickets, each evaluated until it has its particle.
 * No input or output here.
 */
#ifndef CW_ABC_COLLECTOR_H
#define CW_ABC_COLLECTOR_H

#include "abc/evaluator.h"

struct range {
	uint64_t first, end; /* end not in it */
};

enum collect_state {
	COLLECT_MORE, /* not done */
	COLLECT_DONE,
	COLLECT_SHORT, /* every evaluation up to the limit is known, and it is not done */
	COLLECT_FAILED /* too many failures, in the order of ids */
};

struct collector {
	const struct problem *problem;
	bool tickets;
	bool all; /* done when every id below the limit is known (a budget) */
	uint64_t want, limit;
	uint64_t next;          /* first id never handed out */
	VEC(struct range) done; /* known ids: sorted, apart from each other */
	VEC(struct range) todo; /* to be handed out (again) */
	VEC(uint64_t) smallest; /* max-heap of the N smallest accepted ids */
	VEC(uint64_t) failed;   /* sorted */
	size_t judged;          /* of failed: found to be within the bounds */
	uint64_t too_many_at;   /* id at which the bounds were passed */
	bool failed_out;
	struct block all_records; /* of all blocks */
	uint64_t n_eval;          /* made in all, useful or not */
	uint64_t accepted;
	uint64_t ticket_evals, ticket_limit; /* attempts behind the particles; at most */
};

void collector_init(struct collector *c, const struct problem *p,
	const struct gen_input *in, bool all);
void collector_release(struct collector *c);

/* The next at most `most` ids to evaluate; false where none is to be handed out now. */
bool collector_lease(struct collector *c, uint64_t most, struct range *ret);

/* A range that was handed out and lost. */
void collector_return(struct collector *c, struct range r);

/*
 * Takes a finished block in. Ids that are known already must have the same result:
 * -1 with a text where they do not (nothing taken).
 */
int collector_add(struct collector *c, const struct block *b, struct strbuf *err);

/* Forgets all leases (after a log or parts were added, or everybody was lost): what is
 * missing below the largest known id is to do, new ids come behind it. */
void collector_plan_gaps(struct collector *c);

enum collect_state collector_state(const struct collector *c);

/* Whether an id can still matter: false beyond the cut. */
bool collector_wants(const struct collector *c, uint64_t id);

/* How many more evaluations will be needed, roughly; at least 1. */
uint64_t collector_expects(const struct collector *c);

/* The first id that is not known. */
uint64_t collector_frontier(const struct collector *c);

/*
 * With COLLECT_DONE: the population (initialised here; weights normalised). Records
 * beyond the cut are dropped from all_records and the rest is sorted by id. -1 with a
 * text where no weight is positive.
 */
int collector_finish(struct collector *c, const struct gen_input *in,
	struct population *ret, struct strbuf *err);

#endif
