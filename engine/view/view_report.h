/* The report: one page of HTML that holds all it shows. */
#ifndef CW_VIEW_VIEW_REPORT_H
#define CW_VIEW_VIEW_REPORT_H

#include "plan/plan.h"

struct view_report_options {
	const char *workdir; /* absolute, for people */
	bool run_goes_on;    /* some run has the lock */
	int64_t now_ns;      /* wall clock */
};

/*
 * What the last run did and what is there now: summary, failed attempts with the end of
 * their logs, results with captions, a timeline, time and memory by rule, the graph, where
 * all of it comes from. With more than 5,000 jobs all is told by rule, in less than a
 * megabyte. Time is linear in jobs. 0; 1, and nothing written, where no run is recorded; -1
 * with errno.
 */
int view_report(
	struct plan *p, struct state *s, const struct view_report_options *o, FILE *to);

#endif
