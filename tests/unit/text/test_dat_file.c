#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "text/dat_file.h"
#include "text_kit.h"

static int read_text(struct dat *d, const char *text)
{
	text_kit_write("f.dat", text, strlen(text));
	return dat_read(d, &text_kit_tool, "f.dat");
}

static void reads(void **state)
{
	(void)state;
	struct dat d;
	assert_int_equal(
		read_text(&d, "the 10 50.0\n# remark\n\nüber 6 30.0\r\na 4 2e1"), 0);
	assert_int_equal(d.n, 3);
	assert_true(sv_eq_str(d.v[1].word, "über"));
	assert_int_equal(d.v[2].count, 4);
	dat_release(&d);
	assert_int_equal(read_text(&d, ""), 0);
	assert_int_equal(d.n, 0);
	dat_release(&d);
}

static void sorts_stably(void **state)
{
	(void)state;
	struct dat d;
	assert_int_equal(read_text(&d, "a 1 1\nb 2 1\nc 1 1\nd 2 1\ne 3 1\n"), 0);
	static const char *const order[] = {"e", "b", "d", "a", "c"};
	for (size_t i = 0; i < CW_ARRAY_LEN(order); i++) {
		assert_true(sv_eq_str(d.v[i].word, order[i]));
	}
	dat_release(&d);
}

static void refuses(void **state)
{
	(void)state;
	static const char *const wrong[] = {"word\n", "word 1\n", "word x 1\n",
		"word -1 1\n", "word 0 1\n", "word 1.5 1\n", "word 1 x\n", "word 1 1 1\n",
		"word 1 .\n", "word 1 1e\n", "word 99999999999999999999 1\n",
		" word 1 1\n", "word 1 nan\n", "w\xff 1 1\n", "word 1x 1\n"};
	for (size_t i = 0; i < CW_ARRAY_LEN(wrong); i++) {
		struct dat d;
		assert_int_equal(read_text(&d, wrong[i]), -1);
	}
	struct dat d;
	assert_int_equal(dat_read(&d, &text_kit_tool, "none"), -1);
	assert_int_equal(dat_read(&d, &text_kit_tool, "."), -1);
}

static void writes(void **state)
{
	(void)state;
	static const char padded[] = "b a                    ";
	struct count_table table;
	count_table_init(&table, 0);
	count_table_add(&table, (struct strview){padded, 1});
	count_table_add(&table, (struct strview){padded + 2, 1});
	count_table_add(&table, (struct strview){padded + 2, 1});
	uint32_t *order = count_table_sorted(&table);
	struct output_file out;
	assert_int_equal(output_file_open(&out, &text_kit_tool, "w.dat"), 0);
	assert_int_equal(dat_write(&out, &table, order, 2), 0);
	assert_int_equal(output_file_commit(&out), 0);
	char *text = sandbox_read("w.dat");
	assert_string_equal(text, "a 2 66.66666666666666\nb 1 33.33333333333333\n");
	free(text);
	free(order);
	count_table_release(&table);
}

static void names_books(void **state)
{
	(void)state;
	assert_true(sv_eq_str(dat_book("a/b/isles.dat"), "isles"));
	assert_true(sv_eq_str(dat_book("isles"), "isles"));
	assert_true(sv_eq_str(dat_book("x.dat.txt"), "x.dat.txt"));
	assert_true(sv_eq_str(dat_book("dir.dat/.dat"), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(sorts_stably),
		cmocka_unit_test(refuses),
		cmocka_unit_test(writes),
		cmocka_unit_test(names_books),
	};
	return cmocka_run_group_tests(tests, sandbox_enter, sandbox_leave);
}
