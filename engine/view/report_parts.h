/* The parts of --report and what they share. Private to the room. */
#ifndef CW_VIEW_REPORT_PARTS_H
#define CW_VIEW_REPORT_PARTS_H

#include "base/intern.h"
#include "view/last_run.h"
#include "view/page.h"
#include "view/view_report.h"

/* What is known of the jobs of a rule. Times and memory: of the last good end of each job of
 * the graph that has one. */
struct rule_figures {
	uint32_t jobs, todo;           /* of the graph; of these would run */
	uint32_t timed;                /* have times */
	uint32_t ran, failed, retried; /* in the last run */
	double total_s, cpu_s, median_s, most_s;
	double median_kb, most_kb; /* of memory */
	uint32_t threads;          /* most */
};

/* More of a bar of the last run: see last_run.bars. */
struct bar_words {
	uint32_t rule;
	size_t wildcards; /* in report.words, NUL behind; 0: none, or too many jobs */
	double cpu_s, kb;
	uint32_t threads, attempt;
};

struct report {
	struct plan *p;
	struct state *s;
	const struct view_report_options *o;
	struct last_run run;
	struct row_run row; /* of the last run; texts in `arena` */
	struct arena arena;
	struct intern
		rules; /* names: those of the workflow by their numbers, then others */
	VEC(struct rule_figures) figures; /* by rule */
	struct bar_words *bars;           /* by bar */
	uint32_t *job_of; /* by record id: job of the graph, or STATE_NONE */
	struct strbuf words;
	bool by_rule; /* there are too many jobs to name them */
	uint32_t todo, maybe, failed, retried;
	double cpu_s, most_kb; /* of the last run */
	struct strbuf out;
	FILE *to;
	int rc;
};

/* More jobs than these are told by rule alone. */
enum { REPORT_JOBS_MOST = 5000 };

/* 0, or -1 with errno: records that cannot be read. */
int report_gather(struct report *r);

/* Writes out what has come together, where it is much. */
void report_flush(struct report *r);

/* "<svg ...>" of the rule's colour, and its name. */
void report_rule(struct report *r, uint32_t rule);

/* The parts: each appends its section, or nothing. */
void report_failed(struct report *r);
void report_begun(struct report *r);
void report_timeline(struct report *r);
void report_rules(struct report *r);
void report_graph(struct report *r);
void report_results(struct report *r);
void report_provenance(struct report *r);

#endif
