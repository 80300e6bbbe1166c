#include <unistd.h>

#include "sets_kit.h"

static const struct span nowhere = {0, 0, 0};

struct row {
	const char *ext, *text, *want;
};

static void tables_are_read(void **state)
{
	static const struct row rows[] = {
		{"tsv", "a\tb\n1\t2\n3\t4\n", "a|b:1|2:3|4"},
		{"tsv", "a\tb\n1\t2\n3\t4", "a|b:1|2:3|4"},
		{"tsv",
			"\xef\xbb\xbf"
			"a\tb\r\n1\t2\r\n\r\n\n3\t4\r\n",
			"a|b:1|2:3|4"},
		{"tsv", "a\tb\n\t\n", "a|b:|"},
		{"tsv", "a\tb\n\"1\t2,\"\n", "a|b:\"1|2,\""},
		{"tsv", "a\n1\n", "a:1"},
		{"tsv", "a\tb\n", "a|b"},
		{"csv", "a,b\n1,2\n", "a|b:1|2"},
		{"csv", "a,\"b \"\"c\"\"\"\n\"1,\n2\",\"\"\n", "a|b \"c\":1,\n2|"},
		{"csv", "a\n\"\"\n", "a:"},
		{"csv", "a,b\n \"x ,2\n", NULL},
		{"CSV", "a,b\r\n1,2\r\n", "a|b:1|2"},
		{"csv", "a,b\n\xff,\xc3\xa9\n", "a|b:\xff|\xc3\xa9"},
	};
	struct sets_kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct set s;
		sets_write(k, rows[i].ext, rows[i].text, strlen(rows[i].text));
		int rc = set_table(&k->sink, &k->arena, k->path, nowhere, &s);
		assert_int_equal(rc, rows[i].want ? 0 : -1);
		if (rows[i].want) {
			assert_string_equal(sets_show(k, &s), rows[i].want);
		}
	}
}

static void faults_name_their_line(void **state)
{
	static const struct row rows[] = {
		{"tsv", "a\tb\n1\n1\t2\n1\t2\t3\n",
			"2:1: this row has 1 field, the header has 2\n"
			"4:1: this row has 3 fields, the header has 2"},
		{"tsv", "a\tb\ta\n", "1:5: column \"a\" stands twice in the header"},
		{"tsv", "a\t\tb\n", "1:3: column 2 has no name"},
		{"csv", "a,b\n1,\"2\n3,4\n", "2:3: this quote is never closed"},
		{"csv", "a,b\n1,2\"3\n",
			"2:4: a quote inside a field; write the field in quotes and this one "
			"twice"},
		{"csv", "a,b\n\"1\"2,3\n",
			"2:4: a comma or the line's end must stand behind a field in quotes\n"
			"2:1: this row has 1 field, the header has 2"},
	};
	struct sets_kit *k = *state;
	struct set s;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		sets_write(k, rows[i].ext, rows[i].text, strlen(rows[i].text));
		assert_int_equal(
			set_table(&k->sink, &k->arena, k->path, nowhere, &s), -1);
		assert_string_equal(sets_errors(k), rows[i].want);
	}
	sets_write(k, "tsv",
		"a\tb\n1\t\0"
		"2\n",
		9);
	assert_int_equal(set_table(&k->sink, &k->arena, k->path, nowhere, &s), -1);
	assert_string_equal(sets_errors(k), "2:3: a NUL byte; this is no text file");
	sets_write(k, "csv", "\n\r\n", 3);
	assert_int_equal(set_table(&k->sink, &k->arena, k->path, nowhere, &s), -1);
	assert_non_null(
		strstr(sets_errors(k), "is empty; a table begins with the names"));
	sets_write(k, "xls", "a\n", 2);
	assert_int_equal(set_table(&k->sink, &k->arena, k->path, nowhere, &s), -1);
	assert_non_null(strstr(sets_errors(k), "a table is a .csv or a .tsv file"));
	unlink(k->path);
	assert_int_equal(set_lines(&k->sink, &k->arena, k->path, nowhere, &s), -1);
	assert_non_null(strstr(sets_errors(k), "No such file or directory"));
}

static void lines_are_read(void **state)
{
	static const struct row rows[] = {
		{"txt", "a\nb\n", ":a:b"},
		{"txt",
			"\xef\xbb\xbf"
			"a b\r\n\r\n\n c",
			":a b: c"},
		{"txt", "", ""},
		{"txt", "\n\n", ""},
	};
	struct sets_kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct set s;
		sets_write(k, rows[i].ext, rows[i].text, strlen(rows[i].text));
		assert_int_equal(set_lines(&k->sink, &k->arena, k->path, nowhere, &s), 0);
		assert_string_equal(sets_show(k, &s), rows[i].want);
	}
}

static void large_tables_cost_what_they_hold(void **state)
{
	struct sets_kit *k = *state;
	struct strbuf text = STRBUF_INIT;
	enum { N = 200000 };
	strbuf_addstr(&text, "sample,fq\n");
	for (unsigned i = 0; i < N; i++) {
		strbuf_addf(&text, "s%u,\"d/%u.fq\"\n", i, i);
	}
	sets_write(k, "csv", text.buf, text.len);
	struct set s;
	assert_int_equal(set_table(&k->sink, &k->arena, k->path, nowhere, &s), 0);
	assert_int_equal(s.row_count, N);
	assert_true(sv_eq_str(s.values[2 * (N - 1) + 1], "d/199999.fq"));
	strbuf_release(&text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, sets_setup, sets_teardown)
	const struct CMUnitTest tests[] = {
		TEST(tables_are_read),
		TEST(faults_name_their_line),
		TEST(lines_are_read),
		TEST(large_tables_cost_what_they_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
