/* Dependency files as compilers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dag/depfile.h"

/* The paths of a text, a | between them. */
static void expect(const char *text, const char *want)
{
	struct depfile d;
	struct strbuf have = STRBUF_INIT;
	depfile_init(&d);
	depfile_parse(&d, sv_from(text));
	for (size_t i = 0; i < d.paths.n; i++) {
		strbuf_addstr(&have, i ? "|" : "");
		strbuf_addsv(&have, d.paths.v[i]);
	}
	assert_string_equal(have.buf, want);
	strbuf_release(&have);
	depfile_release(&d);
}

static void what_stands_behind_the_colon(void **state)
{
	(void)state;
	expect("a.o: a.c a.h\n", "a.c|a.h");
	expect("a.o : a.c", "a.c");
	expect("a.o b.o: x y\nc.o: z\n", "x|y|z");
	expect("a.o:\n", "");
	expect("", "");
	expect("no colon here\n", "");
}

static void lines_go_on_behind_a_backslash(void **state)
{
	(void)state;
	expect("a.o: a.c \\\n  a.h \\\n\tb.h\n", "a.c|a.h|b.h");
	expect("a.o: a.c \\\r\n a.h\r\n", "a.c|a.h");
	expect("a.o: a.c\\\n a.h", "a.c|a.h");
}

static void escapes_are_undone(void **state)
{
	(void)state;
	expect("o: my\\ file.h cost$$.h a\\#b.h", "my file.h|cost$.h|a#b.h");
	expect("o: C:/x.h d\\e.h", "C:/x.h|d\\e.h");
}

static void phony_targets_add_nothing(void **state)
{
	(void)state;
	expect("a.o: a.c a.h\n\na.h:\n", "a.c|a.h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_behind_the_colon),
		cmocka_unit_test(lines_go_on_behind_a_backslash),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(phony_targets_add_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
