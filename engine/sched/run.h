/*
 * The driver of a run: asks the scheduler what to do, has job specs built, prepares and
 * checks files, hands commands to an executor, tells the reporter, records.
 */
#ifndef CW_SCHED_RUN_H
#define CW_SCHED_RUN_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "exec/executor.h"
#include "report/reporter.h"
#include "sched/scheduler.h"

/* Job `from` has to end before `to`. */
struct run_edge {
	uint32_t from, to;
};

/* `job` waits for so many more edges. */
struct run_wait {
	uint32_t job, count;
};

/* A job that does not run after all; SCHED_FAILED says why in `words`. */
struct run_drop {
	uint32_t job;
	enum sched_job_state why;
	const char *words;
};

/* What came into the graph when a job was done; all borrowed until the next call. */
struct run_growth {
	const struct run_edge *edges; /* new ones from jobs that are not done */
	size_t edge_count;
	const struct run_edge *uses; /* jobs that came use what jobs made that are done */
	size_t use_count;
	const struct run_wait *waits; /* jobs that were there */
	size_t wait_count;
	const struct run_drop *drops;
	size_t drop_count;
};

/* What the driver asks of whoever knows the jobs. */
struct run_source {
	void *ctx;
	/* The helper processes of the run are there; threads may be started from now on.
	 * Called once, before any of the others. */
	void (*begin)(void *ctx);
	/* The job is ready for an attempt: the class of what it asks for then. Only called
	 * for jobs that are late (see struct sched_graph); NULL: as the graph says. */
	uint32_t (*admit)(void *ctx, uint32_t job, uint32_t attempt);
	/* Rule and wildcards of a job, in `arena`; with sched_graph.admit_all. */
	void (*name)(void *ctx, uint32_t job, struct arena *arena, struct job_spec *ret);
	/* Builds the spec of an attempt in `arena`. 0; 1: the job is needless, skip it; -1: an
	 * error of that job, *ret_error says it (it counts as failed, no attempt is made). */
	int (*build)(void *ctx, uint32_t job, uint32_t attempt, struct arena *arena,
		struct job_spec *ret, const char **ret_error);
	/* About to start (record "running"); ended, with outputs checked (record it). */
	void (*starting)(void *ctx, const struct job_spec *spec);
	void (*ended)(
		void *ctx, const struct job_spec *spec, const struct job_result *result);
	/* The job is done or needless; the scheduler does not know yet. Where more jobs are
	 * known by that, they are in run_options.graph when it returns, with what changed
	 * for others; else NULL. May be NULL. */
	const struct run_growth *(*grow)(void *ctx, uint32_t job);
	/* The same, where that was put off: there is little left to start. May be NULL. */
	const struct run_growth *(*catch_up)(void *ctx);
	/* Whether jobs may come that nobody knows of yet: temporary outputs stay as long.
	 * May be NULL. */
	bool (*may_grow)(void *ctx);
	/* Why the job runs, for -n-like lines; may be NULL. */
	const char *(*reason)(void *ctx, uint32_t job);
	/* Whether a `temp` output stays though all jobs that need it are done: it was asked
	 * for by name, or by a target rule. NULL: all stay. */
	bool (*keeps_temp)(void *ctx, uint32_t job, const char *path);
};

struct loop;

/* Jobs that go elsewhere than to processes of this host. */
struct run_remote {
	void *ctx;
	/* Makes their executor, which takes `local` for the jobs that stay and tells the user
	 * things by `say`; NULL with errno. NULL: all jobs are local. */
	struct executor *(*make)(void *ctx, struct loop *loop, struct executor *local,
		void (*say)(void *say_ctx, const char *text), void *say_ctx);
	/* Whether a job goes where it outlives this run; NULL: all end with it. */
	bool (*is_remote)(void *ctx, uint32_t job);
	const char *state_dir; /* for what is put aside for them: they outlive the run */
	/* A line about the jobs that are there, at an interrupt (1: no more are submitted, 2:
	 * they are cancelled, 3: they are left to run). NULL: they end with the run. */
	void (*interrupted)(void *ctx, int times, struct strbuf *out);
};

struct run_options {
	const struct sched_graph *graph;
	struct run_source source;
	struct reporter *reporter;
	uint32_t cores;         /* slots of the local executor */
	const char *tools_dir;  /* last on the jobs' PATH; may be NULL */
	const char *state_dir;  /* ".cwflow": aside files, spilled output, run log */
	int64_t grace_ns;       /* between SIGTERM and SIGKILL; 0: 5 s */
	int64_t latency_wait_s; /* for outputs on slow file systems */
	bool keep_incomplete;
	bool notemp;       /* temporary outputs stay */
	bool always_shell; /* start a shell also for commands that need none */
	/* So much work is handed over before its turn, for each running job; 0: 10 ms */
	int64_t ahead_ns;
	struct run_remote remote;
};

struct run_result {
	struct sched_counts counts;
	int signal; /* that stopped the run, or 0 */
};

/* Runs all wanted jobs. 0 when the run was carried out (jobs may have failed: see
 * counts), -1 with errno where the machinery itself could not be set up. */
int run_jobs(const struct run_options *o, struct run_result *ret);

#endif
