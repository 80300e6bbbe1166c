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
	uint32_t module; /* among whose names it is */
	bool used;       /* something refers to it */
	/*
	 * A glob, table or lines written in place, whose text holds names of the expansion
	 * around it (glob_text or path_text; references are bound to its vars): read anew
	 * for each job, `columns` only are fixed.
	 */
	bool dynamic;
	struct text path_text;
	/* ... and only when the jobs of this rule are done (number, or UINT32_MAX);
	 * after_vars[i]: var of the expansion that stands for the rule's wildcard i */
	uint32_t after;
	uint32_t *after_vars;
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
	bool hidden; /* in no pattern: a dynamic set needs it */
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
	struct span span;
};

struct item {
	enum item_kind kind;
	unsigned flags; /* ITEM_* */
	struct span span;
	struct text path;      /* ITEM_PATH */
	struct expand *expand; /* ITEM_EXPAND; ITEM_OUTPUT_OF once bound */
	/* ITEM_LOOKUP; its numbers are for the store of sets */
	uint32_t table; /* number of the set */
	uint32_t lookup;
	struct where_clause *where;
	uint32_t where_count;
	struct strview column;
	struct span column_span;
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

enum { WILDCARDS_MOST = 64 };

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

/* What a rendered value of a resource is turned into: `mem: 4GB` is mem_mb 4000. */
enum resource_unit { UNIT_NONE, UNIT_MB, UNIT_MINUTES };

struct resource {
	struct strview name; /* mem_mb for `mem`, disk_mb for `disk` */
	enum resource_unit unit;
	struct text value;
	struct span span;
};

enum shadow_kind { SHADOW_NONE, SHADOW_MINIMAL, SHADOW_SHALLOW, SHADOW_FULL };

/* Where a module was taken from, for records; NULL where it is no git module. */
struct module_origin {
	const char *url, *ref, *commit;
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
	bool params_choose; /* a lookup or a switch among them may have nothing to give */
	enum job_command command_kind;
	struct text command; /* RULE_SHELL */
	struct text *argv;   /* RULE_COMMAND */
	uint32_t argv_count;
	struct text script;        /* RULE_SCRIPT: relative to script_dir */
	struct strview script_dir; /* absolute */
	struct text *stdin_path, *stdout_path, *stderr_path; /* RULE_COMMAND, or NULL */
	const struct shell_setting *shell;
	struct text *threads; /* NULL: 1 */
	struct resource *resources;
	uint32_t resource_count;
	struct named_text *env;
	uint32_t env_count;
	struct text *message;
	int32_t priority;
	int32_t retries; /* -1: not said */
	int64_t timeout_s;
	struct strview workflow_dir; /* {workflow.dir}, absolute */
	struct span shell_span;
	const struct config *config; /* what its references see */
	struct text *envmodules;
	uint32_t envmodule_count;
	struct text *container; /* image, or NULL */
	struct text *depfile;   /* or NULL */
	struct strview group;   /* empty: none */
	uint32_t bundle;        /* jobs that go to a cluster as one; 1: none */
	enum shadow_kind shadow;
	bool localrule;
	bool included; /* of another file than the one the user named */
	bool uses_env; /* refers to {env.NAME}: what people are shown holds its name */
	const struct module_origin *origin;
};

struct hook {
	struct text command; /* {log}, {failed}: REF_EXTRA */
	const struct shell_setting *shell;
	struct strview workflow_dir; /* of the file that says it */
	bool set;
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
	struct span *default_target_spans;
	struct strview *absent_rules; /* whose `when` does not hold */
	uint32_t absent_rule_count;
	uint32_t default_target_count;
	struct strview *envvars; /* that jobs may refer to */
	uint32_t envvar_count;
	struct hook onstart, onsuccess, onerror;
	uint32_t lookup_count;
	bool has_after;       /* some input is known only when a job is done */
	bool has_param_items; /* some param reads a set, when its job starts */
};

/* {workflow.dir}: the folder of the file that says it, which need not be that of the rule
 * (`extends`, `with`); `rules`: that one, for what is not bound. */
static inline struct strview workflow_dir_of(const struct ref *ref, struct strview rules)
{
	const struct strview *said = ref->bound;
	return said ? *said : rules;
}

void workflow_init(struct workflow *wf);
void workflow_release(struct workflow *wf); /* arena and what PCRE2 holds */

/* The rule called `name`, or NULL. */
const struct rule *workflow_rule(const struct workflow *wf, struct strview name);

/* The default target's rule where none is named by `default_targets`: the first of the file
 * that the user named, without wildcards. NULL if there is none. */
const struct rule *workflow_first_target(const struct workflow *wf);

/*
 * Whether the number of its inputs alone tells which of a job's inputs are of which entry:
 * at most one entry stands for any number of files, *ret_open (the number of entries
 * where there is none); all others stand for one each.
 */
bool rule_inputs_are_told(const struct rule *rule, uint32_t *ret_open);

/* Appends the text where it holds only literals and unformatted wildcards (text.plain):
 * values[i] for the wildcard bound to slot i. */
void text_expand_plain(
	const struct text *t, const struct strview *values, struct strbuf *out);

#endif
