/*
 * One-dimensional prior laws. A parameter's prior is a plain value: kind and up to two
 * numbers, or a table of values and probabilities for `discrete`.
 */
#ifndef CW_ABC_PRIOR_H
#define CW_ABC_PRIOR_H

#include "abc/rng.h"

enum prior_kind {
	PRIOR_UNIFORM,     /* a..b */
	PRIOR_NORMAL,      /* mean a, standard deviation b */
	PRIOR_LOGNORMAL,   /* log is normal with mean a, standard deviation b */
	PRIOR_EXPONENTIAL, /* rate a */
	PRIOR_GAMMA,       /* shape a, scale b */
	PRIOR_BETA,        /* a, b */
	PRIOR_RANDINT,     /* integers a..b, both ends in */
	PRIOR_DISCRETE,    /* values with probabilities */
	PRIOR_FIXED,       /* the value a */
};

struct prior {
	enum prior_kind kind;
	double a, b;
	double *value, *prob; /* PRIOR_DISCRETE: rising values; owned by the problem */
	size_t count;
};

/* What a kind is called, and what its numbers are; by enum prior_kind. */
struct prior_form {
	const char *name;
	size_t numbers;     /* how many, 0: see the parser */
	const char *arg[2]; /* their names in a mapping */
};
extern const struct prior_form prior_forms[PRIOR_FIXED + 1];

/* NULL, or what is wrong with the numbers ("the upper bound must be above ..."). */
const char *prior_fault(const struct prior *p);

/* Takes a value at random / log density or log probability at x (-INFINITY outside). */
double prior_draw(const struct prior *p, struct stream *s);
double prior_logpdf(const struct prior *p, double x);

/* Whether prior_logpdf is above -INFINITY; cheaper. */
bool prior_supports(const struct prior *p, double x);

/* Whether the law is on countably many values (randint, discrete, fixed). */
bool prior_is_discrete(const struct prior *p);

/* For discrete laws: how many values, the i-th (rising), and the index of x or -1. */
size_t prior_count(const struct prior *p);
double prior_value(const struct prior *p, size_t i);
int64_t prior_index(const struct prior *p, double x);

#endif
