#include "pattern/place_impl.h"

static void word_char(struct frame *f, char c)
{
	if (!f->in_word) {
		f->in_word = true;
		f->plain = true;
		f->matched = 0;
	}
	if (f->matched < WORD_MOST) {
		f->word[f->matched] = c;
	}
	f->matched++;
	f->last = c;
}

static bool word_is(const struct frame *f, const char *s)
{
	size_t n = strlen(s);
	return f->plain && f->matched == n && n <= WORD_MOST && !memcmp(f->word, s, n);
}

static bool word_in(const struct frame *f, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (word_is(f, list[i])) {
			return true;
		}
	}
	return false;
}

/* A word at the place of a command has ended. */
static void end_command_word(struct place_reader *r, struct frame *f)
{
	static const char *const go_on[] = {"if", "then", "else", "elif", "fi", "do",
		"done", "while", "until", "!", "{", "}", "time", "coproc"};
	static const char *const named[] = {"for", "select", "function"};
	bool reserved = word_in(f, go_on, CW_ARRAY_LEN(go_on));
	if (f->redirected && (reserved || word_in(f, named, CW_ARRAY_LEN(named)) ||
				     word_is(f, "case") || word_is(f, "[["))) {
		confuse(r, "has a redirection before a word such as case or [[");
	}
	f->redirected = false;
	if (reserved) {
		return;
	}
	f->command = false;
	if (word_in(f, named, CW_ARRAY_LEN(named))) {
		f->name_next = true;
	} else if (word_is(f, "case")) {
		/* ksh93 loses count of the quotes in it */
		for (size_t i = 0; r->shell == SHELL_KSH && i < r->frames.n; i++) {
			if (r->frames.v[i].kind == FRAME_DOUBLE) {
				confuse(r,
					"has case within \"$(...)\", which not every ksh reads "
					"alike");
			}
		}
		push_frame(r, FRAME_CASE);
	} else if (word_is(f, "esac") && f->kind == FRAME_CASE) {
		pop_frame(r);
		top_frame(r)->command = true;
	} else if (word_is(f, "[[") && extended(r)) {
		f->condition = true;
	}
}

/* A word of `case WORD in PATTERN` has ended. */
static void end_case_word(struct place_reader *r, struct frame *f)
{
	if (f->state == CASE_WORD) {
		f->state = CASE_IN;
	} else if (f->state == CASE_IN && word_is(f, "in")) {
		f->state = CASE_PATTERN;
		f->begun = false;
	} else if (f->state == CASE_PATTERN && !f->begun && word_is(f, "esac")) {
		pop_frame(r);
		top_frame(r)->command = true;
	} else {
		f->begun = true;
	}
}

/* The word that was read, if any, has ended; the innermost frame may be another then. */
static void end_word(struct place_reader *r)
{
	struct frame *f = top_frame(r);
	if (!holds_commands(f) || !f->in_word) {
		return;
	}
	f->in_word = false;
	if (f->redirect) {
		f->redirect = false;
		f->redirected = f->command;
	} else if (f->kind == FRAME_CASE && f->state != CASE_BODY) {
		end_case_word(r, f);
	} else if (f->condition) {
		f->condition = !word_is(f, "]]");
	} else if (f->name_next) {
		f->name_next = false;
		f->command = true;
	} else if (f->command && !f->words) {
		end_command_word(r, f);
	}
}

/* The frame whose here-documents a line break here begins. */
static size_t pending_base(const struct place_reader *r)
{
	size_t i = r->frames.n;
	while (i-- > 0) {
		if (r->frames.v[i].kind == FRAME_SUBST) {
			return r->frames.v[i].base;
		}
	}
	return 0;
}

/* Enters the body of the first here-document that waits, if any. */
void begin_heredoc(struct place_reader *r)
{
	size_t base = pending_base(r);
	if (r->pending.n <= base) {
		return;
	}
	struct heredoc h = r->pending.v[base];
	r->pending.n--;
	memmove(&r->pending.v[base], &r->pending.v[base + 1],
		(r->pending.n - base) * sizeof(h));
	struct frame *f = push_frame(r, FRAME_HEREDOC);
	f->delimiter = h.delimiter;
	f->quoted = h.quoted;
	f->strip = h.strip;
}

/* A line break between words. */
static void newline(struct place_reader *r)
{
	struct frame *f = top_frame(r);
	f->redirect = f->redirected = false;
	if (!f->condition && !f->words &&
		(f->kind != FRAME_CASE || f->state == CASE_BODY)) {
		f->command = true;
		f->name_next = false;
	}
	begin_heredoc(r);
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool ends_word(int c)
{
	return is_blank(c) || (c != NOTHING && c && strchr("\n;&|<>()", c));
}

/* The word behind << is complete. */
static void finish_delimiter(struct place_reader *r)
{
	/* ksh93 joins lines of << 'WORD' there where a backslash ends one */
	for (size_t i = 0; r->shell == SHELL_KSH && i < r->frames.n; i++) {
		if (r->frames.v[i].kind == FRAME_SUBST) {
			confuse(r,
				"has a here-document within $(...), which not every ksh reads "
				"alike");
		}
	}
	r->next.delimiter = arena_sv(&r->arena, strbuf_sv(&r->delimiter));
	vec_push(&r->pending, r->next);
	r->in_delimiter = false;
}

/* One byte of the word behind <<, outside quotes. */
static void delimiter_bare(struct place_reader *r, int c)
{
	if (ends_word(c)) {
		if (!r->delimiter_begun) {
			confuse(r, "has << without a word behind it");
		}
		finish_delimiter(r);
		return;
	}
	r->delimiter_begun = true;
	r->at++;
	if (c == '\'' || c == '"') {
		r->delimiter_quote = (char)c;
		r->next.quoted = true;
	} else if (c == '\\') {
		r->next.quoted = true;
		if (peek(r, 0) != NOTHING) {
			strbuf_addch(&r->delimiter, r->text.buf[r->at++]);
		}
	} else if (c == '$' || c == '`') {
		confuse(r, "has a here-document whose delimiter is not a plain word");
	} else {
		strbuf_addch(&r->delimiter, (char)c);
	}
}

void step_delimiter(struct place_reader *r, int c)
{
	if (!r->delimiter_begun && is_blank(c)) {
		r->at++;
	} else if (!r->delimiter_quote) {
		delimiter_bare(r, c);
	} else {
		r->at++;
		if (c == r->delimiter_quote) {
			r->delimiter_quote = '\0';
			return;
		}
		if (c == '\\' && r->delimiter_quote == '"' && peek(r, 0) != NOTHING) {
			c = (unsigned char)r->text.buf[r->at++];
		}
		strbuf_addch(&r->delimiter, (char)c);
	}
}

/* `<` or `>` between words: a redirection, a here-document, a process substitution. */
static void redirection(struct place_reader *r, struct frame *f, int c)
{
	int c1 = peek(r, 1), c2 = peek(r, 2);
	if (c1 == '(' && extended(r)) {
		r->at += 2;
		f->in_word = true;
		f->plain = false;
		f = push_frame(r, FRAME_PAREN);
		f->command = f->mid_word = true;
		return;
	}
	if (f->condition) {
		r->at++;
		return;
	}
	if (c == '<' && c1 == '<' && c2 != '<') {
		r->at += c2 == '-' ? 3 : 2;
		r->in_delimiter = true;
		r->delimiter_begun = false;
		r->delimiter_quote = '\0';
		strbuf_reset(&r->delimiter);
		r->next = (struct heredoc){.strip = c2 == '-'};
		return;
	}
	r->at++;
	while (peek(r, 0) == c) {
		r->at++;
	}
	int more = peek(r, 0);
	f->dup = more == '&';
	if (more == '&' || (c == '>' && (more == '|' || more == '!')) ||
		(c == '<' && more == '>')) {
		r->at++;
	}
	f->redirect = true;
}

static bool all_digits(const struct frame *f)
{
	for (size_t i = 0; i < f->matched && i < WORD_MOST; i++) {
		if (f->word[i] < '0' || f->word[i] > '9') {
			return false;
		}
	}
	return f->plain && f->matched <= WORD_MOST;
}

/* Whether a `(` goes on with the word before it: x=(...), @(a|b), a pattern of zsh. */
static bool paren_in_word(const struct place_reader *r, const struct frame *f)
{
	if (!f->in_word || !extended(r)) {
		return false;
	}
	return r->shell == SHELL_ZSH || (f->last && strchr("=?*+@!", f->last));
}

/* `(` between or within words. */
static void open_paren(struct place_reader *r, struct frame *f)
{
	bool mid = paren_in_word(r, f);
	if (r->shell == SHELL_SH && f->in_word && f->last == '=') {
		confuse(r, "has NAME=(...), which not every sh has");
	}
	if (!mid) {
		end_word(r);
		f = top_frame(r);
	}
	bool pattern = f->kind == FRAME_CASE && f->state == CASE_PATTERN;
	int next = peek(r, 1);
	if (pattern && !mid && !f->begun) {
		f->begun = true;
		r->at++;
	} else if (!mid && !pattern && !f->condition && next == ')') {
		r->at += 2; /* name() */
		f->name_next = false;
		f->command = true;
	} else if (!mid && !pattern && !f->condition && next == '(' &&
		   r->shell != SHELL_DASH && (f->command || f->name_next)) {
		r->at += 2;
		if (f->redirected) {
			confuse(r, "has a redirection before ((");
		}
		push_frame(r, FRAME_ARITH_COMMAND);
	} else {
		bool words = mid || f->words || f->condition || pattern;
		r->at++;
		f = push_frame(r, FRAME_PAREN);
		f->mid_word = mid;
		f->words = words;
		f->command = !words;
	}
}

static void close_paren(struct place_reader *r)
{
	end_word(r);
	struct frame *f = top_frame(r);
	r->at++;
	if (f->kind == FRAME_CASE && f->state == CASE_PATTERN) {
		f->state = CASE_BODY;
		f->command = true;
	} else if (f->kind == FRAME_CASE) {
		confuse(r, "has a ) within case ... esac that nothing opens");
	} else if (f->kind == FRAME_SUBST) {
		if (r->pending.n > f->base) {
			confuse(r,
				"has a here-document in $(...) without a line behind it");
			r->pending.n = f->base;
		}
		pop_frame(r);
	} else if (f->kind == FRAME_PAREN) {
		bool mid = f->mid_word;
		pop_frame(r);
		if (!mid) {
			top_frame(r)->in_word = false;
			top_frame(r)->command = true;
		}
	}
}

/* `;`, `&`, `|` between commands. */
static void operator(struct place_reader *r, int c)
{
	end_word(r);
	struct frame *f = top_frame(r);
	int c1 = peek(r, 1);
	if (c == '&' && c1 == '>') {
		r->at++;
		redirection(r, f, '>');
		return;
	}
	r->at++;
	if (c == ';' && (c1 == ';' || c1 == '&' || c1 == '|')) {
		r->at++;
		if (c1 == ';' && peek(r, 0) == '&') {
			r->at++;
		}
		if (f->kind == FRAME_CASE && f->state == CASE_BODY) {
			f->state = CASE_PATTERN;
			f->begun = false;
		}
		return;
	}
	if (f->kind != FRAME_CASE || f->state == CASE_BODY) {
		f->command = !f->condition && !f->words;
		f->name_next = false;
	}
	f->redirect = f->redirected = false;
}

/* Quotes and expansions within a command; false where `c` is none. */
static bool step_quotes(struct place_reader *r, struct frame *f, int c)
{
	switch (c) {
	case '\\':
		if (peek(r, 1) != '\n') {
			word_special(f);
		}
		step_backslash(r);
		return true;
	case '\'':
		word_special(f);
		push_frame(r, FRAME_SINGLE);
		r->at++;
		return true;
	case '"':
		word_special(f);
		push_frame(r, FRAME_DOUBLE);
		r->at++;
		return true;
	case '`':
		word_special(f);
		push_frame(r, FRAME_BACKQUOTE);
		r->at++;
		return true;
	case '$':
		word_special(f);
		step_dollar(r, f, true);
		return true;
	default:
		return false;
	}
}

void step_command(struct place_reader *r, struct frame *f, int c)
{
	r->comment = c != '\n' && (r->comment || (c == '#' && !f->in_word));
	if (r->comment) {
		r->at++;
		return;
	}
	if (step_quotes(r, f, c)) {
		return;
	}
	switch (c) {
	case ' ':
	case '\t':
		end_word(r);
		r->at++;
		break;
	case '\n':
		end_word(r);
		r->at++;
		newline(r);
		break;
	case ';':
	case '&':
	case '|':
		operator(r, c);
		break;
	case '(':
		open_paren(r, f);
		break;
	case ')':
		close_paren(r);
		break;
	case '<':
	case '>':
		if (f->in_word && all_digits(f)) {
			f->in_word = false;
		}
		end_word(r);
		redirection(r, top_frame(r), c);
		break;
	default:
		word_char(f, (char)c);
		r->at++;
	}
}
