/* What the tests of this room share. */
#ifndef CW_TESTS_SETS_KIT_H
#define CW_TESTS_SETS_KIT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "sets/set.h"

struct sets_kit {
	struct source_set sources;
	struct diag_sink sink;
	struct arena arena;
	struct strbuf out;
	char path[64]; /* of the file written last */
};

/* For cmocka's setup and teardown. */
int sets_setup(void **state);
int sets_teardown(void **state);

/* Writes a file of `n` bytes called table.EXT in a folder of its own. */
void sets_write(struct sets_kit *k, const char *ext, const char *bytes, size_t n);

/* "a|b:1|2:3|4": columns, then rows. Until the next call. */
const char *sets_show(struct sets_kit *k, const struct set *s);

/* Messages so far, one line each: "line:column: text". They are forgotten then. */
const char *sets_errors(struct sets_kit *k);

#endif
