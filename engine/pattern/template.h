/*
 * Texts with references in braces: "map/{sample}.bam", "gen_{t-1:03d}", "sort {input}".
 * A text is parsed once into pieces; rendering a job is a walk over them. What a name
 * means (the third input, a value of the configuration) is bound by whoever owns the
 * rule; this room knows the grammar, expressions, formats and the shell's quoting.
 */
#ifndef CW_PATTERN_TEMPLATE_H
#define CW_PATTERN_TEMPLATE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/edit_distance.h"
#include "base/strbuf.h"
#include "pattern/place.h"

enum ref_kind {
	REF_WILDCARD, /* {name}, {wildcards.name} */
	REF_INPUT,    /* {input}, {input.NAME}, {input[0]}, {input.NAME[0]} */
	REF_OUTPUT,
	REF_LOG,
	REF_BENCHMARK,
	REF_PARAMS,    /* {params.NAME}, {params[0]} */
	REF_RESOURCES, /* {resources.NAME} */
	REF_THREADS,
	REF_RULE,
	REF_JOBID,
	REF_ATTEMPT,
	REF_CONFIG,       /* {config.a.b[0]}, {config[key]}, {config.x[wildcards.s]} */
	REF_ENV,          /* {env.NAME} */
	REF_WORKFLOW_DIR, /* {workflow.dir} */
	REF_WORKDIR,
	REF_INPUT_SIZE, /* {input.size_mb} */
	REF_EXTRA, /* a bare name of `extra_names`: hooks and job-command templates */
};

/* One step of a configuration path: .name, [key], [3] or [wildcards.x]. */
struct ref_step {
	struct strview name;     /* key; empty where `index` or `inner` is used */
	int64_t index;           /* [3]; -1 where not used */
	const struct ref *inner; /* [wildcards.x]: whose value is the key; or NULL */
	struct strview text;     /* the key as written, also where it is an integer */
	bool bracket;            /* [key], not .key */
};

struct ref {
	enum ref_kind kind;
	struct strview name; /* wildcard; NAME of input.NAME, params.NAME, env.NAME...;
	                              empty: all of them */
	struct strview constraint; /* {name,REGEX}: the expression; p NULL without one */
	struct ref_step
		*steps; /* config; and what stands behind NAME or [..] elsewhere */
	uint32_t step_count;
	uint32_t off, len;   /* of the reference in the text, without braces and format */
	uint32_t slot;       /* for the binder: number of the wildcard, first item ... */
	const void *bound;   /* for the binder: e.g. the value of the configuration */
	uint32_t slot_count; /* for the binder: how many items the name stands for */
};

enum expr_op {
	EXPR_REF,
	EXPR_NUMBER, /* integer literal */
	EXPR_REAL,   /* literal with a point */
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,
	EXPR_DIV,      /* / : a float */
	EXPR_FLOORDIV, /* // */
	EXPR_MOD,      /* %  : sign of the divisor */
	EXPR_NEG,
	EXPR_MIN, /* of any number of arguments */
	EXPR_MAX,
};

struct expr {
	enum expr_op op;
	uint32_t off, len; /* in the text */
	int64_t number;
	double real;
	struct ref *ref;
	struct expr **args;
	uint32_t arg_count;
};

/* What stands behind the colon. */
enum format_kind {
	FORMAT_NONE,
	FORMAT_PRINTF, /* 03d, .3f, s: `spec` holds it, checked */
	FORMAT_RAW,
	FORMAT_Q,
	FORMAT_DIR,
	FORMAT_NAME,
	FORMAT_STEM,
	FORMAT_EXT,
	FORMAT_LIST,
};

enum piece_kind { PIECE_TEXT, PIECE_EXPR };

/* What the shell would compute, and so must not be any text. */
enum guard { GUARD_NONE, GUARD_NUMBER, GUARD_INDEX, GUARD_NAME };

struct piece {
	enum piece_kind kind;
	struct strview text; /* PIECE_TEXT: literal bytes, braces undoubled */
	struct expr
		*expr; /* PIECE_EXPR; a single EXPR_REF where it is a plain reference */
	enum format_kind format;
	struct strview spec;    /* FORMAT_PRINTF */
	enum place place;       /* shell texts: where in the shell's quoting it stands */
	struct strview heredoc; /* PLACE_HEREDOC...: unused elsewhere */
	uint32_t off, len;      /* of the whole {...} or text in the source text */
	bool after_redirect;    /* shell: the word right behind > >> < ... */
	bool after_variable;    /* shell: right behind $NAME */
	bool strips_tabs;       /* shell: in the body of <<- WORD */
	bool in_parens;         /* shell: in a here-document within $(...) or (...) */
	bool in_array;          /* shell: in x=(...) */
	bool tight;             /* shell: what it touches could give it a meaning */
	enum guard guard;       /* shell: computes it */
};

struct template
{
	struct piece *pieces;
	uint32_t count;
	uint32_t expr_count;  /* pieces that are PIECE_EXPR: 0 means a constant */
	struct strview text;  /* the text as written (borrowed) */
	bool shell;           /* TEMPLATE_SHELL: rendered with quotes */
	enum shell_kind kind; /* and for which shell */
};

/* Offers the words that references begin with (input, params, ...), for a name that is
 * none of those known. */
void reference_words_offer(struct nearest *near);

/* Where the text came from, for messages: turns an offset in it into a span. */
struct template_origin {
	struct span (*span_of)(const void *ctx, size_t off, size_t len);
	const void *ctx;
};

enum template_use {
	TEMPLATE_TEXT,    /* params, resources, messages, input paths: all references */
	TEMPLATE_PATTERN, /* output, log, benchmark, globs: {name} and {name,REGEX}, config;
	                     no expressions, no formats */
	TEMPLATE_SHELL,   /* shell, hooks, job-command templates: places are worked out */
};

/*
 * Parses `text` (borrowed as long as the template lives) into *ret; pieces lie in `arena`.
 * `shell` matters for TEMPLATE_SHELL only. `extra_names` (NULL-terminated, may be NULL)
 * are further bare names, REF_EXTRA. 0, or -1 with errors at the exact place: unclosed
 * or stray braces, and for `{}`, `{3}`, `{1,5}`, `{a,b}`, `{print $1}`, `${X}` in shell
 * texts the doubled form to write; unknown format words (with the nearest); places that
 * cannot be quoted (in backquotes, $'...', ${...}). Codes CW-E1xx.
 */
int template_parse(struct diag_sink *sink, struct arena *arena, struct strview text,
	enum template_use use, enum shell_kind shell, const char *const *extra_names,
	struct template_origin origin, struct template *ret);

/* Whether `name` is a word of the language (`input`, `config`, `expand`, ...), which
 * cannot name a rule, a set, a wildcard or a param. */
bool template_reserved(struct strview name);

/*
 * Takes `.` parts, doubled slashes and the slash at the end away from the literal pieces
 * of a path template, since paths are compared without them ("./out//{x}.txt/" becomes
 * "out/{x}.txt"). `keep_end`: the slash at the end stays (globs of folders). The pieces
 * are changed in place; texts lie in `arena`.
 */
void template_clean_path(struct arena *arena, struct template *t, bool keep_end);

/* Values that references have. Lists are paths or words, in order. */
enum value_kind { VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_LIST };

struct value {
	enum value_kind kind;
	bool is_path;  /* texts are paths: `./` before a leading dash, dir/stem/... */
	bool verbatim; /* VALUE_TEXT: "$NAME", a variable the shell itself puts in; it gets
	                  the quotes that its place needs, never those of its value */
	int64_t i;
	double real;
	struct strview text;
	const struct strview *list;
	uint32_t count;
};

/* Why a text could not be rendered. */
enum render_fault {
	RENDER_OK,
	RENDER_NOT_APPLY, /* an expression is negative or no integer where a path wants one:
	                     the rule does not apply */
	RENDER_ERROR, /* overflow, division by zero, leading zeros without a width, ...:
	                     `text` says it */
};

struct render_error {
	enum render_fault fault;
	uint32_t off, len; /* of the piece in the template's text */
	const char *text;  /* in the arena given */
};

struct renderer {
	/* The value of a reference: 0, or -1 with err filled. `value` may point anywhere
	 * that lives until render returns. */
	int (*resolve)(void *ctx, const struct ref *ref, struct value *ret,
		struct render_error *err);
	/* FORMAT_LIST: writes the items to a file and gives its path; NULL: an error. */
	int (*list_file)(void *ctx, const struct value *items, struct strview *ret_path,
		struct render_error *err);
	void *ctx;
	struct arena *arena; /* for error texts and intermediate values */
	/* Begins the names of variables in values (pattern/mark.h): a shell puts them in, and
	 * no format but raw and q can stand there. No bytes: there are none. */
	struct strview mark;
};

/*
 * Appends the text with all references put in. `as_path`: expressions must be integers
 * >= 0 (else RENDER_NOT_APPLY). Shell templates are quoted by place as
 * place_quote() says, `raw` excepted. Lists are joined by a space (shell and text).
 * 0, or -1 with *err filled and `out` cut back to its length before.
 */
int template_render(const struct template *t, const struct renderer *r, bool as_path,
	struct strbuf *out, struct render_error *err);

/* The value of one expression (threads, resources: a text that is one reference and
 * nothing else keeps its kind). */
int expr_eval(const struct expr *e, const struct renderer *r, struct value *ret,
	struct render_error *err);

#endif
