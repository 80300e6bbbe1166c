/* What the parts of the parser share. Private to the room. */
#ifndef CW_PARSER_READER_H
#define CW_PARSER_READER_H

#include "base/edit_distance.h"
#include "parser/parser.h"
#include "yaml/yaml_tree.h"

struct reader {
	struct diag_sink *sink;
	struct workflow *wf;
	struct arena *arena; /* the workflow's */
	const struct parse_options *options;
	struct strview
		dir; /* of the file being read: "." or what stands before its name */
	const struct yaml_tree_node *defaults;    /* mapping or NULL */
	const struct yaml_tree_node *constraints; /* the file's, or NULL */
	const struct yaml_tree_node *rules;       /* the mapping of rules */
	struct shell_setting *shell;
};

/* --- schema.c: keys of mappings --- */

/* A key that a mapping may have. */
struct known_key {
	const char *name;
	const char *later; /* not NULL: a taken name that is not there yet, and why */
};

/* Reports keys that are not in `keys` (ended by a NULL name), with the nearest. `what`:
 * "a rule", "the top level". `free_names`: other keys are names of the user (checked). */
int check_keys(struct reader *r, const struct yaml_tree_node *map,
	const struct known_key *keys, const char *what, bool free_names);

/* Wrong kinds, as errors that say what is wanted; 0 where the kind is right. */
int want_mapping(struct reader *r, const struct yaml_tree_node *node, const char *what);
int want_scalar(struct reader *r, const struct yaml_tree_node *node, const char *what);
int read_bool(struct reader *r, const struct yaml_tree_node *node, bool *ret);
int read_int(struct reader *r, const struct yaml_tree_node *node, int64_t low,
	int64_t high, const char *what, int64_t *ret);

/* A name of a rule, set, wildcard, param: its form, and none of the reserved words. */
int check_name(struct reader *r, const struct yaml_tree_node *node, const char *what);

/* The value of a key, NULL where it is not there or an empty plain value. */
const struct yaml_tree_node *get(const struct yaml_tree_node *map, const char *key);

/* Items of a list, or the one item that stands for a list of one. */
struct node_list {
	const struct yaml_tree_node *const *v;
	uint32_t n;
	const struct yaml_tree_node *one;
};
void list_of(const struct yaml_tree_node *node, struct node_list *ret);

/* --- parse_config.c --- */
struct config *config_from_yaml(struct reader *r, const struct yaml_tree_node *node);
int parse_config(struct reader *r, const struct yaml_tree_node *root);
/* A path of the file being read, relative to that file. Returns it in the arena. */
const char *path_beside(struct reader *r, struct strview path);
/* Reads a YAML file into a tree; *ret_root NULL for an empty one. */
int read_yaml_file(struct reader *r, const char *path, struct span where,
	struct yaml_tree_node **ret_root);

/* --- parse_text.c: scalars with references --- */

/* What references of a text may mean. */
struct scope {
	const struct rule *rule;     /* NULL: configuration only */
	const struct expand *expand; /* inside an expansion: names are its vars */
	bool command;                /* input, output, log, params, threads... too */
	bool log_missing;            /* the rule has no log */
};

/* Parses the scalar `node` as a template of `use` and binds its references. */
int make_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	const struct scope *scope, struct text *ret);
/* The same without binding (outputs, before the rule's wildcards are known); `fold`s the
 * configuration into it. */
int parse_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	enum shell_kind shell, struct text *ret);
int bind_text(struct reader *r, struct text *t, const struct scope *scope);
/* The literal parts of an output pattern in normal form (see path_normalise). */
void normalise_pattern(struct reader *r, struct text *t);

/* --- parse_sets.c --- */
int parse_sets(struct reader *r, const struct yaml_tree_node *sets);
/* A set written in place beside an expansion (or a named one): adds it to the workflow's,
 * its number in *ret. */
int add_set(struct reader *r, struct strview name, const struct yaml_tree_node *node,
	uint32_t *ret);
uint32_t set_number(const struct reader *r, struct strview name); /* UINT32_MAX: none */

/* --- parse_item.c --- */
int parse_inputs(struct reader *r, const struct yaml_tree_node *node, struct rule *rule);
int parse_item(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	struct item *ret);

/* --- parse_param.c --- */
int parse_params(struct reader *r, const struct yaml_tree_node *node, struct rule *rule);

/* --- parse_rule.c --- */
int parse_rule(struct reader *r, const struct yaml_pair *pair, struct rule *rule);

/* --- parse_products.c --- */
int parse_products(struct reader *r, struct rule *rule,
	const struct yaml_tree_node *output, const struct yaml_tree_node *log,
	const struct yaml_tree_node *benchmark, const struct yaml_tree_node *constraints);

#endif
