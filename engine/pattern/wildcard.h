/*
 * Patterns of paths: "processed/{sample}_{lane,[12]}.bam". A path matches as a whole; an
 * unconstrained wildcard is greedy and takes one byte or more, `/` included; a second
 * occurrence must repeat the first.
 */
#ifndef CW_PATTERN_WILDCARD_H
#define CW_PATTERN_WILDCARD_H

#include "pattern/template.h"

struct pattern;

enum match { MATCH_NO, MATCH_YES, MATCH_LIMIT };

/* The constraint of a wildcard that has none in the reference: its expression, or a view
 * with p NULL. */
typedef struct strview (*constraint_fn)(void *ctx, struct strview wildcard);

/*
 * Compiles a TEMPLATE_PATTERN template whose references are wildcards only (configuration
 * already put in as text). names[0..name_count) are the wildcards of the whole rule;
 * matches are given in that order. `dot`: what an unconstrained wildcard may match: ".+"
 * for rules, "[^/]+" for globs. 0 and *ret (lives in `arena`, released with
 * pattern_release for what PCRE2 holds), or -1 with errors: a constraint that PCRE2 does
 * not take (its words, at its place), a constraint at a second occurrence that differs.
 */
int pattern_compile(struct diag_sink *sink, struct arena *arena, const struct template *t,
	const struct strview *names, uint32_t name_count, constraint_fn constraint,
	void *ctx, const char *dot, struct template_origin origin, struct pattern **ret);
void pattern_release(struct pattern *p); /* NULL is fine; frees no arena memory */

/*
 * Checks a constraint that stands apart from its wildcard (`wildcard_constraints`): 0, or
 * -1 with an error at its place.
 */
int constraint_check(struct diag_sink *sink, struct strview wildcard, struct strview expr,
	struct template_origin origin);

/* Literal text before the first and behind the last wildcard (both empty-able); for a
 * pattern without wildcards the prefix is the whole path. Borrowed. */
struct strview pattern_prefix(const struct pattern *p);
struct strview pattern_suffix(const struct pattern *p);

/* True where there is no wildcard at all. */
bool pattern_is_constant(const struct pattern *p);

/* True where there is one unconstrained wildcard, once: then a path matches if it is
 * longer than prefix + suffix, begins and ends so; the value lies between. */
bool pattern_is_simple(const struct pattern *p);

/* ret_values[i] is what names[i] stands for, views into `path` (wildcards that the
 * pattern does not hold stay untouched). MATCH_LIMIT: PCRE2 gave up (its match limit):
 * the caller reports rule and path. */
enum match pattern_match(
	const struct pattern *p, struct strview path, struct strview *ret_values);

/* Appends the path for given values (in the order of `names`). */
void pattern_expand(
	const struct pattern *p, const struct strview *values, struct strbuf *out);

/* Whether a wildcard of the pattern has a constraint. */
bool pattern_is_bound(const struct pattern *p, struct strview name);

/* Whether some path could match both, judged by prefixes and suffixes alone; for lint. */
bool pattern_may_overlap(const struct pattern *a, const struct pattern *b);

#endif
