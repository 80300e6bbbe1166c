/*
 * What references mean for one job: the third input, a wildcard, its threads. Computed
 * when first asked for, in the order of the language: wildcards, input, outputs,
 * threads, resources, params, env, command.
 */
#ifndef CW_JOB_JOB_VALUES_H
#define CW_JOB_JOB_VALUES_H

#include "dag/inputs.h"
#include "pattern/mark.h"
#include "workflow/workflow.h"

struct job_context {
	struct dag *d;
	struct diag_sink
		*sink; /* errors of expressions in inputs; they were found before */
	struct input_reader reader;
	int64_t cores; /* threads are capped to it; 0: no cap */
	bool enforce;  /* local jobs are held to their mem_mb and runtime */
	bool remote; /* but for local rules, whose jobs stay here, jobs go to a cluster ... */
	int64_t remote_cores; /* ... and are capped to this */
	/* Keeps a text in a file for one attempt at a job ({input:list}, $CWFLOW_JOB) and
	 * gives its path in `arena`. 0, or -1. NULL (nothing is run): a name stands for it. */
	int (*write_file)(void *ctx, uint32_t job, uint32_t attempt, const char *kind,
		struct strview text, struct arena *arena, struct strview *ret_path);
	void *write_ctx;
	char mark[MARK_MOST];  /* of variables in texts, pattern/mark.h */
	const char *share_dir; /* $CWFLOW_SHARE of scripts; may be NULL */
	const char
		*container_program; /* podman, apptainer, docker; NULL: what there is */
};

struct job_values {
	struct job_context *c;
	struct arena *arena;
	const struct rule *rule;
	uint32_t job, attempt;
	struct strview wildcards[WILDCARDS_MOST];
	bool inputs_due;        /* they are not worked out yet: job_values_inputs */
	struct strview *inputs; /* paths, in order */
	uint32_t *input_entry;  /* by input: its entry */
	uint32_t input_count;
	struct strview *products;
	int64_t threads; /* 0: not yet worked out */
	int64_t size_mb; /* of the inputs; -1: not yet worked out */
	bool in_shell;   /* the text that is rendered is a shell's */
	bool mark_env;   /* values of variables are marked, for a shell to put in */
	bool hide_env;   /* for people and records: $NAME, not its value */
	uint32_t lists;  /* files of lists written for it */
	struct renderer renderer;
};

void job_context_init(struct job_context *c, struct dag *d, struct diag_sink *sink);
void job_context_release(struct job_context *c);

/* Prepares the values of `job`; everything lies in `arena`. 0, or -1 with an error in the
 * sink (an input expression that failed). */
int job_values_init(struct job_values *v, struct job_context *c, struct arena *arena,
	uint32_t job, uint32_t attempt);

/* Works out v->inputs, which may be many and are mostly not asked for. */
void job_values_inputs(struct job_values *v);

/* Threads of the job, at least 1. 0, or -1 with err. */
int job_threads(struct job_values *v, int64_t *ret, struct render_error *err);

/* What the job asks of resource `k` of its rule, its unit put in: an integer where it is
 * one, else a text. 0, or -1 with err. */
int job_resource(
	struct job_values *v, uint32_t k, struct value *ret, struct render_error *err);

/* What threads and resources of a rule's jobs may depend on that is not known at first. */
enum { JOB_LATE_SIZE = 1 /* of the inputs */, JOB_LATE_ATTEMPT = 2 };
unsigned job_is_late(const struct rule *rule);

/* Whether the rule says something of the size of its inputs: its jobs cannot be put
 * together before these are made. */
bool job_reads_sizes(const struct rule *rule);

/* The value of a param: texts and lists of them, not mappings. */
int job_param(struct job_values *v, const struct param *p, struct value *ret,
	struct render_error *err);

/* The path of the job's dependency file, or one of no bytes where it has none. */
int job_depfile(
	struct job_context *c, struct arena *arena, uint32_t job, struct strview *ret);

/* The text with all references put in, appended to out. */
int job_render(struct job_values *v, const struct text *t, bool as_path,
	struct strbuf *out, struct render_error *err);

#endif
