/* Time and memory by rule; what failed, with the end of its log; the jobs, one by one. */
#include "view/report_parts.h"

enum { FAILED_MOST = 100, JOBS_LISTED = 1000 };

/* A bar up to the middle one, a line on to the largest; then both in words. */
static void add_reach(struct report *r, uint32_t rule, double median, double most,
	double scale, void (*words)(struct strbuf *, double))
{
	struct strbuf *sb = &r->out;
	double a = scale > 0 ? 100 * median / scale : 0;
	double b = scale > 0 ? 100 * most / scale : 0;
	strbuf_addf(sb,
		"<td class=\"bar\" data-v=\"%.9g\"><svg class=\"r%u\" width=\"100%%\" "
		"height=\"12\" aria-hidden=\"true\"><line class=\"reach\" x1=\"0\" "
		"x2=\"%.2f%%\" y1=\"6\" y2=\"6\"/><line class=\"reach\" x1=\"%.2f%%\" "
		"x2=\"%.2f%%\" y1=\"2\" y2=\"10\"/><rect class=\"job\" y=\"1\" height=\"10\" "
		"width=\"%.2f%%\" rx=\"2\"/></svg><small>",
		median, (unsigned)rule, b, b, b, a > 0.4 ? a : 0.4);
	words(sb, median);
	strbuf_addstr(sb, ", at most ");
	words(sb, most);
	strbuf_addstr(sb, "</small></td>");
}

static void kb_words(struct strbuf *sb, double kb)
{
	page_bytes(sb, kb * 1024);
}

static void add_number(struct strbuf *sb, uint64_t n)
{
	strbuf_addf(sb, "<td class=\"n\" data-v=\"%llu\">", (unsigned long long)n);
	page_number(sb, n);
	strbuf_addstr(sb, "</td>");
}

static void add_time(struct strbuf *sb, double seconds)
{
	strbuf_addf(sb, "<td class=\"n\" data-v=\"%.9g\">", seconds);
	page_seconds(sb, seconds);
	strbuf_addstr(sb, "</td>");
}

/* A rule that only gathers others: it has nothing to measure. */
static bool is_target(const struct report *r, uint32_t rule)
{
	const struct workflow *wf = r->p->d->wf;
	return rule < wf->rule_count && wf->rules[rule].command_kind == RULE_NOTHING;
}

static void add_rule_row(struct report *r, uint32_t rule, double scale_s, double scale_kb)
{
	const struct rule_figures *f = &r->figures.v[rule];
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<tr><th scope=\"row\">");
	report_rule(r, rule);
	strbuf_addstr(sb, "</th>");
	add_number(sb, f->jobs);
	add_number(sb, f->todo);
	if (f->timed) {
		add_reach(r, rule, f->median_s, f->most_s, scale_s, page_seconds);
		add_reach(r, rule, f->median_kb, f->most_kb, scale_kb, kb_words);
		add_time(sb, f->total_s);
		add_time(sb, f->cpu_s);
		add_number(sb, f->threads);
	} else {
		strbuf_addstr(
			sb, "<td class=\"dim\" colspan=\"5\">nothing recorded</td>");
	}
	strbuf_addstr(sb, "</tr>\n");
	report_flush(r);
}

static void add_job_row(struct report *r, uint32_t i)
{
	const struct run_bar *bar = &r->run.bars.v[i];
	const struct bar_words *w = &r->bars[i];
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<tr><th scope=\"row\">");
	report_rule(r, w->rule);
	strbuf_addstr(sb, "</th><td><code>");
	page_text_cut(sb, sv_from(r->words.buf + w->wildcards), 200);
	strbuf_addf(sb, "</code></td><td>%s</td>",
		bar->failure == STATE_NONE ? "done" : "<b>failed</b>");
	add_number(sb, w->attempt);
	add_time(sb, (double)(bar->start_ns - r->run.begin_ns) / 1e9);
	add_time(sb, (double)(bar->end_ns - bar->start_ns) / 1e9);
	if (bar->failure == STATE_NONE) {
		add_time(sb, w->cpu_s);
		strbuf_addf(sb, "<td class=\"n\" data-v=\"%.9g\">", w->kb);
		page_bytes(sb, w->kb * 1024);
		strbuf_addstr(sb, "</td>");
	} else {
		strbuf_addstr(sb, "<td data-v=\"0\"></td><td data-v=\"0\"></td>");
	}
	strbuf_addstr(sb, "</tr>\n");
	report_flush(r);
}

static void add_jobs(struct report *r)
{
	if (r->by_rule || !r->run.bars.n || r->run.bars.n > JOBS_LISTED) {
		return;
	}
	strbuf_addstr(&r->out,
		"<h3>The jobs of this run</h3>\n<div class=\"scroll tall\" "
		"tabindex=\"0\"><table class=\"sort wide\">\n<thead><tr><th "
		"scope=\"col\">Rule</th><th scope=\"col\">Wildcards</th><th "
		"scope=\"col\">State</th><th scope=\"col\" class=\"n\">Attempt</th><th "
		"scope=\"col\" class=\"n\">Began after</th><th scope=\"col\" "
		"class=\"n\">Took</th><th scope=\"col\" class=\"n\">Processor</th><th "
		"scope=\"col\" class=\"n\">Memory</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < r->run.bars.n; i++) {
		add_job_row(r, i);
	}
	strbuf_addstr(&r->out, "</tbody></table></div>\n");
}

void report_rules(struct report *r)
{
	double scale_s = 0, scale_kb = 0;
	strbuf_addstr(&r->out,
		"<section id=\"rules\">\n<h2>Time and memory by rule</h2>\n<p "
		"class=\"dim\">Of the last good end of each job, in whichever run that was: "
		"the bar is the median, the line goes to the largest.</p>\n"
		"<div class=\"scroll\"><table class=\"sort wide\">\n<thead><tr><th "
		"scope=\"col\">Rule</th><th scope=\"col\" class=\"n\">Jobs</th><th "
		"scope=\"col\" class=\"n\">To do</th><th scope=\"col\">Time of a "
		"job</th><th scope=\"col\">Memory of a job</th><th scope=\"col\" "
		"class=\"n\">Time in all</th><th scope=\"col\" class=\"n\">Processor "
		"time</th><th scope=\"col\" class=\"n\">Threads</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < r->figures.n; i++) {
		const struct rule_figures *f = &r->figures.v[i];
		scale_s = f->most_s > scale_s ? f->most_s : scale_s;
		scale_kb = f->most_kb > scale_kb ? f->most_kb : scale_kb;
	}
	for (uint32_t i = 0; i < r->figures.n; i++) {
		if (r->figures.v[i].jobs && !is_target(r, i)) {
			add_rule_row(r, i, scale_s, scale_kb);
		}
	}
	strbuf_addstr(&r->out, "</tbody></table></div>\n");
	add_jobs(r);
	strbuf_addstr(&r->out, "</section>\n");
}

/* --- failures ------------------------------------------------------------------------- */

static void add_failure(struct report *r, const struct failure *f)
{
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<article class=\"fail\">\n<h3>");
	page_text(sb, f->rule);
	strbuf_addstr(sb, " <span class=\"m\">");
	page_text_cut(sb, f->wildcards, 400);
	strbuf_addstr(sb, "</span></h3>\n<p><b>");
	page_text_cut(sb, f->reason, 1000);
	strbuf_addstr(sb, "</b>");
	if (f->seconds > 0) {
		strbuf_addstr(sb, " after ");
		page_seconds(sb, f->seconds);
	}
	strbuf_addstr(sb, ", ");
	page_date(sb, f->end_ns);
	if (f->attempt > 1 || f->again) {
		strbuf_addf(sb, "; attempt %u%s", f->attempt,
			f->again ? ", tried again" : "");
	}
	strbuf_addstr(sb, "</p>\n");
	if (f->command.n) {
		strbuf_addstr(sb, "<p class=\"dim\">Command</p>\n<pre>");
		page_lines(sb, f->command);
		strbuf_addstr(sb, "</pre>\n");
	}
	if (f->log.n) {
		strbuf_addstr(sb, "<p class=\"dim\">Log <code>");
		page_text(sb, f->log);
		strbuf_addstr(sb, f->tail.n ? "</code>, its end</p>\n" : "</code></p>\n");
	} else if (f->tail.n) {
		strbuf_addstr(sb, "<p class=\"dim\">The end of what it printed</p>\n");
	}
	if (f->tail.n) {
		strbuf_addstr(sb, "<pre>");
		page_lines(sb, f->tail);
		strbuf_addstr(sb, "</pre>\n");
	}
	strbuf_addstr(sb, "</article>\n");
	report_flush(r);
}

/* Those that are not shown, by rule. */
static void add_other_failures(struct report *r, size_t shown)
{
	size_t all = r->run.failures.list.n;
	if (shown == all) {
		return;
	}
	strbuf_addstr(&r->out, "<p>And ");
	page_number(&r->out, all - shown);
	strbuf_addstr(&r->out, " more; in all, by rule: ");
	bool first = true;
	for (uint32_t i = 0; i < r->figures.n; i++) {
		const struct rule_figures *f = &r->figures.v[i];
		if (f->failed + f->retried) {
			strbuf_addstr(&r->out, first ? "" : ", ");
			report_rule(r, i);
			strbuf_addch(&r->out, ' ');
			page_number(&r->out, f->failed + f->retried);
			first = false;
		}
	}
	strbuf_addstr(&r->out, ".</p>\n");
}

/* Those that stayed failed first, then those that were tried again. */
void report_failed(struct report *r)
{
	const struct failures *all = &r->run.failures;
	size_t most = r->by_rule ? FAILED_MOST / 4 : FAILED_MOST, shown = 0;
	if (!all->list.n) {
		return;
	}
	strbuf_addstr(&r->out, "<section id=\"failed\">\n<h2>Failed jobs</h2>\n");
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < all->list.n && shown < most; i++) {
			if (all->list.v[i].again == (again == 1)) {
				add_failure(r, &all->list.v[i]);
				shown++;
			}
		}
	}
	add_other_failures(r, shown);
	strbuf_addstr(&r->out, "</section>\n");
}

/* --- what did not end ------------------------------------------------------------------- */

/* The job of the graph that began, or DAG_NONE. */
static uint32_t begun_job(const struct report *r, const struct unfinished *u)
{
	const struct dag *d = r->p->d;
	uint32_t file = u->count ? r->s->unfinished_files.v[u->paths] : STATE_NONE;
	return file < d->paths.count ? d->producer[file] : DAG_NONE;
}

static void add_begun(struct report *r, const struct unfinished *u)
{
	struct strbuf *sb = &r->out, words = STRBUF_INIT;
	uint32_t job = begun_job(r, u);
	strbuf_addstr(sb, "<li>");
	if (job == DAG_NONE) {
		strbuf_addstr(sb, "a job of other targets");
	} else {
		dag_wildcards_text(r->p->d, job, &words);
		report_rule(r, r->p->d->jobs.v[job].rule);
		strbuf_addstr(sb, " <code>");
		page_text_cut(sb, strbuf_sv(&words), 200);
		strbuf_addstr(sb, "</code>");
	}
	strbuf_addstr(sb, " <span class=\"dim\">since ");
	page_date(sb, u->start_ns);
	strbuf_addstr(sb, "</span></li>\n");
	strbuf_release(&words);
}

void report_begun(struct report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->s->unfinished.n; i++) {
		const struct unfinished *u = &r->s->unfinished.v[i];
		if (u->run < r->run.first || u->run > r->run.last) {
			continue;
		}
		if (n == 0) {
			strbuf_addf(&r->out,
				"<section id=\"begun\">\n<h2>%s</h2>\n<ul>\n",
				r->o->run_goes_on ? "Running" : "Begun and not ended");
		}
		if (n++ < FAILED_MOST) {
			add_begun(r, u);
		}
	}
	if (n > FAILED_MOST) {
		strbuf_addstr(&r->out, "<li>and ");
		page_number(&r->out, n - FAILED_MOST);
		strbuf_addstr(&r->out, " more</li>\n");
	}
	strbuf_addstr(&r->out, n ? "</ul>\n</section>\n" : "");
}
