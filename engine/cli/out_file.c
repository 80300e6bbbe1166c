#include "cli/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/tempfile.h"

static int write_to(int fd, int (*write)(void *ctx, FILE *to), void *ctx)
{
	FILE *to = fd < 0 ? NULL : fdopen(fd, "we");
	int rc = to ? write(ctx, to) : -1;
	if (to && fclose(to) != 0 && rc == 0) {
		rc = -1;
	}
	return rc;
}

int out_file_write(const char *path, int (*write)(void *ctx, FILE *to), void *ctx)
{
	struct tempfile file;
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		return write_to(open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), write, ctx);
	}
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		return write_to(fd, write, ctx);
	}
	if (tempfile_open(&file, path, 0666) != 0) {
		return -1;
	}
	int rc = write_to(fcntl(file.fd, F_DUPFD_CLOEXEC, 3), write, ctx);
	if (rc == 0) {
		return tempfile_commit(&file);
	}
	int err = errno;
	tempfile_drop(&file);
	errno = err;
	return rc;
}
