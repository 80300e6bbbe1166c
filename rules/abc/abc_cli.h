/* The command line of cwabc: subcommands and their options. */
#ifndef CW_ABC_ABC_CLI_H
#define CW_ABC_ABC_CLI_H

#include "abc/redis_link.h"
#include "abc/sampler.h"

/* Exit statuses. */
enum abc_exit {
	ABC_OK = 0,
	ABC_FAILED = 1,    /* the work went wrong */
	ABC_USAGE = 2,     /* the command line or the problem is wrong */
	ABC_UNFINISHED = 3 /* stopped in a state that the same command goes on from */
};

struct abc_options {
	const char *output;
	int64_t t;
	bool has_t;
	const char *previous;
	uint64_t part, parts; /* part k (from 0) of parts; parts 0: not given */
	uint64_t ids;         /* how many ids the parts share; 0: estimated */
	bool no_fill, restart, quiet, json, csv, stats, cflags;
	const char *sampler; /* NULL: not given */
	unsigned jobs;       /* 0: not given */
	uint64_t batch;
	struct redis_address redis; /* of --sampler redis, worker, manager */
	const char *password_file;
	char *secret; /* owned */
	uint64_t port, processes;
	const char *map_command, *begin;
	uint64_t ranks_per_model;
	const struct sampler_ops *mpi; /* under cwabc-mpi; else NULL */
	double runtime, lease;         /* seconds; 0: no limit, the usual one */
	const char **operand;
	size_t operands;
};

struct abc_command {
	const char *name, *operands, *what; /* what: one line */
	const char *allows;                 /* letters of the options it takes */
	size_t least, most;                 /* operands */
	enum abc_exit (*run)(const struct abc_options *o);
};

extern const struct abc_command abc_commands[];
extern const size_t abc_command_count;

/* Commands, a file each. */
enum abc_exit abc_run(const struct abc_options *o);
enum abc_exit abc_generation(const struct abc_options *o);
enum abc_exit abc_part(const struct abc_options *o);
enum abc_exit abc_merge(const struct abc_options *o);
enum abc_exit abc_check(const struct abc_options *o);
enum abc_exit abc_show(const struct abc_options *o);
enum abc_exit abc_plot(const struct abc_options *o);
enum abc_exit abc_worker(const struct abc_options *o);
enum abc_exit abc_evaluate(const struct abc_options *o);
enum abc_exit abc_manager(const struct abc_options *o);
enum abc_exit abc_simulators(const struct abc_options *o);

/* The whole program; `mpi`: the sampler of cwabc-mpi, or NULL. Its exit status. */
int abc_main(int argc, char **argv, const struct sampler_ops *mpi);

/* Reads the arguments behind the subcommand. -1: printed to stderr. ret->mpi is
 * kept. */
int abc_parse(const struct abc_command *command, int argc, char **argv,
	struct abc_options *ret);
void abc_options_release(struct abc_options *o);

/* --help or -h. */
bool abc_is_help(const char *word);

/* Help for all, or for one subcommand. */
void abc_help(FILE *to, const struct abc_command *command);

/* "cwabc: error: ..." on stderr. Returns ABC_FAILED. */
enum abc_exit abc_error(const char *fmt, ...) CW_PRINTF(1, 2);

#endif
