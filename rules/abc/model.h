/*
 * Simulators. A model runs a batch of evaluations: parameters in, statistics out. How
 * (in the process, in a child over lines, in a library, by one command each) is its
 * kind's business; what a result depends on is only parameters and the evaluation's id.
 */
#ifndef CW_ABC_MODEL_H
#define CW_ABC_MODEL_H

#include <sys/types.h>

#include "abc/problem.h"
#include "abc/wire.h"

enum sim_status {
	SIM_OK,        /* statistics are there */
	SIM_REJECTED,  /* the model saw early that they would be too far off */
	SIM_DISTANCE,  /* the model gave a distance of its own, no statistics */
	SIM_FAILED,    /* the model said so; message */
	SIM_TIMED_OUT, /* with on_timeout: reject */
};

/* One evaluation. */
struct sim_job {
	uint64_t id;
	double *theta; /* in: the model's parameters */
	double *stat;  /* out: nstat numbers */
	double distance;
	enum sim_status status;
	char message[120];
};

/* Shared between a worker and its master: which evaluation is being worked on. */
struct sim_watch {
	volatile uint64_t id; /* SIM_NO_ID: none */
};
#define SIM_NO_ID UINT64_MAX

/* Ranks of MPI that run one simulation together. */
struct sim_team {
	void *comm; /* points to an MPI_Comm */
	/* The first rank's bytes become everybody's. */
	void (*share)(void *comm, void *p, size_t n);
};

/* What all evaluations of a generation share. */
struct sim_context {
	uint64_t seed;
	int64_t t;
	double epsilon;
	struct sim_watch *watch; /* where a model that may crash shows the id; or NULL */
	const struct sim_team *team; /* or NULL */
};

struct model;

struct model_ops {
	const char *name;
	/* 0, or -1 with a text; close is called either way. */
	int (*open)(struct model *m, struct strbuf *err);
	/* 0, or -1 with a text where the run must stop (an id was lost too often). */
	int (*run)(struct model *m, const struct sim_context *ctx, struct sim_job **job,
		size_t n, struct strbuf *err);
	void (*close)(struct model *m);
};

struct model {
	const struct model_ops *ops;
	const struct problem *problem;
	const struct model_spec *spec;
	void *state; /* of the kind */
};

extern const struct model_ops model_builtin_ops, model_command_ops, model_library_ops,
	model_oneshot_ops;

/* Starts what a model needs, `team`: for evaluations by several ranks together (they know
 * no time limit). -1 with a text; model_close is safe either way. */
int model_open(struct model *m, const struct problem *p, size_t index, bool team,
	struct strbuf *err);
int model_run(struct model *m, const struct sim_context *ctx, struct sim_job **job,
	size_t n, struct strbuf *err);
void model_close(struct model *m);

/* How often an evaluation that was lost (signal, time-out) is tried again. */
enum { MODEL_RETRIES = 3 };

/* Writes "ID (mu = 1.5, sigma = 2)" for messages. */
void model_describe_id(
	const struct model *m, uint64_t id, const double *theta, struct strbuf *out);

/*
 * Checks what the YAML says about a built-in simulator (its name, arguments, statistics)
 * before a run. 0, or -1 with errors in the sink.
 */
int model_builtin_check(
	const struct problem *p, const struct model_spec *spec, struct diag_sink *sink);

/* The same for the template of a oneshot simulator. */
int model_oneshot_check(const struct model_spec *spec, struct diag_sink *sink);

/* `cwabc library-host FILE NPAR NSTAT CONFIG`: answers lines by the functions of a
 * library. `word`: these four. Exit status. */
#define MODEL_HOST_COMMAND "library-host"
int model_library_host(char **word, size_t words);
/* The command line that does it for a model; the words and the array are owned. */
char **model_library_argv(const struct model *m);

/* Removes what a oneshot simulator of a process that was killed left in TMPDIR. */
void model_oneshot_clean(pid_t pid);

/* Prints the list of built-in simulators with their arguments. */
void model_builtin_list(FILE *to);

#endif
