#include <stdarg.h>

#include "base/strbuf.h"
#include "pattern/guard.h"
#include "pattern/quote.h"
#include "pattern/template_impl.h"

/* Longer texts are not repeated in messages. */
enum { QUOTE_MOST = 60 };

/* The pieces that are being made. */
struct builder {
	struct reading rd;
	struct place_reader *places; /* TEMPLATE_SHELL */
	VEC(struct piece) pieces;
	struct strbuf literal;
	size_t literal_from;
	bool unbalanced; /* braces do not balance: an error, and no longer looked for */
};

int reading_error(struct reading *rd, const char *code, size_t off, size_t len,
	const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	diag_error(rd->sink, code, rd->origin.span_of(rd->origin.ctx, off, len), "%s",
		text.buf);
	strbuf_release(&text);
	rd->failed = true;
	return -1;
}

const char *reading_doubled(struct reading *rd)
{
	struct strview inner = sv_sub(rd->text, rd->open, rd->close - rd->open);
	if (inner.n > QUOTE_MOST || memchr(inner.p, '\n', inner.n)) {
		return "; write {{ and }} for literal braces";
	}
	struct strbuf out = STRBUF_INIT;
	strbuf_addstr(&out, "; write {{");
	for (size_t i = 0; i < inner.n; i++) {
		bool brace = inner.p[i] == '{' || inner.p[i] == '}';
		strbuf_add(&out, inner.p + i, 1);
		strbuf_add(&out, inner.p + i, brace ? 1 : 0);
	}
	strbuf_addstr(&out, "}} for literal braces");
	const char *kept = arena_memdup0(rd->arena, out.buf, out.len);
	strbuf_release(&out);
	return kept;
}

char reading_peek(struct reading *rd)
{
	while (rd->at < rd->end &&
		(rd->text.p[rd->at] == ' ' || rd->text.p[rd->at] == '\t' ||
			rd->text.p[rd->at] == '\n')) {
		rd->at++;
	}
	return rd->at < rd->end ? rd->text.p[rd->at] : '\0';
}

static void add_literal(struct builder *b, const char *p, size_t n, size_t off)
{
	if (!b->literal.len) {
		b->literal_from = off;
	}
	strbuf_add(&b->literal, p, n);
}

/* Ends the literal that was collected up to `off`. */
static void flush_literal(struct builder *b, size_t off)
{
	if (!b->literal.len) {
		return;
	}
	struct piece *piece = vec_add(&b->pieces);
	piece->kind = PIECE_TEXT;
	piece->text = arena_sv(b->rd.arena, strbuf_sv(&b->literal));
	piece->off = (uint32_t)b->literal_from;
	piece->len = (uint32_t)(off - b->literal_from);
	strbuf_reset(&b->literal);
	if (b->places) {
		place_reader_feed(b->places, piece->text);
	}
}

/* Whether what stands behind the brace is a name and a comma: a wildcard with its
 * constraint, in which braces balance. */
static bool has_constraint(struct strview text, size_t at)
{
	size_t i = at;
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t')) {
		i++;
	}
	size_t from = i;
	while (i < text.n &&
		(is_name_char(text.p[i]) || (i > from && text.p[i] == '.'))) {
		i++;
	}
	bool name = i > from && is_name_start(text.p[from]);
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t')) {
		i++;
	}
	return name && i < text.n && text.p[i] == ',';
}

/* Offset of the brace that closes the one before `at`, or text.n. */
static size_t find_close(struct strview text, size_t at, bool balanced)
{
	size_t depth = 1;
	for (size_t i = at; i < text.n; i++) {
		char c = text.p[i];
		if (c == '}' && (!balanced || --depth == 0)) {
			return i;
		}
		if (balanced && c == '\\') {
			i++;
		} else if (c == '{') {
			depth++;
		}
	}
	return text.n;
}

/* Sorts out what can never be a reference: 0, or -1 with an error that shows the doubled
 * form. */
static int check_braces(struct reading *rd, bool shell)
{
	struct strview inner = sv_sub(rd->text, rd->open, rd->close - rd->open);
	size_t off = rd->open - 1, len = inner.n + 2;
	size_t first = 0;
	while (first < inner.n && strchr(" \t\n", inner.p[first])) {
		first++;
	}
	if (shell && off && rd->text.p[off - 1] == '$') {
		bool shown = len <= QUOTE_MOST;
		return reading_error(rd, "CW-E102", off - 1, len + 1,
			"${...} is the shell's, and braces are read here first; write "
			"${{" SV_FMT "}}",
			SV_ARG(shown ? inner : SV("...")));
	}
	if (first == inner.n) {
		return reading_error(rd, "CW-E102", off, len,
			"empty braces are no reference%s", reading_doubled(rd));
	}
	bool blanks = first || strchr(" \t\n", inner.p[inner.n - 1]);
	if (shell && blanks) {
		return reading_error(rd, "CW-E102", off, len,
			"a reference in a command has no blanks at its ends%s",
			reading_doubled(rd));
	}
	return 0;
}

/* `{name,REGEX}` where it may stand. */
static struct expr *read_constrained(struct reading *rd)
{
	reading_peek(rd);
	struct expr *e = ARENA_NEW(rd->arena, struct expr);
	e->op = EXPR_REF;
	e->off = (uint32_t)rd->at;
	e->ref = read_reference(rd);
	if (!e->ref) {
		return NULL;
	}
	e->len = e->ref->len;
	if (e->ref->kind != REF_WILDCARD || e->ref->step_count) {
		reading_error(rd, "CW-E104", e->off, e->len,
			"only a wildcard can have a constraint");
		return NULL;
	}
	reading_peek(rd);
	cw_assert(rd->text.p[rd->at] == ',');
	rd->at++;
	reading_peek(rd);
	e->ref->constraint = sv_sub(rd->text, rd->at, rd->end - rd->at);
	if (!e->ref->constraint.n) {
		reading_error(rd, "CW-E104", rd->open - 1, rd->close - rd->open + 2,
			"the constraint behind the comma is empty; leave the comma out");
		return NULL;
	}
	rd->at = rd->end;
	return e;
}

static int constraint_misplaced(struct reading *rd)
{
	const char *comma = memchr(rd->text.p + rd->at, ',', rd->end - rd->at);
	size_t off = comma ? (size_t)(comma - rd->text.p) : rd->at;
	return reading_error(rd, "CW-E104", off, rd->end - off,
		"constraints of wildcards belong into output, log, benchmark or "
		"wildcard_constraints%s",
		reading_doubled(rd));
}

/* In patterns: wildcards and configuration alone. */
static int check_pattern_piece(struct reading *rd, const struct piece *piece)
{
	const struct expr *e = piece->expr;
	if (e->op != EXPR_REF) {
		return reading_error(rd, "CW-E108", e->off, e->len,
			"a pattern holds wildcards and config, no expressions; compute in "
			"input or params");
	}
	if (piece->format != FORMAT_NONE) {
		return reading_error(rd, "CW-E108", e->off + e->len,
			rd->end - (e->off + e->len), "a pattern has no formats");
	}
	const struct ref *ref = e->ref;
	if (ref->kind == REF_WILDCARD && ref->step_count) {
		return reading_error(rd, "CW-E103", e->off, e->len,
			"\"" SV_FMT "\" is no wildcard; a pattern holds {NAME} and "
			"{config.KEY}",
			SV_ARG(sv_sub(rd->text, e->off, e->len)));
	}
	if (ref->kind != REF_WILDCARD && ref->kind != REF_CONFIG &&
		ref->kind != REF_EXTRA) {
		return reading_error(rd, "CW-E108", e->off, e->len,
			"a pattern holds wildcards and config only, not \"" SV_FMT "\"",
			SV_ARG(sv_sub(rd->text, e->off, e->len)));
	}
	for (uint32_t i = 0; i < ref->step_count; i++) {
		if (ref->steps[i].inner && ref->steps[i].inner->kind != REF_CONFIG) {
			return reading_error(rd, "CW-E108", e->off, e->len,
				"a pattern cannot look into config by what a job has");
		}
	}
	return 0;
}

/* Where a reference stands in the shell's quoting, and whether it can. */
static int take_place(struct builder *b, struct piece *piece)
{
	struct reading *rd = &b->rd;
	struct strview delimiter = {NULL, 0};
	size_t off = piece->off, len = piece->len;
	piece->place = place_reader_here(b->places, &delimiter);
	piece->heredoc = arena_sv(rd->arena, delimiter);
	struct place_around around = place_reader_around(b->places);
	piece->after_redirect = around.after_redirect;
	piece->after_variable = around.after_variable;
	piece->strips_tabs = around.strips_tabs;
	piece->in_parens = around.in_parens;
	piece->in_array = around.in_array;
	piece->tight = around.in_condition || around.in_array;
	bool as_is = piece->format == FORMAT_RAW;
	if (around.after_dup && !as_is) {
		return reading_error(rd, "CW-E106", off, len,
			"what stands behind >& or <& is a descriptor, and bash expands a "
			"file's name there a second time; write > FILE 2>&1");
	}
	const char *fault = as_is && piece->place != PLACE_DELIMITER
				    ? NULL
				    : place_fault(piece->place);
	if (fault) {
		return reading_error(rd, "CW-E106", off, len, "%s", fault);
	}
	const struct expr *e = piece->expr;
	if (e->op != EXPR_REF || e->ref->kind != REF_ENV) {
		return 0;
	}
	if (piece->format != FORMAT_NONE && piece->format != FORMAT_Q && !as_is) {
		return reading_error(rd, "CW-E105", off, len,
			"the shell puts {env...} in, so it has no format");
	}
	if (piece->place == PLACE_HEREDOC_QUOTED) {
		return reading_error(rd, "CW-E106", off, len,
			"the shell puts {env...} in, but expands nothing in this "
			"here-document; write its delimiter without quotes");
	}
	return 0;
}

/* {env...} within an expression of a command: its value is the shell's alone. */
static int check_env(struct reading *rd, const struct expr *e)
{
	const struct expr *stack[2 * EXPR_DEPTH];
	size_t n = 0;
	for (uint32_t i = 0; i < e->arg_count && n < CW_ARRAY_LEN(stack); i++) {
		stack[n++] = e->args[i];
	}
	while (n) {
		e = stack[--n];
		if (e->op == EXPR_REF && e->ref->kind == REF_ENV) {
			return reading_error(rd, "CW-E108", e->off, e->len,
				"the shell puts {env...} in, so it cannot be computed with");
		}
		for (uint32_t i = 0; i < e->arg_count && n < CW_ARRAY_LEN(stack); i++) {
			stack[n++] = e->args[i];
		}
	}
	return 0;
}

/* Reads the reference between rd->open and rd->close into *piece. */
static int read_braces(struct builder *b, struct piece *piece, bool constrained)
{
	struct reading *rd = &b->rd;
	bool shell = rd->use == TEMPLATE_SHELL;
	if (check_braces(rd, shell)) {
		return -1;
	}
	rd->at = rd->open;
	rd->end = rd->close;
	if (constrained && rd->use != TEMPLATE_PATTERN) {
		return constraint_misplaced(rd);
	}
	piece->expr = constrained ? read_constrained(rd) : read_expression(rd);
	if (!piece->expr) {
		return -1;
	}
	if (rd->at < rd->end) {
		piece->spec = sv_sub(rd->text, rd->at + 1, rd->end - rd->at - 1);
		if (read_format(rd, piece->spec, &piece->format)) {
			return -1;
		}
	}
	if (rd->use == TEMPLATE_PATTERN) {
		return check_pattern_piece(rd, piece);
	}
	return shell ? check_env(rd, piece->expr) : 0;
}

/* A `{` that is not doubled, at `off`. Returns the offset behind it. */
static size_t add_reference(struct builder *b, size_t off)
{
	struct reading *rd = &b->rd;
	bool constrained = has_constraint(rd->text, off + 1);
	rd->open = off + 1;
	rd->close = find_close(rd->text, off + 1, !b->unbalanced);
	if (rd->close == rd->text.n && !b->unbalanced) {
		b->unbalanced = true;
		rd->close = find_close(rd->text, off + 1, false);
	}
	if (rd->close == rd->text.n) {
		reading_error(rd, "CW-E100", off, 1,
			"this { is never closed; write {{ for a literal brace");
		return rd->text.n;
	}
	flush_literal(b, off);
	struct piece *piece = vec_add(&b->pieces);
	piece->kind = PIECE_EXPR;
	piece->off = (uint32_t)off;
	piece->len = (uint32_t)(rd->close + 1 - off);
	int rc = read_braces(b, piece, constrained);
	if (b->places && rc) {
		place_reader_here(b->places, NULL);
	} else if (b->places) {
		take_place(b, piece);
	}
	return rd->close + 1;
}

static void read_text(struct builder *b)
{
	struct strview text = b->rd.text;
	size_t at = 0;
	while (at < text.n) {
		size_t brace = at;
		while (brace < text.n && text.p[brace] != '{' && text.p[brace] != '}') {
			brace++;
		}
		add_literal(b, text.p + at, brace - at, at);
		if (brace == text.n) {
			break;
		}
		char c = text.p[brace];
		if (brace + 1 < text.n && text.p[brace + 1] == c) {
			add_literal(b, &c, 1, brace);
			at = brace + 2;
		} else if (c == '{') {
			at = add_reference(b, brace);
		} else {
			reading_error(&b->rd, "CW-E101", brace, 1,
				"this } closes nothing; write }} for a literal brace");
			at = brace + 1;
		}
	}
	flush_literal(b, text.n);
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* What may stand in a word beside a plain value without giving it a meaning: no `2>`, no
 * `x=` before a command, no `~`, no `{a,b}`. */
static bool is_harmless(char c, bool before)
{
	return is_name_char(c) || (c && strchr("./:%@-", c)) ||
	       (before && c && strchr("=,+", c));
}

static bool is_boundary(char c)
{
	return c && strchr(" \t\n;|()<>'\"", c);
}

/* Whether a plain value behind `text` could mean more than itself; a word of lower-case
 * letters alone could become `if`. `first`: nothing stands before the text. */
static bool touches_before(struct strview text, bool first)
{
	bool lower = !is_boundary(text.p[text.n - 1]);
	for (size_t i = text.n; i > 0; i--) {
		char c = text.p[i - 1];
		if (c == '\n' && i > 1 && text.p[i - 2] == '\\') {
			return true; /* no boundary: taken away */
		}
		if (is_boundary(c)) {
			return lower;
		}
		if (!is_harmless(c, true)) {
			return true;
		}
		lower = lower && is_lower(c);
	}
	return lower || !first;
}

/* The same for what stands behind it. */
static bool touches_after(struct strview text, bool last)
{
	bool lower = !is_boundary(text.p[0]);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (is_boundary(c) && !strchr("<>(", c)) {
			return lower;
		}
		if (!is_harmless(c, false)) {
			return true;
		}
		lower = lower && is_lower(c);
	}
	return lower || !last;
}

/* What stands beside each reference decides whether plain words get quotes. */
static void settle_tight(struct builder *b)
{
	size_t n = b->pieces.n;
	for (size_t i = 0; i < n; i++) {
		struct piece *piece = &b->pieces.v[i];
		const struct piece *before = i ? &b->pieces.v[i - 1] : NULL;
		const struct piece *after = i + 1 < n ? &b->pieces.v[i + 1] : NULL;
		if (piece->kind != PIECE_EXPR || piece->place != PLACE_BARE) {
			continue;
		}
		piece->tight |= piece->after_variable;
		if (before) {
			piece->tight |= before->kind == PIECE_EXPR ||
					touches_before(before->text, i == 1);
		}
		if (after) {
			piece->tight |= after->kind == PIECE_EXPR ||
					touches_after(after->text, i + 2 == n);
		}
	}
}

/* Where the shell computes, whatever the quotes. */
static void settle_guards(struct builder *b, enum shell_kind shell)
{
	struct strbuf flat = STRBUF_INIT;
	for (size_t i = 0; i < b->pieces.n; i++) {
		const struct piece *piece = &b->pieces.v[i];
		if (piece->kind == PIECE_TEXT) {
			strbuf_addsv(&flat, piece->text);
		} else {
			strbuf_addch(&flat, GUARD_MARK);
		}
	}
	size_t off = 0;
	bool wanted = guard_wanted(strbuf_sv(&flat), shell);
	for (size_t i = 0; wanted && i < b->pieces.n; i++) {
		struct piece *piece = &b->pieces.v[i];
		if (piece->kind == PIECE_TEXT) {
			off += piece->text.n;
			continue;
		}
		bool read = piece->place == PLACE_BARE || piece->place == PLACE_DOUBLE ||
			    piece->place == PLACE_SINGLE;
		piece->guard = read ? guard_at(strbuf_sv(&flat), off, shell) : GUARD_NONE;
		off++;
	}
	strbuf_release(&flat);
}

static void check_open(struct builder *b, uint32_t refs)
{
	const char *open = refs ? place_reader_open(b->places) : NULL;
	if (open && !b->rd.failed) {
		reading_error(&b->rd, "CW-E109", 0, b->rd.text.n,
			"the command %s, so its references cannot be quoted", open);
	}
}

int template_parse(struct diag_sink *sink, struct arena *arena, struct strview text,
	enum template_use use, enum shell_kind shell, const char *const *extra_names,
	struct template_origin origin, struct template *ret)
{
	struct builder b = {.rd = {.sink = sink,
				    .arena = arena,
				    .text = text,
				    .use = use,
				    .extra_names = extra_names,
				    .origin = origin}};
	strbuf_init(&b.literal);
	if (text.n >= UINT32_MAX) {
		return diag_error(sink, "CW-E100", origin.span_of(origin.ctx, 0, 0),
			"this text is too long");
	}
	b.places = use == TEMPLATE_SHELL ? place_reader_new(shell) : NULL;
	read_text(&b);
	uint32_t refs = 0;
	for (size_t i = 0; i < b.pieces.n; i++) {
		refs += b.pieces.v[i].kind == PIECE_EXPR;
	}
	if (b.places) {
		check_open(&b, refs);
		settle_tight(&b);
		settle_guards(&b, shell);
	}
	if (!b.rd.failed) {
		struct piece *pieces = ARENA_ARRAY(arena, struct piece, b.pieces.n);
		if (b.pieces.n) {
			memcpy(pieces, b.pieces.v, b.pieces.n * sizeof(*pieces));
		}
		*ret = (struct template){.pieces = pieces,
			.count = (uint32_t)b.pieces.n,
			.expr_count = refs,
			.text = text,
			.shell = use == TEMPLATE_SHELL,
			.kind = shell};
	}
	place_reader_free(b.places);
	strbuf_release(&b.literal);
	vec_release(&b.pieces);
	return b.rd.failed ? -1 : 0;
}
