/*
 * What has to run and why: the graph against the stamps of the files and against what
 * earlier runs recorded.
 */
#ifndef CW_PLAN_PLAN_H
#define CW_PLAN_PLAN_H

#include "base/hashmap.h"
#include "dag/dag.h"
#include "dag/dag_grow.h"
#include "job/fingerprint.h"
#include "state/state.h"

/* Why a job runs. Several may hold; the first in this order is told. */
enum reason {
	REASON_FORCED = 1,    /* -f, -F, -R */
	REASON_NO_OUTPUT = 2, /* it has a command and no outputs: it always runs */
	REASON_MISSING_OUTPUT =
		4,             /* one that is asked for, or that a job which runs needs */
	REASON_UNFINISHED = 8, /* an earlier run left it so */
	REASON_OUTPUT_CHANGED = 16, /* an output is not what its job made */
	REASON_NEWER_INPUT = 32,    /* than the oldest output; nothing is recorded */
	REASON_CHANGED_INPUT = 64,  /* since the job last ran */
	REASON_INPUT_SET = 128,
	REASON_PARAMS = 256,
	REASON_CODE = 512,
	REASON_SOFTWARE = 1024,
	REASON_UPDATED_INPUT = 2048, /* made again by a job of this run */
};

/* --rerun-triggers */
enum trigger {
	TRIGGER_MTIME = 1,
	TRIGGER_CHECKSUM = 2,
	TRIGGER_INPUT = 4,
	TRIGGER_PARAMS = 8,
	TRIGGER_CODE = 16,
	TRIGGER_SOFTWARE = 32,
	TRIGGER_ALL = 63,
};

struct plan_options {
	bool force_all;              /* -F */
	bool force_targets;          /* -f */
	const struct strview *force; /* -R: rules or files */
	uint32_t force_count;
	const struct strview *until, *omit; /* -U, -O: rules or files */
	uint32_t until_count, omit_count;
	/* records; NULL: none, stamps alone decide */
	struct state *state;
	struct fingerprinter *fingerprints; /* with state */
	unsigned triggers;                  /* enum trigger; 0: all */
	int64_t checksum_limit;             /* larger files count by stamp; 0: no limit */
	/* Contents by git: of a file whose entry in the index is clean, without reading it,
	 * or (`read`) as git would call it now. False: cannot be had so. May be NULL. */
	bool (*git)(void *ctx, const char *path, bool read, struct known_file *io);
	void *git_ctx;
	bool ignore_unfinished; /* --ignore-incomplete */
	bool run_goes_on;       /* unfinished jobs are those of a live run */
};

struct plan_edge {
	uint32_t from, to;
};

/* A stretch of a list. */
struct plan_stretch {
	size_t first;
	uint32_t count;
};

struct plan {
	struct dag *d;
	struct plan_options o;
	uint16_t *reasons;     /* by job: enum reason; 0: does not run */
	uint32_t *reason_file; /* the file that decided it, or DAG_NONE */
	uint8_t *maybe;        /* runs only if an input comes out changed */
	uint8_t *forced;       /* or below one that is */
	bool has_forced;       /* some job is */
	/* A `maybe` job whose missing output only `maybe` jobs need: runs if one of these does.
	 * NULL: there is none. It waits for what decides that. */
	uint8_t *deferred;
	VEC(struct plan_edge) decides;
	uint8_t *open;               /* by job: see plan_waits_for_gone; NULL: none is */
	uint32_t job_cap;            /* rows of these */
	uint8_t *excluded;           /* by -U, -O; NULL: none is */
	uint8_t *needed_by_excluded; /* by file; made at the first question */
	uint32_t *record;            /* by job: the id of its record, or STATE_NONE */
	uint32_t wanted_count;       /* jobs with reasons, `maybe` ones included */
	uint32_t wants;              /* how often a job came to have some */
	uint32_t wants_judged;       /* ... until each had been judged by its inputs */
	uint32_t maybe_count;
	uint32_t unfinished_count; /* jobs that an earlier run left unfinished */
	/* contents looked up by this plan that differ from those recorded for the file:
	 * file -> number in `seen`; and records whose stamp alone is out of date */
	struct hashmap seen_at;
	VEC(struct known_file) seen;
	VEC(uint32_t) restamped; /* file ids of the state */
	/* the inode of each known file; made when what was read without it would have paid */
	struct hashmap by_inode;
	bool has_inodes;
	uint64_t read_cost;
	/* jobs with many inputs that are those of their record, one by one, and which of
	 * these may be other than then: job -> number in `alike` */
	struct hashmap alike_at;
	VEC(struct plan_stretch) alike;
	VEC(uint32_t) unlike;
	int64_t looked_ns; /* monotonic: when all stamps had been looked up */
	/* for the scheduler, made by plan_link: job -> wanted jobs that wait for it */
	uint8_t *wanted;
	uint8_t *done; /* during the run: ended well, or needless after all */
	uint32_t *pending;
	uint64_t *dependents_start;
	uint32_t *dependents;
};

/*
 * Decides for every job. Looks up the stamps that the build did not need, and reads
 * files whose stamp is not the recorded one. 0, or -1 with errors: a rule or file of -R,
 * -U or -O that is not in the graph. Linear in jobs and edges. What the options point to
 * is borrowed as long as the plan lives.
 */
int plan_make(struct plan *p, struct dag *d, const struct plan_options *o,
	struct diag_sink *sink);

enum plan_growth {
	PLAN_GROWN,
	PLAN_TOO_LATE, /* a job that was there before would have to run, and does not: none
	                  of those that came runs; plan again after this run */
};

/*
 * The graph has grown during the run, after plan_link: decides for the jobs that came. Of
 * those before them only the gate is decided anew, once all its inputs are known
 * (`whole`); it has not started yet.
 */
enum plan_growth plan_grow(struct plan *p, const struct dag_growth *growth, bool whole);

/* Whether a job waits for inputs that a removed temporary output told of: as long as nothing
 * else makes it run, they are what they were. */
bool plan_waits_for_gone(const struct dag *d, const struct dag_wait *w);

/* Fills the arrays for the scheduler. */
void plan_link(struct plan *p);

void plan_release(struct plan *p);

/* The first job from number `job` on that has reasons to run, or dag.job_count. */
uint32_t plan_next_wanted(const struct plan *p, uint32_t job);

/* Words for why `job` runs: "missing output results/a.txt". */
void plan_reason_text(const struct plan *p, uint32_t job, struct strbuf *out);

/* During the run, of a `maybe` job whose inputs are made: whether one of them differs from
 * what the job was last made from. *ret_file (may be NULL) is that input. */
bool plan_still_wanted(struct plan *p, uint32_t job, uint32_t *ret_file);

/* During the run, of a `deferred` job when what decides is done: whether a job that needs
 * its missing output will run. `skipped`: by job, those that turned out needless. */
bool plan_is_needed(struct plan *p, uint32_t job, const uint8_t *skipped);

/* Whether a job that -U or -O left out has `file` as input. */
bool plan_left_out_needs(struct plan *p, uint32_t file);

/* The record of a job as the plan needs it, or NULL. */
const struct known_job *plan_record(const struct plan *p, uint32_t job);

/* Whether a new record of the job takes the place of plan_record: not where rules were
 * parted, and another job makes its first output now. */
bool plan_owns_record(const struct plan *p, uint32_t job);

/*
 * Of a job whose inputs are those of its record, in its order: the numbers, rising, of those
 * inputs that were not found to be as they are there. *ret_all: what jobs of this run make is
 * among them; otherwise that may change as well. False: the job has few inputs, or others, or
 * nothing is known of them.
 */
bool plan_unlike(const struct plan *p, uint32_t job, const uint32_t **ret,
	uint32_t *ret_n, bool *ret_all);

/* What is in `file` now: by its record where the stamp is that, else by reading it.
 * CONTENT_NONE where nothing is there. */
struct content plan_content(struct plan *p, uint32_t file);

/* Whether git tells the content of `file`, which was looked at; then it is in *io. */
bool plan_known_by_git(struct plan *p, uint32_t file, struct known_file *io);

/* The content of `file`, which was looked at: read, or told by git. */
void plan_read(struct plan *p, uint32_t file, struct known_file *io);

/* Marks (by job, not 0) the jobs of a rule, or the one that makes a file, with all that they
 * need. 0, or -1 with an error that names the option. */
int plan_mark_first(struct plan *p, const char *option, struct strview name,
	struct diag_sink *sink, uint8_t *marks);

/* Whether `name` is the job's rule or a file that it makes. */
bool plan_is_named(const struct plan *p, struct strview name, uint32_t job);

/* The words of --rerun-triggers, e.g. "mtime,params": a mask, or 0 with *ret_bad the word
 * that is none. */
unsigned plan_triggers(struct strview words, struct strview *ret_bad);

#endif
