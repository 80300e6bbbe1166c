/* What the tests of rules/abc share: doubles compared, problems from texts. */
#ifndef CW_TESTS_ABC_KIT_H
#define CW_TESTS_ABC_KIT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "abc/problem.h"
#include "base/strbuf.h"

/* |a - b| <= rel * |b|, or both the same infinity; prints 17 digits. */
#define assert_close(a, b, rel) close_at((a), (b), (rel), #a, __FILE__, __LINE__)
void close_at(
	double a, double b, double rel, const char *what, const char *file, int line);

struct kit {
	struct source_set sources;
	struct diag_sink sink;
	struct problem problem;
	struct strbuf messages;
};

/* Loads a problem from a text; the messages are in kit->messages. Returns its status. */
int kit_load(struct kit *k, const char *yaml);
void kit_release(struct kit *k);

/* A problem with one parameter mu ~ U(0, 5), simulator normal, observed 2.5. */
extern const char kit_normal[];

#endif
