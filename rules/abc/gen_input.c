/* The input of a generation as bytes. */
#include "abc/evaluator.h"
#include "base/xalloc.h"

enum { FLAG_ACCEPT_ALL = 1, FLAG_TICKETS = 2, FLAG_RECORD = 4, FLAG_PREVIOUS = 8 };

static void write_population(const struct population *p, struct strbuf *out)
{
	wire_put_u64(out, p->n);
	wire_put_u64(out, (uint64_t)p->t);
	wire_put(out, p->p_model, p->models * sizeof(*p->p_model));
	wire_put(out, p->model, p->n * sizeof(*p->model));
	wire_put(out, p->w, p->n * sizeof(*p->w));
	wire_put(out, p->theta, p->n * p->npar * sizeof(*p->theta));
}

static int read_population(
	struct population *to, const struct problem *p, struct wire_reader *r)
{
	size_t n = wire_get_count(r, sizeof(uint32_t) + sizeof(double) * (1 + p->npar));

	population_init(to, p, (int64_t)wire_get_u64(r), n);
	wire_get(r, to->p_model, to->models * sizeof(*to->p_model));
	wire_get(r, to->model, n * sizeof(*to->model));
	wire_get(r, to->w, n * sizeof(*to->w));
	wire_get(r, to->theta, n * to->npar * sizeof(*to->theta));
	for (size_t i = 0; i < n; i++) {
		r->bad = r->bad || to->model[i] >= to->models;
	}
	if (r->bad) {
		population_release(to);
		return -1;
	}
	return 0;
}

void gen_input_write(
	const struct gen_input *in, const struct problem *p, struct strbuf *out)
{
	uint64_t flags = (in->accept_all ? FLAG_ACCEPT_ALL : 0U) |
			 (in->tickets ? FLAG_TICKETS : 0U) |
			 (in->record_rejected ? FLAG_RECORD : 0U) |
			 (in->previous ? FLAG_PREVIOUS : 0U);

	wire_put_u64(out, (uint64_t)in->t);
	wire_put_f64(out, in->epsilon);
	wire_put_f64(out, in->norm);
	wire_put_u64(out, flags);
	wire_put_u64(out, in->want);
	wire_put_u64(out, in->limit);
	wire_put(out, in->weight, p->nstat * sizeof(*in->weight));
	if (in->previous) {
		write_population(in->previous, out);
	}
}

int gen_input_read(struct gen_input *in, struct population *ret_previous,
	double **ret_weight, const struct problem *p, struct wire_reader *r)
{
	double *weight = xcalloc(p->nstat + 1, sizeof(*weight));
	uint64_t flags;

	*ret_previous = (struct population){0};
	*in = (struct gen_input){.weight = weight};
	in->t = (int64_t)wire_get_u64(r);
	in->epsilon = wire_get_f64(r);
	in->norm = wire_get_f64(r);
	flags = wire_get_u64(r);
	in->accept_all = flags & FLAG_ACCEPT_ALL;
	in->tickets = flags & FLAG_TICKETS;
	in->record_rejected = flags & FLAG_RECORD;
	in->want = wire_get_u64(r);
	in->limit = wire_get_u64(r);
	wire_get(r, weight, p->nstat * sizeof(*weight));
	if (!r->bad && (flags & FLAG_PREVIOUS) &&
		read_population(ret_previous, p, r) == 0) {
		in->previous = ret_previous;
	}
	if (r->bad) {
		free(weight);
		return -1;
	}
	*ret_weight = weight;
	return 0;
}
