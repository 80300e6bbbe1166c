/* Why the targets cannot be made, in words that say what to do. */
#include <dirent.h>

#include "base/edit_distance.h"
#include "dag/builder.h"
#include "dag/near_pattern.h"
#include "sys/path.h"

enum { MOST_DETAILED = 20, MOST_NAMES = 20000 };

/* The nearest file on disk in the folder of `path`. */
static void offer_folder(struct nearest *near, struct strview path, struct arena *arena)
{
	struct strview dir = path_dir(path);
	DIR *d = opendir(arena_memdup0(arena, dir.p, dir.n));
	if (!d) {
		return;
	}
	struct dirent *e;
	for (int i = 0; i < MOST_NAMES && (e = readdir(d)); i++) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
			continue;
		}
		struct strbuf sb = STRBUF_INIT;
		path_join(&sb, dir, sv_from(e->d_name));
		nearest_offer(near, arena_sv(arena, strbuf_sv(&sb)));
		strbuf_release(&sb);
	}
	closedir(d);
}

static void offer_rules(struct nearest *near, const struct workflow *wf)
{
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		if (!wf->rules[r].wildcard_count) {
			nearest_offer(near, wf->rules[r].name);
		}
	}
}

/* Files of the graph that are there or can be made. */
static void offer_files(struct nearest *near, const struct dag *d, uint32_t but)
{
	for (uint32_t f = 0; f < d->paths.count && f < MOST_NAMES; f++) {
		if (f != but && d->file_flags[f] & (FILE_EXISTS | FILE_FIXED)) {
			nearest_offer(near, dag_path(d, f));
		}
	}
}

/* Paths that rules without wildcards make. */
static void offer_products(struct nearest *near, const struct workflow *wf)
{
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		const struct rule *rule = &wf->rules[r];
		for (uint32_t k = 0; !rule->wildcard_count && k < rule->product_count;
			k++) {
			nearest_offer(near, pattern_prefix(rule->products[k].pattern));
		}
	}
}

/* `dropped`: a rule that fits was named already. */
static void note_nearest(struct builder *b, uint32_t file, bool target, bool dropped)
{
	struct arena arena = ARENA_INIT;
	struct nearest near;
	nearest_init(&near, dag_path(b->d, file));
	if (target) {
		offer_rules(&near, b->d->wf);
	}
	offer_products(&near, b->d->wf);
	offer_folder(&near, dag_path(b->d, file), &arena);
	offer_files(&near, b->d, file);
	const struct rule *rule;
	bool fits = false;
	const struct product *product =
		dropped ? NULL
			: near_pattern_find(
				  b->d->wf, dag_path(b->d, file), target, &rule, &fits);
	if (product && fits) {
		diag_note(b->sink, product->span,
			"\"" SV_FMT "\" of rule \"" SV_FMT
			"\" would fit, but for the constraints of its wildcards",
			SV_ARG(product->path.t.text), SV_ARG(rule->name));
	}
	if (!nearest_note(&near, b->sink) && product && !fits) {
		diag_note(b->sink, product->span,
			"did you mean \"" SV_FMT "\", which rule \"" SV_FMT "\" makes?",
			SV_ARG(product->path.t.text), SV_ARG(rule->name));
	}
	arena_release(&arena);
}

typedef void (*tell_fn)(
	struct builder *b, uint32_t file, const struct rule *rule, bool first);

/* Calls `tell` for the rules whose pattern fits the file but that do not apply; why is in
 * b->reader. False: there are none. */
static bool each_dropped(struct builder *b, uint32_t file, tell_fn tell)
{
	bool any = false;
	struct strview values[WILDCARDS_MOST];
	struct strview view = dag_path(b->d, file);
	uint32_t n = rule_index_find(b->index, view, b->found);
	struct strview path = {arena_memdup0(&b->reader.arena, view.p, view.n), view.n};
	for (uint32_t i = 0; i < n; i++) {
		const struct rule *rule = &b->d->wf->rules[b->found[i].rule];
		const struct pattern *p = rule->products[b->found[i].product].pattern;
		if (pattern_match(p, path, values) == MATCH_YES &&
			inputs_read(&b->reader, rule, values) == INPUTS_NOT_APPLY) {
			tell(b, file, rule, !any);
			any = true;
		}
	}
	return any;
}

static void tell_note(
	struct builder *b, uint32_t file, const struct rule *rule, bool first)
{
	(void)file;
	(void)first;
	diag_note(b->sink, rule->span,
		"rule \"" SV_FMT "\" would fit, but does not apply: %s",
		SV_ARG(rule->name), b->reader.why);
}

static bool note_dropped(struct builder *b, uint32_t file)
{
	return each_dropped(b, file, tell_note);
}

static void tell_warning(
	struct builder *b, uint32_t file, const struct rule *rule, bool first)
{
	if (!first) {
		tell_note(b, file, rule, first);
		return;
	}
	diag_warning(b->sink, "CW-W401", rule->span,
		"\"" SV_FMT "\" is taken as it is: rule \"" SV_FMT
		"\" could make it, but does not apply: %s",
		SV_ARG(dag_path(b->d, file)), SV_ARG(rule->name), b->reader.why);
}

void warn_unapplied(struct builder *b)
{
	uint32_t last = DAG_NONE;
	for (size_t i = 0; i < b->unapplied.n; i++) {
		uint32_t file = b->unapplied.v[i];
		uint8_t flags = b->d->file_flags[file];
		if (file != last && flags & FILE_NEEDED && flags & FILE_EXISTS &&
			b->d->producer[file] == DAG_NONE) {
			each_dropped(b, file, tell_warning);
		}
		last = file;
	}
}

static void note_needed_by(struct builder *b, uint32_t file)
{
	uint32_t from = b->dep_start[file], to = b->dep_start[file + 1];
	if (from == to) {
		return;
	}
	uint32_t job = b->deps[from];
	const struct rule *rule = dag_rule(b->d, job);
	struct strbuf wildcards = STRBUF_INIT;
	dag_wildcards_text(b->d, job, &wildcards);
	diag_note(b->sink, rule->span, "needed by rule \"" SV_FMT "\"%s%s",
		SV_ARG(rule->name), wildcards.len ? " with " : "", wildcards.buf);
	if (to - from > 1) {
		diag_note(b->sink, (struct span){0}, "and by %u more jobs",
			(unsigned)(to - from - 1));
	}
	strbuf_release(&wildcards);
}

/* Where an input was asked for: the item of the rule that needs it, or nowhere for a
 * target. The inputs are read again for it, so errors that are only counted (not `exact`)
 * get the place of the rule's first. */
static struct span place_of_need(struct builder *b, uint32_t file, bool exact)
{
	struct strview values[WILDCARDS_MOST];
	struct span span;
	uint32_t from = b->dep_start[file];
	if (from == b->dep_start[file + 1]) {
		return (struct span){0};
	}
	uint32_t job = b->deps[from];
	const struct rule *rule = dag_rule(b->d, job);
	span = rule->input_count ? rule->inputs[0].span : rule->span;
	if (!exact || rule->input_count < 2) {
		return span;
	}
	dag_values(b->d, job, values);
	if (inputs_read(&b->reader, rule, values) != INPUTS_OK) {
		return span;
	}
	for (size_t i = 0; i < b->reader.files.n; i++) {
		struct input_file in = b->reader.files.v[i];
		if (INPUT_FILE(in.file) == file && in.entry < rule->input_count) {
			return rule->inputs[in.entry].span;
		}
	}
	return span;
}

/* Where the workflow asks for a default target, or nowhere. */
static struct span place_of_target(struct builder *b, uint32_t file)
{
	const struct workflow *wf = b->d->wf;
	for (uint32_t i = 0; !b->options->target_count && i < wf->default_target_count;
		i++) {
		if (dag_intern_path(b->d, wf->default_targets[i], &b->normal) == file) {
			return wf->default_target_spans[i];
		}
	}
	return (struct span){0};
}

static void note_absent_rule(struct builder *b, struct strview target)
{
	const struct workflow *wf = b->d->wf;
	for (uint32_t i = 0; i < wf->absent_rule_count; i++) {
		if (sv_eq(wf->absent_rules[i], target)) {
			diag_note(b->sink, (struct span){0},
				"there is a rule of that name, but its `when` does not hold");
		}
	}
}

static void report_missing(struct builder *b, uint32_t file, uint32_t number)
{
	bool target = b->dep_start[file] == b->dep_start[file + 1];
	struct strview path = dag_path(b->d, file);
	if (target) {
		diag_error(b->sink, "CW-E402", place_of_target(b, file),
			"no rule makes the target \"" SV_FMT
			"\", and there is no such file",
			SV_ARG(path));
		note_absent_rule(b, path);
	} else {
		b->missing_source = true;
		diag_error(b->sink, "CW-E401",
			place_of_need(b, file, number < MOST_DETAILED),
			"missing input: \"" SV_FMT
			"\" does not exist and no rule makes it",
			SV_ARG(path));
	}
	if (number < MOST_DETAILED) {
		note_needed_by(b, file);
		note_nearest(b, file, target, note_dropped(b, file));
	}
}

/* The next file on a way that never ends: an input of the first job that could make it
 * which is itself not made. */
static uint32_t next_unmade(const struct builder *b, uint32_t file, uint32_t *ret_job)
{
	struct cand_iter it = cand_first(b, file);
	for (; it.job != DAG_NONE; it = cand_next(b, it)) {
		uint32_t n;
		const uint32_t *in = dag_inputs(b->d, it.job, &n);
		for (uint32_t i = 0; i < n; i++) {
			if (!(b->d->file_flags[INPUT_FILE(in[i])] & FILE_FIXED)) {
				*ret_job = it.job;
				return INPUT_FILE(in[i]);
			}
		}
	}
	return DAG_NONE;
}

static void report_cycle(struct builder *b, uint32_t start)
{
	enum { MOST_SHOWN = 12 };
	uint8_t *seen = xcalloc(b->d->paths.count, 1);
	uint32_t job = 0, file = start;
	while (file != DAG_NONE && !seen[file]) {
		seen[file] = 1;
		file = next_unmade(b, file, &job);
	}
	free(seen);
	if (file == DAG_NONE) {
		return;
	}
	uint32_t first = file;
	uint32_t next = next_unmade(b, first, &job);
	diag_error(b->sink, "CW-E400", dag_rule(b->d, job)->span,
		"a cycle: \"" SV_FMT "\" needs itself", SV_ARG(dag_path(b->d, first)));
	for (int i = 0; i < MOST_SHOWN; i++) {
		diag_note(b->sink, dag_rule(b->d, job)->span,
			"\"" SV_FMT "\" is made by rule \"" SV_FMT "\" from \"" SV_FMT
			"\"",
			SV_ARG(dag_path(b->d, file)), SV_ARG(dag_rule(b->d, job)->name),
			SV_ARG(dag_path(b->d, next)));
		file = next;
		if (file == first) {
			return;
		}
		next = next_unmade(b, file, &job);
	}
	diag_note(b->sink, (struct span){0}, "... and so on");
}

/* Marks the unmade files that unmade targets need, directly or not. */
static uint8_t *reach_unmade(const struct builder *b)
{
	struct dag *d = b->d;
	uint8_t *mark = xcalloc(d->paths.count, 1);
	VEC(uint32_t) stack = {0};
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if ((d->file_flags[f] & (FILE_TARGET | FILE_FIXED)) == FILE_TARGET) {
			mark[f] = 1;
			vec_push(&stack, f);
		}
	}
	while (stack.n) {
		uint32_t file = vec_pop(&stack);
		uint32_t folder = inside_folder(b, file);
		if (folder != DAG_NONE && !(d->file_flags[folder] & FILE_FIXED) &&
			!mark[folder]) {
			mark[folder] = 1;
			vec_push(&stack, folder);
		}
		struct cand_iter it = cand_first(b, file);
		for (; it.job != DAG_NONE; it = cand_next(b, it)) {
			uint32_t n;
			const uint32_t *in = dag_inputs(d, it.job, &n);
			for (uint32_t i = 0; i < n; i++) {
				uint32_t f = INPUT_FILE(in[i]);
				if (!(d->file_flags[f] & FILE_FIXED) && !mark[f]) {
					mark[f] = 1;
					vec_push(&stack, f);
				}
			}
		}
	}
	vec_release(&stack);
	return mark;
}

int report_unmakeable(struct builder *b)
{
	uint32_t missing = 0, unmade = DAG_NONE;
	bool unknown_target = false;
	uint8_t *reached = reach_unmade(b);
	uint32_t count = b->d->paths.count; /* to say why, inputs are read: more paths */
	for (uint32_t f = 0; f < count; f++) {
		if (!reached[f]) {
			continue;
		}
		unmade = unmade == DAG_NONE ? f : unmade;
		if (b->d->producer[f] == DAG_NONE && inside_folder(b, f) == DAG_NONE) {
			unknown_target |= b->dep_start[f] == b->dep_start[f + 1];
			report_missing(b, f, missing++);
		}
	}
	free(reached);
	if (!missing && unmade != DAG_NONE) {
		report_cycle(b, unmade);
	}
	b->missing_source = b->missing_source && !unknown_target;
	return -1;
}
