#include "sets/set.h"

#include <inttypes.h>

#include "base/edit_distance.h"
#include "base/vec.h"
#include "pattern/glob_walk.h"

enum { RANGE_MOST = 100000000, DIGITS_MOST = 20 };

/* A set of one column whose name is filled in later. */
static void one_column(struct arena *arena, struct span where, struct set *ret)
{
	*ret = (struct set){.span = where, .column_count = 1};
	ret->columns = ARENA_ARRAY(arena, struct strview, 1);
}

void set_list(struct arena *arena, const struct strview *values, size_t count,
	struct span where, struct set *ret)
{
	one_column(arena, where, ret);
	ret->row_count = count;
	ret->values = ARENA_ARRAY(arena, struct strview, count);
	if (count) {
		memcpy(ret->values, values, count * sizeof(*values));
	}
}

/* How many integers from `from` to `to` by `step`; RANGE_MOST + 1 where there are more. */
static size_t range_count(int64_t from, int64_t to, int64_t step)
{
	if ((step > 0 && from > to) || (step < 0 && from < to)) {
		return 0;
	}
	uint64_t low = (uint64_t)(step > 0 ? from : to);
	uint64_t high = (uint64_t)(step > 0 ? to : from);
	uint64_t by = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
	uint64_t steps = (high - low) / by;
	return steps < RANGE_MOST ? (size_t)steps + 1 : RANGE_MOST + 1;
}

int set_range(struct diag_sink *sink, struct arena *arena, int64_t from, int64_t to,
	int64_t step, struct span where, struct set *ret)
{
	if (!step) {
		return diag_error(sink, "CW-E201", where, "the step of a range is 0");
	}
	size_t count = range_count(from, to, step);
	if (count > RANGE_MOST) {
		return diag_error(sink, "CW-E201", where,
			"a range of more than %d integers", RANGE_MOST);
	}
	one_column(arena, where, ret);
	ret->distinct = true;
	ret->row_count = count;
	ret->values = ARENA_ARRAY(arena, struct strview, count);
	uint64_t x = (uint64_t)from;
	for (size_t i = 0; i < count; i++) {
		char digits[DIGITS_MOST + 2];
		int n = snprintf(digits, sizeof(digits), "%" PRId64, (int64_t)x);
		ret->values[i].p = arena_memdup0(arena, digits, (size_t)n);
		ret->values[i].n = (size_t)n;
		x += (uint64_t)step;
	}
	return 0;
}

int set_glob(struct diag_sink *sink, struct arena *arena, int dir,
	const struct pattern *p, const struct strview *names, uint32_t name_count,
	struct span where, struct set *ret)
{
	struct set s = {.span = where, .column_count = name_count, .distinct = true};
	s.columns = ARENA_ARRAY(arena, struct strview, name_count);
	if (glob_collect(
		    sink, arena, dir, p, name_count, where, &s.values, &s.row_count)) {
		return -1;
	}
	for (uint32_t i = 0; i < name_count; i++) {
		s.columns[i] = names[i];
	}
	*ret = s;
	return 0;
}

int set_column(const struct set *s, struct strview name)
{
	for (uint32_t i = 0; i < s->column_count; i++) {
		if (sv_eq(s->columns[i], name)) {
			return (int)i;
		}
	}
	return -1;
}

/* A filter's column does not exist. */
static int unknown_column(
	struct diag_sink *sink, const struct set *s, const struct set_filter *f)
{
	struct nearest near;
	nearest_init(&near, f->column);
	for (uint32_t i = 0; i < s->column_count; i++) {
		nearest_offer(&near, s->columns[i]);
	}
	if (near.best.p) {
		return diag_error(sink, "CW-E205", f->span,
			"no column \"" SV_FMT "\"; did you mean \"" SV_FMT "\"?",
			SV_ARG(f->column), SV_ARG(near.best));
	}
	diag_error(
		sink, "CW-E205", f->span, "no column \"" SV_FMT "\"", SV_ARG(f->column));
	for (uint32_t i = 0; i < s->column_count && i < 10; i++) {
		diag_note(sink, (struct span){0, 0, 0}, "there is \"" SV_FMT "\"",
			SV_ARG(s->columns[i]));
	}
	return -1;
}

int set_where(struct diag_sink *sink, struct arena *arena, const struct set *from,
	const struct set_filter *filters, uint32_t count, struct set *ret)
{
	VEC(uint32_t) columns = {NULL, 0, 0};
	VEC(size_t) rows = {NULL, 0, 0};
	int rc = 0;
	for (uint32_t i = 0; i < count; i++) {
		int column = set_column(from, filters[i].column);
		if (column < 0) {
			rc = unknown_column(sink, from, &filters[i]);
			continue;
		}
		vec_push(&columns, (uint32_t)column);
	}
	for (size_t r = 0; !rc && r < from->row_count; r++) {
		const struct strview *row = from->values + r * from->column_count;
		uint32_t i = 0;
		while (i < count && sv_eq(row[columns.v[i]], filters[i].equals)) {
			i++;
		}
		if (i == count) {
			vec_push(&rows, r);
		}
	}
	if (!rc) {
		struct set s = *from;
		s.row_count = rows.n;
		s.values = ARENA_ARRAY(
			arena, struct strview, size_mul(rows.n, s.column_count));
		for (size_t i = 0; i < rows.n; i++) {
			memcpy(s.values + i * s.column_count,
				from->values + rows.v[i] * s.column_count,
				s.column_count * sizeof(*s.values));
		}
		*ret = s;
	}
	vec_release(&columns);
	vec_release(&rows);
	return rc;
}
