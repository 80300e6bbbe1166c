/*
 * One producer a file. Among the jobs that could make a file and whose inputs can be
 * made: ruleorder, then a rule without wildcards; else it is ambiguous. Only files that
 * the chosen jobs need are asked about; the rest of the candidates is dropped and the
 * rows are packed anew.
 */
#include "dag/builder.h"

/* Whether a list of ruleorder puts rule x before rule y: 1, the reverse: -1, silent: 0. */
static int ruleorder_cmp(
	const struct workflow *wf, const struct rule *x, const struct rule *y)
{
	for (uint32_t l = 0; l < wf->ruleorder_count; l++) {
		uint32_t at_x = UINT32_MAX, at_y = UINT32_MAX;
		for (uint32_t i = 0; i < wf->ruleorder_counts[l]; i++) {
			at_x = sv_eq(wf->ruleorder[l][i], x->name) ? i : at_x;
			at_y = sv_eq(wf->ruleorder[l][i], y->name) ? i : at_y;
		}
		if (at_x != UINT32_MAX && at_y != UINT32_MAX) {
			return at_x < at_y ? 1 : -1;
		}
	}
	return 0;
}

/* 1: x is preferred, -1: y, 0: neither. */
static int prefer(const struct builder *b, uint32_t x, uint32_t y)
{
	const struct rule *rx = dag_rule(b->d, x), *ry = dag_rule(b->d, y);
	int c = rx == ry ? 0 : ruleorder_cmp(b->d->wf, rx, ry);
	if (c == 0 && !rx->wildcard_count != !ry->wildcard_count) {
		c = rx->wildcard_count ? -1 : 1;
	}
	return c;
}

static void note_candidate(struct builder *b, uint32_t job)
{
	struct strbuf wildcards = STRBUF_INIT;
	const struct rule *rule = dag_rule(b->d, job);
	dag_wildcards_text(b->d, job, &wildcards);
	diag_note(b->sink, rule->span, "rule \"" SV_FMT "\"%s%s", SV_ARG(rule->name),
		wildcards.len ? " with " : "", wildcards.buf);
	strbuf_release(&wildcards);
}

/* One rule that fits in two ways. */
static void report_two_ways(struct builder *b, uint32_t file, uint32_t x, uint32_t y)
{
	const struct rule *rule = dag_rule(b->d, x);
	diag_error(b->sink, "CW-E404", rule->span,
		"rule \"" SV_FMT "\" can make \"" SV_FMT "\" in two ways",
		SV_ARG(rule->name), SV_ARG(dag_path(b->d, file)));
	note_candidate(b, x);
	note_candidate(b, y);
	diag_note(b->sink, (struct span){0},
		"narrow a wildcard with a constraint, as in {name,[^/]+}");
}

/* `jobs` of several rules, none of which is preferred. */
static void report_several(
	struct builder *b, uint32_t file, const uint32_t *jobs, uint32_t n)
{
	struct strbuf said = STRBUF_INIT, order = STRBUF_INIT;
	for (uint32_t i = 0; i < n; i++) {
		struct strview name = dag_rule(b->d, jobs[i])->name;
		strbuf_addf(&said, "%s\"" SV_FMT "\"",
			!i          ? ""
			: i + 1 < n ? ", "
				    : " and ",
			SV_ARG(name));
		strbuf_addf(&order, "%s" SV_FMT, i ? ", " : "", SV_ARG(name));
	}
	diag_error(b->sink, "CW-E404", dag_rule(b->d, jobs[n - 1])->span,
		"rules %s can %s make \"" SV_FMT "\"", said.buf, n > 2 ? "all" : "both",
		SV_ARG(dag_path(b->d, file)));
	for (uint32_t i = 0; i < n; i++) {
		note_candidate(b, jobs[i]);
	}
	diag_note(b->sink, (struct span){0},
		"say which one is preferred, as in `ruleorder: [%s]`, or narrow a wildcard "
		"with a constraint, as in {name,[^/]+}",
		order.buf);
	strbuf_release(&said);
	strbuf_release(&order);
}

/* Whether no other candidate of the file is preferred to the job. */
static bool is_unbeaten(const struct builder *b, uint32_t file, uint32_t job)
{
	for (struct cand_iter it = cand_first(b, file); it.job != DAG_NONE;
		it = cand_next(b, it)) {
		if (b->fired[it.job] && prefer(b, it.job, job) > 0) {
			return false;
		}
	}
	return true;
}

static int by_rule(const void *a, const void *b, void *ctx)
{
	const struct builder *build = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t rx = dag_rule(build->d, x)->index, ry = dag_rule(build->d, y)->index;
	return rx != ry ? (rx > ry) - (rx < ry) : (x > y) - (x < y);
}

/* None beats all others: the one that none beats, or an error that names those that
 * are left (all, where each is beaten in a circle of lists). */
static uint32_t choose_unbeaten(struct builder *b, uint32_t file, int *ret_rc)
{
	VEC(uint32_t) left = {0};
	for (int all = 0; all < 2 && !left.n; all++) {
		for (struct cand_iter it = cand_first(b, file); it.job != DAG_NONE;
			it = cand_next(b, it)) {
			if (b->fired[it.job] && (all || is_unbeaten(b, file, it.job))) {
				vec_push(&left, it.job);
			}
		}
	}
	uint32_t first = left.v[0];
	if (left.n > 1) {
		qsort_r(left.v, left.n, sizeof(*left.v), by_rule, b);
		uint32_t same = 1;
		while (same < left.n && dag_rule(b->d, left.v[same]) !=
						dag_rule(b->d, left.v[same - 1])) {
			same++;
		}
		if (same < left.n) {
			report_two_ways(b, file, left.v[same - 1], left.v[same]);
		} else {
			report_several(b, file, left.v, (uint32_t)left.n);
		}
		*ret_rc = -1;
	}
	vec_release(&left);
	return first;
}

/* The producer of `file`: DAG_NONE for a source; -1 in *ret_rc where it is ambiguous. */
static uint32_t choose(struct builder *b, uint32_t file, int *ret_rc)
{
	uint32_t best = DAG_NONE;
	struct cand_iter it = cand_first(b, file);
	for (; it.job != DAG_NONE; it = cand_next(b, it)) {
		if (b->fired[it.job] &&
			(best == DAG_NONE || prefer(b, it.job, best) > 0)) {
			best = it.job;
		}
	}
	/* as a rule it beats every other one, but preference need not be an order */
	for (it = cand_first(b, file); it.job != DAG_NONE; it = cand_next(b, it)) {
		if (it.job != best && b->fired[it.job] && prefer(b, best, it.job) <= 0) {
			return choose_unbeaten(b, file, ret_rc);
		}
	}
	return best;
}

struct chooser {
	uint8_t *keep;       /* by job */
	uint8_t *asked;      /* by file */
	VEC(uint32_t) files; /* whose producer is to be chosen */
};

static void ask_file(struct chooser *c, uint32_t file)
{
	if (!c->asked[file]) {
		c->asked[file] = 1;
		vec_push(&c->files, file);
	}
}

static void keep_job(struct builder *b, struct chooser *c, uint32_t job)
{
	if (c->keep[job]) {
		return;
	}
	c->keep[job] = 1;
	uint32_t n;
	const uint32_t *in = dag_inputs(b->d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		ask_file(c, INPUT_FILE(in[i]));
	}
}

static int choose_all(struct builder *b, struct chooser *c)
{
	struct dag *d = b->d;
	int rc = 0;
	for (size_t i = 0; i < d->target_jobs.n; i++) {
		keep_job(b, c, d->target_jobs.v[i]);
	}
	for (size_t i = 0; i < d->targets.n; i++) {
		ask_file(c, d->targets.v[i]);
	}
	for (size_t i = 0; i < c->files.n; i++) {
		uint32_t folder = inside_folder(b, c->files.v[i]);
		if (folder != DAG_NONE) {
			ask_file(c, folder);
			continue;
		}
		uint32_t job = choose(b, c->files.v[i], &rc);
		d->producer[c->files.v[i]] = job; /* from now on one job, no list */
		if (job != DAG_NONE) {
			keep_job(b, c, job);
		}
	}
	return rc;
}

/* Two kept jobs must not write one file. */
static int claim_products(struct builder *b, const struct chooser *c)
{
	struct dag *d = b->d;
	int rc = 0;
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if (!c->asked[f] && d->producer[f] != DAG_NONE) {
			d->producer[f] = DAG_NONE;
		}
	}
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		const uint32_t *files = dag_products(d, j);
		for (uint32_t k = 0; c->keep[j] && k < dag_rule(d, j)->product_count;
			k++) {
			uint32_t *owner = &d->producer[files[k]];
			if (*owner == DAG_NONE && !c->asked[files[k]]) {
				*owner = j;
			} else if (*owner != j) {
				const struct rule *rule = dag_rule(d, j);
				diag_error(b->sink, "CW-E403", rule->products[k].span,
					"two jobs of this run write \"" SV_FMT "\"",
					SV_ARG(dag_path(d, files[k])));
				note_candidate(b, j);
				if (*owner != DAG_NONE) {
					note_candidate(b, *owner);
				}
				rc = -1;
			}
		}
	}
	return rc;
}

/* Drops the jobs that are not kept and numbers the rest anew. */
static void pack_jobs(struct dag *d, const uint8_t *keep)
{
	uint32_t *number = xreallocarray(NULL, d->jobs.n, sizeof(*number));
	uint32_t count = 0;
	size_t outputs = 0, inputs = 0;
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		struct dag_job job = d->jobs.v[j];
		number[j] = DAG_NONE;
		if (!keep[j]) {
			continue;
		}
		uint32_t n_in = d->jobs.v[j + 1].inputs - job.inputs;
		uint32_t n_out = d->jobs.v[j + 1].outputs - job.outputs;
		if (n_in) {
			memmove(d->inputs.v + inputs, d->inputs.v + job.inputs,
				n_in * sizeof(*d->inputs.v));
		}
		if (n_out) {
			memmove(d->outputs.v + outputs, d->outputs.v + job.outputs,
				n_out * sizeof(*d->outputs.v));
		}
		job.inputs = (uint32_t)inputs;
		job.outputs = (uint32_t)outputs;
		inputs += n_in;
		outputs += n_out;
		number[j] = count;
		d->jobs.v[count++] = job;
	}
	d->jobs.v[count] = (struct dag_job){0, 0, (uint32_t)outputs, (uint32_t)inputs};
	d->jobs.n = (size_t)count + 1;
	d->inputs.n = inputs;
	d->outputs.n = outputs;
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if (d->producer[f] != DAG_NONE) {
			d->producer[f] = number[d->producer[f]];
		}
	}
	for (size_t i = 0; i < d->target_jobs.n; i++) {
		d->target_jobs.v[i] = number[d->target_jobs.v[i]];
	}
	size_t waits = 0;
	for (size_t i = 0; i < d->waits.n; i++) {
		struct dag_wait w = d->waits.v[i];
		w.job = number[w.job];
		if (w.job != DAG_NONE) {
			d->waits.v[waits++] = w;
		}
	}
	d->waits.n = waits;
	free(number);
}

/* The job whose declared folder the file lies in, or DAG_NONE. */
static uint32_t folder_maker(const struct dag *d, struct strview path, uint32_t *ret_at)
{
	for (size_t n = path.n; n-- > 1;) {
		if (path.p[n] != '/') {
			continue;
		}
		uint32_t folder = intern_find(&d->paths, path.p, n);
		uint32_t maker = folder == INTERN_NONE ? DAG_NONE : d->producer[folder];
		const struct rule *rule = maker == DAG_NONE ? NULL : dag_rule(d, maker);
		for (uint32_t k = 0; rule && k < rule->output_count; k++) {
			if (dag_products(d, maker)[k] == folder &&
				rule->products[k].flags & PRODUCT_DIRECTORY) {
				*ret_at = k;
				return maker;
			}
		}
	}
	return DAG_NONE;
}

int check_folders(struct builder *b)
{
	const struct dag *d = b->d;
	int rc = 0;
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		const struct rule *rule = dag_rule(d, j);
		for (uint32_t k = 0; k < rule->output_count; k++) {
			uint32_t at = 0, file = dag_products(d, j)[k];
			const struct dag *in = d; /* or what this is a part of */
			uint32_t maker = folder_maker(d, dag_path(d, file), &at);
			if (maker == DAG_NONE && d->base) {
				in = d->base;
				maker = folder_maker(in, dag_path(d, file), &at);
			}
			if (maker == DAG_NONE || (in == d && maker == j) ||
				(in != d && maker == d->gate)) {
				continue;
			}
			const struct rule *other = dag_rule(in, maker);
			rc = diag_error(b->sink, "CW-E413", rule->products[k].span,
				"\"" SV_FMT "\" lies in a directory that rule \"" SV_FMT
				"\" makes",
				SV_ARG(dag_path(d, file)), SV_ARG(other->name));
			diag_note(b->sink, other->products[at].span,
				"the directory \"" SV_FMT "\"",
				SV_ARG(dag_path(in, dag_products(in, maker)[at])));
		}
	}
	return rc;
}

int choose_producers(struct builder *b)
{
	struct chooser c = {0};
	c.keep = xcalloc(b->d->jobs.n, 1);
	c.asked = xcalloc(b->d->paths.count, 1);
	int rc = choose_all(b, &c);
	if (rc == 0) {
		rc = claim_products(b, &c);
	}
	if (rc == 0) {
		for (uint32_t f = 0; f < b->d->paths.count; f++) {
			if (!c.asked[f]) {
				b->d->file_flags[f] &= (uint8_t)~FILE_NEEDED;
			}
		}
		pack_jobs(b->d, c.keep);
	}
	free(c.keep);
	free(c.asked);
	vec_release(&c.files);
	return rc;
}
