/*
 * Who evaluates. A sampler feeds a collector with blocks until it is done; whoever works,
 * in whichever order, the collector's result is the same.
 */
#ifndef CW_ABC_SAMPLER_H
#define CW_ABC_SAMPLER_H

#include <signal.h>

#include "abc/collector.h"
#include "abc/progress.h"
#include "abc/redis_link.h"

struct sampler_options {
	unsigned jobs;  /* worker processes */
	uint64_t batch; /* evaluations a lease; 0: adapts to some 20 ms of work */
	bool quiet;     /* no live line */
	struct redis_address redis;
	const char *map_command;
};

/* One generation to be sampled. */
struct sample {
	const struct gen_input *in;
	struct collector *c;
	struct progress *progress;         /* log of blocks, or NULL */
	double deadline;                   /* CLOCK_MONOTONIC, seconds; 0: none */
	const volatile sig_atomic_t *stop; /* not 0: pause; may be NULL */
	double shown;                      /* when the live line was drawn last */
	bool live;                         /* a live line is on the screen */
};

enum sample_end {
	SAMPLE_ERROR = -1, /* with a text */
	SAMPLE_DONE,       /* the collector's state is not COLLECT_MORE */
	SAMPLE_PAUSED      /* by the deadline or a signal; what was made is logged */
};

struct sampler;

struct sampler_ops {
	const char *name;
	int (*open)(struct sampler *s, struct strbuf *err);
	enum sample_end (*sample)(
		struct sampler *s, struct sample *job, struct strbuf *err);
	void (*close)(struct sampler *s);
};

struct sampler {
	const struct sampler_ops *ops;
	const struct problem *problem;
	struct sampler_options options;
	struct progress *progress; /* whose descriptors children close; may be NULL */
	/* Ends what other threads do before a process is forked; may be NULL. */
	void (*be_alone)(void *arg);
	void *be_alone_arg;
	void *state;
};

/* In the process itself; child processes by leases of ranges. */
extern const struct sampler_ops sampler_single_ops, sampler_fork_ops;
/* Workers that join over a Redis server. */
extern const struct sampler_ops sampler_redis_ops;
/* A command that maps lines. */
extern const struct sampler_ops sampler_map_ops;

/* The sampler for a problem; single with a model that could crash the process becomes one
 * worker. `progress` may be NULL. -1 with a text; sampler_close is safe either way. */
int sampler_open(struct sampler *s, const struct sampler_ops *ops,
	const struct problem *p, const struct sampler_options *options,
	struct progress *progress, struct strbuf *err);
enum sample_end sampler_sample(struct sampler *s, struct sample *job, struct strbuf *err);
void sampler_close(struct sampler *s);

/* Takes a block in: collector and log. */
int sample_add(struct sample *job, const struct block *b, struct strbuf *err);

/* Whether it is time to pause; for the loops of samplers, at least some times a second.
 * Also redraws the live line and writes out what is pending. */
bool sample_paused(struct sampler *s, struct sample *job);

#endif
