#include "base/hash.h"
#include "state/content.h"
#include "view/out.h"
#include "view/view_records.h"

/* So many jobs of a chain are shown, and so many lines of a difference. */
enum { MOST_JOBS = 50, MOST_LINES = 20 };

struct why {
	struct plan *p;
	struct strbuf out;
	VEC(uint32_t) jobs; /* of the chain, in the order of showing */
	struct hashmap known;
};

void view_date(int64_t ns, struct strbuf *out)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[64];
	if (localtime_r(&t, &tm) && strftime(text, sizeof(text), "%F %T", &tm)) {
		strbuf_addstr(out, text);
	}
}

static void add_path(struct why *w, struct strview path)
{
	escape_for_terminal(&w->out, path);
}

static void add_job_name(struct why *w, uint32_t job)
{
	strbuf_addsv(&w->out, dag_rule(w->p->d, job)->name);
	if (dag_rule(w->p->d, job)->wildcard_count) {
		strbuf_addstr(&w->out, " ");
		dag_wildcards_text(w->p->d, job, &w->out);
	}
}

/* The next line of a text; false at its end. */
static bool next_line(struct strview *text, struct strview *ret)
{
	if (!text->n) {
		return false;
	}
	const char *nl = memchr(text->p, '\n', text->n);
	size_t n = nl ? (size_t)(nl - text->p) : text->n;
	*ret = sv_sub(*text, 0, n);
	*text = sv_skip(*text, nl ? n + 1 : n);
	return true;
}

/* Lines of `a` that `b` has not, marked; how many were shown. */
static void add_only(struct why *w, struct strview a, struct strview b, const char *mark)
{
	struct hashmap lines;
	struct strview line;
	uint32_t shown = 0;
	hashmap_init(&lines);
	while (next_line(&b, &line)) {
		hashmap_set(&lines, hash64(line.p, line.n), 0);
	}
	while (next_line(&a, &line)) {
		if (hashmap_get(&lines, hash64(line.p, line.n)) != HASHMAP_NONE) {
			continue;
		}
		if (shown++ == MOST_LINES) {
			strbuf_addf(&w->out, "      %s ...\n", mark);
			break;
		}
		strbuf_addf(&w->out, "      %s ", mark);
		add_path(w, line);
		strbuf_addch(&w->out, '\n');
	}
	hashmap_release(&lines);
}

/* The lines of params (`settings` false) or settings of a record's text. */
static void select_lines(struct strview text, bool settings, struct strbuf *out)
{
	struct strview line;
	while (next_line(&text, &line)) {
		if ((line.n && line.p[0] == '.') == settings) {
			strbuf_addsv(out, line);
			strbuf_addch(out, '\n');
		}
	}
}

static void add_params(struct why *w, const struct row_job *old, bool settings)
{
	struct strbuf before = STRBUF_INIT, now = STRBUF_INIT;
	select_lines(old->param_text, settings, &before);
	select_lines(strbuf_sv(&w->p->o.fingerprints->params), settings, &now);
	add_only(w, strbuf_sv(&before), strbuf_sv(&now), "-");
	add_only(w, strbuf_sv(&now), strbuf_sv(&before), "+");
	strbuf_release(&before);
	strbuf_release(&now);
}

/* What was in the input at the job's last start, and what is there now. */
static void add_input_change(struct why *w, uint32_t job, uint32_t file)
{
	struct plan *p = w->p;
	const struct known_job *record = plan_record(p, job);
	for (uint32_t k = 0; record && k < record->input_count; k++) {
		const struct seen_input *seen = &p->o.state->inputs.v[record->inputs + k];
		if (seen->file >= p->o.state->number_of.n ||
			p->o.state->number_of.v[seen->file] != file) {
			continue;
		}
		struct content before = {seen->digest, seen->kind};
		strbuf_addstr(&w->out, "      - ");
		content_text(before, &w->out);
		strbuf_addstr(&w->out, "\n      + ");
		content_text(plan_content(p, file), &w->out);
		strbuf_addch(&w->out, '\n');
		return;
	}
}

/* Inputs that are new, and those that are no more. */
static void add_input_set(struct why *w, uint32_t job)
{
	struct plan *p = w->p;
	const struct state *s = p->o.state;
	const struct known_job *record = plan_record(p, job);
	struct strbuf before = STRBUF_INIT, now = STRBUF_INIT;
	uint32_t n, gone = 0;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	for (uint32_t k = 0; record && k < record->input_count; k++) {
		uint32_t file = s->inputs.v[record->inputs + k].file;
		uint32_t number =
			file < s->number_of.n ? s->number_of.v[file] : STATE_NONE;
		if (number == STATE_NONE) {
			gone++; /* of no job of this graph */
			continue;
		}
		strbuf_addsv(&before, dag_path(p->d, number));
		strbuf_addch(&before, '\n');
	}
	for (uint32_t k = 0; k < n; k++) {
		strbuf_addsv(&now, dag_path(p->d, INPUT_FILE(in[k])));
		strbuf_addch(&now, '\n');
	}
	add_only(w, strbuf_sv(&before), strbuf_sv(&now), "-");
	for (uint32_t k = 0; gone && record && k < record->input_count; k++) {
		uint32_t file = s->inputs.v[record->inputs + k].file;
		struct row_file f;
		if ((file >= s->number_of.n || s->number_of.v[file] == STATE_NONE) &&
			state_file(p->o.state, file, &f) > 0) {
			strbuf_addstr(&w->out, "      - ");
			add_path(w, f.path);
			strbuf_addch(&w->out, '\n');
		}
	}
	add_only(w, strbuf_sv(&now), strbuf_sv(&before), "+");
	strbuf_release(&before);
	strbuf_release(&now);
}

static void add_fingerprint(struct why *w, uint32_t job, unsigned reasons)
{
	struct plan *p = w->p;
	struct row_job old;
	struct fingerprint now;
	if (p->record[job] == STATE_NONE ||
		state_job(p->o.state, p->record[job], &old) <= 0 ||
		fingerprint_job(p->o.fingerprints, job, NULL, &now) != 0) {
		return;
	}
	if (reasons & REASON_PARAMS) {
		strbuf_addstr(&w->out, "    params changed\n");
		add_params(w, &old, false);
	}
	if (reasons & (REASON_CODE | REASON_SOFTWARE)) {
		strbuf_addstr(&w->out, reasons & REASON_CODE
					       ? "    command changed\n"
					       : "    container or modules changed\n");
		struct strview command = strbuf_sv(&p->o.fingerprints->command);
		add_only(w, old.command, command, "-");
		add_only(w, command, old.command, "+");
		add_params(w, &old, true);
	}
}

/* The makers of its inputs that run are shown too. */
static void add_makers(struct why *w, uint32_t job)
{
	const struct plan *p = w->p;
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
		if (maker == DAG_NONE || !p->reasons[maker] || in[k] & INPUT_ANCIENT) {
			continue;
		}
		strbuf_addstr(&w->out, p->maybe[job]
					       ? "    runs if this comes out changed: "
					       : "    input is made by another job: ");
		add_path(w, dag_path(p->d, INPUT_FILE(in[k])));
		strbuf_addch(&w->out, '\n');
		if (hashmap_set(&w->known, maker, 0) == HASHMAP_NONE) {
			vec_push(&w->jobs, maker);
		}
		if (w->jobs.n > MOST_JOBS) {
			strbuf_addstr(&w->out, "    ...\n");
			return;
		}
	}
}

static void add_reasons(struct why *w, uint32_t job)
{
	struct plan *p = w->p;
	unsigned reasons = p->reasons[job];
	const unsigned shown_apart = REASON_INPUT_SET | REASON_PARAMS | REASON_CODE |
				     REASON_SOFTWARE | REASON_UPDATED_INPUT;
	unsigned first = reasons & -reasons;
	if (first & ~shown_apart) {
		strbuf_addstr(&w->out, "    ");
		plan_reason_text(p, job, &w->out);
		strbuf_addch(&w->out, '\n');
		if (first & REASON_CHANGED_INPUT && p->reason_file[job] != DAG_NONE) {
			add_input_change(w, job, p->reason_file[job]);
		}
	}
	if (reasons & REASON_INPUT_SET) {
		strbuf_addstr(&w->out, "    set of input files changed\n");
		add_input_set(w, job);
	}
	add_fingerprint(w, job, reasons);
	if (reasons & REASON_UPDATED_INPUT) {
		add_makers(w, job);
	}
}

static void add_up_to_date(struct why *w, uint32_t job)
{
	struct plan *p = w->p;
	struct row_job row;
	strbuf_addstr(&w->out, "    up to date");
	if (!dag_rule(p->d, job)->output_count) {
		strbuf_addch(&w->out, '\n');
		return;
	}
	if (plan_record(p, job) && state_job(p->o.state, p->record[job], &row) > 0) {
		strbuf_addstr(&w->out, "; made ");
		view_date(row.end_ns, &w->out);
		strbuf_addf(&w->out, " in run %u", (unsigned)row.run);
	} else {
		strbuf_addstr(&w->out, " by the times of the files; nothing is recorded");
	}
	strbuf_addch(&w->out, '\n');
}

/* The chain from `job` on, whose title is written (DAG_NONE: that was all). Releases `w`. */
static int tell(struct why *w, uint32_t job, FILE *to)
{
	if (job != DAG_NONE) {
		add_job_name(w, job);
		strbuf_addch(&w->out, '\n');
		hashmap_set(&w->known, job, 0);
		vec_push(&w->jobs, job);
	}
	for (size_t i = 0; i < w->jobs.n; i++) {
		if (i) {
			strbuf_addstr(&w->out, "  ");
			add_job_name(w, w->jobs.v[i]);
			strbuf_addch(&w->out, '\n');
		}
		if (w->p->reasons[w->jobs.v[i]]) {
			add_reasons(w, w->jobs.v[i]);
		} else {
			add_up_to_date(w, w->jobs.v[i]);
		}
	}
	int rc = flush(&w->out, to, 0);
	strbuf_release(&w->out);
	vec_release(&w->jobs);
	hashmap_release(&w->known);
	return rc;
}

int view_why(struct plan *p, uint32_t file, FILE *to)
{
	struct why w = {.p = p, .out = STRBUF_INIT};
	uint32_t job = p->d->producer[file];
	hashmap_init(&w.known);
	add_path(&w, dag_path(p->d, file));
	strbuf_addstr(&w.out,
		job == DAG_NONE ? ": a source file, no rule makes it\n" : ": made by ");
	return tell(&w, job, to);
}

int view_why_job(struct plan *p, uint32_t job, FILE *to)
{
	struct why w = {.p = p, .out = STRBUF_INIT};
	hashmap_init(&w.known);
	strbuf_addstr(&w.out, "rule ");
	return tell(&w, job, to);
}
