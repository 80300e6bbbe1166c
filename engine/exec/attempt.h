/* One attempt at one job, from its start to its end. */
#ifndef CW_EXEC_ATTEMPT_H
#define CW_EXEC_ATTEMPT_H

#include "base/arena.h"
#include "exec/job_message.h"
#include "exec/job_runner.h"
#include "exec/output_buffer.h"
#include "sys/process.h"

enum { RUNNER_BUF = 64 * 1024 };

/* What the thread of a slot works with. */
struct runner {
	struct warden_state *state;
	struct warden_slot *slot;
	struct output_buffer output;
	struct arena arena; /* of one request */
	struct strbuf path; /* of the program */
	struct strbuf proc; /* what is read of /proc */
	char *buf;          /* one packet; then what is read from the pipe */
};

/* Starts `s` (descriptors and group are filled in here) with its output into r->output,
 * and sees it to its end, within the limits of `head`: fills in outcome, code, hint and
 * usage. -1 with errno and *ret_step
 * where it cannot be started; waits first where that may be for lack of descriptors or
 * processes which other jobs hold. */
int attempt_run(struct runner *r, struct spawn *s, const struct request_head *head,
	struct result_head *result, enum spawn_step *ret_step);

#endif
