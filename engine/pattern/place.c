#include "pattern/place.h"

#include "pattern/place_impl.h"

struct place_reader *place_reader_new(enum shell_kind kind)
{
	struct place_reader *r = xcalloc(1, sizeof(*r));
	r->shell = kind;
	strbuf_init(&r->text);
	strbuf_init(&r->delimiter);
	vec_push(&r->frames, (struct frame){.kind = FRAME_TOP, .command = true});
	return r;
}

void place_reader_free(struct place_reader *r)
{
	if (!r) {
		return;
	}
	arena_release(&r->arena);
	strbuf_release(&r->text);
	strbuf_release(&r->delimiter);
	vec_release(&r->frames);
	vec_release(&r->pending);
	free(r);
}

/* Reads one token's worth of text, at least a byte (or what a word's end changes). */
static void step(struct place_reader *r)
{
	struct frame *f = top_frame(r);
	int c = peek(r, 0);
	if (r->variable) {
		/* zsh reads $NAME:h, so the colon does not part the name from a word */
		bool modifier =
			c == ':' && r->shell == SHELL_ZSH && peek(r, 1) == NOTHING;
		if (modifier || is_word_byte(c)) {
			r->at++;
			return;
		}
		if (c == '\\' && peek(r, 1) == '\n') {
			r->at += 2; /* the name goes on behind it */
			return;
		}
		r->variable = false;
	}
	switch (f->kind) {
	case FRAME_TOP:
	case FRAME_SUBST:
	case FRAME_PAREN:
	case FRAME_CASE:
		if (r->in_delimiter) {
			step_delimiter(r, c);
		} else {
			step_command(r, f, c);
		}
		break;
	case FRAME_DOUBLE:
		step_double(r, f, c);
		break;
	case FRAME_SINGLE:
	case FRAME_DOLLAR_SINGLE:
	case FRAME_BACKQUOTE:
		step_until(r, f, c);
		break;
	case FRAME_PARAMETER:
		step_parameter(r, f, c);
		break;
	case FRAME_ARITHMETIC:
	case FRAME_ARITH_COMMAND:
	case FRAME_ARITH_BRACKET:
		step_arithmetic(r, f, c);
		break;
	case FRAME_HEREDOC:
		step_heredoc(r, f, c);
		break;
	}
}

/* Reads on until fewer than `keep` bytes are left. */
static void run(struct place_reader *r, size_t keep)
{
	while (r->text.len - r->at > keep) {
		step(r);
	}
	size_t left = r->text.len - r->at;
	if (left) {
		memmove(r->text.buf, r->text.buf + r->at, left);
	}
	strbuf_setlen(&r->text, left);
	r->at = 0;
}

void place_reader_feed(struct place_reader *r, struct strview text)
{
	strbuf_addsv(&r->text, text);
	run(r, LOOK_AHEAD);
}

/* The place that the frames alone give. */
static enum place frame_place(const struct place_reader *r)
{
	size_t i = r->frames.n;
	while (i-- > 0) {
		const struct frame *f = &r->frames.v[i];
		switch (f->kind) {
		case FRAME_PARAMETER:
			return PLACE_PARAMETER;
		case FRAME_ARITHMETIC:
		case FRAME_ARITH_COMMAND:
		case FRAME_ARITH_BRACKET:
			return PLACE_ARITHMETIC;
		case FRAME_BACKQUOTE:
			return PLACE_BACKQUOTE;
		case FRAME_DOLLAR_SINGLE:
			return PLACE_DOLLAR_SINGLE;
		case FRAME_DOUBLE:
		case FRAME_SINGLE:
			continue;
		case FRAME_HEREDOC:
		case FRAME_TOP:
		case FRAME_SUBST:
		case FRAME_PAREN:
		case FRAME_CASE:
			break;
		}
		break;
	}
	const struct frame *f = &vec_last(&r->frames);
	switch (f->kind) {
	case FRAME_DOUBLE:
		return PLACE_DOUBLE;
	case FRAME_SINGLE:
		return PLACE_SINGLE;
	case FRAME_HEREDOC:
		return f->quoted ? PLACE_HEREDOC_QUOTED : PLACE_HEREDOC;
	case FRAME_TOP:
	case FRAME_SUBST:
	case FRAME_PAREN:
	case FRAME_CASE:
	case FRAME_DOLLAR_SINGLE:
	case FRAME_BACKQUOTE:
	case FRAME_PARAMETER:
	case FRAME_ARITHMETIC:
	case FRAME_ARITH_COMMAND:
	case FRAME_ARITH_BRACKET:
		break;
	}
	return PLACE_BARE;
}

/* The innermost frame that holds commands, through quotes alone; or NULL. */
static const struct frame *word_frame(const struct place_reader *r)
{
	size_t i = r->frames.n;
	while (i-- > 0) {
		const struct frame *f = &r->frames.v[i];
		if (holds_commands(f)) {
			return f;
		}
		if (f->kind != FRAME_DOUBLE && f->kind != FRAME_SINGLE) {
			return NULL;
		}
	}
	return NULL;
}

/* Between [[ and ]], through parentheses. */
static bool in_condition(const struct place_reader *r)
{
	size_t i = r->frames.n;
	while (i-- > 0 && holds_commands(&r->frames.v[i])) {
		const struct frame *f = &r->frames.v[i];
		if (f->condition || f->kind != FRAME_PAREN || !f->words) {
			return f->condition;
		}
	}
	return false;
}

bool heredoc_in_parens(const struct place_reader *r)
{
	for (size_t i = 0; i + 1 < r->frames.n; i++) {
		enum frame_kind kind = r->frames.v[i].kind;
		if (kind == FRAME_SUBST || kind == FRAME_PAREN) {
			return true;
		}
	}
	return false;
}

enum place place_reader_here(struct place_reader *r, struct strview *ret_delimiter)
{
	run(r, 0);
	struct frame *f = top_frame(r);
	enum place place = frame_place(r);
	if (r->in_delimiter) {
		place = PLACE_DELIMITER;
		r->delimiter_begun = true;
	} else if (holds_commands(f) && r->comment) {
		place = PLACE_COMMENT;
	} else if (r->escape && f->kind != FRAME_SINGLE) {
		place = PLACE_ESCAPED;
	} else if (r->variable && (place == PLACE_HEREDOC || place == PLACE_ARITHMETIC)) {
		place = PLACE_VARIABLE;
	}
	if (ret_delimiter) {
		*ret_delimiter = f->kind == FRAME_HEREDOC ? f->delimiter : SV("");
	}
	const struct frame *word = word_frame(r);
	r->around = (struct place_around){
		.after_redirect = word && word->redirect && place != PLACE_COMMENT,
		.after_dup =
			word && word->redirect && word->dup && place != PLACE_COMMENT,
		.after_variable = r->variable,
		.strips_tabs = f->kind == FRAME_HEREDOC && f->strip,
		.in_parens = f->kind == FRAME_HEREDOC && heredoc_in_parens(r),
		.in_condition = in_condition(r),
		.in_array = word && word->kind == FRAME_PAREN && word->words};
	r->escape = r->variable = false;
	if (holds_commands(f) && !r->comment) {
		word_special(f);
	}
	f->mismatch = true;
	return place;
}

struct place_around place_reader_around(const struct place_reader *r)
{
	return r->around;
}

const char *place_reader_open(struct place_reader *r)
{
	run(r, 0);
	if (r->confused) {
		return r->confused;
	}
	if (r->escape) {
		return "ends in a backslash";
	}
	if (r->in_delimiter || r->pending.n) {
		return "has a here-document without a line behind it";
	}
	const struct frame *f = top_frame(r);
	switch (f->kind) {
	case FRAME_SUBST:
		return "ends inside $(...)";
	case FRAME_PAREN:
		return "ends inside (...)";
	case FRAME_DOUBLE:
		return "ends inside \"...\"";
	case FRAME_SINGLE:
		return "ends inside '...'";
	case FRAME_DOLLAR_SINGLE:
		return "ends inside $'...'";
	case FRAME_BACKQUOTE:
		return "ends inside `...`";
	case FRAME_PARAMETER:
		return "ends inside ${...}";
	case FRAME_ARITHMETIC:
		return "ends inside $((...))";
	case FRAME_ARITH_COMMAND:
		return "ends inside ((...))";
	case FRAME_ARITH_BRACKET:
		return "ends inside $[...]";
	case FRAME_HEREDOC:
		if (!f->mismatch && f->matched == f->delimiter.n) {
			return NULL;
		}
		return "ends inside a here-document";
	case FRAME_TOP:
	case FRAME_CASE:
		break;
	}
	return NULL;
}

const char *place_fault(enum place place)
{
	switch (place) {
	case PLACE_BACKQUOTE:
		return "no name can be quoted for sure inside `...`; write $(...)";
	case PLACE_DOLLAR_SINGLE:
		return "no name can be quoted for sure inside $'...'; write '...'";
	case PLACE_PARAMETER:
		return "no name can be quoted for sure inside ${...}; put it into a "
		       "variable first";
	case PLACE_ESCAPED:
		return "a backslash stands right before this reference; leave it out, names "
		       "are quoted anyway";
	case PLACE_VARIABLE:
		return "this reference would go on with the variable's name before it; write "
		       "${{NAME}} there";
	case PLACE_DELIMITER:
		return "the delimiter of a here-document must be a plain word";
	case PLACE_BARE:
	case PLACE_DOUBLE:
	case PLACE_SINGLE:
	case PLACE_HEREDOC:
	case PLACE_HEREDOC_QUOTED:
	case PLACE_COMMENT:
	case PLACE_ARITHMETIC:
		break;
	}
	return NULL;
}
