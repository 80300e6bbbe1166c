/*
 * What a job is made by, in a few numbers: if one of them differs from that of the job's
 * record, the job runs again. They hold the command with wildcards, configuration and
 * paths put in, the bytes of a script, the environment, the shell; the params; container
 * and modules. References that change from run to run (threads, resources, attempt, job
 * number, log, benchmark, folders, environment variables, size of the inputs) and params
 * stand in the command as their names, and volatile params nowhere.
 */
#ifndef CW_JOB_FINGERPRINT_H
#define CW_JOB_FINGERPRINT_H

#include "job/job_values.h"

/* Of the way of computing: records of another version are not compared. */
enum { FINGERPRINT_VERSION = 1 };

struct fingerprint {
	uint64_t code, params, software;
};

/* Whether only the commands of a rule's jobs differ. */
enum { RULE_PRINT_UNSEEN, RULE_PRINT_DIFFERS, RULE_PRINT_SAME, RULE_PRINT_KEPT };

/* What a rule's jobs have in common, where only their commands differ. */
struct rule_print {
	uint64_t version;   /* 0: not computed yet */
	uint8_t same;       /* RULE_PRINT_... */
	struct strbuf text; /* of the first job, as fingerprinter.params */
	size_t settings;    /* its first bytes that are */
	uint64_t params, software;
};

struct fingerprinter {
	struct job_context *c; /* borrowed */
	struct arena arena;    /* scratch */
	struct rule_print *rules;
	const struct config *config_of;
	uint64_t config;               /* of that whole configuration */
	struct strbuf bytes;           /* to be hashed */
	struct strbuf command, params; /* of the last job, for people: the command; lines
	                                  NAME=VALUE, settings first */
	struct hashmap scripts;        /* hash of a path -> its script in script_sums */
	VEC(uint64_t) script_sums;
};

void fingerprinter_init(struct fingerprinter *f, struct job_context *c);
void fingerprinter_release(struct fingerprinter *f);

/* A number of the rule's text and the configuration: while it, the wildcards and the list
 * of inputs are the same, a job's fingerprint is. 0 where that cannot be told (tables). */
uint64_t fingerprint_rule(struct fingerprinter *f, const struct rule *rule);

/*
 * The fingerprint of a job. `text`: its command as job_spec_build put it together, or NULL;
 * where that says all that is asked, it is not done again. 0, or -1 where a value cannot be
 * worked out (the job itself will say it).
 */
int fingerprint_job(struct fingerprinter *f, uint32_t job, const struct strview *text,
	struct fingerprint *ret);

#endif
