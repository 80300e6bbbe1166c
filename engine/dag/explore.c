/*
 * From the targets backwards: every file that is needed meets the rules that match it,
 * each match is a job (once), its inputs are needed in turn. Files are visited in the
 * order of their numbers, so the table of names is the queue.
 */
#include <limits.h>

#include "dag/after.h"
#include "dag/builder.h"
#include "dag/depfile.h"
#include "dag/explore_ahead.h"
#include "dag/input_parts.h"

enum {
	DEFAULT_MAX_JOBS = 10000000,
	LIST_KEPT = 100000, /* longer lists of inputs are not kept for the next job */
};

static void need_file(struct builder *b, uint32_t file)
{
	uint8_t *flags = &b->d->file_flags[file];
	if (!(*flags & FILE_NEEDED)) {
		*flags |= FILE_NEEDED;
		if (file < b->cursor) {
			vec_push(&b->late, file);
		}
	}
}

static uint32_t store_values(struct dag *d, const struct strview *values, uint32_t count)
{
	size_t at = d->values.n;
	cw_assert(at < UINT32_MAX);
	for (uint32_t i = 0; i < count; i++) {
		uint16_t n = (uint16_t)values[i].n;
		vec_reserve(&d->values, sizeof(n) + n);
		memcpy(d->values.v + d->values.n, &n, sizeof(n));
		memcpy(d->values.v + d->values.n + sizeof(n), values[i].p, n);
		d->values.n += sizeof(n) + n;
	}
	return (uint32_t)at;
}

static bool same_values(
	const struct dag *d, uint32_t job, const struct strview *values, uint32_t count)
{
	const char *p = d->values.v + d->jobs.v[job].values;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t n;
		memcpy(&n, p, sizeof(n));
		if (n != values[i].n || memcmp(p + sizeof(n), values[i].p, n) != 0) {
			return false;
		}
		p += sizeof(n) + n;
	}
	return true;
}

/* Files of all products for these values, in product_files. */
static int name_products(
	struct builder *b, const struct rule *rule, const struct strview *values)
{
	vec_clear(&b->product_files);
	for (uint32_t k = 0; k < rule->product_count; k++) {
		const struct product *p = &rule->products[k];
		strbuf_reset(&b->scratch);
		pattern_expand(p->pattern, values, &b->scratch);
		uint32_t file = dag_intern_path(b->d, strbuf_sv(&b->scratch), &b->normal);
		for (uint32_t i = 0; i < b->product_files.n; i++) {
			if (b->product_files.v[i] == file) {
				diag_error(b->sink, "CW-E405", p->span,
					"two outputs of rule \"" SV_FMT
					"\" are one file: \"" SV_FMT "\"",
					SV_ARG(rule->name), SV_ARG(dag_path(b->d, file)));
				diag_note(
					b->sink, rule->products[i].span, "the other one");
				return -1;
			}
		}
		vec_push(&b->product_files, file);
	}
	return 0;
}

static int too_many(struct builder *b, const struct rule *rule)
{
	if (b->over_limit) {
		return -1;
	}
	b->over_limit = true;
	diag_error(b->sink, "CW-E406", rule->span,
		"more than %zu jobs; rule \"" SV_FMT "\" adds the last ones",
		b->d->jobs.n, SV_ARG(rule->name));
	for (uint32_t i = 0; i < 3 && i < b->d->outputs.n; i++) {
		uint32_t file = b->d->outputs.v[b->d->outputs.n - 1 - i];
		diag_note(b->sink, (struct span){0}, "it was to make \"" SV_FMT "\"",
			SV_ARG(dag_path(b->d, file)));
	}
	diag_note(b->sink, (struct span){0}, "--max-jobs N raises the limit");
	return -1;
}

/* The jobs that inputs wait for are needed: their first output becomes an input that no
 * name stands for. */
static void take_waits(struct builder *b)
{
	struct input_reader *in = &b->reader;
	for (size_t i = 0; i < in->waits.n; i++) {
		const struct rule *rule = in->waits.v[i].rule;
		strbuf_reset(&b->scratch);
		pattern_expand(
			rule->products[0].pattern, in->waits.v[i].values, &b->scratch);
		uint32_t file = dag_intern_path(b->d, strbuf_sv(&b->scratch), &b->normal);
		vec_push(&in->files, (struct input_file){file, UINT32_MAX});
		hashmap_set(&b->waited, file, 1);
	}
}

/* The rows of a new job, whose inputs are in the reader and whose products are named. */
static uint32_t commit_job(
	struct builder *b, const struct rule *rule, const struct strview *values)
{
	struct dag *d = b->d;
	struct input_reader *in = &b->reader;
	cw_assert(d->inputs.n + in->files.n < UINT32_MAX);
	uint32_t job = (uint32_t)d->jobs.n;
	vec_push(&d->jobs, (struct dag_job){rule->index,
				   store_values(d, values, rule->wildcard_count),
				   (uint32_t)d->outputs.n, (uint32_t)d->inputs.n});
	vec_reserve(&d->inputs, in->files.n);
	for (size_t i = 0; i < in->files.n; i++) {
		uint32_t file = in->files.v[i].file;
		b->optional |= (file & INPUT_OPTIONAL) != 0;
		d->inputs.v[d->inputs.n++] = file;
		need_file(b, INPUT_FILE(file));
	}
	for (size_t i = 0; i < in->waits.n; i++) {
		uint32_t file = in->files.v[in->files.n - in->waits.n + i].file;
		const struct input_wait *w = &in->waits.v[i];
		vec_push(&d->waits, (struct dag_wait){job, file,
					    after_key(w->rule, w->values), w->done});
	}
	for (size_t i = 0; i < b->product_files.n; i++) {
		vec_push(&d->outputs, b->product_files.v[i]);
		cand_add(b, b->product_files.v[i], job);
	}
	if (in->files.cap > LIST_KEPT) {
		vec_release(&in->files);
	}
	return job;
}

/* Whether there is room for one more job; else an error. */
static int check_limit(struct builder *b, const struct rule *rule)
{
	uint64_t most = b->options->max_jobs ? b->options->max_jobs : DEFAULT_MAX_JOBS;
	return b->d->jobs.n >= most ? too_many(b, rule) : 0;
}

/* What the job told last time about what it reads. */
static enum inputs_outcome take_depfile(
	struct builder *b, const struct rule *rule, const struct strview *values)
{
	struct input_reader *in = &b->reader;
	struct depfile deps;
	enum inputs_outcome rc = input_render(in, rule->depfile, values);
	if (rc != INPUTS_OK) {
		return rc;
	}
	depfile_init(&deps);
	depfile_read(&deps, in->path.buf);
	hashmap_release(&in->seen);
	for (size_t i = 0; i < in->files.n; i++) {
		hashmap_set(&in->seen, INPUT_FILE(in->files.v[i].file), 0);
	}
	for (size_t i = 0; i < b->product_files.n; i++) {
		hashmap_set(&in->seen, b->product_files.v[i], 0);
	}
	for (size_t i = 0; i < deps.paths.n; i++) {
		uint32_t file = dag_intern_path(b->d, deps.paths.v[i], &b->normal);
		if (hashmap_set(&in->seen, file, 0) == HASHMAP_NONE) {
			vec_push(&in->files,
				(struct input_file){
					file | INPUT_TOLD | INPUT_OPTIONAL, UINT32_MAX});
		}
	}
	depfile_release(&deps);
	return INPUTS_OK;
}

/* A new job. Its number, DAG_NONE where the rule does not apply; -1 in *ret_rc on error. */
static uint32_t add_job(struct builder *b, const struct rule *rule,
	const struct strview *values, int *ret_rc)
{
	if (check_limit(b, rule) != 0) {
		*ret_rc = -1;
		return DAG_NONE;
	}
	enum inputs_outcome outcome = inputs_read(&b->reader, rule, values);
	if (outcome == INPUTS_NOT_APPLY) {
		return DAG_NONE;
	}
	if (outcome == INPUTS_FAILED || name_products(b, rule, values) != 0) {
		*ret_rc = -1;
		return DAG_NONE;
	}
	if (rule->depfile && take_depfile(b, rule, values) != INPUTS_OK) {
		*ret_rc = -1;
		return DAG_NONE;
	}
	if (is_batch_rule(b, rule)) {
		batch_cut(b);
	}
	take_waits(b);
	return commit_job(b, rule, values);
}

static bool known_job(struct builder *b, uint32_t file, const struct rule *rule,
	const struct strview *values)
{
	struct cand_iter it = cand_first(b, file);
	for (; it.job != DAG_NONE; it = cand_next(b, it)) {
		if (b->d->jobs.v[it.job].rule == rule->index &&
			same_values(b->d, it.job, values, rule->wildcard_count)) {
			return true;
		}
	}
	return false;
}

/* One file against one pattern that fits it at both ends. */
static int try_candidate(
	struct builder *b, uint32_t file, struct strview path, struct candidate c)
{
	struct strview values[WILDCARDS_MOST];
	const struct rule *rule = &b->d->wf->rules[c.rule];
	const struct product *product = &rule->products[c.product];
	int rc = 0;
	switch (pattern_match(product->pattern, path, values)) {
	case MATCH_NO:
		break;
	case MATCH_YES:
		if (!known_job(b, file, rule, values) &&
			add_job(b, rule, values, &rc) == DAG_NONE && rc == 0) {
			vec_push(&b->unapplied, file);
		}
		break;
	case MATCH_LIMIT:
		rc = diag_error(b->sink, "CW-E407", product->span,
			"matching \"" SV_FMT "\" against this pattern takes too long",
			SV_ARG(path));
		break;
	}
	return rc;
}

/* Whether some rule makes `folder` as a directory; one of the `n` candidates where n is
 * not 0. */
static bool is_made_folder(struct builder *b, struct strview folder,
	const struct candidate *among, uint32_t n)
{
	struct strview values[WILDCARDS_MOST];
	struct candidate *found = b->found + rule_index_most(b->index);
	uint32_t count = rule_index_find(b->index, folder, found);
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *rule = &b->d->wf->rules[found[i].rule];
		const struct product *p = &rule->products[found[i].product];
		bool listed = n == 0;
		for (uint32_t k = 0; k < n; k++) {
			listed |= among[k].rule == found[i].rule &&
				  among[k].product == found[i].product;
		}
		if (listed && p->flags & PRODUCT_DIRECTORY &&
			pattern_match(p->pattern, folder, values) == MATCH_YES) {
			return true;
		}
	}
	return false;
}

/* Whether every candidate makes a directory: then a path below a folder that the same
 * rule makes is meant to lie in it. */
static bool all_folders(const struct builder *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct rule *rule = &b->d->wf->rules[b->found[i].rule];
		if (!(rule->products[b->found[i].product].flags & PRODUCT_DIRECTORY)) {
			return false;
		}
	}
	return true;
}

static bool is_needed(const struct dag *d, struct strview path)
{
	uint32_t known = dag_find(d, path);
	return known != DAG_NONE && d->file_flags[known] & FILE_NEEDED;
}

/*
 * A file may lie in a folder that a rule makes. The nearest folder above it that is
 * needed anyway is taken, else the nearest that a rule makes. True if there is one.
 */
static bool visit_folders(
	struct builder *b, uint32_t file, struct strview path, uint32_t candidates)
{
	size_t best = 0;
	if (hashmap_get(&b->waited, file) != HASHMAP_NONE) {
		return false;
	}
	for (size_t n = path.n; n-- > 1;) {
		struct strview folder = {path.p, n};
		if (path.p[n] != '/' ||
			!is_made_folder(b, folder, b->found, candidates)) {
			continue;
		}
		best = best ? best : n;
		if (is_needed(b->d, folder) ||
			(b->d->base && is_needed(b->d->base, folder))) {
			best = n;
			break;
		}
	}
	if (best) {
		uint32_t maker =
			dag_intern_path(b->d, (struct strview){path.p, best}, &b->normal);
		inside_add(b, file, maker);
		b->d->file_flags[maker] |= b->d->file_flags[file] & FILE_TARGET;
		need_file(b, maker);
	}
	return best != 0;
}

static int visit_file(struct builder *b, uint32_t file)
{
	struct strview path = dag_path(b->d, file);
	if (path.n >= PATH_MAX) {
		return 0; /* no such file can be; it shows as one that nothing makes */
	}
	uint32_t n = rule_index_find(b->index, path, b->found);
	if (n == 0 && !b->has_folders) {
		return 0;
	}
	/* matches are views into the path, and the table of names may move meanwhile */
	struct strview copy = {arena_memdup0(&b->reader.arena, path.p, path.n), path.n};
	if (b->has_folders && all_folders(b, n) && visit_folders(b, file, copy, n)) {
		return 0;
	}
	int rc = 0;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		rc = try_candidate(b, file, copy, b->found[i]);
	}
	if (rc == 0 && n && b->has_folders && b->d->producer[file] == DAG_NONE) {
		visit_folders(b, file, copy, 0);
	}
	return rc;
}

/* The inputs of the last job are asked for, but for those it can do without. */
static void target_inputs(struct builder *b, uint32_t job)
{
	for (uint32_t i = b->d->jobs.v[job].inputs; i < b->d->inputs.n; i++) {
		if (!(b->d->inputs.v[i] & INPUT_OPTIONAL)) {
			b->d->file_flags[INPUT_FILE(b->d->inputs.v[i])] |= FILE_TARGET;
		}
	}
}

/* Asks for a rule by name: its job, and its inputs count as asked for too. */
static int ask_rule(struct builder *b, const struct rule *rule)
{
	if (rule->wildcard_count) {
		diag_error(b->sink, "CW-E408", rule->span,
			"rule \"" SV_FMT "\" has wildcards, so it cannot be a target",
			SV_ARG(rule->name));
		diag_note(b->sink, (struct span){0},
			"ask for a file that it makes, or for a rule that collects them");
		return -1;
	}
	for (size_t i = 0; i < b->d->target_jobs.n; i++) {
		if (dag_rule(b->d, b->d->target_jobs.v[i]) == rule) {
			return 0;
		}
	}
	int rc = 0;
	uint32_t job = add_job(b, rule, NULL, &rc);
	if (rc != 0) {
		return rc;
	}
	if (job == DAG_NONE) {
		return diag_error(b->sink, "CW-E409", rule->span,
			"rule \"" SV_FMT "\" does not apply: %s", SV_ARG(rule->name),
			b->reader.why);
	}
	vec_push(&b->d->target_jobs, job);
	/* a rule that only collects: its files are what is asked for; optional ones are not */
	if (rule->command_kind == RULE_NOTHING && !rule->output_count) {
		target_inputs(b, job);
	}
	for (uint32_t k = 0; k < rule->output_count; k++) {
		uint32_t file = b->d->outputs.v[b->d->jobs.v[job].outputs + k];
		b->d->file_flags[file] |= FILE_TARGET;
		need_file(b, file);
	}
	return 0;
}

static int ask(struct builder *b, struct strview target)
{
	const struct rule *rule = workflow_rule(b->d->wf, target);
	if (rule) {
		return ask_rule(b, rule);
	}
	uint32_t file = dag_intern_path(b->d, target, &b->normal);
	b->d->file_flags[file] |= FILE_TARGET;
	need_file(b, file);
	vec_push(&b->d->targets, file);
	return 0;
}

static int ask_default(struct builder *b)
{
	const struct workflow *wf = b->d->wf;
	int rc = 0;
	for (uint32_t i = 0; i < wf->default_target_count; i++) {
		rc |= ask(b, wf->default_targets[i]);
	}
	if (wf->default_target_count) {
		return rc;
	}
	const struct rule *first = workflow_first_target(wf);
	if (first) {
		return ask_rule(b, first);
	}
	if (!wf->rule_count) {
		return 0; /* nothing to do */
	}
	bool own = false;
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		own |= !wf->rules[i].included;
	}
	return diag_error(b->sink, "CW-E412", own ? wf->rules[0].span : (struct span){0},
		own ? "every rule has wildcards, so there is no default target: name a "
		      "file, or put a rule before them that lists the files you want as "
		      "its input"
		    : "all rules come from included files, so there is no default "
		      "target: name one, or say `default_target:`");
}

static bool has_folders(const struct workflow *wf)
{
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		for (uint32_t k = 0; k < wf->rules[r].output_count; k++) {
			if (wf->rules[r].products[k].flags & PRODUCT_DIRECTORY) {
				return true;
			}
		}
	}
	return false;
}

/* The next needed file that was not visited yet, or DAG_NONE; *ret_late: it became needed
 * after the cursor had passed it. */
static uint32_t next_file(struct builder *b, bool *ret_late)
{
	*ret_late = b->late.n > 0;
	if (b->late.n) {
		return vec_pop(&b->late);
	}
	while (b->cursor < b->d->paths.count) {
		uint32_t file = b->cursor++;
		if (b->d->file_flags[file] & FILE_NEEDED) {
			return file;
		}
	}
	return DAG_NONE;
}

/* The part of a graph that one of its jobs came to need: that job again. */
static int ask_gate(struct builder *b)
{
	struct strview values[WILDCARDS_MOST];
	const struct dag *base = b->d->base;
	const struct rule *rule = dag_rule(base, b->d->gate);
	int rc = 0;
	dag_values(base, b->d->gate, values);
	uint32_t job = add_job(b, rule, values, &rc);
	if (rc == 0 && job == DAG_NONE) {
		return diag_error(b->sink, "CW-E409", rule->span,
			"rule \"" SV_FMT "\" does not apply: %s", SV_ARG(rule->name),
			b->reader.why);
	}
	if (rc == 0) {
		vec_push(&b->d->target_jobs, job);
		target_inputs(b, job);
	}
	return rc;
}

static int visit_all(struct builder *b)
{
	struct ahead *ahead = ahead_new(b);
	struct strview value;
	uint32_t file;
	bool late;
	int rc = 0;
	while (rc == 0 && (file = next_file(b, &late)) != DAG_NONE) {
		if (take_from_base(b, file)) {
			continue;
		}
		const struct rule *rule = late || b->has_folders
						  ? NULL
						  : ahead_visit(ahead, b, file, &value);
		if (rule) {
			rc = check_limit(b, rule);
			if (rc == 0) {
				vec_clear(&b->reader.waits);
				commit_job(b, rule, &value);
			}
			continue;
		}
		struct arena_mark mark = arena_mark(&b->reader.arena);
		rc = visit_file(b, file);
		arena_pop(&b->reader.arena, mark);
	}
	ahead_free(ahead);
	return rc;
}

int explore(struct builder *b)
{
	int rc = 0;
	/* the second half is for folders */
	b->found = ARENA_ARRAY(&b->reader.arena, struct candidate,
		2 * (size_t)rule_index_most(b->index) + 1);
	b->has_folders = has_folders(b->d->wf);
	if (b->d->base) {
		rc = ask_gate(b);
		return rc == 0 ? visit_all(b) : rc;
	}
	for (uint32_t i = 0; i < b->options->target_count; i++) {
		rc |= ask(b, b->options->targets[i]);
	}
	if (!b->options->target_count) {
		rc = ask_default(b);
	}
	return rc == 0 ? visit_all(b) : rc;
}
