/* Rows of values in bytewise order; for this room alone. */
#ifndef CW_PATTERN_ROW_SORT_H
#define CW_PATTERN_ROW_SORT_H

#include "base/arena.h"

/* Sorts `rows` rows of `columns` values (no NUL within a value), the first column first,
 * and leaves out equal rows. Returns the sorted rows, in `arena`, and their number. */
struct strview *row_sort(struct arena *arena, const struct strview *values, size_t rows,
	uint32_t columns, size_t *ret_rows);

#endif
