/*
 * Files of workflows as the model: YAML in, struct workflow out, every error with its
 * place. The only room that knows both YAML and the model.
 */
#ifndef CW_PARSER_PARSER_H
#define CW_PARSER_PARSER_H

#include "workflow/workflow.h"

struct parse_options {
	const char *file;    /* as the user would write it, relative to where we are */
	const char *workdir; /* absolute, normal */
	const char *const *config; /* --config: "a.b=VALUE", VALUE a YAML text */
	uint32_t config_count;
	const char *const *configfiles; /* --configfile, in order */
	uint32_t configfile_count;
	const char *const *set_threads; /* --set-threads: "RULE=N" */
	uint32_t set_threads_count;
	const char *const *set_resources; /* --set-resources: "RULE:NAME=VALUE" */
	uint32_t set_resources_count;
	const char *const *default_resources; /* --default-resources: "NAME=VALUE" */
	uint32_t default_resources_count;
	bool no_generators;  /* programs that print rules are not run, but left out */
	bool update_modules; /* git modules are looked up anew */
	bool dry_run;        /* nothing is written: no lock file */
};

/*
 * Reads `file` and fills *wf (workflow_init before; workflow_release by the caller also
 * after an error). 0, or -1 with errors in the sink; independent errors are all reported.
 */
int parse_workflow(
	struct diag_sink *sink, struct workflow *wf, const struct parse_options *o);

#endif
