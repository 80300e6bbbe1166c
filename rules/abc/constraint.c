#include "abc/constraint.h"

#include "base/number.h"
#include "base/vec.h"

enum { MOST_DEPTH = 64 };

enum op_kind {
	OP_NUMBER,
	OP_PARAMETER,
	OP_NEGATE,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_COMPARE, /* pops right, looks at left and keeps right: chains */
	OP_OPEN     /* on the operator stack only */
};

enum compare { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };

struct constraint_op {
	enum op_kind kind;
	union {
		double number;
		size_t parameter;
		enum compare compare;
	};
};

struct compiler {
	struct strview text;
	size_t at;
	VEC(struct constraint_op) out;
	struct constraint_op stack[MOST_DEPTH];
	size_t depth, compares, values, most_values;
	const char *fault;
	struct strview fault_at;
};

static int fault(struct compiler *c, const char *what, size_t from, size_t len)
{
	if (from + len > c->text.n) {
		from = c->text.n ? c->text.n - 1 : 0;
		len = c->text.n ? 1 : 0;
	}
	c->fault = what;
	c->fault_at = sv_sub(c->text, from, len);
	return -1;
}

static int priority(enum op_kind kind)
{
	switch (kind) {
	case OP_NEGATE:
		return 3;
	case OP_MUL:
	case OP_DIV:
		return 2;
	case OP_ADD:
	case OP_SUB:
		return 1;
	case OP_COMPARE:
	case OP_NUMBER:
	case OP_PARAMETER:
	case OP_OPEN:
		break;
	}
	return 0;
}

static void emit(struct compiler *c, struct constraint_op op)
{
	vec_push(&c->out, op);
	if (op.kind == OP_NUMBER || op.kind == OP_PARAMETER) {
		c->values++;
	} else if (op.kind != OP_NEGATE) {
		c->values--;
	}
	if (c->values > c->most_values) {
		c->most_values = c->values;
	}
}

/* An operator: those that bind at least as strongly go out first. */
static int push(struct compiler *c, struct constraint_op op, size_t at)
{
	while (c->depth && op.kind != OP_NEGATE && op.kind != OP_OPEN &&
		c->stack[c->depth - 1].kind != OP_OPEN &&
		priority(c->stack[c->depth - 1].kind) >= priority(op.kind)) {
		emit(c, c->stack[--c->depth]);
	}
	if (c->depth == MOST_DEPTH) {
		return fault(c, "the expression is nested too deeply", at, 1);
	}
	c->stack[c->depth++] = op;
	return 0;
}

static int close_paren(struct compiler *c)
{
	while (c->depth && c->stack[c->depth - 1].kind != OP_OPEN) {
		emit(c, c->stack[--c->depth]);
	}
	if (!c->depth) {
		return fault(c, "a parenthesis is closed that was not opened", c->at, 1);
	}
	c->depth--;
	return 0;
}

static bool is_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

/* Length of a number with fraction and exponent. */
static size_t number_length(struct strview s)
{
	size_t n = 0;

	while (n < s.n && (is_digit(s.p[n]) || s.p[n] == '.')) {
		n++;
	}
	if (n < s.n && (s.p[n] == 'e' || s.p[n] == 'E')) {
		size_t k = n + 1;
		if (k < s.n && (s.p[k] == '-' || s.p[k] == '+')) {
			k++;
		}
		if (k < s.n && is_digit(s.p[k])) {
			n = k;
			while (n < s.n && is_digit(s.p[n])) {
				n++;
			}
		}
	}
	return n;
}

/* A number, a name, "-" or "(" where a value is due. *ret_done: the value is complete. */
static int read_value(
	struct compiler *c, constraint_lookup *lookup, void *ctx, bool *ret_done)
{
	struct strview rest = sv_skip(c->text, c->at);
	struct constraint_op op = {.kind = OP_NUMBER};
	size_t n = 0;

	*ret_done = true;
	if (is_name(rest.p[0])) {
		int64_t found;
		while (n < rest.n && (is_name(rest.p[n]) || is_digit(rest.p[n]))) {
			n++;
		}
		found = lookup(ctx, sv_sub(rest, 0, n));
		if (found < 0) {
			return fault(c, "no such parameter", c->at, n);
		}
		op.kind = OP_PARAMETER;
		op.parameter = (size_t)found;
		emit(c, op);
	} else if (is_digit(rest.p[0]) || rest.p[0] == '.') {
		n = number_length(rest);
		if (parse_double(sv_sub(rest, 0, n), &op.number)) {
			return fault(c, "this is no number", c->at, n);
		}
		emit(c, op);
	} else if (rest.p[0] == '-' || rest.p[0] == '(') {
		n = 1;
		*ret_done = false;
		op.kind = rest.p[0] == '-' ? OP_NEGATE : OP_OPEN;
		if (push(c, op, c->at)) {
			return -1;
		}
	} else {
		return fault(c, "here a number or a parameter must stand", c->at, 1);
	}
	c->at += n;
	return 0;
}

/* + - * / or a comparison. */
static int read_operator(struct compiler *c)
{
	static const char signs[] = "+-*/";
	static const enum op_kind kinds[] = {OP_ADD, OP_SUB, OP_MUL, OP_DIV};
	char ch = c->text.p[c->at];
	const char *sign = memchr(signs, ch, 4);
	struct constraint_op op = {.kind = OP_COMPARE};
	size_t at = c->at++;

	if (sign) {
		op.kind = kinds[sign - signs];
		return push(c, op, at);
	}
	if (ch != '<' && ch != '>') {
		return fault(c, "here an operator (+ - * / < <= > >=) must stand", at, 1);
	}
	op.compare = ch == '<' ? LESS : GREATER;
	if (c->at < c->text.n && c->text.p[c->at] == '=') {
		op.compare = ch == '<' ? LESS_EQUAL : GREATER_EQUAL;
		c->at++;
	}
	for (size_t i = 0; i < c->depth; i++) {
		if (c->stack[i].kind == OP_OPEN) {
			return fault(c, "no comparison inside parentheses", at, 1);
		}
	}
	c->compares++;
	return push(c, op, at);
}

static int compile(struct compiler *c, constraint_lookup *lookup, void *ctx)
{
	bool want_value = true;

	for (;;) {
		while (c->at < c->text.n && strchr(" \t\n", c->text.p[c->at])) {
			c->at++;
		}
		if (c->at == c->text.n) {
			break;
		}
		if (want_value) {
			bool done;
			if (read_value(c, lookup, ctx, &done)) {
				return -1;
			}
			want_value = !done;
		} else if (c->text.p[c->at] == ')') {
			if (close_paren(c)) {
				return -1;
			}
			c->at++;
		} else {
			if (read_operator(c)) {
				return -1;
			}
			want_value = true;
		}
	}
	if (want_value) {
		return fault(c, "the expression ends too early", c->text.n, 1);
	}
	while (c->depth) {
		if (c->stack[c->depth - 1].kind == OP_OPEN) {
			return fault(c, "a parenthesis is not closed", c->text.n, 1);
		}
		emit(c, c->stack[--c->depth]);
	}
	if (!c->compares) {
		return fault(c, "a constraint needs a comparison, as in \"a < b\"", 0,
			c->text.n);
	}
	return c->most_values > MOST_DEPTH
		       ? fault(c, "the expression is nested too deeply", 0, c->text.n)
		       : 0;
}

int constraint_compile(struct constraint *c, struct strview text,
	constraint_lookup *lookup, void *ctx, const char **ret_fault,
	struct strview *ret_at)
{
	struct compiler cc = {.text = text};

	*c = (struct constraint){0};
	if (compile(&cc, lookup, ctx)) {
		*ret_fault = cc.fault;
		*ret_at = cc.fault_at;
		vec_release(&cc.out);
		return -1;
	}
	c->op = cc.out.v;
	c->count = cc.out.n;
	return 0;
}

void constraint_release(struct constraint *c)
{
	free(c->op);
	*c = (struct constraint){0};
}

static bool compare(enum compare how, double a, double b)
{
	switch (how) {
	case LESS:
		return a < b;
	case LESS_EQUAL:
		return a <= b;
	case GREATER:
		return a > b;
	case GREATER_EQUAL:
		return a >= b;
	}
	return false;
}

bool constraint_holds(const struct constraint *c, const double *theta)
{
	double v[MOST_DEPTH + 1] = {0};
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct constraint_op *op = &c->op[i];

		switch (op->kind) {
		case OP_NUMBER:
			v[n++] = op->number;
			continue;
		case OP_PARAMETER:
			v[n++] = theta[op->parameter];
			continue;
		case OP_NEGATE:
			v[n - 1] = -v[n - 1];
			continue;
		case OP_ADD:
			v[n - 2] += v[n - 1];
			break;
		case OP_SUB:
			v[n - 2] -= v[n - 1];
			break;
		case OP_MUL:
			v[n - 2] *= v[n - 1];
			break;
		case OP_DIV:
			v[n - 2] /= v[n - 1];
			break;
		case OP_COMPARE:
			if (!compare(op->compare, v[n - 2], v[n - 1])) {
				return false;
			}
			v[n - 2] = v[n - 1];
			break;
		case OP_OPEN:
			break;
		}
		n--;
	}
	return true;
}
