/*
 * The reader of shell texts from the inside: a stack of what the text is within, and the
 * functions that read on in each. For this room alone.
 */
#ifndef CW_PATTERN_PLACE_IMPL_H
#define CW_PATTERN_PLACE_IMPL_H

#include "base/arena.h"
#include "base/vec.h"
#include "pattern/place.h"

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
	bool redirected;     /* a redirection stands before the command's name */
	bool dup;            /* the redirection is >& or <& */
	bool condition;      /* between [[ and ]] */
	bool words;          /* an array or a pattern: no commands in these parentheses */
	bool mid_word;       /* these parentheses are part of a word */
	bool begun;          /* case: the pattern has begun */
	bool in_double;      /* ${: as within double quotes */
	bool named, literal; /* ${: behind the name; ' is an ordinary character */
	bool quoted, strip;  /* here-document: no expansion; <<- */
	bool mismatch;       /* here-document: this line is not the delimiter */
	bool lookalike;      /* here-document: this line begins with it */
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

static inline struct frame *top_frame(struct place_reader *r)
{
	return &vec_last(&r->frames);
}

static inline bool holds_commands(const struct frame *f)
{
	return f->kind <= FRAME_CASE;
}

/* bash, ksh, zsh: more than POSIX. */
static inline bool extended(const struct place_reader *r)
{
	return r->shell == SHELL_BASH || r->shell == SHELL_KSH || r->shell == SHELL_ZSH;
}

static inline void confuse(struct place_reader *r, const char *why)
{
	if (!r->confused) {
		r->confused = why;
	}
}

/* The byte `k` behind the present one, NOTHING where the text (so far) ends. */
static inline int peek(const struct place_reader *r, size_t k)
{
	return k < r->text.len - r->at ? (unsigned char)r->text.buf[r->at + k] : NOTHING;
}

static inline struct frame *push_frame(struct place_reader *r, enum frame_kind kind)
{
	if (r->frames.n >= DEPTH_MOST) {
		confuse(r, "is nested too deeply");
		*top_frame(r) = (struct frame){.kind = kind};
		return top_frame(r);
	}
	vec_push(&r->frames, (struct frame){.kind = kind});
	return top_frame(r);
}

static inline void pop_frame(struct place_reader *r)
{
	if (r->frames.n > 1) {
		(void)vec_pop(&r->frames);
	}
}

/* Whether `c` can stand in a name. */
static inline bool is_word_byte(int c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* The word goes on, or begins, with something that is not a plain character. */
static inline void word_special(struct frame *f)
{
	f->in_word = true;
	f->plain = false;
	f->last = '\0';
}

/* place_words.c: one token of a command; the word behind <<. */
void step_command(struct place_reader *r, struct frame *f, int c);
void step_delimiter(struct place_reader *r, int c);

/* place_words.c: enters the body of the first here-document that waits, if any. */
void begin_heredoc(struct place_reader *r);

/* place.c: whether the innermost frame, a here-document, is within $(...) or (...). */
bool heredoc_in_parens(const struct place_reader *r);

/* place_quotes.c: one token within each kind of quotes. */
void step_double(struct place_reader *r, struct frame *f, int c);
void step_until(struct place_reader *r, const struct frame *f, int c);
void step_parameter(struct place_reader *r, struct frame *f, int c);
void step_arithmetic(struct place_reader *r, struct frame *f, int c);
void step_heredoc(struct place_reader *r, struct frame *f, int c);

/* place_quotes.c: `$` and what it begins (`quotes`: $'...' and $"..." are read); a
 * backslash and what it quotes. */
void step_dollar(struct place_reader *r, struct frame *f, bool quotes);
void step_backslash(struct place_reader *r);

#endif
