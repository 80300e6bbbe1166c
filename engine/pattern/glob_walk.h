/*
 * Files that match a pattern with wildcards: the values of its wildcards, sorted bytewise
 * row by row, without duplicates.
 */
#ifndef CW_PATTERN_GLOB_WALK_H
#define CW_PATTERN_GLOB_WALK_H

#include "pattern/wildcard.h"

struct glob_rows {
	struct arena arena;
	struct strview *values; /* row-major: rows x columns, NUL behind each */
	size_t rows;
	uint32_t columns; /* the pattern's wildcards, in the order of names */
};

/*
 * Walks below `dir` (an open directory the pattern is relative to, e.g. AT_FDCWD) the
 * folders that can hold matches: the literal part is opened directly, an unconstrained
 * wildcard stays in one folder, `.+` descends. Hidden files match only where the pattern
 * says the dot; `.cwflow` never; links to folders are followed, a folder on its own path
 * is not entered again; a pattern that ends in `/` matches folders, any other files
 * (what a link points to counts). A missing folder gives no rows. One readdir a folder,
 * types from d_type where given, no stat of plain files; sorting is O(n log n) at worst.
 * 0, or -1 with an error (folder that cannot be read, match limit).
 */
int glob_walk(struct diag_sink *sink, int dir, const struct pattern *p, uint32_t columns,
	struct span where, struct glob_rows *ret);
void glob_rows_release(struct glob_rows *g);

/* The same into an arena of the caller's. */
int glob_collect(struct diag_sink *sink, struct arena *arena, int dir,
	const struct pattern *p, uint32_t columns, struct span where,
	struct strview **ret_values, size_t *ret_rows);

#endif
