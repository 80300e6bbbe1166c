/* Documents about what is recorded: how files were made, why they would be made again. */
#ifndef CW_VIEW_VIEW_RECORDS_H
#define CW_VIEW_VIEW_RECORDS_H

#include "plan/plan.h"

/* All write to `to`. 0, or -1 with errno where writing failed. */

/* Outputs, one a line, tab-separated under a line of titles: output_file, date, rule,
 * log-file(s), (input-file(s), shellcmd where `detailed`,) status, plan. Tab, newline and
 * backslash are written \t, \n, \\. `command` appends the command of a job; may be NULL. */
int view_summary(const struct plan *p, bool detailed,
	void (*command)(void *ctx, uint32_t job, struct strbuf *out), void *ctx,
	FILE *to);

/* Why the job of `file` runs, or why not: its reasons with what differs, then those of the
 * jobs whose results it waits for. */
int view_why(struct plan *p, uint32_t file, FILE *to);

/* The same of a target that is a rule. */
int view_why_job(struct plan *p, uint32_t job, FILE *to);

/* Times and memory by rule of the jobs that are recorded, tab-separated with titles; with
 * `advise` also what they asked for, and what they should. */
int view_stats(struct state *s, bool advise, FILE *to);

/* The jobs of the last run that left some, in Chrome's trace format (JSON): a job is a bar in
 * the lowest lane that is free when it starts, so that there are as many lanes as jobs ran at
 * a time. 1, and nothing written, where no job is recorded. */
int view_trace(struct state *s, FILE *to);

/*
 * How files were made, back to the sources: rule, command, inputs with digests, when, how
 * long, where, by which commit of the workflow. Text for people, JSON, or Graphviz DOT
 * (where many jobs of one rule are drawn as one).
 */
struct lineage;
int view_lineage_text(struct lineage *l, FILE *to);
int view_lineage_json(struct lineage *l, FILE *to);
int view_lineage_dot(struct lineage *l, FILE *to);

/* "2024-05-01 12:00:00" in local time. */
void view_date(int64_t ns, struct strbuf *out);

#endif
