/* Rows of a table by the values of some of its columns, the same cost in any table. */
#ifndef CW_SETS_LOOKUP_H
#define CW_SETS_LOOKUP_H

#include "sets/set.h"

struct lookup_index;

/* An index of `s` over columns[0..count); borrows `s`. Returns owned. */
struct lookup_index *lookup_index_new(
	const struct set *s, const uint32_t *columns, uint32_t count);
void lookup_index_free(struct lookup_index *ix); /* NULL is fine */

/* First row whose columns hold `values`, or SIZE_MAX; and the next such row after `row`. */
size_t lookup_first(const struct lookup_index *ix, const struct strview *values);
size_t lookup_next(const struct lookup_index *ix, size_t row);

#endif
