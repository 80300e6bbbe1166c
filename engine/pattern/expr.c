#include <math.h>

#include "base/number.h"
#include "pattern/mark.h"
#include "pattern/template_impl.h"

/* An inner node whose arguments are being worked out, left to right. */
struct frame {
	const struct expr *e;
	uint32_t next;       /* argument */
	struct value result; /* of those before it */
};

static int eval_error(const struct expr *e, struct arena *arena, struct render_error *err,
	enum render_fault fault, struct strview text, const char *what)
{
	*err = (struct render_error){.fault = fault, .off = e->off, .len = e->len};
	err->text = text.p ? arena_printf(arena, "\"" SV_FMT "\" %s", SV_ARG(text), what)
			   : what;
	return -1;
}

/* Digits alone, maybe behind a sign; *ret_zeros: and more than one, the first a zero. */
static bool is_decimal(struct strview s, bool *ret_zeros)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
	size_t first = i;
	*ret_zeros = s.n - i > 1 && s.p[i] == '0';
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') {
		i++;
	}
	return i == s.n && i > first;
}

int number_of_text(struct strview text, bool zeros, const struct expr *e,
	struct arena *arena, struct value *ret, struct render_error *err)
{
	bool leading = false;
	struct value v = {.kind = VALUE_INT};
	if (is_decimal(text, &leading)) {
		if (leading && !zeros) {
			return eval_error(e, arena, err, RENDER_ERROR, text,
				"has leading zeros, so the result needs a width, as in "
				"{t-1:03d}");
		}
		if (parse_i64(text, &v.i)) {
			return eval_error(e, arena, err, RENDER_ERROR, text,
				"does not fit into 64 bits");
		}
	} else if (e->op == EXPR_REF && e->ref->kind == REF_WILDCARD) {
		return eval_error(e, arena, err, RENDER_NOT_APPLY, text, "is no integer");
	} else if (!parse_double(text, &v.real)) {
		v.kind = VALUE_REAL;
	} else {
		return eval_error(e, arena, err, RENDER_NOT_APPLY, text, "is no number");
	}
	*ret = v;
	return 0;
}

/* The value of a reference as a number. */
static int reference_number(const struct expr *e, const struct renderer *r, bool zeros,
	struct value *ret, struct render_error *err)
{
	struct value v = {.kind = VALUE_TEXT};
	if (r->resolve(r->ctx, e->ref, &v, err)) {
		return -1;
	}
	if (v.kind == VALUE_LIST) {
		if (v.count != 1) {
			return eval_error(e, r->arena, err, RENDER_ERROR,
				(struct strview){NULL, 0},
				"several items cannot be computed with; take one, as in "
				"{input[0]}");
		}
		v.text = v.list[0];
		v.kind = VALUE_TEXT;
	}
	if (v.kind == VALUE_TEXT && mark_is_in(r->mark, v.text)) {
		struct strbuf text = STRBUF_INIT; /* what is computed has to be known */
		mark_values(&text, r->mark, v.text);
		v.text = arena_sv(r->arena, strbuf_sv(&text));
		strbuf_release(&text);
	}
	if (v.kind == VALUE_TEXT) {
		return number_of_text(v.text, zeros, e, r->arena, ret, err);
	}
	*ret = v;
	return 0;
}

static double as_real(const struct value *v)
{
	return v->kind == VALUE_INT ? (double)v->i : v->real;
}

/* Floor division and the remainder with the divisor's sign. */
static bool int_divide(enum expr_op op, int64_t a, int64_t b, int64_t *ret)
{
	if (b == -1) {
		*ret = 0;
		return op == EXPR_MOD || !__builtin_sub_overflow(0, a, ret);
	}
	int64_t q = a / b, m = a % b;
	bool down = m != 0 && (m < 0) != (b < 0);
	*ret = op == EXPR_MOD ? m + (down ? b : 0) : q - (down ? 1 : 0);
	return true;
}

/* Integers stay integers; false where the result overflows. */
static bool int_operation(enum expr_op op, int64_t a, int64_t b, int64_t *ret)
{
	switch (op) {
	case EXPR_ADD:
		return !__builtin_add_overflow(a, b, ret);
	case EXPR_SUB:
		return !__builtin_sub_overflow(a, b, ret);
	case EXPR_MUL:
		return !__builtin_mul_overflow(a, b, ret);
	case EXPR_FLOORDIV:
	case EXPR_MOD:
		return int_divide(op, a, b, ret);
	case EXPR_MIN:
		*ret = a < b ? a : b;
		return true;
	case EXPR_MAX:
		*ret = a > b ? a : b;
		return true;
	case EXPR_REF:
	case EXPR_NUMBER:
	case EXPR_REAL:
	case EXPR_DIV:
	case EXPR_NEG:
		break;
	}
	CW_BUG("integer operation %d", (int)op);
}

static double real_operation(enum expr_op op, double a, double b)
{
	switch (op) {
	case EXPR_ADD:
		return a + b;
	case EXPR_SUB:
		return a - b;
	case EXPR_MUL:
		return a * b;
	case EXPR_DIV:
		return a / b;
	case EXPR_FLOORDIV:
		return floor(a / b);
	case EXPR_MOD: {
		double m = fmod(a, b);
		return (m < 0) != (b < 0) && (m < 0 || m > 0) ? m + b : m;
	}
	case EXPR_REF:
	case EXPR_NUMBER:
	case EXPR_REAL:
	case EXPR_NEG:
	case EXPR_MIN:
	case EXPR_MAX:
		break;
	}
	CW_BUG("operation %d", (int)op);
}

static bool is_zero(const struct value *v)
{
	return v->kind == VALUE_INT ? v->i == 0 : !(v->real < 0) && !(v->real > 0);
}

static int combine(const struct expr *e, struct arena *arena, struct value *a,
	const struct value *b, struct render_error *err)
{
	const struct strview none = {NULL, 0};
	bool divides = e->op == EXPR_DIV || e->op == EXPR_FLOORDIV || e->op == EXPR_MOD;
	if (divides && is_zero(b)) {
		return eval_error(e, arena, err, RENDER_ERROR, none, "division by zero");
	}
	if (a->kind == VALUE_INT && b->kind == VALUE_INT && e->op != EXPR_DIV) {
		if (!int_operation(e->op, a->i, b->i, &a->i)) {
			return eval_error(e, arena, err, RENDER_ERROR, none,
				"the result does not fit into 64 bits");
		}
		return 0;
	}
	double x = as_real(a), y = as_real(b);
	if (e->op == EXPR_MIN || e->op == EXPR_MAX) {
		bool take = e->op == EXPR_MIN ? y < x : y > x;
		*a = take ? *b : *a;
		return 0;
	}
	*a = (struct value){.kind = VALUE_REAL, .real = real_operation(e->op, x, y)};
	if (!isfinite(a->real)) {
		return eval_error(e, arena, err, RENDER_ERROR, none,
			"the result is too large for a float");
	}
	return 0;
}

/* A leaf's value. */
static int leaf(const struct expr *e, const struct renderer *r, bool zeros,
	struct value *ret, struct render_error *err)
{
	if (e->op == EXPR_REF) {
		return reference_number(e, r, zeros, ret, err);
	}
	*ret = (struct value){.kind = e->op == EXPR_REAL ? VALUE_REAL : VALUE_INT,
		.i = e->number,
		.real = e->real};
	return 0;
}

/* One more argument of `f` is known. */
static int take_argument(struct frame *f, struct arena *arena, const struct value *v,
	struct render_error *err)
{
	f->next++;
	if (f->next > 1) {
		return combine(f->e, arena, &f->result, v, err);
	}
	f->result = *v;
	if (f->e->op != EXPR_NEG) {
		return 0;
	}
	f->result.real = -v->real;
	if (__builtin_sub_overflow(0, v->i, &f->result.i)) {
		return eval_error(f->e, arena, err, RENDER_ERROR,
			(struct strview){NULL, 0},
			"the result does not fit into 64 bits");
	}
	return 0;
}

int expr_eval_zeros(const struct expr *e, const struct renderer *r, bool zeros,
	struct value *ret, struct render_error *err)
{
	if (!e->arg_count) {
		return leaf(e, r, zeros, ret, err);
	}
	struct frame stack[EXPR_DEPTH];
	size_t n = 0;
	stack[n++] = (struct frame){.e = e};
	for (;;) {
		struct frame *f = &stack[n - 1];
		struct value v = {.kind = VALUE_INT};
		if (f->next < f->e->arg_count) {
			const struct expr *arg = f->e->args[f->next];
			if (arg->arg_count) {
				cw_assert(n < EXPR_DEPTH);
				stack[n++] = (struct frame){.e = arg};
				continue;
			}
			if (leaf(arg, r, zeros, &v, err)) {
				return -1;
			}
		} else {
			v = f->result;
			if (--n == 0) {
				*ret = v;
				return 0;
			}
		}
		if (take_argument(&stack[n - 1], r->arena, &v, err)) {
			return -1;
		}
	}
}

int expr_eval(const struct expr *e, const struct renderer *r, struct value *ret,
	struct render_error *err)
{
	*err = (struct render_error){.fault = RENDER_OK};
	if (e->op == EXPR_REF) {
		return r->resolve(r->ctx, e->ref, ret, err);
	}
	return expr_eval_zeros(e, r, true, ret, err);
}
