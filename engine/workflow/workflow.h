/*
 * The model: what a Workflowfile says, as data. Made by the parser, read by everybody,
 * changed by nobody afterwards. Everything lies in the workflow's arena; every object
 * that a file said carries its span.
 */
#ifndef CW_WORKFLOW_WORKFLOW_H
#define CW_WORKFLOW_WORKFLOW_H

#include "base/arena.h"
#include "base/diag.h"
#include "pattern/template.h"
#include "pattern/wildcard.h"
#include "workflow/config.h"

/* A text with references, and where it stands. */
struct text {
	struct template t;
	struct template_origin origin;
	struct span span;
	bool plain; /* literals and unformatted wildcards only: rendered by a short loop */
};

/* --- sets -------------------------------------------------------------------------- */

enum set_kind { SET_LIST, SET_RANGE, SET_GLOB, SET_TABLE, SET_LINES, SET_COLUMNS };

struct where_clause {
	struct strview column;
	struct text
		value; /* in a lookup it may hold wildcards; in a set it is constant */
	struct span span;
};

struct set_def {
	struct strview name;
	struct span span;
	enum set_kind kind;
	struct strview *values; /* SET_LIST; SET_COLUMNS: row-major */
	uint32_t value_count;
	int64_t from, to, step; /* SET_RANGE */
	struct pattern *glob;   /* SET_GLOB */
	struct text glob_text;
	struct strview *columns; /* SET_GLOB: its wildcards; SET_COLUMNS: names */
	uint32_t column_count;
	const char *path; /* SET_TABLE, SET_LINES */
	struct where_clause *where;
	uint32_t where_count;
	struct strview
		after; /* SET_GLOB, SET_TABLE, SET_LINES in place: rule to wait for */
};

/* --- inputs ------------------------------------------------------------------------ */

enum item_kind {
	ITEM_PATH,
	ITEM_EXPAND,
	ITEM_OUTPUT_OF,
	ITEM_LOOKUP,
	ITEM_SWITCH,
	ITEM_LIST
};

enum { ITEM_ANCIENT = 1, ITEM_OPTIONAL = 2 };

/* A name in an expansion. Names of one table move together, row by row. */
enum var_kind { VAR_WILDCARD, VAR_SET };

struct expand_var {
	struct strview name;
	enum var_kind kind;
	uint32_t wildcard;     /* VAR_WILDCARD: number in the rule */
	uint32_t set;          /* VAR_SET: number of the set ... */
	struct strview column; /* ... and its column; empty: the only one */
	struct span span;
};

struct expand {
	struct text *patterns; /* wildcard references are bound to vars: ref.slot */
	uint32_t pattern_count;
	struct expand_var *vars; /* in the order in which names first appear */
	uint32_t var_count;
};

struct switch_case {
	struct strview key;
	struct item *item;
};

struct item {
	enum item_kind kind;
	unsigned flags; /* ITEM_* */
	struct span span;
	struct text path;      /* ITEM_PATH */
	struct expand *expand; /* ITEM_EXPAND; ITEM_OUTPUT_OF once bound */
	/* ITEM_LOOKUP */
	uint32_t table; /* number of the set */
	struct where_clause *where;
	uint32_t where_count;
	struct strview column;
	struct item *otherwise; /* default of lookup and switch, or NULL */
	/* ITEM_SWITCH */
	struct text subject;
	struct switch_case *cases;
	uint32_t case_count;
	/* ITEM_LIST */
	struct item *items;
	uint32_t item_count;
};

/* An input or param as written: perhaps with a name, one item or a list. */
struct entry {
	struct strview name; /* empty: none */
	struct span span;
	struct item item;
};

/* --- params ------------------------------------------------------------------------ */

enum param_kind { PARAM_TEXT, PARAM_LIST, PARAM_MAP, PARAM_ITEM };

struct param {
	struct strview name; /* empty in lists */
	struct span span;
	enum param_kind kind;
	bool is_volatile;
	struct text text;    /* PARAM_TEXT */
	struct param *items; /* PARAM_LIST, PARAM_MAP */
	uint32_t item_count;
	struct item *item; /* PARAM_ITEM: a source of section 6 */
};

/* --- rules ------------------------------------------------------------------------- */

enum product_kind { PRODUCT_OUTPUT, PRODUCT_LOG, PRODUCT_BENCHMARK };

enum {
	PRODUCT_TEMP = 1,
	PRODUCT_PROTECTED = 2,
	PRODUCT_DIRECTORY = 4,
	PRODUCT_TOUCH = 8,
	PRODUCT_NON_EMPTY = 16,
	PRODUCT_RESUME = 32,
};

/* A file a job makes: outputs, logs, the benchmark, in this order in the rule. */
struct product {
	struct strview name; /* empty: none */
	enum product_kind kind;
	unsigned flags; /* PRODUCT_* */
	struct text path;
	struct pattern *pattern;
	const char *sha256, *caption; /* or NULL */
	struct span span;
};

enum job_command { RULE_NOTHING, RULE_SHELL, RULE_COMMAND, RULE_SCRIPT };

struct shell_setting {
	const char *executable;
	enum shell_kind kind;
	struct strview prefix;
};

struct named_text {
	struct strview name;
	struct text value;
	struct span span;
};

struct rule {
	struct strview name;
	struct span span; /* of the name */
	uint32_t index;
	struct strview
		*wildcards; /* names, in the order in which the first product has them */
	uint32_t wildcard_count;
	struct product *products;
	uint32_t product_count, output_count, log_count; /* outputs first, then logs */
	struct entry *inputs;
	uint32_t input_count;
	struct param *params;
	uint32_t param_count;
	enum job_command command_kind;
	struct text command; /* RULE_SHELL */
	struct text *argv;   /* RULE_COMMAND */
	uint32_t argv_count;
	struct text *stdin_path, *stdout_path, *stderr_path; /* RULE_COMMAND, or NULL */
	const struct shell_setting *shell;
	struct text *threads; /* NULL: 1 */
	struct named_text *resources;
	uint32_t resource_count;
	struct named_text *env;
	uint32_t env_count;
	struct text *message;
	int32_t priority;
	int32_t retries; /* -1: not said */
	int64_t timeout_s;
	struct strview workflow_dir; /* {workflow.dir} */
	struct span shell_span;
};

struct workflow {
	struct arena arena;
	const char *file;            /* as the user would write it */
	struct strview workdir;      /* absolute, normal */
	const struct config *config; /* merged; a mapping, or NULL */
	struct set_def *sets;
	uint32_t set_count;
	struct rule *rules;
	uint32_t rule_count;
	struct strview **ruleorder; /* lists of rule names, most preferred first */
	uint32_t *ruleorder_counts;
	uint32_t ruleorder_count;
	struct strview *default_targets; /* empty: the first rule without wildcards */
	uint32_t default_target_count;
	struct strview onstart, onsuccess, onerror;
};

void workflow_init(struct workflow *wf);
void workflow_release(struct workflow *wf); /* arena and what PCRE2 holds */

/* The rule or set called `name`, or NULL. */
const struct rule *workflow_rule(const struct workflow *wf, struct strview name);
const struct set_def *workflow_set(const struct workflow *wf, struct strview name);

/* The default target's rule where none is named by `default_targets`: the first without
 * wildcards. NULL if there is none. */
const struct rule *workflow_first_target(const struct workflow *wf);

/* Appends the text where it holds only literals and unformatted wildcards (text.plain):
 * values[i] for the wildcard bound to slot i. */
void text_expand_plain(
	const struct text *t, const struct strview *values, struct strbuf *out);

#endif
