#include "view/view_report.h"

#include <math.h>

#include "base/hash.h"
#include "base/json_writer.h"
#include "sys/path.h"
#include "view/out.h"
#include "view/report_parts.h"

void report_flush(struct report *r)
{
	if (r->rc == 0) {
		r->rc = flush(&r->out, r->to, FLUSH_AT);
	}
}

void report_rule(struct report *r, uint32_t rule)
{
	strbuf_addf(&r->out,
		"<svg class=\"sw r%u\" aria-hidden=\"true\"><rect class=\"job\" width=\"100%%\" "
		"height=\"100%%\" rx=\"3\"/></svg>",
		(unsigned)rule);
	page_text_cut(&r->out, intern_str(&r->rules, rule), 60);
}

/* Hues go round by the golden section, so that neighbours differ however many there are;
 * red is for what failed. */
static void add_hues(struct report *r, struct strbuf *sb)
{
	for (uint32_t i = 0; i < r->figures.n; i++) {
		const struct rule_figures *f = &r->figures.v[i];
		if (f->jobs || f->ran || f->failed || f->retried) {
			double turn = 0.215 + (double)i * 0.381966;
			double hue = 25 + 295 * (turn - floor(turn));
			strbuf_addf(sb, ".r%u{--h:%u}\n", (unsigned)i, (unsigned)hue);
		}
	}
}

static void add_badge(struct report *r)
{
	struct strbuf *sb = &r->out;
	if (r->run.end_ns == 0 && r->o->run_goes_on) {
		strbuf_addstr(sb, "<span class=\"badge warn\">running</span>");
	} else if (r->run.end_ns == 0) {
		strbuf_addstr(sb, "<span class=\"badge bad\">was killed</span>");
	} else if (r->failed) {
		strbuf_addstr(sb, "<span class=\"badge bad\">");
		page_count(sb, r->failed, "job failed", "jobs failed");
		strbuf_addstr(sb, "</span>");
	} else if (r->run.status == 0) {
		strbuf_addstr(sb, "<span class=\"badge good\">completed</span>");
	} else if (r->run.status > 128) {
		strbuf_addstr(sb, "<span class=\"badge warn\">interrupted</span>");
	} else {
		strbuf_addf(sb, "<span class=\"badge bad\">exit status %d</span>",
			(int)r->run.status);
	}
}

static void add_header(struct report *r)
{
	struct strbuf *sb = &r->out;
	struct strview workdir = sv_from(r->o->workdir);
	strbuf_addstr(sb, "<header>\n<h1>");
	page_text(sb, path_name(workdir));
	strbuf_addstr(sb, "</h1>\n");
	add_badge(r);
	strbuf_addstr(sb, "\n<p class=\"dim\">The last run of <code>");
	page_text(sb, r->row.workflow);
	strbuf_addstr(sb, "</code>");
	if (r->row.host.n) {
		strbuf_addstr(sb, " on ");
		page_text(sb, r->row.host);
	}
	strbuf_addstr(sb, ", ");
	page_date(sb, r->run.begin_ns);
	strbuf_addstr(sb, "</p>\n</header>\n<nav aria-label=\"Parts of this page\">");
	if (r->failed + r->retried) {
		strbuf_addstr(sb, "<a href=\"#failed\">Failed jobs</a> ");
	}
	strbuf_addstr(sb,
		"<a href=\"#timeline\">Timeline</a> <a href=\"#rules\">Time and memory</a> "
		"<a href=\"#graph\">Graph</a> <a href=\"#results\">Results</a> "
		"<a href=\"#provenance\">Provenance</a></nav>\n");
}

static void card(struct report *r, const char *title)
{
	strbuf_addf(&r->out, "<div><dt>%s</dt><dd>", title);
}

static void end_card(struct report *r)
{
	strbuf_addstr(&r->out, "</dd></div>\n");
}

static int64_t run_end(const struct report *r)
{
	int64_t end = r->run.end_ns;
	for (size_t i = 0; i < r->run.bars.n && !end; i++) {
		int64_t bar = r->run.bars.v[i].end_ns;
		end = bar > end ? bar : end;
	}
	return end;
}

static void add_job_cards(struct report *r)
{
	struct strbuf *sb = &r->out;
	uint32_t done = (uint32_t)r->run.bars.n - r->failed - r->retried;
	card(r, "Jobs done in this run");
	page_number(sb, done);
	if (r->failed || r->retried) {
		strbuf_addf(sb, "<small>%u failed, %u tried again</small>", r->failed,
			r->retried);
	}
	end_card(r);
	card(r, "Up to date now");
	page_number(sb, r->p->d->job_count - r->todo);
	strbuf_addstr(sb, " of ");
	page_number(sb, r->p->d->job_count);
	if (r->todo > r->maybe) {
		strbuf_addstr(sb, "<small>");
		page_number(sb, r->todo - r->maybe);
		strbuf_addstr(sb, " would run</small>");
	} else if (r->maybe) {
		strbuf_addstr(sb, "<small>the others if an input changes</small>");
	}
	end_card(r);
}

static void add_cards(struct report *r)
{
	struct strbuf *sb = &r->out;
	double wall_s = (double)(run_end(r) - r->run.begin_ns) / 1e9;
	strbuf_addstr(sb,
		"<section aria-label=\"Summary\" id=\"summary\">\n<dl class=\"cards\">\n");
	add_job_cards(r);
	if (wall_s >= 0) {
		card(r, "Took");
		page_seconds(sb, wall_s);
		end_card(r);
	}
	card(r, "Processor time");
	page_seconds(sb, r->cpu_s);
	if (wall_s > 0 && r->cpu_s / wall_s > 0.05) {
		strbuf_addf(sb, "<small>%.1f processors busy on average</small>",
			r->cpu_s / wall_s);
	}
	end_card(r);
	card(r, "Jobs at a time, at most");
	page_number(sb, r->run.lanes);
	end_card(r);
	card(r, "Largest memory of a job");
	page_bytes(sb, r->most_kb * 1024);
	end_card(r);
	strbuf_addstr(sb, "</dl>\n</section>\n");
}

/* --- provenance --------------------------------------------------------------------- */

static void row(struct report *r, const char *title, struct strview text)
{
	if (text.n) {
		strbuf_addf(&r->out, "<tr><th scope=\"row\">%s</th><td><code>", title);
		page_text(&r->out, text);
		strbuf_addstr(&r->out, "</code></td></tr>\n");
	}
}

static void date_row(struct report *r, const char *title, int64_t ns)
{
	struct strbuf date = STRBUF_INIT;
	page_date(&date, ns);
	row(r, title, strbuf_sv(&date));
	strbuf_release(&date);
}

/* One text for all that is configured: order of keys counts, as it does in files. */
static void hash_config(struct json_writer *j, const struct config *c, unsigned depth)
{
	if (c->kind == CONFIG_TEXT || depth > 60) {
		json_string(j, c->text);
		return;
	}
	json_array(j);
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->kind == CONFIG_MAP) {
			json_string(j, c->keys[i]);
		}
		hash_config(j, c->items[i], depth + 1);
	}
	json_end(j);
}

static void config_row(struct report *r)
{
	const struct config *config = r->p->d->wf->config;
	struct strbuf text = STRBUF_INIT;
	struct json_writer j;
	char digest[64];
	if (config && config->count) {
		json_init(&j, &text);
		hash_config(&j, config, 0);
		struct digest d = hash128(text.buf, text.len);
		snprintf(digest, sizeof(digest), "xxh3:%016llx%016llx",
			(unsigned long long)d.hi, (unsigned long long)d.lo);
		row(r, "Configuration, digest of", sv_from(digest));
	}
	strbuf_release(&text);
}

static void modules_row(struct report *r)
{
	if (r->row.modules.n) {
		strbuf_addstr(&r->out, "<tr><th scope=\"row\">Git modules</th><td><pre>");
		page_lines(&r->out, r->row.modules);
		strbuf_addstr(&r->out, "</pre></td></tr>\n");
	}
}

void report_provenance(struct report *r)
{
	struct strbuf words = STRBUF_INIT;
	strbuf_addstr(&r->out,
		"<section id=\"provenance\">\n<h2>Provenance</h2>\n<table>\n<tbody>\n");
	row(r, "Workflow file", r->row.workflow);
	if (r->row.commit.n) {
		strbuf_addsv(&words, r->row.commit);
		strbuf_addstr(&words, r->row.dirty > 0    ? ", with changes not committed"
				      : r->row.dirty == 0 ? ", clean"
							  : "");
		row(r, "Git commit", strbuf_sv(&words));
		row(r, "Git remote", r->row.remote);
	}
	modules_row(r);
	config_row(r);
	row(r, "Command line", r->row.arguments);
	row(r, "Working directory", sv_from(r->o->workdir));
	strbuf_reset(&words);
	strbuf_addsv(&words, r->row.user);
	strbuf_addf(&words, "%s" SV_FMT, r->row.user.n && r->row.host.n ? "@" : "",
		SV_ARG(r->row.host));
	row(r, "User and host", strbuf_sv(&words));
	strbuf_reset(&words);
	strbuf_addf(&words, "cwflow " SV_FMT, SV_ARG(r->row.engine));
	row(r, "Engine", strbuf_sv(&words));
	date_row(r, "Began", r->run.begin_ns);
	date_row(r, "Ended", r->run.end_ns);
	strbuf_addstr(&r->out, "</tbody>\n</table>\n</section>\n");
	strbuf_release(&words);
}

/* --- the page ------------------------------------------------------------------------ */

static void write_page(struct report *r)
{
	struct strbuf title = STRBUF_INIT, style = STRBUF_INIT;
	strbuf_addf(&title, "Report: " SV_FMT, SV_ARG(path_name(sv_from(r->o->workdir))));
	add_hues(r, &style);
	page_begin(&r->out, strbuf_sv(&title), style.buf);
	add_header(r);
	strbuf_addstr(&r->out, "<main>\n");
	add_cards(r);
	report_failed(r);
	report_begun(r);
	report_timeline(r);
	report_rules(r);
	report_graph(r);
	report_results(r);
	report_provenance(r);
	strbuf_addstr(&r->out, "</main>\n<footer>Made by cwflow " CWFLOW_VERSION ", ");
	page_date(&r->out, r->o->now_ns);
	strbuf_addstr(&r->out, "</footer>\n");
	page_end(&r->out);
	r->rc = r->rc == 0 ? flush(&r->out, r->to, 0) : r->rc;
	strbuf_release(&title);
	strbuf_release(&style);
}

int view_report(
	struct plan *p, struct state *s, const struct view_report_options *o, FILE *to)
{
	struct report r = {.p = p, .s = s, .o = o, .to = to};
	int rc = last_run_find(&r.run, s);
	intern_init(&r.rules);
	arena_init(&r.arena);
	strbuf_init(&r.words);
	strbuf_init(&r.out);
	if (rc == 0) {
		rc = report_gather(&r);
	}
	if (rc == 0) {
		write_page(&r);
		rc = r.rc;
	}
	last_run_release(&r.run);
	intern_release(&r.rules);
	arena_release(&r.arena);
	vec_release(&r.figures);
	strbuf_release(&r.words);
	strbuf_release(&r.out);
	free(r.bars);
	free(r.job_of);
	return rc;
}
