#include "pattern/guard.h"
#include "pattern/mark.h"
#include "pattern/quote.h"
#include "pattern/template_impl.h"

/* One rendering. */
struct rendering {
	const struct template *t;
	const struct renderer *r;
	struct strbuf *out;
	struct render_error *err;
	bool as_path;
	VEC(struct stretch) stretches;
};

/* What a reference put into the body of a here-document. */
struct stretch {
	const struct piece *piece;
	size_t from, to; /* in `out` */
};

static int render_error(struct rendering *rn, const struct piece *piece,
	enum render_fault fault, const char *text)
{
	*rn->err = (struct render_error){
		.fault = fault, .off = piece->off, .len = piece->len, .text = text};
	return -1;
}

/* In a path, what was computed must be an integer >= 0; a float without a fraction is
 * one, and one that a format writes with a fraction is meant so. */
static int check_computed(
	struct rendering *rn, const struct piece *piece, struct value *v)
{
	bool negative = v->kind == VALUE_INT ? v->i < 0 : v->real < 0;
	if (negative) {
		return render_error(rn, piece, RENDER_NOT_APPLY,
			arena_printf(rn->r->arena, "the result is negative: " SV_FMT,
				SV_ARG(value_text(v, rn->r->arena))));
	}
	if (v->kind == VALUE_INT || piece->format != FORMAT_NONE) {
		return 0;
	}
	bool whole = v->real < 9e15;
	int64_t i = whole ? (int64_t)v->real : 0;
	whole = whole && !((double)i < v->real) && !((double)i > v->real);
	if (!whole) {
		return render_error(rn, piece, RENDER_NOT_APPLY,
			arena_printf(rn->r->arena, "the result is no integer: " SV_FMT,
				SV_ARG(value_text(v, rn->r->arena))));
	}
	*v = (struct value){.kind = VALUE_INT, .i = i};
	return 0;
}

/* The value of a piece before its format. */
static int piece_value(struct rendering *rn, const struct piece *piece, struct value *ret)
{
	const struct expr *e = piece->expr;
	*rn->err = (struct render_error){.fault = RENDER_OK};
	if (e->op == EXPR_REF) {
		*ret = (struct value){.kind = VALUE_TEXT};
		return rn->r->resolve(rn->r->ctx, e->ref, ret, rn->err);
	}
	if (expr_eval_zeros(e, rn->r, format_has_width(piece), ret, rn->err)) {
		if (!rn->as_path && rn->err->fault == RENDER_NOT_APPLY) {
			rn->err->fault = RENDER_ERROR;
		}
		return -1;
	}
	return rn->as_path ? check_computed(rn, piece, ret) : 0;
}

static const char *quote_fault(const struct piece *piece)
{
	return piece->place == PLACE_ARITHMETIC
		       ? "inside $((...)) only integers without leading zeros can stand"
		       : "a line of this value is the delimiter of the here-document";
}

/* ksh93 takes a quoted ]] behind == for the end of [[, but not what it expands. */
static void put_brackets(struct strbuf *out, enum place place)
{
	const char *open = "", *close = "";
	if (place == PLACE_BARE) {
		open = close = "\"";
	} else if (place == PLACE_SINGLE) {
		open = "'\"";
		close = "\"'";
	}
	strbuf_addf(out, "%s${cwflow_-]]}%s", open, close);
}

static void put_variable(
	struct rendering *rn, const struct piece *piece, struct strview name)
{
	if (piece->format == FORMAT_RAW) {
		strbuf_addf(rn->out, "${" SV_FMT "}", SV_ARG(name));
	} else {
		place_quote_variable(rn->out, piece->place, name);
	}
}

/* An item of a command in which variables are marked. */
static int put_marked(
	struct rendering *rn, const struct piece *piece, struct strview item)
{
	struct quote_rules rules = {.tight = true, .in_array = piece->in_array};
	struct strview text, name, rest = item;
	bool computed = piece->guard != GUARD_NONE || piece->place == PLACE_ARITHMETIC;
	if (piece->place == PLACE_HEREDOC_QUOTED) {
		return render_error(rn, piece, RENDER_ERROR,
			"the shell puts {env...} in, but expands nothing in this "
			"here-document; write its delimiter without quotes");
	}
	while (mark_next(rn->r->mark, &rest, &text, &name)) {
		if (computed && (text.n || rest.n)) {
			return render_error(rn, piece, RENDER_ERROR,
				"the shell puts {env...} in, so it cannot be computed with");
		}
		if (text.n && piece->format == FORMAT_RAW) {
			strbuf_addsv(rn->out, text);
		} else if (text.n &&
			   place_quote_item(rn->out, piece->place, text, rules)) {
			return render_error(rn, piece, RENDER_ERROR, quote_fault(piece));
		}
		if (name.n) {
			put_variable(rn, piece, name);
		}
	}
	return 0;
}

/* One item of a command, quoted for its place. */
static int put_quoted(struct rendering *rn, const struct piece *piece,
	struct strview item, bool is_path)
{
	if (!guard_allows(piece->guard, item)) {
		return render_error(rn, piece, RENDER_ERROR, guard_fault(piece->guard));
	}
	if (rn->t->kind == SHELL_KSH && piece->tight && sv_eq(item, SV("]]"))) {
		put_brackets(rn->out, piece->place);
		return 0;
	}
	if (piece->guard == GUARD_INDEX && piece->place == PLACE_BARE) {
		strbuf_addsv(rn->out, item); /* a['7']=x is none */
		return 0;
	}
	struct quote_rules rules = {is_path, piece->tight, piece->in_array};
	if (place_quote_item(rn->out, piece->place, item, rules)) {
		return render_error(rn, piece, RENDER_ERROR, quote_fault(piece));
	}
	return 0;
}

/* The items of a piece, one blank between them. */
static int put_items(struct rendering *rn, const struct piece *piece,
	const struct value *v, bool shell)
{
	struct strview one = {NULL, 0};
	const struct strview *items = v->list;
	uint32_t count = v->count;
	if (v->kind != VALUE_LIST) {
		one = value_text(v, rn->r->arena);
		items = &one;
		count = 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (i) {
			strbuf_addch(rn->out, ' ');
		}
		if (shell && piece->place == PLACE_DOUBLE && piece->after_variable &&
			piece->format != FORMAT_RAW) {
			strbuf_addstr(rn->out, "\"\"");
		}
		if (shell && mark_is_in(rn->r->mark, items[i])) {
			if (put_marked(rn, piece, items[i])) {
				return -1;
			}
		} else if (shell && piece->format != FORMAT_RAW) {
			if (put_quoted(rn, piece, items[i], v->is_path)) {
				return -1;
			}
		} else if (piece->format == FORMAT_Q) {
			shell_quote(rn->out, items[i]);
		} else {
			strbuf_addsv(rn->out, items[i]);
		}
	}
	return 0;
}

/* What a here-document got from `from` on is looked at when all of it is there. */
static void note_stretch(struct rendering *rn, const struct piece *piece, size_t from)
{
	if (piece->format != FORMAT_RAW && piece->heredoc.p &&
		(piece->place == PLACE_HEREDOC || piece->place == PLACE_HEREDOC_QUOTED)) {
		vec_push(&rn->stretches, (struct stretch){piece, from, rn->out->len});
	}
}

static int put_piece(struct rendering *rn, const struct piece *piece, bool shell)
{
	struct value v, formatted;
	if (piece_value(rn, piece, &v)) {
		return -1;
	}
	size_t from = rn->out->len;
	if (v.verbatim) {
		if (!shell) {
			return render_error(rn, piece, RENDER_ERROR,
				"the shell puts this value in, and there is no shell here");
		}
		put_variable(rn, piece,
			sv_starts(v.text, SV("$")) ? sv_skip(v.text, 1) : v.text);
		note_stretch(rn, piece, from);
		return 0;
	}
	if (piece->format == FORMAT_NONE) {
		formatted = v;
	} else if (format_value(piece, &v, rn->r, &formatted, rn->err)) {
		return -1;
	}
	if (put_items(rn, piece, &formatted, shell)) {
		return -1;
	}
	if (shell) {
		note_stretch(rn, piece, from);
	}
	return 0;
}

/* dash (0.5.12 and before) drops a byte beyond ASCII behind a line's begin that is the
 * delimiter's begin too. */
static bool loses_byte(struct strview line, struct strview delimiter)
{
	size_t n = 0;
	while (n < line.n && n < delimiter.n && line.p[n] == delimiter.p[n]) {
		n++;
	}
	return n && n < line.n && (unsigned char)line.p[n] >= 0x80;
}

/* Whether a shell takes a line that only begins with the delimiter for the end: bash
 * within $(...) where a `)` is behind it, ksh93 and mksh where it is right behind it. */
static bool ends_early(
	const struct rendering *rn, const struct piece *piece, struct strview line)
{
	enum shell_kind kind = rn->t->kind;
	bool may = kind == SHELL_KSH || (piece->in_parens && kind != SHELL_DASH);
	if (!may || !sv_starts(line, piece->heredoc)) {
		return false;
	}
	struct strview rest = sv_skip(line, piece->heredoc.n);
	return rest.n &&
	       (memchr(rest.p, ')', rest.n) || (kind == SHELL_KSH && rest.p[0] == '\\'));
}

/* ksh93 sees no $ right behind a line's begin that is the delimiter's begin too; if it sees
 * none at all it expands nothing. `from`: where in the line the value stands. */
static bool hides_dollar(const struct rendering *rn, const struct piece *piece,
	struct strview line, size_t from)
{
	size_t n = 0;
	if (rn->t->kind != SHELL_KSH || piece->place != PLACE_HEREDOC) {
		return false;
	}
	while (n < line.n && n < piece->heredoc.n && line.p[n] == piece->heredoc.p[n]) {
		n++;
	}
	return n && n >= from && n < line.n && line.p[n] == '$';
}

/* bash (5.2) takes a byte 1 before another, or before a byte 127, away within $(...). */
static bool loses_control(const struct piece *piece, struct strview line)
{
	if (!piece->in_parens || piece->place != PLACE_HEREDOC_QUOTED) {
		return false;
	}
	for (size_t i = 0; i + 1 < line.n; i++) {
		if (line.p[i] == 1 && (line.p[i + 1] == 1 || line.p[i + 1] == 127)) {
			return true;
		}
	}
	return false;
}

/* What is wrong with a line of a here-document that has a part of a value; or NULL. */
static const char *line_fault(const struct rendering *rn, const struct piece *piece,
	struct strview line, size_t from)
{
	enum shell_kind kind = rn->t->kind;
	bool dash = kind == SHELL_DASH || kind == SHELL_SH;
	bool bash = kind == SHELL_BASH || kind == SHELL_SH;
	if (dash && loses_byte(line, piece->heredoc)) {
		return "a line of this value begins like the delimiter of the "
		       "here-document, and dash would lose a byte of it; use another "
		       "delimiter";
	}
	if (bash && loses_control(piece, line)) {
		return "this value has bytes that bash would lose in this here-document; "
		       "put it in outside $(...)";
	}
	if (ends_early(rn, piece, line)) {
		return "a line of this value begins like the delimiter of the "
		       "here-document, and the shell could end it there; use another "
		       "delimiter";
	}
	if (hides_dollar(rn, piece, line, from)) {
		return "a line of this value begins like the delimiter of the "
		       "here-document, and ksh would not expand the $ behind it; use "
		       "another delimiter";
	}
	return sv_eq(line, piece->heredoc) ? quote_fault(piece) : NULL;
}

/* A value must not end its here-document early, nor begin a line with tabs where the
 * shell takes tabs away. Lines are those of the finished text. */
static int check_stretch(struct rendering *rn, const struct stretch *s)
{
	struct strview text = strbuf_sv(rn->out);
	const char *nl = s->from ? memrchr(text.p, '\n', s->from) : NULL;
	size_t line = nl ? (size_t)(nl - text.p) + 1 : 0;
	while (line <= s->to) {
		nl = memchr(text.p + line, '\n', text.n - line);
		size_t end = nl ? (size_t)(nl - text.p) : text.n;
		size_t first = line;
		while (s->piece->strips_tabs && first < end && text.p[first] == '\t') {
			if (first >= s->from) {
				return render_error(rn, s->piece, RENDER_ERROR,
					"a line of this value begins with a tab, which <<- "
					"takes away; write <<");
			}
			first++;
		}
		size_t from = s->from > first ? s->from - first : 0;
		const char *fault =
			line_fault(rn, s->piece, sv_sub(text, first, end - first), from);
		if (fault) {
			return render_error(rn, s->piece, RENDER_ERROR, fault);
		}
		line = end + 1;
	}
	return 0;
}

/* Only shell templates have places: PLACE_BARE is 0, so that is seen by `shell`. */
static int render_all(struct rendering *rn)
{
	for (uint32_t i = 0; i < rn->t->count; i++) {
		const struct piece *piece = &rn->t->pieces[i];
		if (piece->kind == PIECE_TEXT) {
			strbuf_addsv(rn->out, piece->text);
		} else if (put_piece(rn, piece, rn->t->shell)) {
			return -1;
		}
	}
	for (size_t i = 0; i < rn->stretches.n; i++) {
		if (check_stretch(rn, &rn->stretches.v[i])) {
			return -1;
		}
	}
	return 0;
}

int template_render(const struct template *t, const struct renderer *r, bool as_path,
	struct strbuf *out, struct render_error *err)
{
	struct rendering rn = {
		.t = t, .r = r, .out = out, .err = err, .as_path = as_path};
	size_t len = out->len;
	*err = (struct render_error){.fault = RENDER_OK};
	int rc = render_all(&rn);
	if (rc) {
		strbuf_setlen(out, len);
	}
	vec_release(&rn.stretches);
	return rc;
}

/* Appends `s` without `.` parts and doubled slashes; `boundary`: a part begins here. */
static size_t clean_text(char *out, struct strview s, bool boundary, bool ends)
{
	size_t n = 0;
	bool absolute = boundary && s.n && s.p[0] == '/';
	for (size_t i = 0; i < s.n; i++) {
		bool begins = n ? out[n - 1] == '/' : boundary;
		char c = s.p[i];
		bool last = i + 1 == s.n;
		if (c == '/' && begins && !(absolute && i == 0)) {
			continue;
		}
		if (c == '.' && begins &&
			((!last && s.p[i + 1] == '/') || (last && ends))) {
			i++;
			continue;
		}
		out[n++] = c;
	}
	return n;
}

void template_clean_path(struct arena *arena, struct template *t, bool keep_end)
{
	for (uint32_t i = 0; i < t->count; i++) {
		struct piece *piece = &t->pieces[i];
		bool ends = i + 1 == t->count;
		if (piece->kind != PIECE_TEXT) {
			continue;
		}
		char *out = arena_alloc(arena, piece->text.n + 1, 1);
		size_t n = clean_text(out, piece->text, i == 0, ends);
		if (ends && !keep_end && n > 1 && out[n - 1] == '/') {
			n--;
		} else if (ends && !keep_end && n == 1 && i && out[0] == '/') {
			n = 0;
		}
		out[n] = '\0';
		piece->text = (struct strview){out, n};
	}
}
