/* The texts that a fingerprint is of; for fingerprint.c. Each appends to f->command or
 * f->params. 0, or -1 where a value cannot be worked out. */
#ifndef CW_JOB_FINGERPRINT_TEXT_H
#define CW_JOB_FINGERPRINT_TEXT_H

#include "job/fingerprint.h"

/* The command without white space around it; its settings (shell, environment, script) as
 * lines ".NAME=VALUE" of the params. */
int fingerprint_command(struct fingerprinter *f, struct job_values *v);

/* Params that are not volatile, as lines NAME=VALUE, nested ones a.b[0]=VALUE. */
int fingerprint_params(struct fingerprinter *f, struct job_values *v);

/* Container and environment modules as lines. */
int fingerprint_software(struct fingerprinter *f, struct job_values *v);

/* Whether the text stands there as it is run: nothing in it by its name alone. */
bool fingerprint_is_whole(const struct text *t);

/* White space around a command goes. */
void fingerprint_trim(struct strbuf *sb);

/* Of the bytes of the rule's script at `path`; 1 where it cannot be read. */
uint64_t fingerprint_script(
	struct fingerprinter *f, const struct rule *rule, struct strview path);

#endif
