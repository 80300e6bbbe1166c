/*
 * The script of a submission of several jobs: plain sh that runs their own scripts (see
 * jobscript.h). What it takes up is told by the jobs' claims, so that members of an array
 * may do each other's work and none is done twice.
 */
#ifndef CW_EXEC_PACK_SCRIPT_H
#define CW_EXEC_PACK_SCRIPT_H

#include "exec/jobscript.h"

struct pack_job {
	const char *tag;
	uint32_t *
		after; /* borrowed: places (from 0) of those that must end well before it */
	uint32_t after_count;
};

struct pack_script {
	const char *tag; /* of this script */
	const struct pack_job *jobs;
	uint32_t count;
	/* An array: each member begins with the job of its place, from 1 on, or from 0 where
	 * the scheduler counts so. Else one process runs all, in their order. */
	bool array, from_zero;
	int64_t budget_s; /* no further job is begun later than that; negative: any time */
};

void pack_script_write(struct strbuf *out, const struct jobscript_options *o,
	const struct pack_script *p);

#endif
