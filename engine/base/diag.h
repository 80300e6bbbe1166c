/*
 * Words to the user about faults of theirs or of the environment. A message has a
 * severity, a stable code, a span (or none) and notes; functions return 0 or -1 and the
 * sink holds the why. Messages about files are printed as
 *
 *	Workflowfile:7:12: error: unknown key "inptu"; did you mean "input"? [CW-E012]
 *	    inptu: data/{x}.txt
 *	    ^~~~~
 *	Workflowfile:3:3: note: ...
 *
 * sorted as they came, at most DIAG_MOST_OF_A_KIND of one code, then their number. Without
 * a place the program's name stands in its stead. Control bytes in texts and lines are
 * shown escaped, long lines elided. Knows spans, not workflows.
 */
#ifndef CW_BASE_DIAG_H
#define CW_BASE_DIAG_H

#include "base/hashmap.h"
#include "base/source.h"

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

enum { DIAG_MOST_OF_A_KIND = 20 };

struct diag_note {
	struct span span; /* source 0: no place */
	const char *text;
};

struct diag {
	enum diag_severity severity;
	const char *code; /* "CW-E012", a string constant; NULL for none */
	struct span span;
	const char *text; /* one line, lower case, no full stop */
	struct diag_note *notes;
	uint32_t note_count, note_cap;
};

/* One code at one severity: how many were kept, how many dropped for their number. */
struct diag_kind {
	enum diag_severity severity;
	const char *code;
	uint32_t kept, dropped;
};

struct diag_sink {
	struct source_set *sources; /* borrows; outlives the sink */
	const char *program;        /* borrows; "cwflow" unless set after init */
	struct arena arena;
	struct diag_kind *kinds;
	uint32_t kind_count, kind_cap;
	struct hashmap dropped; /* hashes of messages that are only counted */
	bool last_dropped;      /* the last report was not kept: its notes neither */
	struct diag *v;
	uint32_t n, cap;
	uint32_t errors,
		warnings; /* how many of each were reported, dropped ones included */
	uint32_t muted;   /* > 0: reports are counted nowhere and dropped */
};

void diag_sink_init(struct diag_sink *sink, struct source_set *sources);
void diag_sink_release(struct diag_sink *sink);

/* Reports; the text is formatted and kept. Always returns -1, so that callers can write
 * `return diag_error(...)`. Equal messages (code, span, text) are kept once. */
int diag_error(struct diag_sink *sink, const char *code, struct span span,
	const char *fmt, ...) CW_PRINTF(4, 5);
void diag_warning(struct diag_sink *sink, const char *code, struct span span,
	const char *fmt, ...) CW_PRINTF(4, 5);

/* Adds a note to the message reported last. */
void diag_note(struct diag_sink *sink, struct span span, const char *fmt, ...)
	CW_PRINTF(3, 4);

/* An error of the system: "cannot VERB PATH: STRERROR(err)", e.g.
 * diag_system(sink, "CW-E300", errno, path, "read"). Returns -1. */
int diag_system(struct diag_sink *sink, const char *code, int err, const char *path,
	const char *verb);

/* Writes all messages (to stderr as a rule). `color`: with ANSI colours. */
void diag_print(struct diag_sink *sink, FILE *to, bool color);

/* The same as text into `out`, for tests and for JSON. */
struct strbuf;
void diag_format(struct diag_sink *sink, struct strbuf *out, bool color);

/* Forgets all messages. */
void diag_clear(struct diag_sink *sink);

/* Appends `s` with control bytes and invalid UTF-8 escaped ("\n", "\x1b"), so that a
 * name can do nothing to a terminal. */
void escape_for_terminal(struct strbuf *out, struct strview s);

#endif
