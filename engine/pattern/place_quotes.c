#include "pattern/place_impl.h"

/* `$` and what it begins. `quotes`: $'...' and $"..." are read. */
void step_dollar(struct place_reader *r, struct frame *f, bool quotes)
{
	int c = peek(r, 1);
	bool in_double =
		f->kind == FRAME_DOUBLE || f->kind == FRAME_HEREDOC ||
		(f->kind >= FRAME_ARITHMETIC && f->kind <= FRAME_ARITH_BRACKET) ||
		(f->kind == FRAME_PARAMETER && f->in_double);
	r->at++;
	if (c == '\\' && peek(r, 1) == '\n') {
		confuse(r, "has a $ right before a line break that is taken away");
	} else if (c == '(' && peek(r, 1) == '(') {
		r->at += 2;
		push_frame(r, FRAME_ARITHMETIC);
	} else if (c == '(') {
		r->at++;
		f = push_frame(r, FRAME_SUBST);
		f->command = true;
		f->base = r->pending.n;
	} else if (c == '{') {
		r->at++;
		push_frame(r, FRAME_PARAMETER)->in_double = in_double;
	} else if (c == '[' && r->shell == SHELL_SH) {
		confuse(r, "has $[...], which not every sh reads alike; write $((...))");
	} else if (c == '[' && (r->shell == SHELL_BASH || r->shell == SHELL_ZSH)) {
		r->at++;
		push_frame(r, FRAME_ARITH_BRACKET);
	} else if (c == '\'' && quotes && r->shell != SHELL_DASH) {
		r->at++;
		push_frame(r, FRAME_DOLLAR_SINGLE);
	} else if (is_word_byte(c)) {
		r->at++;
		r->variable = true;
	} else if (c != NOTHING && c && strchr("#+=~^", c) && r->shell == SHELL_ZSH) {
		r->at++;
		r->variable =
			true; /* $#NAME is a length, $+NAME whether it is set, ... */
	} else if (c != NOTHING && c && strchr("@*#?-$!", c)) {
		r->at++;
	}
}

/* A backslash and what it quotes. */
void step_backslash(struct place_reader *r)
{
	if (peek(r, 1) == NOTHING) {
		r->escape = true;
		r->at++;
	} else {
		r->at += 2;
	}
}

/* Whether `c` can be part of what stands before the operator in ${...}. */
static bool in_name(const struct frame *f, int c)
{
	return is_word_byte(c) || c == '[' || c == ']' || c == '@' || c == '*' ||
	       (!f->matched && (c == '!' || c == '#'));
}

void step_parameter(struct place_reader *r, struct frame *f, int c)
{
	if (!f->named && !in_name(f, c)) {
		int op = c == ':' ? peek(r, 1) : c;
		f->named = true;
		f->literal = f->in_double && op < 128 && op && strchr("-=?+", op);
	}
	f->matched++;
	switch (c) {
	case '}':
		r->at++;
		pop_frame(r);
		break;
	case '\'':
		r->at++;
		if (!f->literal) {
			push_frame(r, FRAME_SINGLE);
		}
		break;
	case '"':
		r->at++;
		push_frame(r, FRAME_DOUBLE);
		break;
	case '`':
		r->at++;
		push_frame(r, FRAME_BACKQUOTE);
		break;
	case '\\':
		step_backslash(r);
		break;
	case '$':
		step_dollar(r, f, !f->in_double);
		break;
	default:
		r->at++;
	}
}

/* A `)` or `]` that closes arithmetic. */
static void close_arithmetic(struct place_reader *r, struct frame *f, int c)
{
	r->at++;
	if (f->parens) {
		f->parens--;
		return;
	}
	bool command = f->kind == FRAME_ARITH_COMMAND;
	if (c == ')') {
		if (peek(r, 0) != ')') {
			confuse(r,
				"has (( that is not closed by )); write ( ( for commands "
				"in two parentheses");
		} else {
			r->at++;
		}
	}
	pop_frame(r);
	if (command) {
		top_frame(r)->in_word = top_frame(r)->name_next = false;
		top_frame(r)->command = true;
	}
}

void step_arithmetic(struct place_reader *r, struct frame *f, int c)
{
	int open = f->kind == FRAME_ARITH_BRACKET ? '[' : '(';
	int close = f->kind == FRAME_ARITH_BRACKET ? ']' : ')';
	if (c == open) {
		f->parens++;
		r->at++;
	} else if (c == close) {
		close_arithmetic(r, f, c);
	} else if (c == '\\') {
		step_backslash(r);
	} else if (c == '$') {
		step_dollar(r, f, false);
	} else if (c == '"') {
		r->at++;
		push_frame(r, FRAME_DOUBLE);
	} else if (c == '`') {
		r->at++;
		push_frame(r, FRAME_BACKQUOTE);
	} else if (c == '\'' && f->kind == FRAME_ARITH_COMMAND) {
		r->at++;
		push_frame(r, FRAME_SINGLE);
	} else {
		r->at++;
	}
}

static void end_heredoc_line(struct place_reader *r, struct frame *f)
{
	if (!f->mismatch && f->matched == f->delimiter.n) {
		pop_frame(r);
		begin_heredoc(r);
		return;
	}
	f->mismatch = f->lookalike = false;
	f->matched = 0;
}

/* bash within $(...), ksh and mksh let a `)` end a here-document on a line that begins
 * with its delimiter. */
static void check_lookalike(struct place_reader *r, struct frame *f, int c)
{
	if (!f->mismatch && f->matched == f->delimiter.n) {
		f->lookalike = true;
	}
	if (c == ')' && f->lookalike && r->shell != SHELL_DASH &&
		(r->shell == SHELL_KSH || heredoc_in_parens(r))) {
		confuse(r,
			"has a here-document with a line that begins with its delimiter "
			"and has a ) behind it");
	}
}

void step_heredoc(struct place_reader *r, struct frame *f, int c)
{
	if (c == '\n') {
		r->at++;
		end_heredoc_line(r, f);
		return;
	}
	check_lookalike(r, f, c);
	if (!f->mismatch && !(f->strip && c == '\t' && !f->matched)) {
		f->mismatch = f->matched >= f->delimiter.n ||
			      (unsigned char)f->delimiter.p[f->matched] != c;
		f->matched++;
	}
	if (f->quoted) {
		r->at++;
	} else if (c == '\\') {
		f->mismatch = true; /* and the next line, where the newline is quoted */
		step_backslash(r);
	} else if (c == '$') {
		step_dollar(r, f, false);
	} else if (c == '`') {
		r->at++;
		push_frame(r, FRAME_BACKQUOTE);
	} else {
		r->at++;
	}
}

void step_double(struct place_reader *r, struct frame *f, int c)
{
	if (c == '\\') {
		step_backslash(r);
	} else if (c == '$') {
		step_dollar(r, f, false);
	} else {
		r->at++;
		if (c == '"') {
			pop_frame(r);
		} else if (c == '`') {
			push_frame(r, FRAME_BACKQUOTE);
		}
	}
}

/* '...', $'...' and `...`: up to the byte that closes them. */
void step_until(struct place_reader *r, const struct frame *f, int c)
{
	int close = f->kind == FRAME_BACKQUOTE ? '`' : '\'';
	if (c == '\\' && f->kind != FRAME_SINGLE) {
		if (f->kind == FRAME_DOLLAR_SINGLE && r->shell == SHELL_SH &&
			peek(r, 1) == '\'') {
			confuse(r, "has $'...', which not every sh reads alike");
		}
		step_backslash(r);
		return;
	}
	r->at++;
	if (c == close) {
		pop_frame(r);
	}
}
