/*
 * A pilot: this program on several ranks of one MPI job, where rank 0 plans and remembers
 * and the others run jobs. The program cwflow-mpi is linked with executor_mpi.c; cwflow has
 * pilot_none.c in its place, by which it is alone.
 */
#ifndef CW_EXEC_PILOT_H
#define CW_EXEC_PILOT_H

#include "exec/executor.h"

struct loop;

/* Joins the other ranks. The rank of this process; 0 where it is alone. */
int pilot_begin(int *argc, char ***argv);

/* The life of a rank that runs jobs, until rank 0 ends. Its exit status. */
int pilot_work(void);

/* Rank 0 is done, with this exit status: ends the others. What to exit with. */
int pilot_end(int status);

/* Ranks that run jobs; 0: there are none, jobs are processes of this one's host. */
uint32_t pilot_workers(void);

enum { PILOT_AHEAD = 16 }; /* short jobs that may wait at a rank for their turn */

/* Cores for jobs on all hosts together, and on the host that has most. Called by all ranks
 * in pilot_begin(), known afterwards. */
uint32_t pilot_cores(void);
uint32_t pilot_most_cores(void);

struct pilot_options {
	struct loop *loop;
	const char *workdir;   /* absolute; of all hosts */
	const char *tools_dir; /* or NULL */
	const char *spill_dir; /* relative to workdir */
	int64_t grace_ns;
	int64_t silence_ns; /* a rank that is silent for so long is given up */
	bool (*is_local)(void *ctx, uint32_t job); /* stays at rank 0 */
	void *is_local_ctx;
	void (*say)(void *ctx, const char *text); /* a line for the user */
	void *say_ctx;
	struct executor *local; /* taken */
};

/* Hands jobs to the other ranks. Returns owned; NULL with errno. */
struct executor *pilot_executor_new(const struct pilot_options *o);

#endif
