/* What the parts of the parser share. Private to the room. */
#ifndef CW_PARSER_READER_H
#define CW_PARSER_READER_H

#include "base/edit_distance.h"
#include "base/hashmap.h"
#include "base/vec.h"
#include "parser/parser.h"
#include "yaml/yaml_tree.h"

/* Names that belong together: those of the user's file and what it joins, or a module's. */
struct module {
	uint32_t number;       /* 0: the user's file */
	struct module *parent; /* NULL: none */
	struct strview as;     /* before the names of its rules */
	struct strview prefix; /* before its relative paths; empty, or with a slash */
	const struct config *config;        /* merged */
	const struct yaml_tree_node *with;  /* keys laid over its rules, or NULL */
	struct file_unit *with_unit;        /* the file that says so */
	const struct module_origin *origin; /* git modules */
	struct strview clone;               /* git: no path leaves it; empty: none */
	bool trust;                         /* generators may run */
};

/* One Workflowfile that is being read. */
struct file_unit {
	struct file_unit *parent; /* who includes it; NULL: the user's */
	struct module *module;
	const char *path;
	struct span asked; /* the include that named it */
	struct strview
		dir; /* paths in it are relative to it: "." or as the user wrote it */
	struct strview base;               /* the same, absolute: {workflow.dir} */
	const struct yaml_tree_node *root; /* NULL: empty */
	const struct yaml_tree_node *rules, *defaults, *constraints; /* or NULL */
	struct shell_setting *shell;
	uint32_t depth; /* of includes */
};

/* A rule as written, before and while it is parsed. */
struct rule_decl {
	const struct yaml_pair *pair;
	struct file_unit *unit;
	struct strview local, full; /* names: in its module, in the workflow */
	struct rule *rule;          /* NULL: `when` does not hold, or it failed */
	bool failed;
};

/* Parts of the present rule that are wrong and told: names that they may have had are not
 * told as unknown on top of it. */
enum broken_parts {
	BROKEN_PRODUCTS = 1, /* and so its wildcards */
	BROKEN_INPUTS = 2,
	BROKEN_RESOURCES = 4,
	BROKEN_PARAMS = 8,
};

/* The value of an option of the command line, as a node; NULL: it is wrong, and told. */
struct option_value {
	const char *text;
	struct yaml_tree_node *node;
};

struct reader {
	struct diag_sink *sink;
	struct workflow *wf;
	struct arena *arena; /* the workflow's */
	const struct parse_options *options;
	struct file_unit *unit; /* the one that is being read */
	VEC(struct file_unit *) units;
	VEC(struct module *) modules;
	VEC(struct rule_decl) rules;
	struct hashmap
		rule_names; /* hash of module and local name -> number in `rules` */
	struct hashmap full_names; /* the same for the names in the workflow */
	struct hashmap set_names;  /* hash of module and name -> number of the set */
	VEC(struct option_value) option_values;
	uint32_t set_cap;
	bool failed;     /* an error that need not end the reading was told */
	bool no_config;  /* a file's configuration is wrong, and told */
	unsigned broken; /* of enum broken_parts */
	bool uses_env;   /* the present rule refers to {env.NAME} */
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
bool is_name(struct strview s);

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
/* `config` and `configfile` of the present file, laid over `low`; *ret is the sum. */
int config_of_file(struct reader *r, const struct config *low, const struct config **ret);
/* The settings of the command line, laid over `low`. */
int config_of_command_line(
	struct reader *r, const struct config *low, const struct config **ret);
/* A path of the file being read, relative to that file. Returns it in the arena; NULL
 * with an error where it leaves the clone of a git module. */
const char *path_beside(struct reader *r, struct strview path, struct span where);
/* Reads a YAML file into a tree; *ret_root NULL for an empty one. */
int read_yaml_file(struct reader *r, const char *path, struct span where,
	struct yaml_tree_node **ret_root);

/* --- include.c --- */
/* Reads the user's file and all it includes: r->units, in order. */
int read_units(struct reader *r, const char *path);
/* The text that a generator prints (include_command.c), as a new source. */
int run_generator(struct reader *r, const struct yaml_tree_node *node,
	struct yaml_tree_node **ret_root, const char **ret_name);

/* --- parse_text.c: scalars with references --- */

/* Keys of a rule in the order in which they are computed; each may use those before. */
enum stage {
	STAGE_PATHS, /* wildcards and configuration only */
	STAGE_THREADS,
	STAGE_RESOURCES,
	STAGE_PARAMS,
	STAGE_ENV,
	STAGE_COMMAND,
};

/* What references of a text may mean. */
struct scope {
	const struct rule *rule;     /* NULL: configuration only */
	const struct expand *expand; /* inside an expansion: names are its vars */
	enum stage stage;
	bool hook; /* {log} is the run's, and {failed} */
};

/* Parses the scalar `node` as a template of `use` and binds its references. */
int make_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	const struct scope *scope, struct text *ret);
/* The same without binding (outputs, before the rule's wildcards are known); `fold`s the
 * configuration into it. */
int parse_text(struct reader *r, const struct yaml_tree_node *node, enum template_use use,
	enum shell_kind shell, struct text *ret);
int parse_text_with(struct reader *r, const struct yaml_tree_node *node,
	enum template_use use, enum shell_kind shell, const char *const *extra_names,
	struct text *ret);
/* bind_text.c: finds what the references of a text mean there. */
int bind_text(struct reader *r, struct text *t, const struct scope *scope);
/* Calls `fn` for each reference of a text, those within brackets too. */
int each_ref_of_text(struct reader *r, struct text *t, void *ctx,
	int (*fn)(struct reader *, struct text *, struct ref *, void *));
/* path_text.c: the literal parts of an output pattern in normal form (see path_normalise), with the
 * module's prefix before it where `prefix`. */
void normalise_pattern(struct reader *r, struct text *t, bool prefix);
/* The same for globs: a slash at the end stays, it says that folders are meant. */
void normalise_glob(struct reader *r, struct text *t, bool prefix);
/* The module's prefix before a relative path that no rule outside makes. */
void prefix_input(struct reader *r, struct text *t);
/* Whether the text is one reference to a list of the configuration; *ret its value. */
const struct config *config_list_of(const struct text *t);
/* A text of literals only. */
struct text literal_text(struct reader *r, struct strview text, const struct text *like);
/* A constraint that stands apart from its wildcard. */
int check_constraint(
	struct reader *r, struct strview wildcard, const struct yaml_tree_node *node);
/* A scalar that may hold configuration, and nothing else. */
int constant(struct reader *r, const struct yaml_tree_node *node, struct strview *ret);
struct span span_of_ref(const struct text *t, const struct ref *ref);
struct span span_of_piece(const struct text *t, const struct piece *p);

/* --- parse_sets.c --- */
int parse_sets(struct reader *r, const struct yaml_tree_node *sets);
/* A set written in place beside an expansion (or a named one): adds it to the workflow's,
 * its number in *ret. */
int add_set(struct reader *r, struct strview name, const struct yaml_tree_node *node,
	uint32_t *ret);
uint32_t set_number(const struct reader *r, struct strview name); /* UINT32_MAX: none */
bool set_has_column(const struct set_def *def, struct strview name);
/* A set has one source. */
int check_set_sources(struct reader *r, const struct yaml_tree_node *node);
/* Adds a definition; its number. */
uint32_t push_set(struct reader *r, const struct set_def *def);
int parse_where(struct reader *r, const struct yaml_tree_node *node,
	const struct scope *scope, struct where_clause **ret, uint32_t *ret_count);

/* --- parse_item.c --- */
int parse_inputs(struct reader *r, const struct yaml_tree_node *node, struct rule *rule);
/* `plain`: a text is no path but any text (params). */
int parse_item(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	bool plain, struct item *ret);
/* The source key of a mapping, or NULL: then it is a mapping of names. */
const char *source_of(const struct yaml_tree_node *node);

/* --- parse_expand.c --- */
int parse_expand(struct reader *r, const struct yaml_tree_node *node, struct rule *rule,
	bool plain, struct item *ret);
int parse_output_of(struct reader *r, const struct yaml_tree_node *node,
	struct rule *rule, struct item *ret);

/* --- parse_rule.c: where the keys of a rule come from --- */
enum { EXTENDS_MOST = 50 };

struct source_map {
	const struct yaml_tree_node *map;
	struct file_unit *unit; /* the file that says it */
};

/* The mappings a key of a rule is looked for in, nearest first: `with` of modules, the
 * rule, those it extends; then the defaults of its files. */
struct rule_source {
	struct source_map chain[2 * EXTENDS_MOST];
	uint32_t count;     /* without the defaults */
	uint32_t all_count; /* with them */
};

/* --- parse_param.c --- */
int parse_params(struct reader *r, const struct rule_source *s, struct rule *rule);

/* --- parse_rule.c --- */
/* The value of a key, with the file that says it in *ret_unit; NULL where none does. */
const struct yaml_tree_node *find_key(
	const struct rule_source *s, const char *key, struct file_unit **ret_unit);
/* The same, the defaults too. */
const struct yaml_tree_node *find_default(
	const struct rule_source *s, const char *key, struct file_unit **ret_unit);
int declare_rules(struct reader *r);
int parse_rules(struct reader *r);
/* The declaration of a rule by its name in a module, or NULL. */
struct rule_decl *find_own_rule(
	const struct reader *r, const struct module *m, struct strview name);
/* The same in the present module, or by its full name there in one that it includes. */
struct rule_decl *find_rule(const struct reader *r, struct strview name);
int no_such_rule(struct reader *r, struct strview name, struct span span);

/* --- parse_command.c --- */
int parse_commands(struct reader *r, const struct rule_source *s, struct rule *rule);
int parse_hook(struct reader *r, const struct yaml_tree_node *node, struct hook *ret);

/* --- parse_resources.c --- */
int parse_resources(struct reader *r, const struct rule_source *s, struct rule *rule);
int parse_threads(struct reader *r, const struct rule_source *s, struct rule *rule);
/* Warns where --set-threads and --set-resources name rules that are not there. */
void warn_option_rules(struct reader *r);
/* --- parse_products.c --- */
int parse_products(struct reader *r, struct rule *rule,
	const struct yaml_tree_node *output, const struct yaml_tree_node *log,
	const struct yaml_tree_node *benchmark, const struct yaml_tree_node *constraints);

#endif
