/* The parts of the reader of templates; for this room alone. */
#ifndef CW_PATTERN_TEMPLATE_IMPL_H
#define CW_PATTERN_TEMPLATE_IMPL_H

#include "base/vec.h"
#include "pattern/template.h"

/* Deeper expressions, and references within references, are taken as mistakes. */
enum { EXPR_DEPTH = 100, REF_DEPTH = 8 };

/* One reading of one text. */
struct reading {
	struct diag_sink *sink;
	struct arena *arena;
	struct strview text;
	enum template_use use;
	const char *const *extra_names;
	struct template_origin origin;
	size_t at, end; /* within {...}: what is not read yet */
	size_t open;    /* of the {...}: offset behind its brace */
	size_t close;   /* offset of its closing brace */
	bool failed;
};

/* Reports at [off, off + len) of the text; returns -1. */
int reading_error(struct reading *rd, const char *code, size_t off, size_t len,
	const char *fmt, ...) CW_PRINTF(5, 6);

/* Appends what to write for literal braces around the present {...}: "; write {{x}} for
 * literal braces". */
const char *reading_doubled(struct reading *rd);

/* The byte at rd->at, NUL at the end; skips blanks first. */
char reading_peek(struct reading *rd);

bool is_name_start(char c);
bool is_name_char(char c);

/* Reads a name at rd->at (is_name_start there). */
struct strview read_name(struct reading *rd);

/* Reads a reference at rd->at, which begins a name: NULL with errors. */
struct ref *read_reference(struct reading *rd);

/* Reads an expression up to a `:` or the end: NULL with errors. */
struct expr *read_expression(struct reading *rd);

/* The format in `text` (what stands behind the colon): 0, or -1 with an error. */
int read_format(struct reading *rd, struct strview text, enum format_kind *ret);

/* A value as text, formatted as `piece` says, before any quoting: texts and lists get
 * their items in *ret (list), numbers one text. */
int format_value(const struct piece *piece, const struct value *v,
	const struct renderer *r, struct value *ret, struct render_error *err);

/* A value as text: integers in decimal, floats as short as they read back. */
struct strview value_text(const struct value *v, struct arena *arena);

/* The value of a text as a number: 0, or -1 with err filled. `zeros`: leading zeros are
 * taken. */
int number_of_text(struct strview text, bool zeros, const struct expr *e,
	struct arena *arena, struct value *ret, struct render_error *err);

/* As expr_eval(); `zeros`: decimal texts may begin with zeros, since a width is given. */
int expr_eval_zeros(const struct expr *e, const struct renderer *r, bool zeros,
	struct value *ret, struct render_error *err);

/* Whether a printf format gives a width. */
bool format_has_width(const struct piece *piece);

#endif
