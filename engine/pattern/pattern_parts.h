/* What a compiled pattern is made of; for this room alone. */
#ifndef CW_PATTERN_PATTERN_PARTS_H
#define CW_PATTERN_PATTERN_PARTS_H

#include "pattern/regex.h"
#include "pattern/wildcard.h"

#define PART_TEXT UINT32_MAX

/* A literal or an occurrence of a wildcard. Two literals never stand side by side. */
struct pattern_part {
	uint32_t wildcard;   /* number in `names`, or PART_TEXT */
	struct strview text; /* PART_TEXT */
	uint32_t off, len;   /* in the template's text */
};

/* How a path is matched, the cheapest way that is right. */
enum pattern_kind {
	PATTERN_LITERAL, /* no wildcard */
	PATTERN_SIMPLE,  /* one unconstrained wildcard, once */
	PATTERN_SPLIT,   /* several, unconstrained, once each, literals between them */
	PATTERN_REGEX,
};

struct pattern_wildcard {
	struct strview name;
	struct strview constraint; /* p NULL without one */
	uint32_t seen;             /* how often it occurs here */
	uint32_t group;            /* of the expression */
	bool crosses;              /* its value may hold a `/` */
	uint32_t off, len; /* place of the constraint, or of the first occurrence */
};

struct pattern {
	enum pattern_kind kind;
	struct pattern_part *parts;
	uint32_t part_count;
	struct pattern_wildcard *wildcards; /* one for each of the rule's names */
	uint32_t wildcard_count;
	struct strview prefix, suffix;
	size_t shortest; /* no path that matches has fewer bytes */
	struct regex *re;
};

#endif
