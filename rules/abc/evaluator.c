#include "abc/evaluator.h"

#include <math.h>

#include "abc/acceptor.h"
#include "abc/distance.h"
#include "base/xalloc.h"

void evaluator_init(struct evaluator *e, const struct problem *p)
{
	size_t stride = p->npar + p->nstat;

	*e = (struct evaluator){.problem = p};
	e->model = xcalloc(p->nmodels, sizeof(*e->model));
	e->job = xcalloc(EVALUATOR_CHUNK, sizeof(*e->job));
	e->job_model = xcalloc(EVALUATOR_CHUNK, sizeof(*e->job_model));
	e->batch = xcalloc(EVALUATOR_CHUNK, sizeof(struct sim_job *));
	e->numbers = xcalloc(EVALUATOR_CHUNK, size_mul(stride + 1, sizeof(double)));
	for (size_t i = 0; i < EVALUATOR_CHUNK; i++) {
		e->job[i].theta = e->numbers + i * stride;
		e->job[i].stat = e->job[i].theta + p->npar;
	}
}

void evaluator_release(struct evaluator *e)
{
	evaluator_begin(e, NULL);
	for (size_t m = 0; e->model && m < e->problem->nmodels; m++) {
		model_close(&e->model[m]);
	}
	free(e->model);
	free(e->job);
	free(e->job_model);
	free(e->batch);
	free(e->numbers);
	*e = (struct evaluator){0};
}

void evaluator_begin(struct evaluator *e, const struct gen_input *in)
{
	if (e->begun) {
		proposal_release(&e->proposal);
		e->begun = false;
	}
	if (in) {
		e->in = *in;
		proposal_init(&e->proposal, e->problem, in->previous);
		e->begun = true;
	}
}

/* log of prior over proposal, the weight of an accepted evaluation. */
static double evaluator_log_weight(
	const struct evaluator *e, size_t model, const double *theta)
{
	if (e->proposal.from_prior) {
		return 0;
	}
	return problem_log_prior(e->problem, model, theta) -
	       proposal_logdensity(&e->proposal, model, theta);
}

int evaluator_propose(
	const struct evaluator *e, uint64_t id, size_t *ret_model, double *ret_theta)
{
	struct stream s;

	memset(ret_theta, 0, e->problem->npar * sizeof(*ret_theta));
	stream_init(&s, e->problem->seed, STREAM_PROPOSE, e->in.t, id);
	return proposal_draw(&e->proposal, &s, ret_model, ret_theta);
}

/* Parameters of `n` evaluations from id `first` on. */
static int propose(struct evaluator *e, uint64_t first, size_t n, struct strbuf *err)
{
	for (size_t i = 0; i < n; i++) {
		struct sim_job *job = &e->job[i];

		job->id = first + i;
		job->status = SIM_FAILED;
		job->message[0] = '\0';
		if (evaluator_propose(e, job->id, &e->job_model[i], job->theta)) {
			return fail(err, "a million draws in a row fell outside the %s",
				e->proposal.from_prior ? "constraints"
						       : "prior: the particles lie "
							 "where it is 0");
		}
	}
	return 0;
}

/* Runs each model on its share of the chunk. */
static int simulate(struct evaluator *e, size_t n, struct strbuf *err)
{
	struct sim_context ctx = {.seed = e->problem->seed,
		.t = e->in.t,
		.epsilon = e->in.epsilon,
		.watch = e->watch,
		.team = e->team};

	for (size_t m = 0; m < e->problem->nmodels; m++) {
		size_t count = 0;

		for (size_t i = 0; i < n; i++) {
			if (e->job_model[i] == m) {
				e->batch[count++] = &e->job[i];
			}
		}
		if (count && !e->model[m].ops &&
			model_open(&e->model[m], e->problem, m, e->team != NULL, err)) {
			return -1;
		}
		if (model_run(&e->model[m], &ctx, e->batch, count, err)) {
			return -1;
		}
	}
	return 0;
}

/* Decides on simulated statistics: distance, status, and the acceptance's weight. */
static void decide(struct evaluator *e, struct sim_job *job, struct record *r)
{
	const struct problem *p = e->problem;
	struct stream s;
	bool taken;

	if (p->acceptor.kind == ACCEPT_STOCHASTIC) {
		double logpdf = job->status == SIM_DISTANCE ? -job->distance
							    : noise_logpdf(p, job->stat);
		stream_init(&s, p->seed, STREAM_ACCEPT, e->in.t, job->id);
		taken = accept_stochastic(logpdf, e->in.norm, e->in.epsilon,
			stream_uniform_open(&s), &r->log_weight);
		r->distance = -logpdf;
	} else {
		r->distance = job->status == SIM_DISTANCE
				      ? job->distance
				      : distance_pnorm(p->distance.p, e->in.weight,
						job->stat, p->observed, p->nstat);
		taken = r->distance <= e->in.epsilon;
	}
	if (e->in.accept_all) {
		taken = true;
		r->log_weight = 0;
	}
	r->status = taken ? RECORD_ACCEPTED : RECORD_REJECTED;
	if (isnan(r->distance)) {
		r->status = RECORD_FAILED;
		snprintf(job->message, sizeof(job->message),
			"the distance is not a number");
	}
}

/* A statistic that is not a number is the model's failure. */
static void check_stats(struct evaluator *e, struct sim_job *job)
{
	for (size_t k = 0; k < e->problem->nstat; k++) {
		if (isnan(job->stat[k])) {
			job->status = SIM_FAILED;
			snprintf(job->message, sizeof(job->message),
				"statistic %zu of %zu is not a number", k + 1,
				e->problem->nstat);
			return;
		}
	}
}

/* Turns job i into a record of the block, if it leaves one. */
static void judge(struct evaluator *e, size_t i, struct block *out)
{
	const struct problem *p = e->problem;
	struct sim_job *job = &e->job[i];
	struct record r = {.id = job->id, .model = (uint32_t)e->job_model[i]};
	double *num;

	if (job->status == SIM_OK) {
		check_stats(e, job);
	}
	if (job->status == SIM_DISTANCE) {
		for (size_t k = 0; k < p->nstat; k++) {
			job->stat[k] = (double)NAN;
		}
	}
	switch (job->status) {
	case SIM_OK:
	case SIM_DISTANCE:
		decide(e, job, &r);
		break;
	case SIM_REJECTED:
		return;
	case SIM_FAILED:
		r.status = RECORD_FAILED;
		break;
	case SIM_TIMED_OUT:
		r.status = RECORD_TIMED_OUT;
		break;
	}
	if (r.status == RECORD_REJECTED && !e->in.record_rejected) {
		return;
	}
	if (r.status == RECORD_ACCEPTED) {
		r.log_weight += evaluator_log_weight(e, e->job_model[i], job->theta);
	}
	num = block_add(out, r);
	memcpy(num, job->theta, p->npar * sizeof(double));
	if (r.status == RECORD_FAILED || r.status == RECORD_TIMED_OUT) {
		block_note(out, job->id, job->message);
	} else {
		memcpy(num + p->npar, job->stat, p->nstat * sizeof(double));
	}
}

static bool is_accepted(const struct block *b, size_t from)
{
	for (size_t i = from; i < b->rec.n; i++) {
		if (b->rec.v[i].status == RECORD_ACCEPTED) {
			return true;
		}
	}
	return false;
}

/* Above the bounds on failures, for one ticket, whose attempts would never end. */
static bool fails_too_often(const struct problem *p, uint64_t failed, uint64_t attempts)
{
	return failed > p->max_failed ||
	       (attempts >= 1000 &&
		       (double)failed > p->max_failed_share * (double)attempts);
}

/* Attempts of one ticket until one is accepted. */
static int run_ticket(
	struct evaluator *e, uint64_t ticket, struct block *out, struct strbuf *err)
{
	uint64_t failed = 0;

	for (uint64_t a = 0;; a++) {
		size_t before = out->rec.n;

		if (a >= e->in.limit || a >> TICKET_SHIFT) {
			return 0; /* the master sees a ticket without a particle */
		}
		if (propose(e, (ticket << TICKET_SHIFT) + a, 1, err) ||
			simulate(e, 1, err)) {
			return -1;
		}
		judge(e, 0, out);
		out->n_eval++;
		if (is_accepted(out, before)) {
			return 0;
		}
		failed += out->rec.n > before &&
			  out->rec.v[before].status != RECORD_REJECTED;
		if (fails_too_often(e->problem, failed, a + 1)) {
			return fail(err,
				"%llu of %llu evaluations for particle %llu failed; the "
				"last said: %s",
				(unsigned long long)failed, (unsigned long long)a + 1,
				(unsigned long long)ticket, e->job[0].message);
		}
	}
}

/* Ids in chunks. */
static int run_ids(
	struct evaluator *e, uint64_t stop_after, struct block *out, struct strbuf *err)
{
	uint64_t done = 0, accepted = 0;

	while (done < out->count && (!stop_after || accepted < stop_after)) {
		uint64_t left = out->count - done;
		size_t n = left < EVALUATOR_CHUNK ? (size_t)left : EVALUATOR_CHUNK;
		size_t before = out->rec.n;

		if (stop_after && e->problem->model[0].sim.kind == SIM_BUILTIN &&
			n > 32) {
			n = 32;
		}
		if (propose(e, out->first + done, n, err) || simulate(e, n, err)) {
			return -1;
		}
		for (size_t i = 0; i < n; i++) {
			judge(e, i, out);
		}
		for (size_t i = before; i < out->rec.n; i++) {
			accepted += out->rec.v[i].status == RECORD_ACCEPTED;
		}
		done += n;
	}
	out->count = done;
	out->n_eval = done;
	return 0;
}

int evaluator_run(struct evaluator *e, uint64_t first, uint64_t count,
	uint64_t stop_after, struct block *out, struct strbuf *err)
{
	int status = 0;

	block_init(out, first, count, e->problem->npar + e->problem->nstat);
	if (e->in.tickets) {
		for (uint64_t k = 0; k < count && !status; k++) {
			status = run_ticket(e, first + k, out, err);
		}
	} else {
		status = run_ids(e, stop_after, out, err);
	}
	if (status) {
		block_release(out);
	}
	return status;
}

void evaluator_describe(const struct problem *p, const struct gen_input *in, uint64_t id,
	struct strbuf *out)
{
	double *theta = xcalloc(p->npar + 1, sizeof(*theta));
	struct evaluator e;
	size_t m;

	evaluator_init(&e, p);
	evaluator_begin(&e, in);
	if (evaluator_propose(&e, id, &m, theta) == 0) {
		struct model named = {.problem = p, .spec = &p->model[m]};
		model_describe_id(&named, id, theta, out);
	}
	evaluator_release(&e);
	free(theta);
}
