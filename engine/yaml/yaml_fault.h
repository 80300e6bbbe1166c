/*
 * Syntax errors in the words of this language: what libyaml says, and what it had read
 * before, become one message that names the trap and what to write instead.
 */
#ifndef CW_YAML_YAML_FAULT_H
#define CW_YAML_YAML_FAULT_H

#include "base/diag.h"
#include "base/strbuf.h"

enum { YAML_SHOWN_MOST = 100 }; /* bytes of a value that is shown in quotes */

/* Bytes [start, end) of the source; an end of 0 is none. */
struct yaml_range {
	uint32_t start, end;
};

struct yaml_fault {
	uint32_t source;
	struct strview text;      /* of the source */
	const char *problem;      /* libyaml's words */
	const char *context;      /* libyaml's words, "" where it has none */
	uint32_t at;              /* byte of the problem */
	uint32_t context_at;      /* byte where what was being read begins */
	uint32_t root_at;         /* byte where the document's value begins */
	struct yaml_range quoted; /* the last scalar, where it was in quotes */
	uint32_t open_flow;    /* byte of the innermost open bracket, UINT32_MAX: none */
	struct yaml_range bad; /* what was reported last; nothing more about it */
};

/* Reports the fault: CW-E002, CW-E003 (a trap of YAML) or CW-E005 (too deep). */
void yaml_fault_report(struct diag_sink *sink, const struct yaml_fault *fault);

/* A value that YAML reads otherwise, from byte `start` of the text to the end of the
 * value on its line, as it should be written: in quotes. Appends `"{x}.txt"`, or "" where
 * it is too long to show; `in_flow`: a comma or closing bracket ends it. */
void yaml_quote_value(
	struct strbuf *out, struct strview text, uint32_t start, bool in_flow);

#endif
