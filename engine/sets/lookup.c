#include "sets/lookup.h"

#include "base/hash.h"
#include "base/xalloc.h"

#define NO_ROW UINT32_MAX

struct lookup_index {
	const struct set *s;
	uint32_t *columns;
	uint32_t count;
	uint32_t *slots; /* first row of a key, or NO_ROW; open addressing */
	size_t mask;
	uint32_t *next; /* row -> next row of the same key, or NO_ROW */
};

/* Mixes the columns' hashes in their order. */
static uint64_t mix(uint64_t h, struct strview v)
{
	return (h ^ hash64(v.p, v.n)) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static uint64_t hash_row(const struct lookup_index *ix, size_t row)
{
	const struct strview *v = ix->s->values + row * ix->s->column_count;
	uint64_t h = 0;
	for (uint32_t i = 0; i < ix->count; i++) {
		h = mix(h, v[ix->columns[i]]);
	}
	return h;
}

static bool same_rows(const struct lookup_index *ix, size_t a, size_t b)
{
	const struct strview *x = ix->s->values + a * ix->s->column_count;
	const struct strview *y = ix->s->values + b * ix->s->column_count;
	for (uint32_t i = 0; i < ix->count; i++) {
		if (!sv_eq(x[ix->columns[i]], y[ix->columns[i]])) {
			return false;
		}
	}
	return true;
}

/* From the last row to the first, so that chains count up. */
static void fill(struct lookup_index *ix)
{
	for (size_t row = ix->s->row_count; row-- > 0;) {
		size_t at = (size_t)(hash_row(ix, row) >> 16) & ix->mask;
		while (ix->slots[at] != NO_ROW && !same_rows(ix, ix->slots[at], row)) {
			at = (at + 1) & ix->mask;
		}
		ix->next[row] = ix->slots[at];
		ix->slots[at] = (uint32_t)row;
	}
}

struct lookup_index *lookup_index_new(
	const struct set *s, const uint32_t *columns, uint32_t count)
{
	struct lookup_index *ix = xcalloc(1, sizeof(*ix));
	size_t cap = 16;
	cw_assert(s->row_count < NO_ROW);
	while (cap < s->row_count + s->row_count / 2) {
		cap *= 2;
	}
	ix->s = s;
	ix->count = count;
	ix->columns = xcalloc((size_t)count + 1, sizeof(*columns));
	if (count) {
		memcpy(ix->columns, columns, count * sizeof(*columns));
	}
	ix->mask = cap - 1;
	ix->slots = xmalloc(size_mul(cap, sizeof(*ix->slots)));
	memset(ix->slots, 0xff, cap * sizeof(*ix->slots));
	ix->next = xcalloc(s->row_count + 1, sizeof(*ix->next));
	fill(ix);
	return ix;
}

void lookup_index_free(struct lookup_index *ix)
{
	if (ix) {
		free(ix->columns);
		free(ix->slots);
		free(ix->next);
		free(ix);
	}
}

static bool row_holds(
	const struct lookup_index *ix, size_t row, const struct strview *values)
{
	const struct strview *v = ix->s->values + row * ix->s->column_count;
	for (uint32_t i = 0; i < ix->count; i++) {
		if (!sv_eq(v[ix->columns[i]], values[i])) {
			return false;
		}
	}
	return true;
}

size_t lookup_first(const struct lookup_index *ix, const struct strview *values)
{
	uint64_t h = 0;
	for (uint32_t i = 0; i < ix->count; i++) {
		h = mix(h, values[i]);
	}
	size_t at = (size_t)(h >> 16) & ix->mask;
	while (ix->slots[at] != NO_ROW) {
		if (row_holds(ix, ix->slots[at], values)) {
			return ix->slots[at];
		}
		at = (at + 1) & ix->mask;
	}
	return SIZE_MAX;
}

size_t lookup_next(const struct lookup_index *ix, size_t row)
{
	return ix->next[row] == NO_ROW ? SIZE_MAX : ix->next[row];
}
