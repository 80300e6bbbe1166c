/* What the tests of this room share: a sink, an arena, texts parsed and rendered. */
#ifndef CW_TESTS_PATTERN_KIT_H
#define CW_TESTS_PATTERN_KIT_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "pattern/wildcard.h"

struct kit {
	struct source_set sources;
	struct diag_sink sink;
	struct arena arena;
	struct strbuf out;
	struct render_error err;
	uint32_t source; /* of the text parsed last */
};

void kit_init(struct kit *k);
void kit_release(struct kit *k);

/* Parses `text`; fails the test where `want_errors` is not what is reported (NULL: no
 * error). Each error is one line "column-length: text". */
struct template kit_parse(
	struct kit *k, enum template_use use, const char *text, const char *want_errors);
struct template kit_parse_shell(
	struct kit *k, enum shell_kind shell, const char *text, const char *want_errors);

/* Places in the text of k->source. */
struct template_origin kit_origin(const struct kit *k);

/* A value for a reference, by its text as written. */
struct kit_value {
	const char *ref;
	struct value value;
};

#define KIT_TEXT(s)                                                                      \
	{                                                                                \
		.kind = VALUE_TEXT, .text = SV_INIT(s)                                   \
	}
#define KIT_PATH(s)                                                                      \
	{                                                                                \
		.kind = VALUE_TEXT, .is_path = true, .text = SV_INIT(s)                  \
	}
#define KIT_INT(x)                                                                       \
	{                                                                                \
		.kind = VALUE_INT, .i = (x)                                              \
	}
#define KIT_REAL(x)                                                                      \
	{                                                                                \
		.kind = VALUE_REAL, .real = (x)                                          \
	}

/* Renders with values up to one with `ref` NULL; the text (until the next call), or NULL
 * with k->err. */
const char *kit_render(struct kit *k, const struct template *t,
	const struct kit_value *values, bool as_path);

/* Compiles a pattern over the wildcards in `names` ("a b c"). */
struct pattern *kit_pattern(
	struct kit *k, const char *text, const char *names, const char *dot);

/* What `p` makes of `path`: "a=1 b=2", "no" or "limit". */
const char *kit_match(
	struct kit *k, const struct pattern *p, const char *names, struct strview path);

#endif
