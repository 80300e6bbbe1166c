/*
 * Where in the shell's quoting a byte of a command stands, read as a POSIX shell reads
 * it, and how a word is written so that it means itself there.
 */
#ifndef CW_PATTERN_PLACE_H
#define CW_PATTERN_PLACE_H

#include "base/strbuf.h"

enum shell_kind { SHELL_SH, SHELL_DASH, SHELL_BASH, SHELL_KSH, SHELL_ZSH };

enum place {
	PLACE_BARE,           /* each item its own word */
	PLACE_DOUBLE,         /* inside "...": \ " $ ` escaped */
	PLACE_SINGLE,         /* inside '...': ' written '\'' */
	PLACE_HEREDOC,        /* body of << WORD: \ $ ` escaped */
	PLACE_HEREDOC_QUOTED, /* body of << 'WORD': as it is; a line equal to the delimiter is
	                         an error of that job */
	PLACE_COMMENT,        /* behind a #: put in with newlines made blanks */
	/* no quoting is right there: errors at load */
	PLACE_BACKQUOTE,
	PLACE_DOLLAR_SINGLE, /* $'...' */
	PLACE_PARAMETER,     /* ${...} */
	PLACE_ARITHMETIC,    /* $((...)), ((...)): numbers only */
	PLACE_ESCAPED,       /* right behind a backslash */
	PLACE_VARIABLE,      /* right behind $NAME in a here-document or in arithmetic */
	PLACE_DELIMITER,     /* the word behind << */
};

/* The reader's state over a command that is fed in pieces (literals as they will stand
 * in the final text; a reference counts as one opaque word). */
struct place_reader;

struct place_reader *place_reader_new(enum shell_kind kind); /* returns owned */
void place_reader_free(struct place_reader *r);

/* Reads literal text. */
void place_reader_feed(struct place_reader *r, struct strview text);

/* Where a reference that follows now would stand; *ret_delimiter (may be NULL) is the
 * delimiter of PLACE_HEREDOC*. Then tells the reader that a word stood there. */
enum place place_reader_here(struct place_reader *r, struct strview *ret_delimiter);

/* More about the reference that place_reader_here() told of last. */
struct place_around {
	bool after_redirect; /* it is (part of) the word right behind >, >>, <, ... */
	bool after_dup;      /* ... of them >& or <& */
	bool after_variable; /* right behind $NAME: at PLACE_DOUBLE an empty pair of quotes
	                        must part them */
	bool strips_tabs;    /* in the body of <<- WORD, which takes tabs away */
	bool in_parens;      /* in a here-document within $(...) or (...) */
	bool in_condition;   /* between [[ and ]], where plain words can be operators */
	bool in_array;       /* x=(...): bash 5.2 misreads \' there within $(...) */
};

struct place_around place_reader_around(const struct place_reader *r);

/* What is open at the end of the text: NULL if nothing, else words for a message
 * ("ends inside '...'"); also where the text cannot be read for sure. */
const char *place_reader_open(struct place_reader *r);

/* Appends one item as it must be written at `place`, whatever stands beside it. A relative path that begins with
 * `-` gets `./` before it where `is_path`. Empty text at PLACE_BARE is ''. 0, or -1
 * where the item cannot stand there (see PLACE_HEREDOC_QUOTED, PLACE_ARITHMETIC). */
int place_quote(struct strbuf *out, enum place place, struct strview item, bool is_path,
	struct strview delimiter);

/* What is wrong with a reference at `place`, for a message; NULL where it can be put in. */
const char *place_fault(enum place place);

/* POSIX quoting of one word for people and scripts: as it is where it needs none. */
void shell_quote(struct strbuf *out, struct strview word);

#endif
