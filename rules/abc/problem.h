/*
 * A problem: everything that a run is a function of. Filled from PROBLEM.yaml by
 * problem_load; all of it lives in the problem's arena and is constant afterwards.
 */
#ifndef CW_ABC_PROBLEM_H
#define CW_ABC_PROBLEM_H

#include "abc/constraint.h"
#include "abc/prior.h"
#include "base/diag.h"

struct parameter {
	const char *name;
	struct prior prior;
	struct span span;
};

enum simulator_kind { SIM_BUILTIN, SIM_COMMAND, SIM_LIBRARY, SIM_ONESHOT };
enum timeout_policy { TIMEOUT_RETRY, TIMEOUT_REJECT };

/* A constant beside `builtin` or `library`: `n: 30`. */
struct sim_constant {
	const char *name;
	const char *text;
	double value; /* NAN where the text is no number */
	struct span span;
};

struct simulator_spec {
	enum simulator_kind kind;
	struct span span;
	const char *what;        /* builtin: name; library: path; oneshot: template */
	const char *const *argv; /* command: NULL-terminated */
	const struct sim_constant *constant;
	size_t constants;
	const char *const *file; /* further files whose digests count */
	size_t files;
	double timeout; /* seconds an evaluation may take; 0: no limit */
	enum timeout_policy on_timeout;
};

struct model_spec {
	const char *name;
	struct span span;
	struct parameter *par;
	size_t npar;
	struct constraint *constraint;
	const char **constraint_text;
	size_t nconstraint;
	double prior; /* p(m), sums to 1 over the models */
	struct simulator_spec sim;
};

/* A summary statistic: `len` numbers of the vector from `first` on. */
struct stat_spec {
	const char *name;
	size_t first, len;
	bool scalar; /* written as a number, not as a list */
};

enum scale_kind {
	SCALE_NONE,
	SCALE_MAD,
	SCALE_SD,
	SCALE_RMSD,
	SCALE_CMAD,
	SCALE_PERCENTILE
};

struct distance_spec {
	double p;       /* of the norm; INFINITY: largest */
	double *weight; /* nstat */
	enum scale_kind scale;
	bool adaptive;    /* scales anew before each generation, not only once */
	double max_ratio; /* of the largest to the smallest scale weight; 0: no cap */
};

enum epsilon_kind { EPS_LIST, EPS_CONSTANT, EPS_QUANTILE, EPS_TEMPERATURE };

struct epsilon_spec {
	enum epsilon_kind kind;
	double *list; /* EPS_LIST: falling; EPS_CONSTANT: list[0] */
	size_t count;
	double quantile, multiplier;
	bool weighted;      /* quantile of the weighted sample */
	double start;       /* first threshold; NAN: from the calibration */
	double percentile;  /* of EPS_LIST for pmc: at least this quantile; NAN: none */
	double target;      /* temperature: acceptance aimed at */
	size_t generations; /* temperature: reaches 1 in so many; 0: by ratio */
	double ratio;
	struct span span;
};

enum acceptor_kind { ACCEPT_UNIFORM, ACCEPT_STOCHASTIC };
enum noise_kind { NOISE_NORMAL, NOISE_LAPLACE, NOISE_POISSON };

struct acceptor_spec {
	enum acceptor_kind kind;
	enum noise_kind noise;
	double *scale; /* nstat: sd or scale of each statistic */
};

enum kernel_kind { KERNEL_MVN, KERNEL_LOCAL };
enum bandwidth { BANDWIDTH_SILVERMAN, BANDWIDTH_SCOTT, BANDWIDTH_FACTOR };
enum discrete_kernel { DISCRETE_JUMP, DISCRETE_WALK };

struct kernel_spec {
	enum kernel_kind kind;
	enum bandwidth bandwidth;
	double factor;     /* of the covariance, BANDWIDTH_FACTOR */
	double scaling;    /* of the kernel's covariance, all kinds */
	double k_fraction; /* local: share of the particles that are neighbours */
	enum discrete_kernel discrete;
	double stay;       /* probability that a discrete parameter keeps its value */
	double model_stay; /* and that the model is kept */
};

enum algorithm { ALGORITHM_REJECTION, ALGORITHM_SMC, ALGORITHM_PMC };

struct stop_spec {
	double min_epsilon;                        /* NAN: none */
	double min_epsilon_diff;                   /* 0: none */
	double min_acceptance;                     /* 0: none */
	uint64_t max_generations, max_evaluations; /* UINT64_MAX: none */
	double max_walltime;                       /* seconds; 0: none */
	bool single_model;                         /* when one model is left */
};

struct problem {
	struct arena arena;
	const char *path;    /* as given */
	struct strview text; /* of the file */
	const char *dir;     /* of the file: models and data are relative to it */
	uint64_t seed;
	enum algorithm algorithm;
	struct model_spec *model;
	size_t nmodels;
	size_t npar; /* most parameters of a model: the stride of vectors */
	double *observed;
	size_t nstat;
	struct stat_spec *stat;
	size_t nstats;      /* named statistics; nstat numbers in all */
	bool store_scalars; /* in RUN.db one row a statistic instead of one vector */
	int pyabc_format;   /* of RUN.db: 1 (pyABC to 0.12) or 2 (from 0.13) */
	struct distance_spec distance;
	struct epsilon_spec epsilon;
	struct acceptor_spec acceptor;
	struct kernel_spec kernel;
	uint64_t *population; /* by generation, the last one holds on */
	size_t populations;
	uint64_t calibration; /* size of the calibration sample */
	uint64_t budget; /* rejection: evaluations of which the best are kept; 0: none */
	double budget_share; /* this share of them */
	struct stop_spec stop;
	double max_failed_share; /* above it the run stops */
	uint64_t max_failed;     /* or above this number in a generation */
	double *reference;       /* model 0's true parameters for plots, or NULL */
	bool has_constraints;
};

/*
 * Reads and checks PROBLEM.yaml. 0, or -1 with errors in the sink; problem_release is to
 * be called either way. Files named in it are read (observed data) or left alone (models).
 */
int problem_load(struct problem *p, const char *path, struct diag_sink *sink);
/*
 * The same from a text whose paths are relative to `dir`. `observed` (NULL: none): the
 * words of problem_observed_text, for a data file that is not to be had any more.
 */
int problem_load_text(struct problem *p, const char *path, const char *dir,
	struct strview text, const char *observed, struct diag_sink *sink);
void problem_release(struct problem *p);

/* The observed statistics in words: a line "name scalar number..." each. */
struct strbuf;
void problem_observed_text(const struct problem *p, struct strbuf *out);

/* N of generation t >= 0. */
uint64_t problem_population(const struct problem *p, int64_t t);

/* Whether something needs the calibration sample (t = -1). */
bool problem_needs_calibration(const struct problem *p);

/* Whether rejected evaluations count for the next generation, so must be recorded. */
bool problem_records_rejected(const struct problem *p);

/* log(pi_m(theta)), -INFINITY outside the support or where a constraint is violated. */
double model_log_prior(const struct model_spec *m, const double *theta);

/* Whether that is above -INFINITY. */
bool model_supports(const struct model_spec *m, const double *theta);

/* Draws (m, theta) from the prior over all models; a violated constraint redraws both.
 * -1 after a million redraws. */
int problem_draw_prior(
	const struct problem *p, struct stream *s, size_t *ret_model, double *ret_theta);

/* Share of each model of the prior under the constraints, from 100,000 draws (exact
 * where no model has constraints). */
void problem_prior_shares(const struct problem *p, double *ret_share);

#endif
