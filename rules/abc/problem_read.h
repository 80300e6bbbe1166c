/* Reading values of a YAML tree with messages; for the problem_*.c files. */
#ifndef CW_ABC_PROBLEM_READ_H
#define CW_ABC_PROBLEM_READ_H

#include "abc/problem.h"
#include "yaml/yaml_tree.h"

struct reader {
	struct problem *p;
	struct diag_sink *sink;
	const char *observed; /* words of the data, where their file is gone; or NULL */
	int status;           /* -1 once something was wrong */
};

/* Reports at a node and remembers; returns -1. */
int read_fault(struct reader *r, struct span span, const char *code, const char *fmt, ...)
	CW_PRINTF(4, 5);

/* Keys of a mapping: an unknown one is reported with the nearest of `known` (NULL at the
 * end). -1 also where the node is no mapping; `what` names it. */
int read_keys(struct reader *r, const struct yaml_tree_node *node, const char *what,
	const char *const *known);

/* The value of a key that is there and not empty, or NULL. */
const struct yaml_tree_node *read_get(const struct yaml_tree_node *map, const char *key);

/* A number of a scalar; `what` stands in the message. "inf" only where `infinite`. */
int read_number(struct reader *r, const struct yaml_tree_node *node, const char *what,
	double *ret);
/* The number of `key`, if it is there; checked to lie in [low, high]. */
void read_number_key(struct reader *r, const struct yaml_tree_node *map, const char *key,
	double low, double high, double *ret);
/* A count, also as 1e7. */
int read_count(struct reader *r, const struct yaml_tree_node *node, const char *what,
	uint64_t low, uint64_t *ret);
void read_count_key(struct reader *r, const struct yaml_tree_node *map, const char *key,
	uint64_t low, uint64_t *ret);
int read_bool(
	struct reader *r, const struct yaml_tree_node *node, const char *what, bool *ret);
/* Seconds: 90, 2h, 1h30m; also fractions of a second. */
int read_duration(struct reader *r, const struct yaml_tree_node *node, const char *what,
	double *ret);

/* A scalar's text in the problem's arena; NULL (reported) where it is none or empty. */
const char *read_text(
	struct reader *r, const struct yaml_tree_node *node, const char *what);

/* A name: letters, digits, underscore. */
const char *read_name(
	struct reader *r, const struct yaml_tree_node *node, const char *what);

/* One of the words of `word` (NULL at the end), its index; -1 and reported else. */
int read_word(struct reader *r, const struct yaml_tree_node *node, const char *what,
	const char *const *word);

/* A list of numbers, or one number as a list of one. Arena. */
double *read_numbers(struct reader *r, const struct yaml_tree_node *node,
	const char *what, size_t *ret_count);

/* The only pair of a mapping ({uniform: [0, 1]}); NULL, reported, where it has not one. */
const struct yaml_pair *read_single(
	struct reader *r, const struct yaml_tree_node *node, const char *what);

/* Parts of the file. Each reports by itself. */
void read_models(struct reader *r, const struct yaml_tree_node *root);
void read_simulator(
	struct reader *r, const struct yaml_tree_node *node, struct simulator_spec *sim);
void read_observed(struct reader *r, const struct yaml_tree_node *node);
void read_distance(struct reader *r, const struct yaml_tree_node *node);
void read_acceptor(struct reader *r, const struct yaml_tree_node *node);
void read_epsilon(struct reader *r, const struct yaml_tree_node *root);
void read_transition(struct reader *r, const struct yaml_tree_node *node);
void read_stop(struct reader *r, const struct yaml_tree_node *node);

/* `values` by statistic (a number for all, a list, or a mapping by name), into nstat
 * numbers in the arena; at least `low`. */
double *read_per_stat(struct reader *r, const struct yaml_tree_node *node,
	const char *what, double low, double normally);

/* A path relative to the problem's folder; arena. */
const char *read_path_text(struct reader *r, const char *text);

#endif
