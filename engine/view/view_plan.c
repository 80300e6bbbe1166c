#include "view/out.h"
#include "view/view.h"

static void add_paths(const struct plan *p, struct strbuf *sb, const char *title,
	const uint32_t *files, uint32_t n)
{
	enum { MOST_SHOWN = 5 };
	if (!n) {
		return;
	}
	strbuf_addf(sb, "    %s: ", title);
	for (uint32_t i = 0; i < n && i < MOST_SHOWN; i++) {
		strbuf_addstr(sb, i ? ", " : "");
		escape_for_terminal(sb, dag_path(p->d, INPUT_FILE(files[i])));
	}
	if (n > MOST_SHOWN) {
		strbuf_addf(sb, ", ... (%u in all)", (unsigned)n);
	}
	strbuf_addch(sb, '\n');
}

static void add_job(const struct plan *p, uint32_t job, const struct view_plan_options *o,
	struct strbuf *sb)
{
	const struct rule *rule = dag_rule(p->d, job);
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	strbuf_addsv(sb, rule->name);
	if (rule->wildcard_count) {
		strbuf_addstr(sb, "  ");
		dag_wildcards_text(p->d, job, sb);
	}
	strbuf_addch(sb, '\n');
	add_paths(p, sb, "input", in, n);
	add_paths(p, sb, "output", dag_products(p->d, job), rule->output_count);
	strbuf_addstr(sb, "    reason: ");
	plan_reason_text(p, job, sb);
	strbuf_addch(sb, '\n');
	if (o->describe) {
		o->describe(o->ctx, job, sb);
	}
	strbuf_addch(sb, '\n');
}

static int add_jobs(const struct plan *p, const struct view_plan_options *o,
	struct strbuf *sb, FILE *to)
{
	for (uint32_t i = 0; i < p->d->job_count; i++) {
		if (p->reasons[p->d->order[i]]) {
			add_job(p, p->d->order[i], o, sb);
			if (flush(sb, to, FLUSH_AT) != 0) {
				return -1;
			}
		}
	}
	return 0;
}

/* Counts by rule, in the order in which the rules first run: of the jobs that run, or of
 * those that only run if an input comes out changed. */
static void add_counts(
	const struct plan *p, struct strbuf *sb, bool maybe, const char *before)
{
	uint32_t *counts = xcalloc(p->d->wf->rule_count, sizeof(*counts));
	uint32_t *order = xcalloc(p->d->wf->rule_count, sizeof(*order));
	uint32_t rules = 0, total = 0;
	for (uint32_t i = 0; i < p->d->job_count; i++) {
		uint32_t job = p->d->order[i];
		uint32_t rule = p->d->jobs.v[job].rule;
		if (!p->reasons[job] || (p->maybe[job] != 0) != maybe) {
			continue;
		}
		total++;
		if (counts[rule]++ == 0) {
			order[rules++] = rule;
		}
	}
	for (uint32_t i = 0; i < rules; i++) {
		strbuf_addf(sb, "%s" SV_FMT " %u\n", before,
			SV_ARG(p->d->wf->rules[order[i]].name),
			(unsigned)counts[order[i]]);
	}
	strbuf_addf(sb, "%stotal %u\n", before, (unsigned)total);
	free(counts);
	free(order);
}

int view_plan(const struct plan *p, const struct view_plan_options *o, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;
	if (!p->wanted_count) {
		strbuf_addstr(&sb, "nothing to be done\n");
	} else {
		rc = o->counts_only ? 0 : add_jobs(p, o, &sb, to);
		add_counts(p, &sb, false, "");
		if (p->maybe_count) {
			add_counts(p, &sb, true, "if changed: ");
		}
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	return rc;
}
