/*
 * Evaluations: an id becomes a proposal, a simulation, a distance, a decision and a
 * weight. What comes out is a function of the problem, the generation's input and the
 * id, whoever works it out.
 */
#ifndef CW_ABC_EVALUATOR_H
#define CW_ABC_EVALUATOR_H

#include "abc/block.h"
#include "abc/model.h"
#include "abc/proposal.h"

/* What is fixed before the first id of a generation is given out. */
struct gen_input {
	int64_t t;            /* -1: calibration */
	double epsilon;       /* threshold, or temperature of a stochastic acceptor */
	double norm;          /* stochastic: largest log density seen before */
	const double *weight; /* of the distance, nstat */
	bool accept_all;      /* calibration, or a budget */
	bool tickets;         /* static scheduling */
	bool record_rejected;
	uint64_t want;                     /* N */
	uint64_t limit;                    /* evaluations at most; UINT64_MAX: no limit */
	const struct population *previous; /* NULL: proposals from the prior */
};

/* The same as bytes, for workers, with what they need of the previous population. */
void gen_input_write(
	const struct gen_input *in, const struct problem *p, struct strbuf *out);

/* Reads into *in, *ret_previous and *ret_weight (returns owned: population_release,
 * free). -1 where the bytes do not fit the problem. */
int gen_input_read(struct gen_input *in, struct population *ret_previous,
	double **ret_weight, const struct problem *p, struct wire_reader *r);

struct evaluator {
	const struct problem *problem;
	struct model *model; /* nmodels; opened at their first use */
	struct gen_input in;
	struct proposal proposal;
	bool begun;
	struct sim_watch *watch;     /* shows the id being worked on, or NULL */
	const struct sim_team *team; /* for simulations on several ranks, or NULL */
	struct sim_job *job;         /* a chunk of evaluations and their numbers */
	size_t *job_model;
	struct sim_job **batch;
	double *numbers;
};

enum { EVALUATOR_CHUNK = 256 };

void evaluator_init(struct evaluator *e, const struct problem *p);
void evaluator_release(struct evaluator *e);

/* From here on evaluations are those of `in` (borrowed with what it points to until the
 * next call; NULL only ends the present generation). */
void evaluator_begin(struct evaluator *e, const struct gen_input *in);

/*
 * Evaluates ids (or tickets) first ... first + count - 1 into `out` (initialised here).
 * stop_after > 0: may end early, with out->count smaller, once so many are accepted.
 * 0, or -1 with a text where the run must stop; then `out` is released.
 */
int evaluator_run(struct evaluator *e, uint64_t first, uint64_t count,
	uint64_t stop_after, struct block *out, struct strbuf *err);

/* The model and parameters that an id stands for (theta: problem->npar numbers). -1 where
 * no proposal is to be had. */
int evaluator_propose(
	const struct evaluator *e, uint64_t id, size_t *ret_model, double *ret_theta);

/* Writes "17 (mu = 1)" for an id of the generation `in`, for messages. */
void evaluator_describe(const struct problem *p, const struct gen_input *in, uint64_t id,
	struct strbuf *out);

#endif
