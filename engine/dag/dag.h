/*
 * The graph of a run: files and the jobs that make them, found backwards from the targets.
 *
 * Everything is rows in arrays, linked by 32-bit numbers: a file is a number in `paths`, a
 * job a number in `jobs`; the inputs and outputs of a job are stretches of two arrays.
 * Nothing in here says what has to run: that is the plan's.
 */
#ifndef CW_DAG_DAG_H
#define CW_DAG_DAG_H

#include "base/hashmap.h"
#include "base/intern.h"
#include "base/vec.h"
#include "dag/set_store.h"
#include "workflow/workflow.h"

#define DAG_NONE UINT32_MAX

enum {
	FILE_NEEDED = 1, /* a target, or an input of a job of the graph */
	FILE_TARGET = 2, /* asked for by name, or an input of an asked target rule */
	FILE_KNOWN = 4,  /* its stamp was looked up */
	FILE_EXISTS = 8,
	FILE_FOLDER = 16,  /* exists and is a directory */
	FILE_FIXED = 32,   /* can be made: during the build */
	FILE_ASKED = 64,   /* its stamp is asked for: see dag_stat_asked */
	FILE_LINKED = 128, /* exists and is a symbolic link */
	/* in a part of a graph: the graph has a job that makes it */
	FILE_ADOPTED = FILE_ASKED,
};

struct dag_job {
	uint32_t rule;
	uint32_t values;  /* offset of its wildcard values in dag.values */
	uint32_t outputs; /* first of its products in dag.outputs */
	uint32_t
		inputs; /* first of its inputs in dag.inputs; the next job's is the end */
};

struct dag_wait;
struct after_done;
struct stamp_seen;
struct stat_ahead;

/* A file in a folder that a job of the graph which grows makes. */
struct dag_inside {
	uint32_t file, folder;
};

struct dag {
	const struct workflow *wf;
	struct set_store *sets; /* borrows */
	struct intern paths;
	/* by file */
	uint32_t *producer; /* job that makes it, or DAG_NONE */
	uint8_t *file_flags;
	int64_t *mtime; /* ns since 1970; of a link that of what it points to */
	int64_t *size;  /* bytes, likewise */
	uint32_t file_cap;
	uint32_t stamp_cap; /* rows of mtime and size */
	/* by job; jobs.v[jobs.n - 1] is a sentinel */
	VEC(struct dag_job) jobs;
	uint32_t job_count;
	VEC(uint32_t)
	outputs; /* files: outputs, logs, benchmark as the rule lists them */
	VEC(uint32_t)
	inputs;           /* files; INPUT_ANCIENT, INPUT_OPTIONAL in the highest bits */
	VEC(char) values; /* per job: for each wildcard a 16-bit length, then the bytes */
	uint32_t *
		order; /* jobs, what a job needs before it; jobs that come while the graph
	                     grows stand behind all others, in order among themselves */
	/* once it has grown: job -> end of its inputs; NULL: where the next one's begin */
	uint32_t *input_end;
	uint32_t end_cap; /* rows of input_end and order, once it has grown */
	uint64_t max_jobs;
	VEC(uint32_t) targets;     /* files */
	VEC(uint32_t) target_jobs; /* jobs of target rules (those without outputs too) */
	const struct after_done *done; /* borrows; NULL: nothing is done */
	VEC(struct dag_wait) waits;
	/* of a part that is to be added to `base`, for its job `gate`: see dag_grow.h */
	const struct dag *base; /* NULL: it stands alone */
	uint32_t gate;
	const struct hashmap *but;
	VEC(struct dag_inside) inside;
	bool has_inside;          /* some input is a file in a folder that a job makes */
	struct stat_ahead *ahead; /* borrows; NULL: none, or it was used */
};

/* Some inputs of `job` are known only when the maker of `file` is done. */
struct dag_wait {
	uint32_t job, file;
	uint64_t key; /* of the maker: see after_key */
	bool done;    /* it is: they are among the job's inputs */
};

#define INPUT_ANCIENT UINT32_C(0x80000000)
/* While the graph is built: left out where it can not be made. */
#define INPUT_OPTIONAL UINT32_C(0x40000000)
/* Told by the job itself in its dependency file; no name stands for it. */
#define INPUT_TOLD UINT32_C(0x20000000)
#define INPUT_FILE(x) ((x) & ~(INPUT_ANCIENT | INPUT_OPTIONAL | INPUT_TOLD))

struct dag_options {
	const struct strview *targets; /* rules or files as the user wrote them */
	uint32_t target_count;         /* 0: the default target */
	uint64_t max_jobs;             /* 0: 10 million */
	const struct after_done *done; /* jobs that were waited for; may be NULL */
	/* --batch: only the `batch`th (from 1) of `batches` parts of the inputs of that rule's
	 * jobs is looked for; all of them in the last. `batches` 0: all */
	struct strview batch_rule;
	uint32_t batch, batches;
};

void dag_init(struct dag *d, const struct workflow *wf, struct set_store *sets);
void dag_release(struct dag *d);

/*
 * Builds the graph for the targets. 0, or -1 with errors in the sink: unknown target,
 * missing source, ambiguous rules, cycle, two jobs with one output, too many jobs.
 * *ret_user_fault (may be NULL) tells a missing source (exit status 1) from a fault of the
 * workflow or the command line (2).
 */
int dag_build(struct dag *d, struct diag_sink *sink, const struct dag_options *o,
	bool *ret_missing_source);

static inline const struct rule *dag_rule(const struct dag *d, uint32_t job)
{
	return &d->wf->rules[d->jobs.v[job].rule];
}

/* Inputs and products (outputs first, see rule.output_count) of a job. */
static inline const uint32_t *dag_inputs(
	const struct dag *d, uint32_t job, uint32_t *ret_n)
{
	uint32_t first = d->jobs.v[job].inputs;
	uint32_t end = d->input_end ? d->input_end[job] : d->jobs.v[job + 1].inputs;
	*ret_n = end - first;
	return d->inputs.v + first;
}

static inline const uint32_t *dag_products(const struct dag *d, uint32_t job)
{
	return d->outputs.v + d->jobs.v[job].outputs;
}

/* Whether the job has `file` among its products: the maker of a file in a folder has
 * not. */
static inline bool dag_has_product(const struct dag *d, uint32_t job, uint32_t file)
{
	const uint32_t *files = dag_products(d, job);
	for (uint32_t i = 0; i < dag_rule(d, job)->product_count; i++) {
		if (files[i] == file) {
			return true;
		}
	}
	return false;
}

static inline struct strview dag_path(const struct dag *d, uint32_t file)
{
	return intern_str(&d->paths, file);
}

/* The number of a path in normal form, or DAG_NONE. */
static inline uint32_t dag_find(const struct dag *d, struct strview path)
{
	return intern_find(&d->paths, path.p, path.n);
}

/* The wildcard values of a job: ret[i] for the rule's wildcard i; borrowed from the dag. */
void dag_values(const struct dag *d, uint32_t job, struct strview *ret);

/* "sample=a, lane=1" of a job, escaped for terminals; empty without wildcards. */
void dag_wildcards_text(const struct dag *d, uint32_t job, struct strbuf *out);

/* Looks up the stamps of all files of the graph that are not FILE_KNOWN yet; each path is
 * looked at once. Never fails: what cannot be looked up does not exist. */
void dag_stat(struct dag *d);

/* The same for files that jobs make, and for those that are FILE_ASKED. A file that is not
 * FILE_KNOWN may be FILE_EXISTS all the same; its stamp means nothing then. */
void dag_stat_made(struct dag *d);
void dag_stat_asked(struct dag *d);

/* What was seen of a file (dag/stat_look.h); there are rows for its stamp. */
void dag_set_stamp(struct dag *d, uint32_t file, const struct stamp_seen *seen);

#endif
