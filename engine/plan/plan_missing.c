/*
 * Missing inputs of jobs that run. A job that is sure to run needs all its inputs: who
 * makes a missing one runs too, and so what else uses its files is to be looked at. What
 * only jobs need that may turn out needless (`maybe`) is deferred: whether it is made is
 * decided when it is known whether one of them runs.
 */
#include "plan/plan_records.h"

struct missing {
	struct plan *p;
	uint32_t from;
	struct plan_links links;
	VEC(uint32_t) sure;    /* jobs whose inputs are to be looked at */
	VEC(uint32_t) maybe;   /* the same */
	VEC(uint32_t) updated; /* jobs whose users are to be told */
};

static bool is_there(const struct plan *p, uint32_t file)
{
	return p->d->file_flags[file] & FILE_EXISTS;
}

/* Whether `file` is not there and it is not sure that its maker runs. */
static bool is_lacking(const struct plan *p, uint32_t file)
{
	uint32_t maker = p->d->producer[file];
	return maker != DAG_NONE && !is_there(p, file) &&
	       (!p->reasons[maker] || p->maybe[maker]) &&
	       !(p->excluded && p->excluded[maker]);
}

static bool lacks_input(const struct plan *p, uint32_t job)
{
	struct plan_inputs in = plan_stirred(p, job);
	for (uint32_t k = 0; k < in.n; k++) {
		if (is_lacking(p, plan_input(&in, k))) {
			return true;
		}
	}
	return false;
}

static void set_maybe(struct plan *p, uint32_t job, bool maybe)
{
	p->maybe_count += (maybe ? 1u : 0u) - (p->maybe[job] ? 1u : 0u);
	p->maybe[job] = maybe;
}

/* Whether other jobs' results alone can make the job run. */
static bool is_maybe(struct plan *p, uint32_t job)
{
	const struct dag *d = p->d;
	const struct known_job *record = plan_record(p, job);
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	p->forced[job] = (p->reasons[job] & REASON_FORCED) != 0;
	for (uint32_t k = 0; k < n && p->has_forced && !p->forced[job]; k++) {
		uint32_t maker = d->producer[INPUT_FILE(in[k])];
		p->forced[job] =
			maker != DAG_NONE && p->forced[maker] && !(in[k] & INPUT_ANCIENT);
	}
	if (p->reasons[job] != REASON_UPDATED_INPUT || p->forced[job] ||
		(p->open && p->open[job]) || !(p->o.triggers & TRIGGER_CHECKSUM)) {
		return false;
	}
	if (record) {
		return record->input_count == n;
	}
	/* with nothing to compare with: it runs if one of them does */
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && p->reasons[maker] && !p->maybe[maker]) {
			return false;
		}
	}
	return true;
}

void plan_find_maybe(struct plan *p, uint32_t job)
{
	set_maybe(p, job, is_maybe(p, job));
}

/* The users of jobs in `updated`, near and far, that do not run yet may run. */
static void tell_users(struct missing *m)
{
	struct plan *p = m->p;
	while (m->updated.n) {
		uint32_t job = vec_pop(&m->updated);
		for (uint64_t i = m->links.start[job - m->from];
			i < m->links.start[job - m->from + 1]; i++) {
			uint32_t user = m->links.to[i];
			if (p->reasons[user] || (p->excluded && p->excluded[user])) {
				continue;
			}
			plan_want(p, user, REASON_UPDATED_INPUT,
				dag_products(p->d, job)[0]);
			set_maybe(p, user, is_maybe(p, user));
			if (p->maybe[user]) {
				vec_push(&m->maybe, user);
			} else {
				vec_push(&m->sure, user);
			}
			vec_push(&m->updated, user);
		}
	}
}

/* The maker of a missing file runs. */
static void make_sure(struct missing *m, uint32_t job, uint32_t file)
{
	struct plan *p = m->p;
	bool is_new = !p->reasons[job];
	plan_want(p, job, REASON_MISSING_OUTPUT, file);
	set_maybe(p, job, false);
	if (p->deferred) {
		p->deferred[job] = 0;
	}
	vec_push(&m->sure, job);
	if (is_new) {
		vec_push(&m->updated, job);
		tell_users(m);
	}
}

/* Takes the jobs that are sure to run: their inputs, and users that know no better than to
 * follow them. */
static void settle_sure(struct missing *m)
{
	struct plan *p = m->p;
	while (m->sure.n) {
		uint32_t job = vec_pop(&m->sure), n;
		const uint32_t *in = dag_inputs(p->d, job, &n);
		for (uint32_t k = 0; k < n; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = p->d->producer[file];
			if (is_lacking(p, file) && maker >= m->from) {
				make_sure(m, maker, file);
			}
		}
		for (uint64_t i = m->links.start[job - m->from];
			i < m->links.start[job - m->from + 1]; i++) {
			uint32_t user = m->links.to[i];
			if (p->maybe[user] && !plan_record(p, user)) {
				set_maybe(p, user, false);
				vec_push(&m->sure, user);
			}
		}
	}
}

/* What a job may need that perhaps does not run: its maker runs if it does. */
static void defer(struct missing *m, uint32_t job, uint32_t file)
{
	struct plan *p = m->p;
	bool is_new = !p->reasons[job];
	if (!p->deferred) {
		p->deferred = xcalloc(p->job_cap, 1);
	}
	if (p->deferred[job]) {
		return;
	}
	p->deferred[job] = 1;
	plan_want(p, job, REASON_MISSING_OUTPUT, file);
	set_maybe(p, job, true);
	vec_push(&m->maybe, job); /* then it needs its inputs, too */
	if (is_new) {
		vec_push(&m->updated, job);
		tell_users(m);
	}
}

static void settle_maybe(struct missing *m)
{
	struct plan *p = m->p;
	while (m->maybe.n || m->sure.n) {
		settle_sure(m);
		uint32_t job = m->maybe.n ? vec_pop(&m->maybe) : DAG_NONE, n = 0;
		const uint32_t *in = job == DAG_NONE ? NULL : dag_inputs(p->d, job, &n);
		for (uint32_t k = 0; k < n && p->maybe[job]; k++) {
			uint32_t file = INPUT_FILE(in[k]);
			uint32_t maker = p->d->producer[file];
			if (!is_lacking(p, file) || maker < m->from) {
				continue;
			}
			if (m->from == 0) {
				defer(m, maker, file);
			} else {
				make_sure(m, maker, file);
			}
		}
	}
}

/* --- what decides --------------------------------------------------------------------- */

/* Whether `user` needs a missing output of `job`. */
static bool needs_missing(const struct plan *p, uint32_t user, uint32_t job)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, user, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		if (p->d->producer[file] == job && !is_there(p, file)) {
			return true;
		}
	}
	return false;
}

/* Whether only others' needs can make the job run. */
static bool is_idle(const struct plan *p, uint32_t job)
{
	return p->deferred[job] && p->reasons[job] == REASON_MISSING_OUTPUT;
}

/* The edges from what decides whether `user` runs, to `job`. */
static void add_deciders(struct plan *p, uint32_t user, uint32_t job)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, user, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && maker != job && p->reasons[maker] &&
			!is_idle(p, maker)) {
			vec_push(&p->decides, (struct plan_edge){maker, job});
		}
	}
}

/* Edges for all deferred jobs, and of their users that are deferred themselves. False:
 * there are too many of them. */
static bool link_deciders(struct missing *m)
{
	struct plan *p = m->p;
	uint64_t most = 1000 + 4 * (uint64_t)p->d->inputs.n;
	VEC(uint32_t) stack = {0};
	struct hashmap seen;
	hashmap_init(&seen);
	vec_clear(&p->decides);
	for (uint32_t job = 0; job < p->d->job_count && p->decides.n <= most; job++) {
		if (!p->deferred[job]) {
			continue;
		}
		hashmap_release(&seen);
		vec_push(&stack, job);
		while (stack.n) {
			uint32_t at = vec_pop(&stack);
			for (uint64_t i = m->links.start[at]; i < m->links.start[at + 1];
				i++) {
				uint32_t user = m->links.to[i];
				if (!p->reasons[user] || !needs_missing(p, user, at) ||
					hashmap_set(&seen, user, 1) != HASHMAP_NONE) {
					continue;
				}
				add_deciders(p, user, job);
				if (p->deferred[user] && p->decides.n <= most) {
					vec_push(&stack, user);
				}
			}
		}
	}
	hashmap_release(&seen);
	vec_release(&stack);
	return p->decides.n <= most;
}

/* Runs through the jobs in an order that respects those edges too. Deferred ones that no
 * order reaches are made sure: how many. */
static uint32_t undefer_circles(struct missing *m)
{
	struct plan *p = m->p;
	struct plan_links links = plan_link_jobs(p, 0, true);
	uint32_t n = p->d->job_count, count = 0;
	uint32_t *pending = xcalloc(n, sizeof(*pending));
	uint8_t *reached = xcalloc(n, 1);
	VEC(uint32_t) stack = {0};
	for (uint64_t i = 0; i < links.start[n]; i++) {
		pending[links.to[i]]++;
	}
	for (uint32_t j = 0; j < n; j++) {
		if (!pending[j]) {
			vec_push(&stack, j);
		}
	}
	while (stack.n) {
		uint32_t job = vec_pop(&stack);
		reached[job] = 1;
		for (uint64_t i = links.start[job]; i < links.start[job + 1]; i++) {
			if (--pending[links.to[i]] == 0) {
				vec_push(&stack, links.to[i]);
			}
		}
	}
	for (uint32_t j = 0; j < n; j++) {
		if (!reached[j] && p->deferred[j]) {
			make_sure(m, j, p->reason_file[j]);
			count++;
		}
	}
	vec_release(&stack);
	free(reached);
	free(pending);
	free(links.start);
	free(links.to);
	return count;
}

static void undefer_all(struct missing *m)
{
	struct plan *p = m->p;
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		if (p->deferred[j]) {
			make_sure(m, j, p->reason_file[j]);
		}
	}
	vec_clear(&p->decides);
}

void plan_want_missing(struct plan *p, uint32_t from, const struct dag_growth *growth)
{
	struct missing m = {.p = p, .from = from};
	for (uint32_t j = plan_next_wanted(p, from); j < p->d->job_count;
		j = plan_next_wanted(p, j + 1)) {
		if (lacks_input(p, j)) {
			if (p->maybe[j]) {
				vec_push(&m.maybe, j);
			} else {
				vec_push(&m.sure, j);
			}
		}
	}
	if (m.sure.n || m.maybe.n || growth) {
		m.links = plan_link_jobs(p, from, false);
	}
	for (size_t k = 0; growth && k < growth->inputs.n; k++) {
		uint32_t file = INPUT_FILE(growth->inputs.v[k]);
		uint32_t maker = p->d->producer[file];
		if (p->reasons[growth->gate] && is_lacking(p, file) && maker >= from) {
			make_sure(&m, maker, file);
		}
	}
	settle_maybe(&m);
	while (p->deferred && from == 0) {
		bool few = link_deciders(&m);
		if (!few) {
			undefer_all(&m);
		}
		uint32_t count = few ? undefer_circles(&m) : 1;
		settle_maybe(&m);
		if (!count) {
			break;
		}
		if (!few) {
			free(p->deferred);
			p->deferred = NULL;
		}
	}
	vec_release(&m.sure);
	vec_release(&m.maybe);
	vec_release(&m.updated);
	free(m.links.start);
	free(m.links.to);
}

/* --- during the run ------------------------------------------------------------------- */

/* Whether what is known by now makes `user` run. */
static bool will_run(struct plan *p, uint32_t user, const uint8_t *skipped)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, user, &n);
	if (!p->maybe[user]) {
		return p->reasons[user] != 0;
	}
	if (plan_record(p, user)) {
		return plan_still_wanted(p, user, NULL);
	}
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && p->reasons[maker] && p->done[maker] &&
			!skipped[maker]) {
			return true;
		}
	}
	return false;
}

bool plan_is_needed(struct plan *p, uint32_t job, const uint8_t *skipped)
{
	VEC(uint32_t) stack = {0};
	struct hashmap seen;
	bool needed = false;
	hashmap_init(&seen);
	vec_push(&stack, job);
	while (stack.n && !needed) {
		uint32_t at = vec_pop(&stack);
		for (uint64_t i = p->dependents_start[at];
			i < p->dependents_start[at + 1] && !needed; i++) {
			uint32_t user = p->dependents[i];
			if (!needs_missing(p, user, at) ||
				hashmap_set(&seen, user, 1) != HASHMAP_NONE) {
				continue;
			}
			needed = will_run(p, user, skipped);
			if (p->deferred[user]) {
				vec_push(&stack, user);
			}
		}
	}
	hashmap_release(&seen);
	vec_release(&stack);
	return needed;
}

/* --- growth --------------------------------------------------------------------------- */

/* A job that was there before needs to run for one that came. True where that is not
 * possible any more. */
static bool is_too_late(struct plan *p, uint32_t file)
{
	uint32_t maker = p->d->producer[file];
	if (p->maybe[maker] && !p->done[maker]) {
		set_maybe(p, maker,
			false); /* nobody has asked yet whether it is needless */
		plan_want(p, maker, REASON_MISSING_OUTPUT, file);
		return false;
	}
	return !p->reasons[maker] || p->maybe[maker];
}

bool plan_lacks_earlier(struct plan *p, uint32_t from, const uint32_t *in, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[k]);
		uint32_t maker = p->d->producer[file];
		if (maker != DAG_NONE && maker < from && !is_there(p, file) &&
			!(p->excluded && p->excluded[maker]) && is_too_late(p, file)) {
			return true;
		}
	}
	return false;
}
