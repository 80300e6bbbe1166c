#include "state/content.h"
#include "view/lineage.h"
#include "view/out.h"

static void add_content(struct strbuf *sb, struct content c)
{
	content_text(c, sb);
}

/* What every shell rule has unless it says otherwise. */
static bool is_usual(struct strview line)
{
	return sv_eq_str(line, ".shell=bash") ||
	       sv_eq_str(line, ".prefix=set -euo pipefail;");
}

/* A text of several lines, each behind the indent. */
static void add_lines(struct strbuf *sb, const char *title, struct strview text)
{
	const char *before = title;
	while (text.n) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl ? (size_t)(nl - text.p) : text.n;
		struct strview line = sv_sub(text, 0, n);
		text = sv_skip(text, nl ? n + 1 : n);
		if (is_usual(line)) {
			continue;
		}
		strbuf_addf(sb, "  %-9s", before);
		escape_for_terminal(sb, line);
		strbuf_addch(sb, '\n');
		before = "";
	}
}

static void add_run(struct lineage *l, uint32_t id, struct strbuf *sb)
{
	struct row_run run;
	if (state_run(l->s, id, &run) <= 0) {
		return;
	}
	strbuf_addf(sb, "  where    " SV_FMT "%s" SV_FMT ", cwflow " SV_FMT ", run %u\n",
		SV_ARG(run.user), run.user.n ? "@" : "", SV_ARG(run.host),
		SV_ARG(run.engine), (unsigned)id);
	strbuf_addstr(sb, "  workflow ");
	escape_for_terminal(sb, run.workflow);
	if (run.commit.n) {
		strbuf_addf(sb, ", commit " SV_FMT "%s", SV_ARG(run.commit),
			run.dirty > 0    ? " with changes"
			: run.dirty == 0 ? ""
					 : " (changes not known)");
	}
	if (run.remote.n) {
		strbuf_addstr(sb, " of ");
		escape_for_terminal(sb, run.remote);
	}
	strbuf_addch(sb, '\n');
	add_lines(sb, "modules", run.modules);
}

static void add_inputs(struct lineage *l, const struct known_job *job, struct strbuf *sb)
{
	const struct state *s = l->s;
	for (uint32_t k = 0; k < job->input_count; k++) {
		const struct seen_input *in = &s->inputs.v[job->inputs + k];
		struct content seen = {in->digest, in->kind};
		strbuf_addf(sb, "  %-9s", k ? "" : "input");
		escape_for_terminal(sb, lineage_path(l, in->file));
		strbuf_addstr(sb, "  ");
		add_content(sb, seen);
		if (lineage_maker(l, in->file) != STATE_NONE &&
			!content_eq(seen, s->files.v[in->file].content)) {
			strbuf_addstr(sb, "  (made again since, with other content)");
		}
		strbuf_addch(sb, '\n');
	}
}

static void add_job(struct lineage *l, uint32_t id, struct strbuf *sb)
{
	const struct state *s = l->s;
	const struct known_job *job = &s->jobs.v[id];
	struct row_job row;
	for (uint32_t k = 0; k < job->output_count; k++) {
		uint32_t file = s->outputs.v[job->outputs + k];
		escape_for_terminal(sb, lineage_path(l, file));
		strbuf_addstr(sb, "  ");
		add_content(sb, s->files.v[file].content);
		strbuf_addch(sb, '\n');
	}
	if (state_job(l->s, id, &row) <= 0) {
		return;
	}
	strbuf_addf(sb, "  rule     " SV_FMT, SV_ARG(row.rule));
	if (row.wildcards.n) {
		strbuf_addstr(sb, "  ");
		strbuf_addsv(sb, row.wildcards);
	}
	strbuf_addch(sb, '\n');
	add_lines(sb, "command", row.command);
	add_lines(sb, "with", row.param_text);
	strbuf_addstr(sb, "  when     ");
	view_date(row.end_ns, sb);
	if (row.seconds >= 0) {
		strbuf_addf(sb, ", %.2f s, %u thread%s, %.1f MB at most", row.seconds,
			(unsigned)row.threads, row.threads == 1 ? "" : "s",
			(double)row.max_rss_kb * 1024 / 1e6);
	} else {
		strbuf_addstr(sb, ", marked up to date without running");
	}
	strbuf_addch(sb, '\n');
	add_run(l, job->run, sb);
	add_inputs(l, job, sb);
	strbuf_addch(sb, '\n');
}

int view_lineage_text(struct lineage *l, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;
	for (size_t i = 0; i < l->jobs.n && rc == 0; i++) {
		add_job(l, l->jobs.v[i], &sb);
		rc = flush(&sb, to, FLUSH_AT);
	}
	strbuf_addf(&sb, "sources (%zu)\n", l->sources.n);
	for (size_t i = 0; i < l->sources.n && rc == 0; i++) {
		const struct seen_input *in = &l->sources.v[i];
		strbuf_addstr(&sb, "  ");
		escape_for_terminal(&sb, lineage_path(l, in->file));
		strbuf_addstr(&sb, "  ");
		add_content(&sb, (struct content){in->digest, in->kind});
		strbuf_addch(&sb, '\n');
		rc = flush(&sb, to, FLUSH_AT);
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	return rc;
}
