/* cwabc part and cwabc merge: a generation in pieces. */
#include <math.h>

#include "abc/abc_session.h"
#include "abc/part_file.h"
#include "base/xalloc.h"

/*
 * The digest of what a part is made from: besides the problem, the generation before,
 * bit by bit, since it may come from another chain of files.
 */
static void part_digest(const struct session *s, const struct gen_input *in,
	char ret[static FINGERPRINT_SIZE])
{
	struct strbuf bytes = STRBUF_INIT;
	struct gen_input unbounded = *in;
	char own[FINGERPRINT_SIZE];

	unbounded.limit = UINT64_MAX;

	fingerprint_of(&s->fingerprint, in->t, own);
	strbuf_add(&bytes, own, sizeof(own));
	gen_input_write(&unbounded, &s->problem, &bytes);
	digest_text(bytes.buf, bytes.len, ret);
	strbuf_release(&bytes);
}

/* How many evaluations the parts share, if the user does not say: what the acceptance of
 * the generation before suggests, twice, since it falls. `merge` makes up for the rest. */
static uint64_t estimate_ids(const struct session *s, const struct gen_input *in)
{
	const struct generation *before = archive_find(&s->archive, in->t - 1);
	double rate =
		in->t > 0 && before ? population_acceptance(&before->pop) / 2 : 0.25;

	if (in->tickets || in->accept_all) {
		return in->want;
	}
	return (uint64_t)ceil((double)in->want / rate);
}

/* k/P of n, the same borders for all parts. */
static uint64_t border(uint64_t n, uint64_t k, uint64_t parts)
{
	return n / parts * k + n % parts * k / parts;
}

/* Evaluates [first, end) whatever is accepted. */
static enum abc_exit evaluate_range(struct session *s, const struct gen_input *in,
	const struct part_head *head, struct collector *c)
{
	struct sample job = {.in = in,
		.c = c,
		.progress = &s->progress,
		.deadline = s->smc.deadline,
		.stop = s->smc.stop};
	struct block before;
	char log[FINGERPRINT_SIZE + 64];
	int status;

	c->limit = head->end;
	block_init(&before, 0, head->first, c->all_records.stride);
	status = collector_add(c, &before, &s->err);
	c->next = head->first;
	snprintf(log, sizeof(log), "%s %llu %llu", head->digest,
		(unsigned long long)head->first, (unsigned long long)head->end);
	if (status || progress_begin(&s->progress, in->t, log, c, &s->err)) {
		return session_fail(s);
	}
	switch (sampler_sample(&s->sampler, &job, &s->err)) {
	case SAMPLE_ERROR:
		return session_fail(s);
	case SAMPLE_PAUSED:
		return session_paused(s);
	case SAMPLE_DONE:
		break;
	}
	if (collector_state(c) == COLLECT_FAILED) {
		return abc_error(
			"too many evaluations fail (max_failures); evaluation %llu "
			"said: %s",
			(unsigned long long)c->all_records.message_id,
			c->all_records.message ? c->all_records.message : "nothing");
	}
	return ABC_OK;
}

static enum abc_exit make_part(struct session *s)
{
	const struct abc_options *o = s->options;
	struct part_head head = {.t = o->t, .ended = session_has_ended(s)};
	struct gen_input in;
	struct collector c;
	enum abc_exit status = ABC_OK;
	uint64_t ids;

	smc_input(&s->problem, &s->archive, o->t, s->smc.tickets, &in);
	part_digest(s, &in, head.digest);
	ids = o->ids && !in.tickets && !in.accept_all ? o->ids : estimate_ids(s, &in);
	ids = in.limit < ids && !in.tickets ? in.limit : ids;
	head.first = border(ids, o->part, o->parts);
	head.end = border(ids, o->part + 1, o->parts);
	collector_init(&c, &s->problem, &in, true);
	if (!head.ended) {
		status = evaluate_range(s, &in, &head, &c);
	}
	if (status == ABC_OK && part_write(o->output, &head, &c, &s->err)) {
		status = session_fail(s);
	}
	if (status == ABC_OK) {
		progress_remove(&s->progress);
		s->has_progress = false;
		if (!o->quiet) {
			fprintf(stderr,
				"part %llu of %llu: %s %llu to %llu, %llu accepted\n",
				(unsigned long long)o->part + 1,
				(unsigned long long)o->parts,
				in.tickets ? "particles" : "evaluations",
				(unsigned long long)head.first,
				(unsigned long long)head.end,
				(unsigned long long)c.accepted);
		}
	}
	collector_release(&c);
	return status;
}

/* Opens the session of a command that follows on --previous. */
static enum abc_exit open_at_generation(struct session *s, const struct abc_options *o)
{
	enum abc_exit status = session_open(s, o);

	if (status == ABC_OK) {
		status = session_load_previous(s);
	}
	if (status == ABC_OK && o->t < 0) {
		abc_error("the calibration sample is not divided; --t begins with 0");
		status = ABC_USAGE;
	}
	if (status == ABC_OK) {
		status = session_start(s);
	}
	return status == ABC_OK ? session_calibrate(s) : status;
}

enum abc_exit abc_part(const struct abc_options *o)
{
	struct session s;
	enum abc_exit status;

	if (!o->parts) {
		abc_error("\"part\" needs --part K/P: which part of how many");
		return ABC_USAGE;
	}
	status = open_at_generation(&s, o);
	if (status == ABC_OK) {
		status = make_part(&s);
	}
	session_release(&s);
	return status;
}

/* What is missing, for --no-fill. */
static enum abc_exit say_missing(const struct collector *c)
{
	uint64_t at = 0;

	fprintf(stderr,
		"cwabc: %llu of %llu particles; about %llu more evaluations are needed\n",
		(unsigned long long)(c->accepted < c->want ? c->accepted : c->want),
		(unsigned long long)c->want, (unsigned long long)collector_expects(c));
	for (size_t i = 0; i < c->done.n; i++) {
		if (c->done.v[i].first > at) {
			fprintf(stderr, "cwabc: evaluations %llu to %llu are missing\n",
				(unsigned long long)at,
				(unsigned long long)c->done.v[i].first - 1);
		}
		at = c->done.v[i].end;
	}
	fprintf(stderr, "cwabc: known up to %llu\n", (unsigned long long)at);
	return ABC_UNFINISHED;
}

static enum abc_exit merge_parts(
	struct session *s, const struct gen_input *in, struct collector *c)
{
	const struct abc_options *o = s->options;
	char digest[FINGERPRINT_SIZE];

	part_digest(s, in, digest);
	for (size_t i = 1; i < o->operands; i++) {
		if (part_read(o->operand[i], digest, o->t, c, &s->err)) {
			return session_fail(s);
		}
	}
	collector_plan_gaps(c);
	if (o->no_fill && collector_state(c) == COLLECT_MORE) {
		return say_missing(c);
	}
	switch (smc_complete(&s->smc, in, c, &s->err)) {
	case SMC_ERROR:
		return session_fail(s);
	case SMC_PAUSED:
		return session_paused(s);
	case SMC_DONE:
		break;
	}
	return ABC_OK;
}

static enum abc_exit make_merge(struct session *s)
{
	enum abc_exit status = ABC_OK;
	struct gen_input in;
	struct collector c;

	if (!session_has_ended(s)) {
		smc_input(&s->problem, &s->archive, s->options->t, s->smc.tickets, &in);
		collector_init(&c, &s->problem, &in, smc_keeps_all(&s->problem));
		status = merge_parts(s, &in, &c);
		collector_release(&c);
	}
	if (status != ABC_OK) {
		return status;
	}
	if (!archive_last(&s->archive)) {
		return abc_error(
			"generation 0 was not finished: %s", s->archive.stop_reason);
	}
	session_has_ended(s);
	return session_finish(s);
}

enum abc_exit abc_merge(const struct abc_options *o)
{
	struct session s;
	enum abc_exit status = open_at_generation(&s, o);

	if (status == ABC_OK) {
		status = make_merge(&s);
	}
	session_release(&s);
	return status;
}
