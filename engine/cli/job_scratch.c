#include "cli/job_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/records.h"
#include "sys/fs.h"

#define SCRATCH_DIR STATE_DIR "/jobs"

static void name_dir(char *buf, size_t size, uint32_t job, uint32_t attempt)
{
	snprintf(buf, size, SCRATCH_DIR "/%u.%u", (unsigned)job, (unsigned)attempt);
}

void job_scratch_init(struct job_scratch *s, struct strview workdir)
{
	*s = (struct job_scratch){.workdir = workdir, .any = fs_exists(SCRATCH_DIR)};
}

int job_scratch_write(void *ctx, uint32_t job, uint32_t attempt, const char *kind,
	struct strview text, struct arena *arena, struct strview *ret_path)
{
	struct job_scratch *s = ctx;
	char dir[64];
	name_dir(dir, sizeof(dir), job, attempt);
	const char *path =
		arena_printf(arena, SV_FMT "/%s/%s", SV_ARG(s->workdir), dir, kind);
	s->any = true;
	if (fs_make_dirs(AT_FDCWD, dir) != 0) {
		return -1;
	}
	/* nobody else looks at it before the job starts: no need to be atomic */
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return -1;
	}
	int rc = fs_write_all(fd, text.p, text.n);
	rc |= close(fd);
	*ret_path = sv_from(path);
	return rc;
}

void job_scratch_remove(const struct job_scratch *s, uint32_t job, uint32_t attempt)
{
	char dir[64];
	if (!s->any) {
		return;
	}
	name_dir(dir, sizeof(dir), job, attempt);
	fs_remove_tree(AT_FDCWD, dir);
}
