/*
 * Sets: named lists and tables of values that rules expand over (section 5 of the
 * workflow format): lists, ranges, globs, tables, lines. Values are texts. A list is a
 * table of one column.
 */
#ifndef CW_SETS_SET_H
#define CW_SETS_SET_H

#include "base/arena.h"
#include "base/diag.h"
#include "pattern/wildcard.h"

struct set {
	struct strview name;
	struct span span;
	uint32_t column_count;
	struct strview
		*columns; /* names; a list has one, named as the set or its wildcard */
	size_t row_count;
	struct strview *values; /* row-major */
	bool distinct;          /* it is known that no two rows are equal */
};

/* The set with these rows removed that do not hold value `equals` in `column`. */
struct set_filter {
	struct strview column, equals;
	struct span span;
};

/* All of these allocate in `arena` and return 0, or -1 with errors (CW-E2xx). The name of
 * the set, and that of the only column of a range, a list or lines, is the caller's to
 * fill in. */

/* Integers from `from` to `to`, both ends in, by `step` (not 0; may be negative). At most
 * 100 million. */
int set_range(struct diag_sink *sink, struct arena *arena, int64_t from, int64_t to,
	int64_t step, struct span where, struct set *ret);

/* A list written in place: the texts are borrowed. */
void set_list(struct arena *arena, const struct strview *values, size_t count,
	struct span where, struct set *ret);

/* The values of a glob's wildcards. */
int set_glob(struct diag_sink *sink, struct arena *arena, int dir,
	const struct pattern *p, const struct strview *names, uint32_t name_count,
	struct span where, struct set *ret);

/* A .csv (RFC 4180) or .tsv (no quoting) file with a header; CRLF and a byte order mark
 * are dropped, empty lines skipped; ragged rows and doubled columns are errors with
 * file:line. The text is added to the sink's sources. */
int set_table(struct diag_sink *sink, struct arena *arena, const char *path,
	struct span where, struct set *ret);

/* Lines of a file, one value each; CR, BOM and empty lines dropped. */
int set_lines(struct diag_sink *sink, struct arena *arena, const char *path,
	struct span where, struct set *ret);

/* Rows of `from` that pass all filters. An unknown column is an error with the nearest. */
int set_where(struct diag_sink *sink, struct arena *arena, const struct set *from,
	const struct set_filter *filters, uint32_t count, struct set *ret);

/* Number of the column called `name`, or -1. */
int set_column(const struct set *s, struct strview name);

#endif
