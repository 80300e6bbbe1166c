#include "abc/prior.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

const struct prior_form prior_forms[PRIOR_FIXED + 1] = {
	[PRIOR_UNIFORM] = {"uniform", 2, {"low", "high"}},
	[PRIOR_NORMAL] = {"normal", 2, {"mean", "sd"}},
	[PRIOR_LOGNORMAL] = {"lognormal", 2, {"mu", "sigma"}},
	[PRIOR_EXPONENTIAL] = {"exponential", 1, {"rate", NULL}},
	[PRIOR_GAMMA] = {"gamma", 2, {"shape", "scale"}},
	[PRIOR_BETA] = {"beta", 2, {"a", "b"}},
	[PRIOR_RANDINT] = {"randint", 2, {"low", "high"}},
	[PRIOR_DISCRETE] = {"discrete", 0, {NULL, NULL}},
	[PRIOR_FIXED] = {"fixed", 1, {"value", NULL}},
};

static const char *discrete_fault(const struct prior *p)
{
	double sum = 0;

	if (p->count == 0) {
		return "a discrete law needs at least one value";
	}
	for (size_t i = 0; i < p->count; i++) {
		if (!isfinite(p->value[i])) {
			return "the values must be finite";
		}
		if (!(p->prob[i] > 0) || !isfinite(p->prob[i])) {
			return "the probabilities must be positive";
		}
		if (i > 0 && p->value[i] <= p->value[i - 1]) {
			return "a value stands twice";
		}
		sum += p->prob[i];
	}
	return isfinite(sum) ? NULL : "the probabilities must be finite";
}

const char *prior_fault(const struct prior *p)
{
	if (!isfinite(p->a) || !isfinite(p->b)) {
		return "the numbers must be finite";
	}
	switch (p->kind) {
	case PRIOR_UNIFORM:
		return p->a < p->b ? NULL : "the upper bound must lie above the lower";
	case PRIOR_NORMAL:
		return p->b > 0 ? NULL : "the standard deviation must be positive";
	case PRIOR_LOGNORMAL:
		return p->b > 0 ? NULL : "sigma must be positive";
	case PRIOR_EXPONENTIAL:
		return p->a > 0 ? NULL : "the rate must be positive";
	case PRIOR_GAMMA:
		return p->a > 0 && p->b > 0 ? NULL : "shape and scale must be positive";
	case PRIOR_BETA:
		return p->a > 0 && p->b > 0 ? NULL : "both numbers must be positive";
	case PRIOR_RANDINT:
		if (p->a != floor(p->a) || p->b != floor(p->b) || fabs(p->a) > 0x1p52 ||
			fabs(p->b) > 0x1p52) {
			return "the bounds must be integers";
		}
		return p->a <= p->b ? NULL
				    : "the upper bound must not lie below the lower";
	case PRIOR_DISCRETE:
		return discrete_fault(p);
	case PRIOR_FIXED:
		return NULL;
	}
	return NULL;
}

static double discrete_draw(const struct prior *p, struct stream *s)
{
	double total = 0, u, below = 0;

	for (size_t i = 0; i < p->count; i++) {
		total += p->prob[i];
	}
	u = stream_uniform(s) * total;
	for (size_t i = 0; i + 1 < p->count; i++) {
		below += p->prob[i];
		if (u < below) {
			return p->value[i];
		}
	}
	return p->value[p->count - 1];
}

double prior_draw(const struct prior *p, struct stream *s)
{
	switch (p->kind) {
	case PRIOR_UNIFORM:
		return p->a + (p->b - p->a) * stream_uniform(s);
	case PRIOR_NORMAL:
		return p->a + p->b * stream_normal(s);
	case PRIOR_LOGNORMAL:
		return exp(p->a + p->b * stream_normal(s));
	case PRIOR_EXPONENTIAL:
		return stream_exponential(s) / p->a;
	case PRIOR_GAMMA:
		return stream_gamma(s, p->a, p->b);
	case PRIOR_BETA:
		return stream_beta(s, p->a, p->b);
	case PRIOR_RANDINT:
		return p->a + (double)stream_below(s, prior_count(p));
	case PRIOR_DISCRETE:
		return discrete_draw(p, s);
	case PRIOR_FIXED:
		return p->a;
	}
	return (double)NAN;
}

static const double half_log_2pi = 0.91893853320467274178;

static double gamma_logpdf(double x, double shape, double scale)
{
	if (!(x > 0)) {
		return -HUGE_VAL;
	}
	return (shape - 1) * log(x) - x / scale - lgamma(shape) - shape * log(scale);
}

static double beta_logpdf(double x, double a, double b)
{
	if (!(x > 0 && x < 1)) {
		return -HUGE_VAL;
	}
	return (a - 1) * log(x) + (b - 1) * log1p(-x) + lgamma(a + b) - lgamma(a) -
	       lgamma(b);
}

static double discrete_logpdf(const struct prior *p, double x)
{
	int64_t i = prior_index(p, x);
	double total = 0;

	if (i < 0) {
		return -HUGE_VAL;
	}
	if (p->kind == PRIOR_RANDINT) {
		return -log(p->b - p->a + 1);
	}
	for (size_t k = 0; k < p->count; k++) {
		total += p->prob[k];
	}
	return log(p->prob[i] / total);
}

double prior_logpdf(const struct prior *p, double x)
{
	double z;

	switch (p->kind) {
	case PRIOR_UNIFORM:
		return x >= p->a && x <= p->b ? -log(p->b - p->a) : -HUGE_VAL;
	case PRIOR_NORMAL:
		z = (x - p->a) / p->b;
		return -0.5 * z * z - log(p->b) - half_log_2pi;
	case PRIOR_LOGNORMAL:
		if (!(x > 0)) {
			return -HUGE_VAL;
		}
		z = (log(x) - p->a) / p->b;
		return -0.5 * z * z - log(p->b) - half_log_2pi - log(x);
	case PRIOR_EXPONENTIAL:
		return x >= 0 ? log(p->a) - p->a * x : -HUGE_VAL;
	case PRIOR_GAMMA:
		return gamma_logpdf(x, p->a, p->b);
	case PRIOR_BETA:
		return beta_logpdf(x, p->a, p->b);
	case PRIOR_RANDINT:
	case PRIOR_DISCRETE:
		return discrete_logpdf(p, x);
	case PRIOR_FIXED:
		return x == p->a ? 0 : -HUGE_VAL;
	}
	return -HUGE_VAL;
}

bool prior_supports(const struct prior *p, double x)
{
	return p->kind == PRIOR_UNIFORM ? x >= p->a && x <= p->b
					: prior_logpdf(p, x) > -HUGE_VAL;
}

bool prior_is_discrete(const struct prior *p)
{
	return p->kind == PRIOR_RANDINT || p->kind == PRIOR_DISCRETE ||
	       p->kind == PRIOR_FIXED;
}

size_t prior_count(const struct prior *p)
{
	if (p->kind == PRIOR_RANDINT) {
		return (size_t)(p->b - p->a) + 1;
	}
	return p->kind == PRIOR_DISCRETE ? p->count : 1;
}

double prior_value(const struct prior *p, size_t i)
{
	return p->kind == PRIOR_DISCRETE ? p->value[i] : p->a + (double)i;
}

int64_t prior_index(const struct prior *p, double x)
{
	size_t low = 0, high = p->count;

	if (p->kind == PRIOR_FIXED) {
		return x == p->a ? 0 : -1;
	}
	if (p->kind == PRIOR_RANDINT) {
		return x >= p->a && x <= p->b && x == floor(x) ? (int64_t)(x - p->a) : -1;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->value[mid] < x) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low < p->count && p->value[low] == x ? (int64_t)low : -1;
}
