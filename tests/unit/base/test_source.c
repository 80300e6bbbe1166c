#include "base/source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/strbuf.h"

/* "LINE:COLUMN TEXT" of byte `off` of `text`. */
static const char *place(struct strview text, uint32_t off)
{
	static char out[200];
	struct source_set set;
	source_set_init(&set);
	uint32_t source = source_add(&set, "f", text);
	struct source_place p = source_place(&set, source, off);
	snprintf(out, sizeof(out), "%u:%u " SV_FMT, p.line, p.column, SV_ARG(p.text));
	source_set_release(&set);
	return out;
}

static void names_and_texts_are_copied(void **state)
{
	(void)state;
	struct source_set set;
	source_set_init(&set);
	char name[] = "n1", text[] = "t\0xt";
	uint32_t a = source_add(&set, name, (struct strview){text, 4});
	uint32_t ids[50];
	for (int i = 0; i < 50; i++) {
		ids[i] = source_add(&set, "other", SV("o"));
	}
	name[0] = text[0] = '?';
	assert_int_equal(a, 1);
	assert_int_equal(ids[49], 51);
	assert_string_equal(source_name(&set, a), "n1");
	assert_int_equal(source_text(&set, a).n, 4);
	assert_memory_equal(source_text(&set, a).p, "t\0xt", 4);
	assert_int_equal(source_text(&set, 0).n, 0);
	source_set_release(&set);
	source_set_release(&set);
}

static void lines_and_columns_count_from_one(void **state)
{
	(void)state;
	struct strview t = SV("ab\ncd\n\nef");
	assert_string_equal(place(t, 0), "1:1 ab");
	assert_string_equal(place(t, 1), "1:2 ab");
	assert_string_equal(place(t, 2), "1:3 ab"); /* the break itself */
	assert_string_equal(place(t, 3), "2:1 cd");
	assert_string_equal(place(t, 6), "3:1 ");
	assert_string_equal(place(t, 8), "4:2 ef");
	assert_string_equal(place(t, 9), "4:3 ef");
	assert_string_equal(place(t, 1000), "4:3 ef");
	assert_string_equal(place(SV(""), 0), "1:1 ");
	assert_string_equal(place(SV("a\n"), 2), "2:1 ");
}

static void columns_count_characters(void **state)
{
	(void)state;
	struct strview t = SV("é日a\xff"
			      "b\tc");
	assert_int_equal(strncmp(place(t, 2), "1:2 ", 4), 0);
	assert_int_equal(strncmp(place(t, 3), "1:2 ", 4), 0); /* inside 日 */
	assert_int_equal(strncmp(place(t, 4), "1:2 ", 4), 0);
	assert_int_equal(strncmp(place(t, 5), "1:3 ", 4), 0);
	assert_int_equal(strncmp(place(t, 6), "1:4 ", 4), 0);
	assert_int_equal(strncmp(place(t, 7), "1:5 ", 4), 0);
	assert_int_equal(strncmp(place(t, 9), "1:7 ", 4), 0); /* a tab is one */
}

static void breaks_of_all_kinds(void **state)
{
	(void)state;
	struct strview t = SV("a\r\nb\rc\n\rd\r\n");
	assert_string_equal(place(t, 0), "1:1 a");
	assert_string_equal(place(t, 1), "1:2 a");
	assert_string_equal(place(t, 2), "1:2 a");
	assert_string_equal(place(t, 3), "2:1 b");
	assert_string_equal(place(t, 5), "3:1 c");
	assert_string_equal(place(t, 7), "4:1 ");
	assert_string_equal(place(t, 8), "5:1 d");
	assert_string_equal(place(t, 11), "6:1 ");
}

static void a_byte_order_mark_is_in_no_line(void **state)
{
	(void)state;
	struct strview t = SV("\xef\xbb\xbf"
			      "ab\nc");
	for (uint32_t off = 0; off <= 3; off++) {
		assert_string_equal(place(t, off), "1:1 ab");
	}
	assert_string_equal(place(t, 4), "1:2 ab");
	assert_string_equal(place(t, 6), "2:1 c");
	assert_string_equal(place(SV("\xef\xbb\xbf"), 3), "1:1 ");
}

/* The place of every byte, against counting from the begin. */
static void every_byte_of_a_long_text(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	for (uint32_t i = 0; i < 3000; i++) {
		strbuf_addch(&sb, i * 7 % 11 == 0 ? '\n' : 'x');
	}
	struct source_set set;
	source_set_init(&set);
	uint32_t source = source_add(&set, "f", strbuf_sv(&sb));
	uint32_t line = 1, column = 1;
	for (uint32_t off = 0; off < sb.len; off++) {
		struct source_place p = source_place(&set, source, off);
		assert_int_equal(p.line, line);
		assert_int_equal(p.column, column);
		assert_int_equal(p.off + column - 1, off);
		column++;
		if (sb.buf[off] == '\n') {
			line++;
			column = 1;
		}
	}
	source_set_release(&set);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_texts_are_copied),
		cmocka_unit_test(lines_and_columns_count_from_one),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(breaks_of_all_kinds),
		cmocka_unit_test(a_byte_order_mark_is_in_no_line),
		cmocka_unit_test(every_byte_of_a_long_text),
	};
	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
