/* In the process itself, id after id. */
#include "abc/sampler.h"
#include "base/xalloc.h"

static const double block_seconds = 0.02;
enum { LARGEST_BLOCK = 65536 };

static int single_open(struct sampler *s, struct strbuf *err)
{
	struct evaluator *e = xcalloc(1, sizeof(*e));

	(void)err;
	evaluator_init(e, s->problem);
	s->state = e;
	return 0;
}

static void single_close(struct sampler *s)
{
	struct evaluator *e = s->state;

	if (e) {
		evaluator_release(e);
		free(e);
	}
}

/* One lease; what lies behind the last acceptance that is needed goes back. */
static int run_lease(
	struct evaluator *e, struct sample *job, struct range r, struct strbuf *err)
{
	struct collector *c = job->c;
	uint64_t missing = c->all || c->accepted >= c->want ? 0 : c->want - c->accepted;
	struct block b;
	int status;

	if (evaluator_run(e, r.first, r.end - r.first, job->in->tickets ? 0 : missing, &b,
		    err)) {
		return -1;
	}
	collector_return(c, (struct range){b.first + b.count, r.end});
	status = sample_add(job, &b, err);
	block_release(&b);
	return status;
}

static enum sample_end single_sample(
	struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct evaluator *e = s->state;
	uint64_t most = s->options.batch ? s->options.batch : 1;
	struct range r;

	evaluator_begin(e, job->in);
	while (collector_state(job->c) == COLLECT_MORE) {
		double start = monotonic_seconds(), took;

		if (sample_paused(s, job)) {
			return SAMPLE_PAUSED;
		}
		if (!collector_lease(job->c, most, &r)) {
			CW_BUG("nothing to do, and not done");
		}
		if (run_lease(e, job, r, err)) {
			return SAMPLE_ERROR;
		}
		took = monotonic_seconds() - start;
		if (!s->options.batch && took < block_seconds / 2 &&
			most < LARGEST_BLOCK) {
			most *= 2;
		} else if (!s->options.batch && took > block_seconds * 2 && most > 1) {
			most /= 2;
		}
	}
	return SAMPLE_DONE;
}

const struct sampler_ops sampler_single_ops = {
	.name = "single",
	.open = single_open,
	.sample = single_sample,
	.close = single_close,
};
