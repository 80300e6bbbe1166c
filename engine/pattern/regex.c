#include "pattern/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"
#include "base/xalloc.h"

/* `(a+)+b` on a path of a's comes to an end within milliseconds; three `.+` on an
 * ordinary path need a few hundred. */
enum { MATCH_STEPS = 1000000, MATCH_HEAP_KIB = 32 * 1024 };

/* Machine code is made for what is matched more than a few times. */
enum { JIT_FROM = 8 };

enum form { FORM_UTF, FORM_BYTES, FORMS };

struct regex {
	char *expr;
	size_t len;
	bool tried[FORMS];
	bool jit[FORMS];
	uint32_t matches[FORMS];
	pcre2_code *code[FORMS];
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

/* Compiles one form; false with *err where PCRE2 does not take it. */
static bool compile_form(struct regex *re, enum form form, struct regex_error *err)
{
	uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL |
			   PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
	options |= form == FORM_UTF ? PCRE2_UTF : PCRE2_NEVER_UTF;
	int code = 0;
	PCRE2_SIZE offset = 0;
	re->tried[form] = true;
	re->code[form] = pcre2_compile(
		(PCRE2_SPTR)re->expr, re->len, options, &code, &offset, NULL);
	if (!re->code[form]) {
		*err = (struct regex_error){.offset = offset};
		pcre2_get_error_message(
			code, (PCRE2_UCHAR *)err->text, sizeof(err->text));
		return false;
	}
	return true;
}

struct regex *regex_new(struct strview expr, struct regex_error *err)
{
	struct regex *re = xcalloc(1, sizeof(*re));
	re->expr = xmemdup0(expr.p, expr.n);
	re->len = expr.n;
	enum form form = utf8_valid(expr, NULL) ? FORM_UTF : FORM_BYTES;
	re->tried[FORM_UTF] = true;
	if (!compile_form(re, form, err)) {
		regex_free(re);
		return NULL;
	}
	re->data = pcre2_match_data_create_from_pattern(re->code[form], NULL);
	re->limits = pcre2_match_context_create(NULL);
	if (!re->data || !re->limits) {
		out_of_memory(0);
	}
	pcre2_set_match_limit(re->limits, MATCH_STEPS);
	pcre2_set_depth_limit(re->limits, MATCH_STEPS);
	pcre2_set_heap_limit(re->limits, MATCH_HEAP_KIB);
	return re;
}

void regex_free(struct regex *re)
{
	if (!re) {
		return;
	}
	for (int i = 0; i < FORMS; i++) {
		pcre2_code_free(re->code[i]);
	}
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->limits);
	free(re->expr);
	free(re);
}

uint32_t regex_group(const struct regex *re, const char *name)
{
	const pcre2_code *code =
		re->code[FORM_UTF] ? re->code[FORM_UTF] : re->code[FORM_BYTES];
	int number = pcre2_substring_number_from_name(code, (PCRE2_SPTR)name);
	return number > 0 ? (uint32_t)number : 0;
}

/* The form for a subject; FORMS where the expression does not exist in that form (a
 * character beyond a byte, say): then nothing matches. */
static enum form form_for(struct regex *re, struct strview subject)
{
	if (re->code[FORM_UTF] && utf8_valid(subject, NULL)) {
		return FORM_UTF;
	}
	if (!re->tried[FORM_BYTES]) {
		struct regex_error err;
		compile_form(re, FORM_BYTES, &err);
	}
	return re->code[FORM_BYTES] ? FORM_BYTES : FORMS;
}

enum match regex_match(struct regex *re, struct strview subject)
{
	enum form form = form_for(re, subject);
	if (form == FORMS) {
		return MATCH_NO;
	}
	if (++re->matches[form] == JIT_FROM) {
		re->jit[form] = !pcre2_jit_compile(re->code[form], PCRE2_JIT_COMPLETE);
	}
	PCRE2_SPTR text = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int rc = PCRE2_ERROR_JIT_STACKLIMIT; /* also: not by JIT */
	if (re->jit[form]) {
		rc = pcre2_jit_match(
			re->code[form], text, subject.n, 0, 0, re->data, re->limits);
	}
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT || rc == PCRE2_ERROR_JIT_BADOPTION) {
		rc = pcre2_match(re->code[form], text, subject.n, 0,
			PCRE2_NO_JIT | PCRE2_NO_UTF_CHECK, re->data, re->limits);
	}
	if (rc == PCRE2_ERROR_NOMEMORY) {
		out_of_memory(0);
	}
	if (rc == PCRE2_ERROR_NOMATCH) {
		return MATCH_NO;
	}
	return rc >= 0 ? MATCH_YES : MATCH_LIMIT;
}

struct strview regex_capture(
	const struct regex *re, uint32_t number, struct strview subject)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data) + 2 * (size_t)number;
	if (at[0] == PCRE2_UNSET || at[1] < at[0] || at[1] > subject.n) {
		return (struct strview){subject.p, 0};
	}
	return sv_sub(subject, at[0], at[1] - at[0]);
}

/* Byte `i` of the expression, 0 behind its end. */
static char at(struct strview e, size_t i)
{
	return i < e.n ? e.p[i] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Behind the class that begins with the `[` at `i`. */
static size_t skip_class(struct strview e, size_t i)
{
	i++;
	if (at(e, i) == '^') {
		i++;
	}
	if (at(e, i) == ']') {
		i++;
	}
	for (; i < e.n && e.p[i] != ']'; i++) {
		if (e.p[i] == '\\') {
			i++;
		} else if (e.p[i] == '[' && at(e, i + 1) == ':') {
			const char *end = memmem(e.p + i, e.n - i, ":]", 2);
			i = end ? (size_t)(end - e.p) + 1 : i;
		}
	}
	return i + 1;
}

/* Behind `\Q...\E` at `i`. */
static size_t skip_literal(struct strview e, size_t i)
{
	const char *end = memmem(e.p + i, e.n - i, "\\E", 2);
	return end ? (size_t)(end - e.p) + 2 : e.n;
}

static const char number_fault[] =
	"groups have no numbers in a constraint; name one, (?<g>...), and refer to it "
	"by \\k<g>";

/* The escape at `i`: what is wrong with it, or NULL. */
static const char *escape_fault(struct strview e, size_t i)
{
	char c = at(e, i + 1);
	if (c >= '1' && c <= '9') {
		return number_fault;
	}
	if (c == 'Q' && !memmem(e.p + i, e.n - i, "\\E", 2)) {
		return "\\Q needs its \\E in the same constraint";
	}
	if (c != 'g') {
		return NULL;
	}
	char d = at(e, i + 2);
	if (d == '{' || d == '<' || d == '\'') {
		d = at(e, i + 3);
	}
	return is_digit(d) ? number_fault : NULL;
}

/* The group that opens at `i`: what is wrong with it, or NULL. */
static const char *group_fault(struct strview e, size_t i)
{
	if (at(e, i + 1) == '*') {
		return "verbs such as (*...) cannot be used in a constraint";
	}
	if (at(e, i + 1) != '?') {
		return NULL;
	}
	char c = at(e, i + 2);
	if (c == '(') {
		c = at(e, i + 3);
	}
	if (c == 'R') {
		return "a constraint cannot refer to the whole pattern";
	}
	size_t flags = i + 2;
	while (at(e, flags) == '^' || at(e, flags) == '-' ||
		(at(e, flags) >= 'a' && at(e, flags) <= 'z')) {
		flags++;
	}
	if ((at(e, flags) == ')' || at(e, flags) == ':') &&
		memchr(e.p + i, 'x', flags - i)) {
		return "a constraint cannot be written with (?x)";
	}
	return is_digit(c) ? number_fault : NULL;
}

const char *regex_part_fault(struct strview expr, size_t *ret_off, size_t *ret_len)
{
	size_t i = 0;
	while (i < expr.n) {
		const char *fault = NULL;
		char c = expr.p[i];
		if (c == '\\') {
			fault = escape_fault(expr, i);
		} else if (c == '(') {
			fault = group_fault(expr, i);
		}
		if (fault) {
			*ret_off = i;
			*ret_len = expr.n - i < 2 ? expr.n - i : 2;
			return fault;
		}
		if (c == '[') {
			i = skip_class(expr, i);
		} else if (c == '\\' && at(expr, i + 1) == 'Q') {
			i = skip_literal(expr, i);
		} else {
			i += c == '\\' ? 2 : 1;
		}
	}
	return NULL;
}
