#include "sys/copy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/fs.h"
#include "sys/tempfile.h"

enum { PIECE = 1 << 16 };

/* All bytes, by the kernel where it can (it may share them), else through a buffer. */
static int copy_bytes(int from, int to)
{
	ssize_t n;
	while ((n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0) {
	}
	if (n == 0) {
		/* some file systems say so at once of files that are not empty */
		n = lseek(from, 0, SEEK_CUR) == 0 ? -1 : 0;
	}
	if (n < 0 && (lseek(from, 0, SEEK_SET) != 0 || lseek(to, 0, SEEK_SET) != 0)) {
		return -1;
	}
	char *buf = n < 0 ? xmalloc(PIECE) : NULL;
	while (n != 0) {
		n = read(from, buf, PIECE);
		if (n < 0 && errno != EINTR) {
			break;
		}
		if (n > 0 && fs_write_all(to, buf, (size_t)n) != 0) {
			n = -1;
			break;
		}
	}
	free(buf);
	return n < 0 ? -1 : 0;
}

int copy_file(const char *from, const char *to)
{
	struct tempfile file;
	struct stat st;
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return -1;
	}
	int rc = fstat(fd, &st);
	if (rc == 0 && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		rc = -1;
	}
	rc = rc == 0 ? tempfile_open(&file, to, 0666) : -1;
	if (rc == 0) {
		rc = copy_bytes(fd, file.fd);
		if (rc == 0) {
			rc = tempfile_commit(&file);
		} else {
			tempfile_drop(&file);
		}
	}
	int err = errno;
	close(fd);
	errno = err;
	return rc;
}
