/* The simulators inside cwabc: a table of functions of named arguments. */
#ifndef CW_ABC_BUILTIN_H
#define CW_ABC_BUILTIN_H

#include "abc/rng.h"

enum { BUILTIN_MOST_ARGS = 12 };

struct builtin_arg {
	const char *name;
	bool required;
	double normally;
};

struct builtin {
	const char *name;
	const char *what; /* one line for people */
	struct builtin_arg arg[BUILTIN_MOST_ARGS];
	const char *stat[2]; /* names where their number is fixed; else stat[0] NULL */
	/* How many statistics these arguments give; 0: the arguments make no sense. */
	size_t (*stats)(const double *arg);
	/* NULL, or what is wrong with the parameters (a failed evaluation). */
	const char *(*simulate)(const double *arg, struct stream *s, double *ret_stat);
};

extern const struct builtin builtins[];
extern const size_t builtin_count;

const struct builtin *builtin_find(const char *name);

/* Simulators that have files of their own. */
size_t lotka_stats(const double *arg);
const char *lotka_simulate(const double *arg, struct stream *s, double *ret_stat);

#endif
