#include "sets/lookup.h"

#include "sets_kit.h"

static void rows_are_found_in_order(void **state)
{
	struct sets_kit *k = *state;
	static const char text[] = "a,b,c\n1,x,p\n2,x,q\n1,y,r\n1,x,s\n,,t\n";
	struct set s;
	sets_write(k, "csv", text, strlen(text));
	assert_int_equal(
		set_table(&k->sink, &k->arena, k->path, (struct span){0, 0, 0}, &s), 0);
	struct lookup_index *ix = lookup_index_new(&s, (const uint32_t[]){0, 1}, 2);
	size_t row =
		lookup_first(ix, (const struct strview[]){SV_INIT("1"), SV_INIT("x")});
	assert_int_equal(row, 0);
	row = lookup_next(ix, row);
	assert_int_equal(row, 3);
	assert_true(lookup_next(ix, row) == SIZE_MAX);
	assert_int_equal(
		lookup_first(ix, (const struct strview[]){SV_INIT(""), SV_INIT("")}), 4);
	assert_true(lookup_first(ix, (const struct strview[]){
					     SV_INIT("x"), SV_INIT("1")}) == SIZE_MAX);
	lookup_index_free(ix);
	ix = lookup_index_new(&s, (const uint32_t[]){1}, 1);
	size_t n = 0;
	for (row = lookup_first(ix, (const struct strview[]){SV_INIT("x")});
		row != SIZE_MAX; row = lookup_next(ix, row)) {
		n++;
	}
	assert_int_equal(n, 3);
	lookup_index_free(ix);
	ix = lookup_index_new(&s, NULL, 0);
	assert_int_equal(lookup_first(ix, NULL), 0);
	assert_int_equal(lookup_next(ix, 0), 1);
	lookup_index_free(ix);
	lookup_index_free(NULL);
}

static void every_key_of_a_large_table(void **state)
{
	struct sets_kit *k = *state;
	struct set s;
	enum { N = 100000 };
	assert_int_equal(
		set_range(&k->sink, &k->arena, 1, N, 1, (struct span){0, 0, 0}, &s), 0);
	struct lookup_index *ix = lookup_index_new(&s, (const uint32_t[]){0}, 1);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(lookup_first(ix, &s.values[i]), i);
		assert_true(lookup_next(ix, i) == SIZE_MAX);
	}
	struct strview none = SV_INIT("0");
	assert_true(lookup_first(ix, &none) == SIZE_MAX);
	lookup_index_free(ix);
	s.row_count = 0;
	ix = lookup_index_new(&s, (const uint32_t[]){0}, 1);
	assert_true(lookup_first(ix, &none) == SIZE_MAX);
	lookup_index_free(ix);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, sets_setup, sets_teardown)
	const struct CMUnitTest tests[] = {
		TEST(rows_are_found_in_order),
		TEST(every_key_of_a_large_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
