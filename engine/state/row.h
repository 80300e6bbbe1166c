/*
 * What is remembered, as rows: one struct a kind, and one table of fields a kind from which
 * come the bytes in the journal and the columns in the database. All strings are borrowed:
 * by a decoded row from the bytes it was decoded from.
 */
#ifndef CW_STATE_ROW_H
#define CW_STATE_ROW_H

#include "base/hash.h"
#include "base/strbuf.h"

/* What is in a file. Contents of different kinds are never equal. */
enum content_kind {
	CONTENT_NONE,  /* not known */
	CONTENT_BYTES, /* XXH3-128 of the bytes */
	CONTENT_TREE,  /* of a folder: of names, kinds and bytes of all below it */
	CONTENT_GIT,   /* the first 16 bytes of git's blob id */
	CONTENT_JOB,   /* of the job that made it (`touch` outputs) */
	CONTENT_STAMP, /* size and time stand for it: too large, or not to be read */
};

struct content {
	struct digest digest;
	uint32_t kind;
};

static inline bool content_eq(struct content a, struct content b)
{
	return a.kind == b.kind && a.kind != CONTENT_NONE &&
	       digest_eq(a.digest, b.digest);
}

/* A state of a file: equal stamps are taken for equal contents. Of a folder that was
 * declared as output: the sum of sizes and the latest time in its tree. */
struct stamp {
	int64_t size; /* bytes */
	int64_t mtime_ns;
};

static inline bool stamp_eq(struct stamp a, struct stamp b)
{
	return a.size == b.size && a.mtime_ns == b.mtime_ns;
}

#define STATE_NONE UINT32_MAX

enum row_kind {
	ROW_RUN,   /* a run of the engine; put again when it ends */
	ROW_FILE,  /* a file as it was last seen, and the job that made it */
	ROW_JOB,   /* a job that ended well */
	ROW_START, /* a job is about to run: until its ROW_JOB or ROW_DROP its outputs are
	              unfinished */
	ROW_DROP,  /* it left nothing that is unfinished */
	ROW_FORGET_FILE, /* nothing is known of it any more; its id is free */
	ROW_FORGET_JOB,
	ROW_SEAL,  /* the database was left so, with all that happened before */
	ROW_AGAIN, /* a row_job that ended well, with `inputs` for what they are not as in
	              its last one: struct input_patch */
	ROW_KINDS
};

struct row_run {
	uint32_t id;              /* from 1 */
	int64_t start_ns, end_ns; /* wall clock; end 0: going on, or killed */
	int64_t status;           /* exit status; -1: not ended */
	struct strview engine, host, user, arguments, workflow;
	int64_t pid;
	struct strview commit, remote; /* of the workflow's repository; empty: none */
	int64_t dirty;                 /* 1, 0, or -1: not known */
	struct strview modules;        /* lines: name, commit, remote */
};

struct row_file {
	uint32_t id; /* from 0, without gaps */
	struct strview path;
	struct stamp stamp;
	uint64_t dev, ino;
	struct content content;
	uint32_t job; /* that made it, or STATE_NONE */
};

/* An input of a job as it was when the job started; in row_job.inputs. */
struct seen_input {
	uint32_t file, kind;
	struct digest digest;
};

/* An input that is another than in the job's last record; in row_job.inputs of ROW_AGAIN. */
struct input_patch {
	struct seen_input now;
	uint32_t at; /* its number among the inputs */
	uint32_t zero;
};

struct row_job {
	uint32_t id; /* from 0 */
	uint32_t run;
	uint32_t version;      /* of the way in which the next four are computed */
	uint64_t rule_version; /* of the rule's text: equal means equal commands for equal
	                          inputs and wildcards */
	uint64_t code, params, software;
	struct strview inputs;  /* struct seen_input, in the order of the rule */
	struct strview outputs; /* file ids, 32 bits each */
	struct strview rule, wildcards;
	int64_t start_ns, end_ns;
	double seconds, user_s, sys_s;
	int64_t max_rss_kb;
	uint32_t attempt, threads;
	struct strview log;                 /* path of its first log, or empty */
	struct strview command, param_text; /* for people; long ones are cut */
};

struct row_start {
	uint32_t job, run;
	int64_t start_ns;
	struct strview paths; /* of its outputs, a NUL behind each */
};

struct row_drop {
	uint32_t job;
};

struct row_forget {
	uint32_t id;
};

/* The file of the database as it was closed; `applied`: the last frame that is in it. */
struct row_seal {
	int64_t size, mtime_ns;
	uint64_t ino, applied;
};

enum field_type {
	FIELD_END,
	FIELD_U32,
	FIELD_I64,
	FIELD_REAL,
	FIELD_TEXT,
	FIELD_BYTES,
	FIELD_DIGEST
};

struct field {
	enum field_type type;
	size_t at;
};

/* The fields of a kind, in the order of the columns of its table. */
const struct field *row_fields(enum row_kind kind);

/* Appends kind and fields of `row` (the struct of that kind). */
void row_encode(enum row_kind kind, const void *row, struct strbuf *out);

union any_row {
	struct row_run run;
	struct row_file file;
	struct row_job job;
	struct row_start start;
	struct row_drop drop;
	struct row_forget forget;
	struct row_seal seal;
};

/* Decodes the row at the beginning of `*bytes` and moves behind it. 1, 0 at the end, -1
 * where the bytes are no row. */
int row_decode(struct strview *bytes, enum row_kind *ret_kind, union any_row *ret);

/* The same of `n` fields from `f` on (or those that are left), into the struct that they are
 * of. 0 or -1. */
int row_decode_fields(
	struct strview *bytes, const struct field *f, unsigned n, union any_row *ret);

/*
 * Moves behind the row at the beginning of `*bytes` if it is a ROW_FILE or ROW_JOB, of which
 * there are most, and whole: faster than row_decode. Gives its id and, of a job, how many
 * bytes its inputs take. False: row_decode has to look.
 */
bool row_pass(struct strview *bytes, enum row_kind *ret_kind, uint32_t *ret_id,
	uint32_t *ret_inputs);

/* How many bytes a field takes; of texts and blobs those of their length. */
size_t row_field_size(enum field_type type);

/* The inputs of a job, copied out of row_job.inputs (which may lie at any address). */
static inline uint32_t row_input_count(const struct row_job *job)
{
	return (uint32_t)(job->inputs.n / sizeof(struct seen_input));
}

static inline struct seen_input row_input(const struct row_job *job, uint32_t i)
{
	struct seen_input in;
	memcpy(&in, job->inputs.p + i * sizeof(in), sizeof(in));
	return in;
}

/* The same of a ROW_AGAIN. */
static inline uint32_t row_patch_count(const struct row_job *job)
{
	return (uint32_t)(job->inputs.n / sizeof(struct input_patch));
}

static inline struct input_patch row_patch(const struct row_job *job, uint32_t i)
{
	struct input_patch patch;
	memcpy(&patch, job->inputs.p + i * sizeof(patch), sizeof(patch));
	return patch;
}

static inline uint32_t row_output_count(const struct row_job *job)
{
	return (uint32_t)(job->outputs.n / sizeof(uint32_t));
}

static inline uint32_t row_output(const struct row_job *job, uint32_t i)
{
	uint32_t file;
	memcpy(&file, job->outputs.p + i * sizeof(file), sizeof(file));
	return file;
}

#endif
