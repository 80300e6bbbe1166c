#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "sys/path.h"

static void check_normal(const char *path, const char *workdir, const char *expected)
{
	struct strbuf out = STRBUF_INIT;
	strbuf_addstr(&out, "before|");
	path_normalise(&out, sv_from(path), sv_from(workdir));
	assert_string_equal(out.buf + 7, expected);
	strbuf_release(&out);
	bool same = strcmp(path, expected) == 0;
	if (*workdir == '\0') {
		assert_int_equal(path_is_normal(sv_from(path)), same);
	}
}

static void normal_form(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", "."},
		{".", "."},
		{"./", "."},
		{"./.", "."},
		{"a", "a"},
		{"./a", "a"},
		{"a/", "a"},
		{"a//b", "a/b"},
		{"a/./b", "a/b"},
		{"a/.", "a"},
		{"/", "/"},
		{"//", "/"},
		{"/.", "/"},
		{"//a", "/a"},
		{"/a/", "/a"},
		{"../a", "../a"},
		{"a/../b", "a/../b"},
		{"..", ".."},
		{".a", ".a"},
		{"a.", "a."},
		{"a./b", "a./b"},
		{".../x", ".../x"},
		{"a/.b", "a/.b"},
		{" ", " "},
		{"a\n/b", "a\n/b"},
		{"\xff/x", "\xff/x"},
		{"a/b/c", "a/b/c"},
		{"/./a", "/a"},
		{"a/b/..", "a/b/.."},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		check_normal(cases[i][0], "", cases[i][1]);
	}
}

static void below_the_working_directory(void **state)
{
	(void)state;
	check_normal("/home/u/w/a/b", "/home/u/w", "a/b");
	check_normal("/home/u//w/./a", "/home/u/w", "a");
	check_normal("/home/u/w", "/home/u/w", ".");
	check_normal("/home/u/w/", "/home/u/w", ".");
	check_normal("/home/u/w2/a", "/home/u/w", "/home/u/w2/a");
	check_normal("/home/u", "/home/u/w", "/home/u");
	check_normal("/a", "/", "a");
	check_normal("/", "/", ".");
	check_normal("a/b", "/home/u/w", "a/b");
}

static void check_parts(const char *path, const char *dir, const char *name)
{
	struct strview d = path_dir(sv_from(path)), n = path_name(sv_from(path));
	assert_true(sv_eq_str(d, dir));
	assert_true(sv_eq_str(n, name));
}

static void folder_and_name(void **state)
{
	(void)state;
	check_parts("a/b/c", "a/b", "c");
	check_parts("x", ".", "x");
	check_parts("/x", "/", "x");
	check_parts("/", "/", "/");
	check_parts("a//b", "a", "b");
	check_parts("a/b/", "a", "b");
	check_parts("", ".", "");
}

static void joined(void **state)
{
	(void)state;
	static const char *const cases[][3] = {
		{"a", "b", "a/b"},
		{"a/", "b", "a/b"},
		{"", "b", "b"},
		{".", "b", "b"},
		{"a", "/b", "/b"},
		{"/", "b", "/b"},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		struct strbuf out = STRBUF_INIT;
		path_join(&out, sv_from(cases[i][0]), sv_from(cases[i][1]));
		assert_string_equal(out.buf, cases[i][2]);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_form),
		cmocka_unit_test(below_the_working_directory),
		cmocka_unit_test(folder_and_name),
		cmocka_unit_test(joined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
