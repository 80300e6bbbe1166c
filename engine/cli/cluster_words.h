/* The commands of a cluster for certain jobs: templates with everything put in. */
#ifndef CW_CLI_CLUSTER_WORDS_H
#define CW_CLI_CLUSTER_WORDS_H

#include "cli/cluster_settings.h"
#include "exec/executor_cluster.h"
#include "job/job_values.h"

/* Appends the submit command for `q`. A word of `cluster:` that refers to a resource or
 * wildcard that the job does not have is left out. 0, or -1 with `error`. */
int cluster_words_submit(const struct cluster_settings *c, struct job_context *context,
	const struct submit_request *q, struct strbuf *out, struct strbuf *error);

/* Appends the status or cancel command for these ids ({jobids}, or {jobid} for the first;
 * at the end where the template has neither). */
int cluster_words_ids(const struct cluster_settings *c, const struct cluster_text *text,
	const char *const *ids, uint32_t count, struct strbuf *out, struct strbuf *error);

#endif
