#include "pattern/row_sort.h"

#include "base/xalloc.h"

/* Below this a comparison sort is as fast. */
enum { RADIX_LEAST = 256, KEY_BYTES = 8 };

/* Eight bytes of the first column, as a number that sorts like them, and their row. */
struct key {
	uint64_t bytes;
	size_t row;
};

struct order {
	const struct strview *values;
	uint32_t columns;
};

static int compare_rows(const struct order *o, size_t a, size_t b)
{
	for (uint32_t c = 0; c < o->columns; c++) {
		int cmp = sv_cmp(
			o->values[a * o->columns + c], o->values[b * o->columns + c]);
		if (cmp) {
			return cmp;
		}
	}
	return 0;
}

static int compare_keys(const void *a, const void *b, void *order)
{
	const struct key *x = a, *y = b;
	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? -1 : 1;
	}
	return compare_rows(order, x->row, y->row);
}

/* How many bytes all values of the first column have in common at their begin. */
static size_t common_prefix(const struct order *o, size_t rows)
{
	struct strview first = o->values[0];
	size_t common = first.n;
	for (size_t i = 1; i < rows && common; i++) {
		struct strview v = o->values[i * o->columns];
		size_t n = 0;
		while (n < common && n < v.n && v.p[n] == first.p[n]) {
			n++;
		}
		common = n;
	}
	return common;
}

static uint64_t key_at(struct strview v, size_t from)
{
	uint64_t key = 0;
	for (size_t i = 0; i < KEY_BYTES; i++) {
		key = key << 8 | (from + i < v.n ? (unsigned char)v.p[from + i] : 0);
	}
	return key;
}

/* Least significant byte first; bytes that are the same everywhere cost one count. */
static void radix_sort(struct key **keys, struct key **spare, size_t n)
{
	for (int shift = 0; shift < 64; shift += 8) {
		size_t count[257] = {0};
		for (size_t i = 0; i < n; i++) {
			count[((*keys)[i].bytes >> shift & 255) + 1]++;
		}
		if (count[((*keys)[0].bytes >> shift & 255) + 1] == n) {
			continue;
		}
		for (int b = 0; b < 256; b++) {
			count[b + 1] += count[b];
		}
		for (size_t i = 0; i < n; i++) {
			(*spare)[count[(*keys)[i].bytes >> shift & 255]++] = (*keys)[i];
		}
		struct key *swap = *keys;
		*keys = *spare;
		*spare = swap;
	}
}

/* Rows that agree in their key are told apart by all they hold. */
static void sort_runs(struct key *keys, size_t n, struct order *o)
{
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && keys[end].bytes == keys[i].bytes) {
			end++;
		}
		if (end - i > 1) {
			qsort_r(keys + i, end - i, sizeof(*keys), compare_keys, o);
		}
		i = end;
	}
}

struct strview *row_sort(struct arena *arena, const struct strview *values, size_t rows,
	uint32_t columns, size_t *ret_rows)
{
	struct order o = {values, columns};
	*ret_rows = rows && !columns ? 1 : 0;
	if (!rows || !columns) {
		return NULL;
	}
	struct key *keys = xmalloc(size_mul(rows, sizeof(*keys)));
	struct key *spare = xmalloc(size_mul(rows, sizeof(*keys)));
	size_t from = common_prefix(&o, rows);
	for (size_t i = 0; i < rows; i++) {
		keys[i] = (struct key){key_at(values[i * columns], from), i};
	}
	if (rows >= RADIX_LEAST) {
		radix_sort(&keys, &spare, rows);
		sort_runs(keys, rows, &o);
	} else {
		qsort_r(keys, rows, sizeof(*keys), compare_keys, &o);
	}
	struct strview *sorted =
		ARENA_ARRAY(arena, struct strview, size_mul(rows, columns));
	size_t n = 0;
	for (size_t i = 0; i < rows; i++) {
		if (i && !compare_rows(&o, keys[i - 1].row, keys[i].row)) {
			continue;
		}
		memcpy(sorted + n++ * columns, values + keys[i].row * columns,
			columns * sizeof(*sorted));
	}
	free(keys);
	free(spare);
	*ret_rows = n;
	return sorted;
}
