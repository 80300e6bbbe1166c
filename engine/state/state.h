/*
 * What earlier runs left: files with stamps and contents, jobs with what they were made
 * from; and what this run adds. Held in memory by numbers, written to the journal before
 * anything relies on it and to the database at leisure.
 *
 * Files are known to the caller by numbers of his own (those of a graph); the mapping is
 * made once, when the records are read.
 */
#ifndef CW_STATE_STATE_H
#define CW_STATE_STATE_H

#include "state/journal.h"
#include "state/snapshot.h"
#include "state/state_db.h"
#include "state/writer.h"

/* A file as it was last seen. */
struct known_file {
	struct stamp stamp;
	uint64_t dev, ino;
	struct content content;
	uint32_t job; /* that made it, or STATE_NONE */
};

/* A job that ended well, as the plan needs it. */
struct known_job {
	uint32_t run, version;
	uint64_t rule_version, code, params, software;
	size_t inputs;  /* first in state.inputs */
	size_t outputs; /* first in state.outputs: file ids */
	uint32_t input_count, output_count;
	int64_t start_ns, end_ns;
	uint64_t key; /* of rule and wildcards, of jobs without outputs */
	double seconds;
};

/* A job that started and never ended. */
struct unfinished {
	uint32_t job, run;
	int64_t start_ns;
	size_t paths; /* first of its outputs in state.unfinished_files */
	uint32_t count;
};

/* Gives files their numbers: that of `path`, or STATE_NONE where it has none. */
struct state_names {
	uint32_t (*number)(void *ctx, struct strview path);
	struct strview (*path)(void *ctx, uint32_t number); /* RUN only */
	void *ctx;
	/* Both NULL, or: whether `number` is that of `path`, and how many numbers there are:
	 * mostly they are those of the last time, which is told sooner than looked up. */
	bool (*is)(void *ctx, uint32_t number, struct strview path);
	uint32_t (*count)(void *ctx);
	bool more; /* files may get a number later: see state_learn */
	/* NULL, or: whether some rule of the workflow may make `path`. Then records are
	 * forgotten now and then that nothing leads to any more. RUN only. */
	bool (*is_made)(void *ctx, struct strview path);
	bool as_network; /* as on a network file system, whatever there is: for tests */
};

enum state_mode {
	STATE_LOOK, /* reads; takes no lock, changes nothing */
	STATE_RUN,  /* under the run's lock */
};

struct state {
	enum state_mode mode;
	struct state_names names;
	char *dir, *path;            /* ".cwflow", ".cwflow/state.db"; owned */
	bool network, has_db, found; /* `found`: there were records */
	struct state_db db;
	bool db_open, db_good; /* mostly it is not: only texts are read from it */
	/* what was read of the snapshot; the lists below may lie in it */
	struct snapshot snapshot;
	bool whole; /* snapshot and journal are all there is */
	VEC(struct known_file) files;
	VEC(uint32_t) number_of;   /* by file id: the caller's number or STATE_NONE */
	VEC(uint32_t) file_of;     /* by the caller's number: file id or STATE_NONE */
	struct hashmap unnumbered; /* with names.more: hash of a path -> file id */
	struct hashmap unfinished_paths; /* the same, of outputs that were begun -> job */
	VEC(struct known_job) jobs;
	VEC(struct seen_input) inputs;
	VEC(uint32_t) outputs;
	VEC(struct unfinished) unfinished;
	VEC(uint32_t) unfinished_files; /* the caller's numbers */
	/* paths of files that have no number and are not in the snapshot */
	struct hashmap stray_at; /* file id -> offset in strays */
	struct strbuf strays;
	/* ids that were forgotten, for what is new */
	VEC(uint32_t) free_files, free_jobs;
	bool gaps, gaps_found; /* there may be some; the lists are made */
	struct hashmap loose; /* key -> job without outputs; made at the first question */
	bool has_loose;
	uint32_t last_run;
	bool was_killed;             /* the last run never said that it ended */
	bool own_run, own_run_ended; /* that of state_put_run */
	/* LOOK: frames of the journal that are not in the database yet */
	struct strbuf overlay;
	struct hashmap overlay_jobs, overlay_runs,
		overlay_files; /* id -> offset in overlay, last wins */
	/* RUN */
	struct journal journal;
	struct writer *writer;
	struct strbuf frame;
	uint64_t fold_from; /* in the journal: bytes from there are not in the database */
	int64_t folded_ns;  /* when some were handed over last */
	bool behind;        /* the database lacks some rows of the journal */
	uint32_t recovered; /* frames that a killed run left in the journal */
	int broken;         /* errno of a record that could not be written, or 0 */
};

/*
 * Opens what is remembered in the folder `dir` (".cwflow") and reads it. Nothing there
 * is no error: no records. 0 with a remark for the user appended to `note` where there is
 * one (damaged records, put aside); -1 with the reason in `note`: made by a later version,
 * in use, not to be written. state_close is called all the same.
 */
int state_open(struct state *s, const char *dir, enum state_mode mode,
	const struct state_names *names, struct strbuf *note);

/* Brings everything into the database and closes. 0, or -1 with the reason appended to
 * `note`; the journal has the records then, and the next run reads them. */
int state_close(struct state *s, struct strbuf *note);

/* The file with the caller's number: its id, or STATE_NONE where nothing is known. */
static inline uint32_t state_file_of(const struct state *s, uint32_t number)
{
	return number < s->file_of.n ? s->file_of.v[number] : STATE_NONE;
}

/* The caller has a number for `path` now; with names.more. True where an earlier run left
 * the file unfinished. */
bool state_learn(struct state *s, uint32_t number, struct strview path);

/* --- what a run adds; rows gather in a frame until state_commit ----------------------- */

/* The id of a file, new if need be. */
uint32_t state_file_id(struct state *s, uint32_t number);

/* The number of a job that is not remembered yet. */
uint32_t state_new_job(struct state *s);

/* The number of a job without outputs: they are known by rule and wildcards. */
uint32_t state_loose_job(struct state *s, struct strview rule, struct strview wildcards);

/* The file is now so. */
void state_put_file(struct state *s, uint32_t file, const struct known_file *known);

/* The job ended well; `job->id` from known_file.job or state_new_job. ROW_AGAIN: it has a
 * record. Else ROW_JOB. */
void state_put_job(struct state *s, enum row_kind kind, const struct row_job *job);
void state_put_start(struct state *s, const struct row_start *start);
void state_put_drop(struct state *s, uint32_t job);
void state_put_run(struct state *s, const struct row_run *run);

/* Writes the frame: from here on it survives the death of the process. 0, or -1 with
 * s->broken; it stays broken, so that no job is started that could not be recorded. */
int state_commit(struct state *s);

/* Waits until all that is committed so far is on the disk (--sync). */
int state_sync(struct state *s);

/* --- texts ---------------------------------------------------------------------------- */

/* One job, run or file with its texts, borrowed until the next call: 1; 0 there is none; -1. */
int state_job(struct state *s, uint32_t id, struct row_job *ret);
int state_run(struct state *s, uint32_t id, struct row_run *ret);
int state_file(struct state *s, uint32_t id, struct row_file *ret);

/* All jobs with their texts, in the order of their ends (those of the journal last). */
int state_each_job(
	struct state *s, void (*put)(void *ctx, const struct row_job *job), void *ctx);

#endif
