/*
 * Regular expressions of whole paths, by PCRE2 (nothing else includes it). `.` matches
 * every byte, `$` the very end alone. A subject that is valid UTF-8 is matched by
 * characters, any other by bytes; the second form is compiled when the first such subject
 * comes. Effort is bounded, so that no expression can hang the program.
 */
#ifndef CW_PATTERN_REGEX_H
#define CW_PATTERN_REGEX_H

#include "base/strview.h"
#include "pattern/wildcard.h"

struct regex;

struct regex_error {
	size_t offset;  /* in the expression, bytes */
	char text[160]; /* PCRE2's words */
};

/* Compiles `expr` (copied). Returns owned (regex_free), or NULL with *err filled. */
struct regex *regex_new(struct strview expr, struct regex_error *err);
void regex_free(struct regex *re); /* NULL is fine */

/* Number of the group called `name`; 0 where there is none. */
uint32_t regex_group(const struct regex *re, const char *name);

/* Matches the whole of `subject`. */
enum match regex_match(struct regex *re, struct strview subject);

/* What group `number` took at the last match, a view into the same subject; empty where
 * it took no part. */
struct strview regex_capture(
	const struct regex *re, uint32_t number, struct strview subject);

/* Whether `expr` can stand inside a larger expression without disturbing it: no groups
 * referred to by number, no recursion to the whole, no verbs. NULL, or what is wrong,
 * with *ret_off and *ret_len its place. */
const char *regex_part_fault(struct strview expr, size_t *ret_off, size_t *ret_len);

#endif
