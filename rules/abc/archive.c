#include "abc/archive.h"

#include <math.h>

#include "base/xalloc.h"

void archive_init(struct archive *a, const struct problem *p)
{
	*a = (struct archive){.problem = p};
	time_now_text(a->start_time);
}

void generation_release(struct generation *g)
{
	population_release(&g->pop);
	free(g->next_weight);
	*g = (struct generation){0};
}

void archive_release(struct archive *a)
{
	for (size_t i = 0; i < a->gen.n; i++) {
		generation_release(&a->gen.v[i]);
	}
	vec_release(&a->gen);
	free(a->text);
	free(a->stop_reason);
	free(a->bounds);
	*a = (struct archive){0};
}

char *archive_bounds(const struct problem *p)
{
	return xasprintf("max_evaluations %llu min_acceptance %.17g",
		(unsigned long long)p->stop.max_evaluations, p->stop.min_acceptance);
}

struct generation *archive_add(struct archive *a)
{
	struct generation *g = vec_add(&a->gen);

	g->next_weight = xcalloc(a->problem->nstat + 1, sizeof(*g->next_weight));
	memcpy(g->next_weight, a->problem->distance.weight,
		a->problem->nstat * sizeof(*g->next_weight));
	g->next_epsilon = (double)NAN;
	g->next_norm = -HUGE_VAL;
	return g;
}

struct generation *archive_last(const struct archive *a)
{
	return a->gen.n && vec_last(&a->gen).pop.t >= 0 ? &vec_last(&a->gen) : NULL;
}

struct generation *archive_find(const struct archive *a, int64_t t)
{
	for (size_t i = 0; i < a->gen.n; i++) {
		if (a->gen.v[i].pop.t == t) {
			return &a->gen.v[i];
		}
	}
	return NULL;
}

void generation_write(
	const struct generation *g, const struct problem *p, struct strbuf *out)
{
	const struct population *q = &g->pop;

	wire_put(out, g->digest, sizeof(g->digest));
	wire_put(out, g->end_time, sizeof(g->end_time));
	wire_put_u64(out, g->evaluations);
	wire_put_f64(out, g->next_epsilon);
	wire_put_f64(out, g->next_norm);
	wire_put(out, g->next_weight, p->nstat * sizeof(double));
	wire_put_u64(out, (uint64_t)q->t);
	wire_put_f64(out, q->epsilon);
	wire_put_f64(out, q->seconds);
	wire_put_u64(out, q->n_sim);
	wire_put_u64(out, q->n_failed);
	wire_put_u64(out, q->n_timed_out);
	wire_put_u64(out, q->n_started);
	wire_put_u64(out, q->npar);
	wire_put_u64(out, q->nstat);
	wire_put_u64(out, q->models);
	wire_put_u64(out, q->n);
	wire_put(out, q->id, q->n * sizeof(*q->id));
	wire_put(out, q->model, q->n * sizeof(*q->model));
	wire_put(out, q->w, q->n * sizeof(*q->w));
	wire_put(out, q->distance, q->n * sizeof(*q->distance));
	wire_put(out, q->theta, q->n * q->npar * sizeof(*q->theta));
	wire_put(out, q->stat, q->n * q->nstat * sizeof(*q->stat));
}

/* The arrays of a population whose sizes are read already. */
static void read_arrays(struct population *q, struct wire_reader *r)
{
	wire_get(r, q->id, q->n * sizeof(*q->id));
	wire_get(r, q->model, q->n * sizeof(*q->model));
	wire_get(r, q->w, q->n * sizeof(*q->w));
	wire_get(r, q->distance, q->n * sizeof(*q->distance));
	wire_get(r, q->theta, q->n * q->npar * sizeof(*q->theta));
	wire_get(r, q->stat, q->n * q->nstat * sizeof(*q->stat));
	for (size_t i = 0; i < q->n && !r->bad; i++) {
		r->bad = q->model[i] >= q->models;
	}
}

int generation_read(struct generation *g, const struct problem *p, struct wire_reader *r)
{
	struct population *q = &g->pop, head = {0};
	size_t n;

	wire_get(r, g->digest, sizeof(g->digest));
	wire_get(r, g->end_time, sizeof(g->end_time));
	g->digest[sizeof(g->digest) - 1] = '\0';
	g->end_time[sizeof(g->end_time) - 1] = '\0';
	g->evaluations = wire_get_u64(r);
	g->next_epsilon = wire_get_f64(r);
	g->next_norm = wire_get_f64(r);
	wire_get(r, g->next_weight, p->nstat * sizeof(double));
	head.t = (int64_t)wire_get_u64(r);
	head.epsilon = wire_get_f64(r);
	head.seconds = wire_get_f64(r);
	head.n_sim = wire_get_u64(r);
	head.n_failed = wire_get_u64(r);
	head.n_timed_out = wire_get_u64(r);
	head.n_started = wire_get_u64(r);
	if (wire_get_u64(r) != p->npar || wire_get_u64(r) != p->nstat ||
		wire_get_u64(r) != p->nmodels) {
		return -1;
	}
	n = wire_get_count(r, 28 + sizeof(double) * (p->npar + p->nstat));
	if (r->bad) {
		return -1;
	}
	population_init(q, p, head.t, n);
	q->epsilon = head.epsilon;
	q->seconds = head.seconds;
	q->n_sim = head.n_sim;
	q->n_failed = head.n_failed;
	q->n_timed_out = head.n_timed_out;
	q->n_started = head.n_started;
	read_arrays(q, r);
	if (r->bad) {
		return -1;
	}
	population_count_models(q);
	return 0;
}

void time_now_text(char ret[static 32])
{
	struct timespec now;
	struct tm tm;
	char text[24];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(ret, 32, "%s.%06u", text, (unsigned)(now.tv_nsec / 1000) % 1000000);
}
