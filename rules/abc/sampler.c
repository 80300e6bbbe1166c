#include "abc/sampler.h"

#include <unistd.h>

int sampler_open(struct sampler *s, const struct sampler_ops *ops,
	const struct problem *p, const struct sampler_options *options,
	struct progress *progress, struct strbuf *err)
{
	*s = (struct sampler){
		.ops = ops, .problem = p, .options = *options, .progress = progress};
	for (size_t m = 0; m < p->nmodels && ops == &sampler_single_ops; m++) {
		if (p->model[m].sim.kind == SIM_LIBRARY) {
			s->ops = &sampler_fork_ops;
			s->options.jobs = 1;
		}
	}
	return s->ops->open(s, err);
}

/* Takes the live line off the screen. */
static void clear_line(struct sample *job)
{
	if (job->live) {
		fputs("\r\033[K", stderr);
		job->live = false;
	}
}

enum sample_end sampler_sample(struct sampler *s, struct sample *job, struct strbuf *err)
{
	enum sample_end end = s->ops->sample(s, job, err);

	clear_line(job);
	/* A finished generation takes the place of its log. */
	if (end != SAMPLE_DONE && job->progress && progress_flush(job->progress, err)) {
		return SAMPLE_ERROR;
	}
	return end;
}

void sampler_close(struct sampler *s)
{
	if (s->ops) {
		s->ops->close(s);
	}
	*s = (struct sampler){0};
}

int sample_add(struct sample *job, const struct block *b, struct strbuf *err)
{
	if (collector_add(job->c, b, err)) {
		return -1;
	}
	return job->progress ? progress_log(job->progress, b, err) : 0;
}

/* "generation 3: 120 of 500 accepted, 4,512 evaluations". */
static void draw_line(struct sampler *s, struct sample *job, double now)
{
	const struct collector *c = job->c;

	if (s->options.quiet || now - job->shown < 0.2 || !isatty(STDERR_FILENO)) {
		return;
	}
	if (job->shown > 0) {
		fprintf(stderr,
			"\r\033[K%s %lld: %llu of %llu accepted, %llu evaluations",
			job->in->t < 0 ? "calibration" : "generation",
			(long long)(job->in->t < 0 ? 0 : job->in->t),
			(unsigned long long)(c->accepted < c->want ? c->accepted
								   : c->want),
			(unsigned long long)c->want, (unsigned long long)c->n_eval);
		fflush(stderr);
		job->live = true;
	}
	job->shown = now;
}

bool sample_paused(struct sampler *s, struct sample *job)
{
	double now = monotonic_seconds();
	struct strbuf ignored = STRBUF_INIT;

	/* A fault shows again at the next block or at the end. */
	if (job->progress) {
		progress_flush_due(job->progress, &ignored);
	}
	strbuf_release(&ignored);
	draw_line(s, job, now);
	return (job->stop && *job->stop) || (job->deadline > 0 && now > job->deadline);
}
