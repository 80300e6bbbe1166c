/* cwabc run and cwabc generation. */
#include <unistd.h>

#include "abc/abc_session.h"
#include "abc/history.h"
#include "base/xalloc.h"

/* Whether the run was cut short by bounds that still stand. */
static bool session_still_ended(const struct session *s)
{
	char *bounds = archive_bounds(&s->problem);
	bool same = s->archive.cut_short && s->archive.stop_reason && s->archive.bounds &&
		    strcmp(bounds, s->archive.bounds) == 0;

	free(bounds);
	return same;
}

/* A finished RUN.db that is there: continued where the problem goes on, else fine. */
static enum abc_exit load_finished(struct session *s, bool *ret_complete)
{
	const struct abc_options *o = s->options;
	char *reason;

	*ret_complete = false;
	if (o->restart || access(o->output, F_OK)) {
		return ABC_OK;
	}
	if (history_load_checked(&s->archive, &s->fingerprint, o->output, &s->err)) {
		session_fail(s);
		fprintf(stderr, "note: remove it, or give --restart\n");
		return ABC_FAILED;
	}
	reason = session_still_ended(s) ? xstrdup(s->archive.stop_reason)
					: smc_stop_reason(&s->problem, &s->archive);
	*ret_complete = reason != NULL;
	if (*ret_complete && !o->quiet) {
		fprintf(stderr, "%s is complete: %s\n", o->output, reason);
	}
	free(reason);
	return ABC_OK;
}

static enum abc_exit run_session(struct session *s)
{
	bool complete;
	enum abc_exit status = load_finished(s, &complete);

	if (status != ABC_OK || complete) {
		return status;
	}
	status = session_start(s);
	if (status != ABC_OK) {
		return status;
	}
	if (progress_load(&s->progress, &s->archive, &s->fingerprint, &s->err)) {
		return session_fail(s);
	}
	if (s->archive.gen.n && !s->options->quiet) {
		fprintf(stderr, "going on behind generation %lld\n",
			(long long)vec_last(&s->archive.gen).pop.t);
	}
	switch (smc_run(&s->smc, &s->err)) {
	case SMC_ERROR:
		return session_fail(s);
	case SMC_PAUSED:
		return session_paused(s);
	case SMC_DONE:
		break;
	}
	if (!s->options->quiet) {
		fprintf(stderr, "done: %s\n", s->archive.stop_reason);
	}
	return session_finish(s);
}

enum abc_exit abc_run(const struct abc_options *o)
{
	struct session s;
	enum abc_exit status = session_open(&s, o);

	if (status == ABC_OK) {
		status = run_session(&s);
	}
	session_release(&s);
	return status;
}

enum abc_exit session_calibrate(struct session *s)
{
	enum smc_end end = SMC_DONE;

	if (s->options->t != 0 || archive_find(&s->archive, -1) ||
		!problem_needs_calibration(&s->problem)) {
		return ABC_OK;
	}
	if (progress_load(&s->progress, &s->archive, &s->fingerprint, &s->err)) {
		return session_fail(s);
	}
	if (!archive_find(&s->archive, -1)) {
		end = smc_generation(&s->smc, -1, &s->err);
	}
	if (end != SMC_DONE) {
		return end == SMC_PAUSED ? session_paused(s) : session_fail(s);
	}
	return ABC_OK;
}

bool session_has_ended(struct session *s)
{
	if (!s->archive.stop_reason) {
		s->archive.stop_reason = smc_stop_reason(&s->problem, &s->archive);
	}
	return s->archive.stop_reason != NULL;
}

/* Generation t, behind what --previous holds; hands it on where the run has ended. */
static enum abc_exit make_generation(struct session *s)
{
	enum abc_exit status = session_calibrate(s);
	enum smc_end end = SMC_DONE;
	int64_t t = s->options->t;

	if (status != ABC_OK) {
		return status;
	}
	if (!session_has_ended(s)) {
		end = smc_generation(&s->smc, t, &s->err);
	} else if (!s->options->quiet) {
		fprintf(stderr, "generation %lld hands on the one before: %s\n",
			(long long)t, s->archive.stop_reason);
	}
	if (end != SMC_DONE) {
		return end == SMC_PAUSED ? session_paused(s) : session_fail(s);
	}
	if (!archive_last(&s->archive) && t >= 0) {
		return abc_error(
			"generation 0 was not finished: %s", s->archive.stop_reason);
	}
	session_has_ended(s);
	return session_finish(s);
}

enum abc_exit session_load_previous(struct session *s)
{
	const struct abc_options *o = s->options;
	const struct generation *last;

	if (o->previous && history_load_checked(
				   &s->archive, &s->fingerprint, o->previous, &s->err)) {
		session_fail(s);
		return ABC_USAGE;
	}
	if (o->t > 0 && !o->previous) {
		abc_error("generation %lld needs --previous: the file of generation %lld",
			(long long)o->t, (long long)o->t - 1);
		return ABC_USAGE;
	}
	last = archive_last(&s->archive);
	if (o->t > 0 && (!last || last->pop.t > o->t - 1 ||
				(last->pop.t < o->t - 1 && !s->archive.stop_reason))) {
		abc_error(
			"%s ends with generation %lld; generation %lld needs one that ends "
			"with %lld",
			o->previous, last ? (long long)last->pop.t : -1LL,
			(long long)o->t, (long long)o->t - 1);
		return ABC_USAGE;
	}
	if (o->t <= 0 && last) {
		abc_error("generation %lld follows on no generation, but %s holds one",
			(long long)o->t, o->previous);
		return ABC_USAGE;
	}
	/* Criteria may have changed since: they are judged anew. */
	if (last && last->pop.t == o->t - 1 && !session_still_ended(s)) {
		free(s->archive.stop_reason);
		s->archive.stop_reason = NULL;
		s->archive.cut_short = false;
	}
	return ABC_OK;
}

enum abc_exit abc_generation(const struct abc_options *o)
{
	struct session s;
	enum abc_exit status = session_open(&s, o);

	if (status == ABC_OK) {
		status = session_load_previous(&s);
	}
	if (status == ABC_OK) {
		status = session_start(&s);
	}
	if (status == ABC_OK) {
		status = make_generation(&s);
	}
	session_release(&s);
	return status;
}
