/*
 * The options of the command line: one table, from which come parsing, --help, shell
 * completion and the list in the manual.
 */
#ifndef CW_CLI_OPTIONS_H
#define CW_CLI_OPTIONS_H

#include "base/diag.h"
#include "base/vec.h"

enum option_group {
	GROUP_RUN,
	GROUP_VALUES,
	GROUP_FILES,
	GROUP_CLUSTER,
	GROUP_SELECT,
	GROUP_LOOK,
	GROUP_CLEAN,
	GROUP_OUTPUT,
	GROUP_OTHER
};

enum option_kind {
	OPT_FLAG,     /* --x */
	OPT_VALUE,    /* --x V, --x=V */
	OPT_REPEATED, /* the same, adds to a list */
	OPT_PAIRS,    /* --x K=V..., the following words up to the first without `=` */
	OPT_MAYBE,    /* --x, --x=V */
	OPT_COUNT,    /* --x N, --x alone: a number or `all` */
};

struct option {
	const char *name; /* long name without dashes */
	char letter;      /* '\0': none */
	enum option_kind kind;
	enum option_group group;
	size_t at;        /* offset in struct options of its value */
	const char *arg;  /* how help calls the value */
	const char *help; /* one line */
};

/* Ended by an option without a name. */
extern const struct option option_table[];

typedef VEC(const char *) word_list;

/* Values as given; NULL or empty where an option was not. Strings are borrowed from argv. */
struct options {
	const char *cores, *jobs, *both; /* -j sets `both`; "all" without a number */
	bool dry_run, keep_going, force, forceall, print_commands, verbose, no_color;
	bool keep_incomplete, nolock, delete_all_output, list_rules;
	bool schema, lint, update_modules;
	const char *container_program;
	bool rulegraph, filegraph, tools_dir, version, quiet;
	bool enforce, always_shell;
	bool notemp, ignore_incomplete, rerun_incomplete, sync, touch, unlock, summary,
		detailed_summary, list_targets, list_untracked, stats, advise, verify,
		delete_temp_output;
	const char *help; /* "" without a group */
	const char *dag;  /* "" without a form */
	const char *workflow_file, *directory, *retries, *max_jobs, *events,
		*latency_wait;
	const char *batch;
	const char *completion, *rerun_triggers, *checksum_limit;
	const char *why, *lineage; /* "" without a value */
	const char *trace, *report, *crate;
	const char *cluster, *cluster_status, *cluster_cancel, *profile, *max_threads,
		*max_submit_rate, *max_status_rate, *local_cores, *bundle_minutes;
	word_list forcerun, config, configfiles, targets, resources, set_threads,
		set_resources, default_resources, until, omit_from, accept, prioritize;
};

/* 0, or -1 with errors that name the nearest known option. */
int options_parse(struct options *o, int argc, char **argv, struct diag_sink *sink);
void options_release(struct options *o);

/* For profiles: the option of that long name, or NULL; whether it was given; sets it as if
 * it were given (a word is added to a list; flags need no value); its list, where it has
 * one. The value is borrowed. */
const struct option *option_find(struct strview name);
bool option_is_set(const struct options *o, const struct option *opt);
void option_set(struct options *o, const struct option *opt, const char *value);
word_list *option_list(struct options *o, const struct option *opt);

/* --help, --help=GROUP: 0, or -1 with an error. */
int options_help(const char *group, struct diag_sink *sink);

/* Whether --help has a group of that name. */
bool options_has_group(const char *word);

/* A script for bash, zsh or fish on stdout: 0, or -1 with an error. */
int options_completion(const char *shell, struct diag_sink *sink);

#endif
