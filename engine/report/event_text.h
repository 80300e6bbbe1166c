/* Events as the lines a person reads, the same on a terminal and in a file. */
#ifndef CW_REPORT_EVENT_TEXT_H
#define CW_REPORT_EVENT_TEXT_H

#include "base/strbuf.h"
#include "report/reporter.h"

struct event_text {
	bool color, quiet, verbose, print_commands;
	bool terse;         /* nothing about jobs that end well and say nothing */
	int64_t started_ns; /* CLOCK_REALTIME, of the run */
};

void event_text_init(struct event_text *t, const struct report_options *o);

/* Appends the lines of an event, if it has any; each ends in a newline. */
void event_text_add(struct event_text *t, struct strbuf *out, const struct run_event *e);

/* Appends a time span for people: "0.03s", "12.4s", "3m05s", "2h07m". */
void event_text_seconds(struct strbuf *out, double seconds);
void event_text_whole_seconds(struct strbuf *out, double seconds); /* "12s" */

#endif
