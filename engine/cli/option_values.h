/* The values of options as numbers: read once, before anything is looked at, so that a wrong
 * one is told whatever the command is. */
#ifndef CW_CLI_OPTION_VALUES_H
#define CW_CLI_OPTION_VALUES_H

#include "cli/options.h"

struct option_values {
	int64_t retries;           /* for rules that say none */
	int64_t max_jobs;          /* 0: the usual limit */
	int64_t latency_wait_s;    /* for outputs on slow file systems */
	int64_t checksum_limit;    /* bytes; larger files count by their stamp */
	struct strview batch_rule; /* --batch; empty: not given */
	uint32_t batch, batches;   /* from 1 */
	unsigned triggers;         /* of TRIGGER_* */
	bool looks;                /* the command changes nothing here */
};

/* 0, or -1 with errors for all that are wrong, and for commands that exclude each other. */
int option_values_read(
	struct option_values *v, const struct options *o, struct diag_sink *sink);

/* "NAME=NUMBER" of --resources; mem and disk with a unit, as mem_mb and disk_mb. */
int option_pair(struct diag_sink *sink, const char *option, const char *pair,
	struct strview *ret_name, int64_t *ret);

#endif
