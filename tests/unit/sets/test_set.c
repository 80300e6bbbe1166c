#include "sets_kit.h"

#include <fcntl.h>

static const struct span nowhere = {0, 0, 0};

static void ranges_hold_both_ends(void **state)
{
	static const struct {
		int64_t from, to, step;
		const char *want;
	} rows[] = {
		{1, 3, 1, ":1:2:3"},
		{1, 6, 2, ":1:3:5"},
		{3, 1, -1, ":3:2:1"},
		{3, 1, 1, ""},
		{-1, 1, 1, ":-1:0:1"},
		{5, 5, -7, ":5"},
		{INT64_MAX - 1, INT64_MAX, 1, ":9223372036854775806:9223372036854775807"},
		{INT64_MIN, INT64_MAX, INT64_MAX,
			":-9223372036854775808:-1:9223372036854775806"},
		{INT64_MAX, INT64_MIN, INT64_MIN, ":9223372036854775807:-1"},
	};
	struct sets_kit *k = *state;
	struct set s;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		assert_int_equal(set_range(&k->sink, &k->arena, rows[i].from, rows[i].to,
					 rows[i].step, nowhere, &s),
			0);
		assert_string_equal(sets_show(k, &s), rows[i].want);
	}
	assert_int_equal(set_range(&k->sink, &k->arena, 1, 2, 0, nowhere, &s), -1);
	assert_string_equal(sets_errors(k), "0:0: the step of a range is 0");
	assert_int_equal(
		set_range(&k->sink, &k->arena, INT64_MIN, INT64_MAX, 1, nowhere, &s), -1);
	assert_string_equal(
		sets_errors(k), "0:0: a range of more than 100000000 integers");
}

static void filters_keep_rows(void **state)
{
	struct sets_kit *k = *state;
	static const char text[] = "s\tgroup\n1\tcase\n2\tcontrol\n3\tcase\n";
	struct set all, some;
	sets_write(k, "tsv", text, strlen(text));
	assert_int_equal(set_table(&k->sink, &k->arena, k->path, nowhere, &all), 0);
	struct set_filter f[] = {{SV_INIT("group"), SV_INIT("case"), nowhere},
		{SV_INIT("s"), SV_INIT("3"), nowhere}};
	assert_int_equal(set_where(&k->sink, &k->arena, &all, f, 1, &some), 0);
	assert_string_equal(sets_show(k, &some), "s|group:1|case:3|case");
	assert_int_equal(set_where(&k->sink, &k->arena, &all, f, 2, &some), 0);
	assert_string_equal(sets_show(k, &some), "s|group:3|case");
	assert_int_equal(set_where(&k->sink, &k->arena, &all, f, 0, &some), 0);
	assert_int_equal(some.row_count, 3);
	f[0].equals = SV("Case");
	assert_int_equal(set_where(&k->sink, &k->arena, &all, f, 1, &some), 0);
	assert_int_equal(some.row_count, 0);
	f[0].column = SV("gruop");
	f[1].column = SV("zzzzzz");
	assert_int_equal(set_where(&k->sink, &k->arena, &all, f, 2, &some), -1);
	assert_string_equal(sets_errors(k),
		"0:0: no column \"gruop\"; did you mean \"group\"?\n"
		"0:0: no column \"zzzzzz\"");
	assert_int_equal(set_column(&all, SV("group")), 1);
	assert_int_equal(set_column(&all, SV("Group")), -1);
}

static struct span in_source(const void *ctx, size_t off, size_t len)
{
	return (struct span){*(const uint32_t *)ctx, (uint32_t)off, (uint32_t)len};
}

/* The columns of a glob are its wildcards; its values outlive the pattern. */
static void globs_are_tables(void **state)
{
	struct sets_kit *k = *state;
	sets_write(k, "a b.tsv", "", 0);
	char text[100];
	snprintf(text, sizeof(text), "%s", k->path);
	*strrchr(text, '/') = '\0';
	size_t n = strlen(text);
	snprintf(text + n, sizeof(text) - n, "/{name}.{mid,[^/.]+}.tsv");
	uint32_t source = source_add(&k->sources, "f", sv_from(text));
	struct template_origin origin = {in_source, &source};
	struct strview names[] = {SV_INIT("name"), SV_INIT("mid")};
	struct template t;
	struct pattern *p;
	struct set s;
	assert_int_equal(template_parse(&k->sink, &k->arena, sv_from(text),
				 TEMPLATE_PATTERN, SHELL_SH, NULL, origin, &t),
		0);
	assert_int_equal(pattern_compile(&k->sink, &k->arena, &t, names, 2, NULL, NULL,
				 "[^/]+", origin, &p),
		0);
	assert_int_equal(
		set_glob(&k->sink, &k->arena, AT_FDCWD, p, names, 2, nowhere, &s), 0);
	pattern_release(p);
	assert_string_equal(sets_show(k, &s), "name|mid:table|a b");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, sets_setup, sets_teardown)
	const struct CMUnitTest tests[] = {
		TEST(ranges_hold_both_ends),
		TEST(filters_keep_rows),
		TEST(globs_are_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
