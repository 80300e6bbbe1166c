#include "base/number.h"
#include "pattern/template_impl.h"

/* An operator or an open parenthesis that waits for its right side. */
struct waiting {
	enum { WAIT_BINARY, WAIT_NEG, WAIT_PAREN, WAIT_CALL } kind;
	enum expr_op op; /* also of a call: EXPR_MIN, EXPR_MAX */
	int level;       /* how tightly it binds */
	size_t off;
	size_t args_from; /* call: values before its arguments */
};

/* A finished part. */
struct part {
	struct expr *e;
	uint32_t depth;
};

struct machine {
	struct reading *rd;
	VEC(struct waiting) ops;
	VEC(struct part) parts;
	bool want_value;
	uint32_t refs;
};

enum { LEVEL_SUM = 1, LEVEL_PRODUCT, LEVEL_NEG };

static int syntax_error(struct machine *m, size_t off, size_t len, const char *what)
{
	return reading_error(
		m->rd, "CW-E107", off, len, "%s%s", what, reading_doubled(m->rd));
}

/* Pops the last `n` parts into a node. */
static int make_node(struct machine *m, enum expr_op op, size_t n, size_t off)
{
	struct expr *e = ARENA_NEW(m->rd->arena, struct expr);
	e->op = op;
	e->args = ARENA_ARRAY(m->rd->arena, struct expr *, n);
	e->arg_count = (uint32_t)n;
	uint32_t depth = 0;
	m->parts.n -= n;
	size_t end = off;
	for (size_t i = 0; i < n; i++) {
		const struct part *part = &m->parts.v[m->parts.n + i];
		e->args[i] = part->e;
		depth = part->depth > depth ? part->depth : depth;
		off = part->e->off < off ? part->e->off : off;
		end = part->e->off + part->e->len;
	}
	e->off = (uint32_t)off;
	e->len = (uint32_t)(end - off);
	if (depth + 1 > EXPR_DEPTH) {
		return reading_error(m->rd, "CW-E107", e->off, e->len,
			"this expression is too deep; %d levels are the most",
			EXPR_DEPTH);
	}
	vec_push(&m->parts, (struct part){e, depth + 1});
	return 0;
}

/* Applies the operators on top that bind at least as tightly as `level`. */
static int reduce(struct machine *m, int level)
{
	while (m->ops.n) {
		struct waiting w = vec_last(&m->ops);
		if (w.kind == WAIT_PAREN || w.kind == WAIT_CALL || w.level < level) {
			break;
		}
		m->ops.n--;
		if (make_node(m, w.op, w.kind == WAIT_NEG ? 1 : 2, w.off)) {
			return -1;
		}
	}
	return 0;
}

static int push_op(struct machine *m, struct waiting w)
{
	if (m->ops.n >= EXPR_DEPTH) {
		return reading_error(m->rd, "CW-E107", w.off, 1,
			"this expression is too deep; %d levels are the most",
			EXPR_DEPTH);
	}
	vec_push(&m->ops, w);
	return 0;
}

static void push_leaf(struct machine *m, struct expr *e, size_t from)
{
	e->off = (uint32_t)from;
	e->len = (uint32_t)(m->rd->at - from);
	vec_push(&m->parts, (struct part){e, 1});
	m->want_value = false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t skip_digits(const struct reading *rd, size_t at)
{
	while (at < rd->end && is_digit(rd->text.p[at])) {
		at++;
	}
	return at;
}

/* 12, 1.5, 2e3 */
static int read_number(struct machine *m)
{
	struct reading *rd = m->rd;
	size_t from = rd->at, at = skip_digits(rd, from);
	bool real = false;
	if (at + 1 < rd->end && rd->text.p[at] == '.' && is_digit(rd->text.p[at + 1])) {
		real = true;
		at = skip_digits(rd, at + 1);
	}
	if (at < rd->end && (rd->text.p[at] == 'e' || rd->text.p[at] == 'E')) {
		size_t sign =
			at + 1 < rd->end && strchr("+-", rd->text.p[at + 1]) ? 1 : 0;
		size_t end = skip_digits(rd, at + 1 + sign);
		if (end > at + 1 + sign) {
			real = true;
			at = end;
		}
	}
	rd->at = at;
	struct strview digits = sv_sub(rd->text, from, at - from);
	struct expr *e = ARENA_NEW(rd->arena, struct expr);
	e->op = real ? EXPR_REAL : EXPR_NUMBER;
	if (real ? parse_double(digits, &e->real) : parse_i64(digits, &e->number)) {
		return reading_error(
			rd, "CW-E107", from, digits.n, "this number is too large");
	}
	push_leaf(m, e, from);
	return 0;
}

/* A reference, or min( or max(. */
static int read_word(struct machine *m)
{
	struct reading *rd = m->rd;
	size_t from = rd->at;
	struct strview word = read_name(rd);
	if (reading_peek(rd) == '(') {
		bool min = sv_eq_str(word, "min");
		if (!min && !sv_eq_str(word, "max")) {
			return syntax_error(m, from, word.n,
				"there are two functions, min(...) and max(...)");
		}
		rd->at++;
		return push_op(m, (struct waiting){.kind = WAIT_CALL,
					  .op = min ? EXPR_MIN : EXPR_MAX,
					  .off = from,
					  .args_from = m->parts.n});
	}
	rd->at = from;
	struct expr *e = ARENA_NEW(rd->arena, struct expr);
	e->op = EXPR_REF;
	e->ref = read_reference(rd);
	if (!e->ref) {
		return -1;
	}
	m->refs++;
	push_leaf(m, e, from);
	return 0;
}

/* Where a value is wanted. */
static int read_value(struct machine *m, char c)
{
	struct reading *rd = m->rd;
	if (is_digit(c)) {
		return read_number(m);
	}
	if (is_name_start(c)) {
		return read_word(m);
	}
	size_t off = rd->at;
	if (c == '-' || c == '+') {
		rd->at++;
		return c == '+' ? 0
				: push_op(m, (struct waiting){.kind = WAIT_NEG,
						     .op = EXPR_NEG,
						     .level = LEVEL_NEG,
						     .off = off});
	}
	if (c == '(') {
		rd->at++;
		return push_op(m, (struct waiting){.kind = WAIT_PAREN, .off = off});
	}
	return syntax_error(
		m, off, off < rd->end, "a reference or a number must stand here");
}

/* A `)`: what it closes becomes a value. */
static int close_paren(struct machine *m)
{
	size_t off = m->rd->at;
	if (reduce(m, 0)) {
		return -1;
	}
	if (!m->ops.n) {
		return syntax_error(m, off, 1, "nothing opens this )");
	}
	struct waiting w = vec_pop(&m->ops);
	m->rd->at++;
	if (w.kind == WAIT_PAREN) {
		return 0;
	}
	if (make_node(m, w.op, m->parts.n - w.args_from, w.off)) {
		return -1;
	}
	struct expr *e = vec_last(&m->parts).e;
	e->len = (uint32_t)(m->rd->at - e->off);
	return 0;
}

/* A comma between arguments. */
static int next_argument(struct machine *m)
{
	size_t off = m->rd->at;
	if (reduce(m, 0)) {
		return -1;
	}
	if (!m->ops.n || vec_last(&m->ops).kind != WAIT_CALL) {
		return syntax_error(m, off, 1,
			"a comma stands between arguments of min and "
			"max only; constraints belong into output");
	}
	m->rd->at++;
	m->want_value = true;
	return 0;
}

/* Where an operator is wanted. */
static int read_operator(struct machine *m, char c)
{
	struct reading *rd = m->rd;
	struct waiting w = {.kind = WAIT_BINARY, .level = LEVEL_PRODUCT, .off = rd->at};
	size_t len = 1;
	switch (c) {
	case ')':
		return close_paren(m);
	case ',':
		return next_argument(m);
	case '+':
	case '-':
		w.op = c == '+' ? EXPR_ADD : EXPR_SUB;
		w.level = LEVEL_SUM;
		break;
	case '*':
		w.op = EXPR_MUL;
		break;
	case '%':
		w.op = EXPR_MOD;
		break;
	case '/':
		len = rd->at + 1 < rd->end && rd->text.p[rd->at + 1] == '/' ? 2 : 1;
		w.op = len == 2 ? EXPR_FLOORDIV : EXPR_DIV;
		break;
	default:
		return syntax_error(
			m, rd->at, 1, "an operator or the end must stand here");
	}
	if (reduce(m, w.level)) {
		return -1;
	}
	rd->at += len;
	m->want_value = true;
	return push_op(m, w);
}

static int run(struct machine *m)
{
	struct reading *rd = m->rd;
	m->want_value = true;
	for (;;) {
		char c = reading_peek(rd);
		bool end = rd->at >= rd->end || (c == ':' && !m->want_value);
		if (end && !m->want_value) {
			break;
		}
		if (m->want_value ? read_value(m, c) : read_operator(m, c)) {
			return -1;
		}
	}
	if (reduce(m, 0)) {
		return -1;
	}
	if (m->ops.n) {
		return syntax_error(m, vec_last(&m->ops).off, 1, "nothing closes this (");
	}
	cw_assert(m->parts.n == 1);
	if (!m->refs) {
		return reading_error(rd, "CW-E102", rd->open - 1,
			rd->close - rd->open + 2,
			"braces hold a reference, and there is none in these%s",
			reading_doubled(rd));
	}
	return 0;
}

struct expr *read_expression(struct reading *rd)
{
	struct machine m = {.rd = rd};
	struct expr *e = run(&m) ? NULL : m.parts.v[0].e;
	vec_release(&m.ops);
	vec_release(&m.parts);
	return e;
}
