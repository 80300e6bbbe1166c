/*
 * The script that a cluster runs for one attempt at one job: plain sh that a person can
 * read and run by hand. It holds the job's own command and needs nothing of the engine on
 * the node. Files beside it in its folder, each named by the script's tag:
 *
 *	TAG.sh      the script            TAG.claim   a file with "job ID", or a link to
 *	TAG.command a text too long           "engine": who made it first has the job
 *	            for one argument      TAG.out     what the command printed
 *	TAG.log     what the scheduler    TAG.status  how it ended, made by rename
 *	            and the script said
 */
#ifndef CW_EXEC_JOBSCRIPT_H
#define CW_EXEC_JOBSCRIPT_H

#include "base/strbuf.h"
#include "exec/executor.h"

struct jobscript_options {
	const char *dir;       /* of these files; absolute */
	const char *workdir;   /* absolute */
	const char *tools_dir; /* last on the PATH, or NULL */
	/* Variables that go along as they are now, "NAME" or "NAME*", NULL-terminated; NULL:
	 * PATH, libraries, languages, modules. */
	const char *const *export_names;
	char *const *environ_from; /* where they are looked for */
};

/* Appends the script of `spec` under `tag`; *ret_command_file is whether the text was too
 * long for it, so that it expects TAG.command (jobscript_command()). */
void jobscript_write(struct strbuf *out, const struct jobscript_options *o,
	const struct job_spec *spec, const char *tag, bool *ret_command_file);

/* Appends the text of TAG.command. */
void jobscript_command(struct strbuf *out, const struct job_spec *spec);

/* Parts that scripts of several jobs share with it: first lines with $dir and $base; $id,
 * the scheduler's number for what runs here, "-" where it has none; $CWFLOW_TIME, whether
 * GNU time is there. */
void jobscript_add_head(struct strbuf *out, const struct jobscript_options *o,
	const char *tag, const char *what);
void jobscript_add_id(struct strbuf *out);
void jobscript_add_time(struct strbuf *out);

/* What a TAG.status says. */
struct jobscript_status {
	int code; /* exit status as the shell saw it: 128 + n where signal n ended it */
	struct job_usage usage;
	char host[64];
};

/* Reads it, but for the times of its begin and end: these are those of the files. 0, or -1
 * where it is no whole one. */
int jobscript_status_parse(struct strview text, struct jobscript_status *ret);

/* Two digests of a job: `who` of rule, wildcards and outputs, `what` of all that it does.
 * An earlier submission is this job's where both are equal. */
struct job_identity {
	uint64_t who, what;
};
struct job_identity job_identity_of(const struct job_spec *spec);

#endif
