#include "abc/smc.h"

#include <math.h>

#include "abc/distance.h"
#include "abc/smc_next.h"
#include "abc/weights.h"
#include "base/xalloc.h"

bool smc_keeps_all(const struct problem *p)
{
	return p->budget > 0;
}

/* Threshold or temperature of generation t >= 0. */
static double epsilon_of(const struct problem *p, const struct archive *a, int64_t t)
{
	const struct epsilon_spec *e = &p->epsilon;
	const struct generation *before = archive_find(a, t - 1);

	if (p->budget) {
		return HUGE_VAL;
	}
	if (before && !isnan(before->next_epsilon)) {
		return before->next_epsilon;
	}
	if (e->count) {
		return e->list[(size_t)t < e->count ? (size_t)t : e->count - 1];
	}
	return e->start;
}

static uint64_t evaluations_so_far(const struct archive *a)
{
	return a->gen.n ? vec_last(&a->gen).evaluations : 0;
}

/* The number of evaluations at which a generation is given up. */
static uint64_t limit_of(const struct problem *p, const struct archive *a, uint64_t want)
{
	const struct stop_spec *s = &p->stop;
	uint64_t so_far = evaluations_so_far(a), limit = UINT64_MAX;

	if (s->max_evaluations != UINT64_MAX) {
		limit = s->max_evaluations > so_far ? s->max_evaluations - so_far : 0;
	}
	if (s->min_acceptance > 0) {
		double most = floor((double)want / s->min_acceptance);
		limit = most < (double)limit ? (uint64_t)most : limit;
	}
	return limit;
}

void smc_input(const struct problem *p, const struct archive *a, int64_t t, bool tickets,
	struct gen_input *ret)
{
	const struct generation *before = archive_find(a, t - 1);

	*ret = (struct gen_input){.t = t,
		.epsilon = t < 0 ? HUGE_VAL : epsilon_of(p, a, t),
		.norm = before ? before->next_norm : -HUGE_VAL,
		.weight = before ? before->next_weight : p->distance.weight,
		.accept_all = t < 0 || p->budget,
		.tickets = tickets && t >= 0 && !p->budget,
		.record_rejected = problem_records_rejected(p),
		.want = t < 0 ? p->calibration : problem_population(p, t),
		.previous = t > 0 && before ? &before->pop : NULL};
	ret->limit = limit_of(p, a, ret->want);
	if (p->budget) {
		ret->want = ret->limit = p->budget;
	}
}

/* Rejection with a budget: the best share of all evaluations. */
static void keep_best(const struct problem *p, struct population *q)
{
	size_t keep = (size_t)ceil(p->budget_share * (double)q->n), n = 0;
	double *d = xcalloc(q->n + 1, sizeof(*d)), cut;

	memcpy(d, q->distance, q->n * sizeof(*d));
	cut = q->n > 1 ? plain_quantile(d, q->n, (double)(keep - 1) / (double)(q->n - 1))
		       : d[0];
	free(d);
	for (size_t i = 0; i < q->n && n < keep; i++) {
		if (q->distance[i] > cut) {
			continue;
		}
		q->id[n] = q->id[i];
		q->model[n] = q->model[i];
		q->distance[n] = q->distance[i];
		memmove(q->theta + n * q->npar, q->theta + i * q->npar,
			q->npar * sizeof(double));
		memmove(q->stat + n * q->nstat, q->stat + i * q->nstat,
			q->nstat * sizeof(double));
		n++;
	}
	q->n = n;
	q->epsilon = cut;
	for (size_t i = 0; i < n; i++) {
		q->w[i] = 1 / (double)n;
	}
	population_count_models(q);
}

/* After the collector is done: the generation with what is fixed for the next. */
static int smc_finish_generation(struct smc *s, const struct gen_input *in,
	struct collector *c, double seconds, struct strbuf *err)
{
	struct generation *g;
	struct population pop;
	uint64_t so_far = evaluations_so_far(s->archive);

	if (collector_finish(c, in, &pop, err)) {
		return -1;
	}
	if (smc_keeps_all(s->problem)) {
		keep_best(s->problem, &pop);
	}
	pop.seconds = seconds;
	/* archive_add moves the generations that `in` points into: first the rest. */
	struct generation made = {.pop = pop, .evaluations = so_far + pop.n_sim};
	made.next_weight = xcalloc(s->problem->nstat + 1, sizeof(*made.next_weight));
	made.next_epsilon = (double)NAN;
	smc_fix_next(s->problem, in, &c->all_records, &made);
	fingerprint_of(s->fingerprint, in->t, made.digest);
	time_now_text(made.end_time);
	g = archive_add(s->archive);
	free(g->next_weight);
	*g = made;
	return s->progress ? progress_keep(s->progress, g, s->problem, err) : 0;
}

static void say_generation(const struct smc *s, const struct generation *g)
{
	const struct population *q = &g->pop;
	bool stochastic = s->problem->acceptor.kind == ACCEPT_STOCHASTIC;

	if (!s->say) {
		return;
	}
	if (q->t < 0) {
		fprintf(s->say, "calibration: %llu evaluations, %.2f s\n",
			(unsigned long long)q->n_sim, q->seconds);
		return;
	}
	fprintf(s->say,
		"generation %lld: %s %.6g, %zu particle%s from %llu evaluation%s (%.3g%%), "
		"ESS %.1f, %.2f s\n",
		(long long)q->t, stochastic ? "temperature" : "epsilon", q->epsilon, q->n,
		q->n == 1 ? "" : "s", (unsigned long long)q->n_sim,
		q->n_sim == 1 ? "" : "s", 100 * population_acceptance(q),
		population_ess(q), q->seconds);
	if (q->n_failed) {
		fprintf(s->say, "  %llu evaluation%s failed",
			(unsigned long long)q->n_failed, q->n_failed == 1 ? "" : "s");
		if (q->n_timed_out) {
			fprintf(s->say, ", %llu of them by time-out",
				(unsigned long long)q->n_timed_out);
		}
		fputc('\n', s->say);
	}
	fflush(s->say);
}

static int too_many_failures(const struct collector *c, struct strbuf *err)
{
	const struct block *all = &c->all_records;

	return fail(err,
		"too many evaluations fail: %zu of the first %llu (max_failures); evaluation "
		"%llu said: %s",
		c->judged, (unsigned long long)c->too_many_at + 1,
		(unsigned long long)all->message_id,
		all->message ? all->message : "nothing");
}

/* A generation that may not be finished. */
static char *short_reason(const struct problem *p, const struct gen_input *in)
{
	double by_rate = p->stop.min_acceptance > 0
				 ? floor((double)in->want / p->stop.min_acceptance)
				 : HUGE_VAL;

	if ((double)in->limit >= by_rate) {
		return xasprintf("generation %lld would have an acceptance below %g",
			(long long)in->t, p->stop.min_acceptance);
	}
	return xasprintf("%llu evaluations were reached in generation %lld",
		(unsigned long long)p->stop.max_evaluations, (long long)in->t);
}

static void cut_short(struct smc *s, const struct gen_input *in)
{
	s->archive->stop_reason = short_reason(s->problem, in);
	s->archive->cut_short = true;
}

enum smc_end smc_complete(struct smc *s, const struct gen_input *in, struct collector *c,
	struct strbuf *err)
{
	char digest[FINGERPRINT_SIZE];
	struct sample job = {.in = in,
		.c = c,
		.progress = s->progress,
		.deadline = s->deadline,
		.stop = s->stop};
	double start = monotonic_seconds();
	enum sample_end end;

	fingerprint_of(s->fingerprint, in->t, digest);
	if (s->progress && progress_begin(s->progress, in->t, digest, c, err)) {
		return SMC_ERROR;
	}
	end = sampler_sample(s->sampler, &job, err);
	if (end != SAMPLE_DONE) {
		return end == SAMPLE_PAUSED ? SMC_PAUSED : SMC_ERROR;
	}
	switch (collector_state(c)) {
	case COLLECT_FAILED:
		too_many_failures(c, err);
		return SMC_ERROR;
	case COLLECT_SHORT:
		cut_short(s, in);
		return SMC_DONE;
	case COLLECT_MORE:
	case COLLECT_DONE:
		break;
	}
	if (smc_finish_generation(s, in, c, monotonic_seconds() - start, err)) {
		return SMC_ERROR;
	}
	say_generation(s, &vec_last(&s->archive->gen));
	return SMC_DONE;
}

enum smc_end smc_generation(struct smc *s, int64_t t, struct strbuf *err)
{
	struct gen_input in;
	struct collector c;
	enum smc_end end;

	smc_input(s->problem, s->archive, t, s->tickets, &in);
	if (in.limit == 0) {
		cut_short(s, &in);
		return SMC_DONE;
	}
	collector_init(&c, s->problem, &in, smc_keeps_all(s->problem));
	end = smc_complete(s, &in, &c, err);
	collector_release(&c);
	return end;
}

/* Models that still have particles. */
static size_t alive(const struct population *q)
{
	size_t n = 0;

	for (size_t m = 0; m < q->models; m++) {
		n += q->p_model[m] > 0;
	}
	return n;
}

/* Reasons that lie in the generation itself, in pyABC's order. */
static char *reason_now(
	const struct problem *p, const struct archive *a, const struct generation *g)
{
	const struct stop_spec *s = &p->stop;
	const struct population *q = &g->pop;
	const struct generation *before = q->t > 0 ? archive_find(a, q->t - 1) : NULL;
	bool temperature = p->epsilon.kind == EPS_TEMPERATURE;
	double least = isnan(s->min_epsilon) ? (temperature ? 1 : 0) : s->min_epsilon;

	if (p->algorithm == ALGORITHM_REJECTION) {
		return xstrdup("rejection has one generation");
	}
	if ((uint64_t)q->t + 1 >= s->max_generations) {
		return xasprintf(
			"max_generations %llu", (unsigned long long)s->max_generations);
	}
	if (q->epsilon <= least) {
		return xasprintf("min_epsilon %g", least);
	}
	if (before && s->min_epsilon_diff > 0 &&
		fabs(before->pop.epsilon - q->epsilon) < s->min_epsilon_diff) {
		return xasprintf("min_epsilon_diff %g", s->min_epsilon_diff);
	}
	if (s->single_model && alive(q) == 1) {
		return xstrdup("one model is left");
	}
	if (population_acceptance(q) < s->min_acceptance) {
		return xasprintf("min_acceptance %g", s->min_acceptance);
	}
	if (g->evaluations >= s->max_evaluations) {
		return xasprintf(
			"max_evaluations %llu", (unsigned long long)s->max_evaluations);
	}
	return NULL;
}

/* What the coming threshold must lie below: the present one, or, where the distance changes
 * in between, the farthest particle as the new distance sees it. A list falls by itself, and
 * has an end: there one threshold may well let all particles through. */
static double must_fall_below(const struct problem *p, const struct generation *g)
{
	const struct population *q = &g->pop;
	double farthest = p->epsilon.count > 1 ? q->epsilon : 0;

	if (!p->distance.adaptive) {
		return q->epsilon;
	}
	for (size_t i = 0; i < q->n; i++) {
		farthest = fmax(
			farthest, distance_pnorm(p->distance.p, g->next_weight,
					  population_stat(q, i), p->observed, p->nstat));
	}
	return farthest;
}

char *smc_stop_reason(const struct problem *p, const struct archive *a)
{
	const struct generation *g = archive_last(a);
	const struct epsilon_spec *e = &p->epsilon;
	char *reason;
	double next;

	if (!g) {
		return NULL;
	}
	reason = reason_now(p, a, g);
	if (reason) {
		return reason;
	}
	if (e->kind == EPS_LIST && (size_t)g->pop.t + 1 >= e->count &&
		(isnan(e->percentile) || e->count > 1)) {
		return xstrdup("the list of thresholds is at its end");
	}
	next = epsilon_of(p, a, g->pop.t + 1);
	if (e->kind != EPS_CONSTANT && !(next < must_fall_below(p, g))) {
		return xasprintf("%s does not fall below %g any more",
			e->kind == EPS_TEMPERATURE ? "the temperature" : "epsilon",
			g->pop.epsilon);
	}
	return NULL;
}

/* Generations become rows of the database while the next is sampled. */
static void follow(struct smc *s)
{
	if (s->writer) {
		history_writer_follow(s->writer, s->archive);
	}
}

enum smc_end smc_run(struct smc *s, struct strbuf *err)
{
	enum smc_end end = SMC_DONE;

	free(s->archive->stop_reason);
	s->archive->stop_reason = NULL;
	s->archive->cut_short = false;
	if (!s->archive->gen.n && problem_needs_calibration(s->problem)) {
		follow(s);
		end = smc_generation(s, -1, err);
	}
	while (end == SMC_DONE && !s->archive->stop_reason) {
		const struct generation *g = archive_last(s->archive);

		s->archive->stop_reason = smc_stop_reason(s->problem, s->archive);
		if (!s->archive->stop_reason) {
			follow(s);
			end = smc_generation(s, g ? g->pop.t + 1 : 0, err);
		}
	}
	if (end == SMC_DONE && !archive_last(s->archive)) {
		fail(err, "no generation was finished: %s", s->archive->stop_reason);
		return SMC_ERROR;
	}
	return end;
}
