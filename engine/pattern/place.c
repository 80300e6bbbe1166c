#include "pattern/place.h"

#include "base/arena.h"
#include "base/vec.h"

/* Deeper nesting of quotes and substitutions is taken as a mistake. */
enum { DEPTH_MOST = 256, LOOK_AHEAD = 2, WORD_MOST = 8, NOTHING = 256 };

/* What the text is inside of, innermost last. The first four hold commands. */
enum frame_kind {
	FRAME_TOP,
	FRAME_SUBST, /* $(...) */
	FRAME_PAREN, /* (...), <(...), x=(...) */
	FRAME_CASE,  /* case ... esac */
	FRAME_DOUBLE,
	FRAME_SINGLE,
	FRAME_DOLLAR_SINGLE,
	FRAME_BACKQUOTE,
	FRAME_PARAMETER,
	FRAME_ARITHMETIC,    /* $((...)) */
	FRAME_ARITH_COMMAND, /* ((...)) */
	FRAME_ARITH_BRACKET, /* $[...] */
	FRAME_HEREDOC,
};

enum case_state { CASE_WORD, CASE_IN, CASE_PATTERN, CASE_BODY };

struct frame {
	enum frame_kind kind;
	/* commands */
	bool in_word, plain; /* plain: nothing quoted or expanded in it so far */
	bool command;        /* the next word can be a reserved word */
	bool name_next;      /* behind `for`, `select`, `function` */
	bool redirect;       /* the next word, or this one, is a redirection's */
	bool condition;      /* between [[ and ]] */
	bool words;          /* an array or a pattern: no commands in these parentheses */
	bool mid_word;       /* these parentheses are part of a word */
	bool begun;          /* case: the pattern has begun */
	bool in_double;      /* ${: as within double quotes */
	bool named, literal; /* ${: behind the name; ' is an ordinary character */
	bool quoted, strip;  /* here-document: no expansion; <<- */
	bool mismatch;       /* here-document: this line is not the delimiter */
	enum case_state state;
	uint32_t parens; /* arithmetic: open ones */
	size_t matched;  /* bytes of the word, or of the delimiter, so far */
	size_t base;     /* $(: first pending here-document that is its own */
	char word[WORD_MOST], last;
	struct strview delimiter;
};

struct heredoc {
	struct strview delimiter;
	bool quoted, strip;
};

struct place_reader {
	enum shell_kind shell;
	struct arena arena; /* delimiters */
	struct strbuf text; /* fed, and from `at` on not read yet */
	size_t at;
	VEC(struct frame) frames;
	VEC(struct heredoc) pending;
	struct strbuf delimiter; /* the word behind << as far as it was read */
	struct heredoc next;
	bool in_delimiter, delimiter_begun;
	char delimiter_quote;
	bool comment;
	bool escape;   /* a backslash, and the text ended */
	bool variable; /* within or right behind $NAME */
	const char *confused;
	struct place_around around; /* of the reference before */
};

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

static struct frame *top(struct place_reader *r)
{
	return &vec_last(&r->frames);
}

static bool holds_commands(const struct frame *f)
{
	return f->kind <= FRAME_CASE;
}

/* bash, ksh, zsh: more than POSIX. */
static bool extended(const struct place_reader *r)
{
	return r->shell == SHELL_BASH || r->shell == SHELL_KSH || r->shell == SHELL_ZSH;
}

static void confuse(struct place_reader *r, const char *why)
{
	if (!r->confused) {
		r->confused = why;
	}
}

/* The byte `k` behind the present one, NOTHING where the text (so far) ends. */
static int peek(const struct place_reader *r, size_t k)
{
	return k < r->text.len - r->at ? (unsigned char)r->text.buf[r->at + k] : NOTHING;
}

static struct frame *push(struct place_reader *r, enum frame_kind kind)
{
	if (r->frames.n >= DEPTH_MOST) {
		confuse(r, "is nested too deeply");
		*top(r) = (struct frame){.kind = kind};
		return top(r);
	}
	vec_push(&r->frames, (struct frame){.kind = kind});
	return top(r);
}

static void pop(struct place_reader *r)
{
	if (r->frames.n > 1) {
		(void)vec_pop(&r->frames);
	}
}

/* The word goes on, or begins, with something that is not a plain character. */
static void word_special(struct frame *f)
{
	f->in_word = true;
	f->plain = false;
	f->last = '\0';
}

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
	if (word_in(f, go_on, CW_ARRAY_LEN(go_on))) {
		return;
	}
	f->command = false;
	if (word_in(f, named, CW_ARRAY_LEN(named))) {
		f->name_next = true;
	} else if (word_is(f, "case")) {
		push(r, FRAME_CASE);
	} else if (word_is(f, "esac") && f->kind == FRAME_CASE) {
		pop(r);
		top(r)->command = true;
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
		pop(r);
		top(r)->command = true;
	} else {
		f->begun = true;
	}
}

/* The word that was read, if any, has ended; the innermost frame may be another then. */
static void end_word(struct place_reader *r)
{
	struct frame *f = top(r);
	if (!holds_commands(f) || !f->in_word) {
		return;
	}
	f->in_word = false;
	if (f->redirect) {
		f->redirect = false;
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
static void begin_heredoc(struct place_reader *r)
{
	size_t base = pending_base(r);
	if (r->pending.n <= base) {
		return;
	}
	struct heredoc h = r->pending.v[base];
	r->pending.n--;
	memmove(&r->pending.v[base], &r->pending.v[base + 1],
		(r->pending.n - base) * sizeof(h));
	struct frame *f = push(r, FRAME_HEREDOC);
	f->delimiter = h.delimiter;
	f->quoted = h.quoted;
	f->strip = h.strip;
}

/* A line break between words. */
static void newline(struct place_reader *r)
{
	struct frame *f = top(r);
	f->redirect = false;
	if (!f->condition && !f->words &&
		(f->kind != FRAME_CASE || f->state == CASE_BODY)) {
		f->command = true;
		f->name_next = false;
	}
	begin_heredoc(r);
}

/* `$` and what it begins. `quotes`: $'...' and $"..." are read. */
static void dollar(struct place_reader *r, struct frame *f, bool quotes)
{
	int c = peek(r, 1);
	bool in_double =
		f->kind == FRAME_DOUBLE || f->kind == FRAME_HEREDOC ||
		(f->kind >= FRAME_ARITHMETIC && f->kind <= FRAME_ARITH_BRACKET) ||
		(f->kind == FRAME_PARAMETER && f->in_double);
	r->at++;
	if (c == '(' && peek(r, 1) == '(') {
		r->at += 2;
		push(r, FRAME_ARITHMETIC);
	} else if (c == '(') {
		r->at++;
		f = push(r, FRAME_SUBST);
		f->command = true;
		f->base = r->pending.n;
	} else if (c == '{') {
		r->at++;
		push(r, FRAME_PARAMETER)->in_double = in_double;
	} else if (c == '[' && (r->shell == SHELL_BASH || r->shell == SHELL_ZSH)) {
		r->at++;
		push(r, FRAME_ARITH_BRACKET);
	} else if (c == '\'' && quotes && r->shell != SHELL_DASH) {
		r->at++;
		push(r, FRAME_DOLLAR_SINGLE);
	} else if (c == '_' || (c < 128 && c != NOTHING &&
				       strchr("abcdefghijklmnopqrstuvwxyz"
					      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
					       c))) {
		r->at++;
		r->variable = true;
	} else if (c != NOTHING && c && strchr("@*#?-$!", c)) {
		r->at++;
	}
}

/* A backslash and what it quotes. */
static void backslash(struct place_reader *r)
{
	if (peek(r, 1) == NOTHING) {
		r->escape = true;
		r->at++;
	} else {
		r->at += 2;
	}
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

static void step_delimiter(struct place_reader *r, int c)
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
		f = push(r, FRAME_PAREN);
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
	if (!mid) {
		end_word(r);
		f = top(r);
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
	} else if (!mid && !pattern && !f->condition && next == '(' && extended(r) &&
		   (f->command || f->name_next)) {
		r->at += 2;
		push(r, FRAME_ARITH_COMMAND);
	} else {
		bool words = mid || f->words || f->condition || pattern;
		r->at++;
		f = push(r, FRAME_PAREN);
		f->mid_word = mid;
		f->words = words;
		f->command = !words;
	}
}

static void close_paren(struct place_reader *r)
{
	end_word(r);
	struct frame *f = top(r);
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
		pop(r);
	} else if (f->kind == FRAME_PAREN) {
		bool mid = f->mid_word;
		pop(r);
		if (!mid) {
			top(r)->in_word = false;
			top(r)->command = true;
		}
	}
}

/* `;`, `&`, `|` between commands. */
static void operator(struct place_reader *r, int c)
{
	end_word(r);
	struct frame *f = top(r);
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
	f->redirect = false;
}

/* Quotes and expansions within a command; false where `c` is none. */
static bool step_quotes(struct place_reader *r, struct frame *f, int c)
{
	switch (c) {
	case '\\':
		if (peek(r, 1) != '\n') {
			word_special(f);
		}
		backslash(r);
		return true;
	case '\'':
		word_special(f);
		push(r, FRAME_SINGLE);
		r->at++;
		return true;
	case '"':
		word_special(f);
		push(r, FRAME_DOUBLE);
		r->at++;
		return true;
	case '`':
		word_special(f);
		push(r, FRAME_BACKQUOTE);
		r->at++;
		return true;
	case '$':
		word_special(f);
		dollar(r, f, true);
		return true;
	default:
		return false;
	}
}

static void step_command(struct place_reader *r, struct frame *f, int c)
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
		redirection(r, top(r), c);
		break;
	default:
		word_char(f, (char)c);
		r->at++;
	}
}

/* Whether `c` can be part of what stands before the operator in ${...}. */
static bool in_name(const struct frame *f, int c)
{
	bool letter = c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		      (c >= 'a' && c <= 'z');
	return letter || c == '[' || c == ']' || c == '@' || c == '*' ||
	       (!f->matched && (c == '!' || c == '#'));
}

static void step_parameter(struct place_reader *r, struct frame *f, int c)
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
		pop(r);
		break;
	case '\'':
		r->at++;
		if (!f->literal) {
			push(r, FRAME_SINGLE);
		}
		break;
	case '"':
		r->at++;
		push(r, FRAME_DOUBLE);
		break;
	case '`':
		r->at++;
		push(r, FRAME_BACKQUOTE);
		break;
	case '\\':
		backslash(r);
		break;
	case '$':
		dollar(r, f, !f->in_double);
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
	pop(r);
	if (command) {
		top(r)->in_word = top(r)->name_next = false;
		top(r)->command = true;
	}
}

static void step_arithmetic(struct place_reader *r, struct frame *f, int c)
{
	int open = f->kind == FRAME_ARITH_BRACKET ? '[' : '(';
	int close = f->kind == FRAME_ARITH_BRACKET ? ']' : ')';
	if (c == open) {
		f->parens++;
		r->at++;
	} else if (c == close) {
		close_arithmetic(r, f, c);
	} else if (c == '\\') {
		backslash(r);
	} else if (c == '$') {
		dollar(r, f, false);
	} else if (c == '"') {
		r->at++;
		push(r, FRAME_DOUBLE);
	} else if (c == '`') {
		r->at++;
		push(r, FRAME_BACKQUOTE);
	} else if (c == '\'' && f->kind == FRAME_ARITH_COMMAND) {
		r->at++;
		push(r, FRAME_SINGLE);
	} else {
		r->at++;
	}
}

static void end_heredoc_line(struct place_reader *r, struct frame *f)
{
	if (!f->mismatch && f->matched == f->delimiter.n) {
		pop(r);
		begin_heredoc(r);
		return;
	}
	f->mismatch = false;
	f->matched = 0;
}

static void step_heredoc(struct place_reader *r, struct frame *f, int c)
{
	if (c == '\n') {
		r->at++;
		end_heredoc_line(r, f);
		return;
	}
	if (!f->mismatch && !(f->strip && c == '\t' && !f->matched)) {
		f->mismatch = f->matched >= f->delimiter.n ||
			      (unsigned char)f->delimiter.p[f->matched] != c;
		f->matched++;
	}
	if (f->quoted) {
		r->at++;
	} else if (c == '\\') {
		f->mismatch = true; /* and the next line, where the newline is quoted */
		backslash(r);
	} else if (c == '$') {
		dollar(r, f, false);
	} else if (c == '`') {
		r->at++;
		push(r, FRAME_BACKQUOTE);
	} else {
		r->at++;
	}
}

static void step_double(struct place_reader *r, struct frame *f, int c)
{
	if (c == '\\') {
		backslash(r);
	} else if (c == '$') {
		dollar(r, f, false);
	} else {
		r->at++;
		if (c == '"') {
			pop(r);
		} else if (c == '`') {
			push(r, FRAME_BACKQUOTE);
		}
	}
}

/* '...', $'...' and `...`: up to the byte that closes them. */
static void step_until(struct place_reader *r, const struct frame *f, int c)
{
	int close = f->kind == FRAME_BACKQUOTE ? '`' : '\'';
	if (c == '\\' && f->kind != FRAME_SINGLE) {
		if (f->kind == FRAME_DOLLAR_SINGLE && r->shell == SHELL_SH &&
			peek(r, 1) == '\'') {
			confuse(r, "has $'...', which not every sh reads alike");
		}
		backslash(r);
		return;
	}
	r->at++;
	if (c == close) {
		pop(r);
	}
}

/* Reads one token's worth of text, at least a byte (or what a word's end changes). */
static void step(struct place_reader *r)
{
	struct frame *f = top(r);
	int c = peek(r, 0);
	if (r->variable) {
		/* zsh reads $NAME:h, so the colon does not part the name from a word */
		bool modifier =
			c == ':' && r->shell == SHELL_ZSH && peek(r, 1) == NOTHING;
		if (modifier || c == '_' || (c >= '0' && c <= '9') ||
			(c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
			r->at++;
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

enum place place_reader_here(struct place_reader *r, struct strview *ret_delimiter)
{
	run(r, 0);
	struct frame *f = top(r);
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
		.after_variable = r->variable,
		.strips_tabs = f->kind == FRAME_HEREDOC && f->strip,
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

bool place_reader_after_redirect(const struct place_reader *r)
{
	return r->around.after_redirect;
}

const char *place_reader_open(struct place_reader *r)
{
	run(r, 0);
	if (r->confused) {
		return r->confused;
	}
	if (r->in_delimiter || r->pending.n) {
		return "has a here-document without a line behind it";
	}
	const struct frame *f = top(r);
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
