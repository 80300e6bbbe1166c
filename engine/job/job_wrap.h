/* What stands around a job's command: environment modules, a container. */
#ifndef CW_JOB_JOB_WRAP_H
#define CW_JOB_JOB_WRAP_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "exec/executor.h"

/* Loads the modules before the command of the spec: in its shell prefix, or by a bash that
 * becomes the command. All text lies in `arena`. */
void wrap_modules(struct arena *arena, const struct strview *names, uint32_t count,
	struct job_spec *spec);

/*
 * Makes the spec's command run in a container of `image`, by `program` (podman, apptainer,
 * singularity or docker; NULL: the first of them on the PATH). The working directory is
 * there under its own name; the command begins in `folder`. The variables of the spec and
 * `names` are passed on. NULL, or words for what is wrong.
 */
struct container {
	const char *program;
	struct strview image, workdir, folder;
	const struct strview *names;
	uint32_t name_count;
	const char
		*binds[2]; /* further folders it reads, under their own names; or NULL */
};
const char *wrap_container(
	struct arena *arena, const struct container *c, struct job_spec *spec);

/* Makes `sh file` run the command. */
void wrap_script(struct arena *arena, struct strview file, struct job_spec *spec);

#endif
