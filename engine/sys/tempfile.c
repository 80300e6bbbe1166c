#include "sys/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "sys/path.h"

/*
 * The one list that must be reached without a context: exit and signal handlers have
 * none. Only the thread that opens files changes it.
 */
static struct tempfile *open_files;
static pid_t owner; /* a forked child must not remove them */

static void remove_at_exit(void)
{
	tempfile_remove_all();
}

static void enlist(struct tempfile *t)
{
	if (!owner) {
		atexit(remove_at_exit);
	}
	owner = getpid();
	t->next = open_files;
	t->link = &open_files;
	if (t->next) {
		t->next->link = &t->next;
	}
	atomic_signal_fence(memory_order_release);
	open_files = t;
}

static void delist(struct tempfile *t)
{
	*t->link = t->next;
	if (t->next) {
		t->next->link = t->link;
	}
	free(t->path);
	free(t->target);
	*t = (struct tempfile){.fd = -1};
}

void tempfile_remove_all(void)
{
	if (getpid() != owner) {
		return;
	}
	for (struct tempfile *t = open_files; t; t = t->next) {
		unlink(t->path);
	}
}

/* Six random letters and digits. */
static void random_name(char name[7])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char bytes[6];
	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != (ssize_t)sizeof(bytes)) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		uint64_t x =
			(uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid();
		memcpy(bytes, &x, sizeof(bytes));
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		name[i] = letters[bytes[i] % 32];
	}
	name[6] = '\0';
}

int tempfile_open(struct tempfile *t, const char *target, uint32_t mode)
{
	struct strview dir = path_dir(sv_from(target));
	struct strview name = path_name(sv_from(target));
	if (name.n > 200) {
		name.n = 200; /* names are at most 255 bytes */
	}
	struct strbuf path = STRBUF_INIT;
	int fd = -1;
	for (int tries = 0; fd < 0 && tries < 100; tries++) {
		char letters[7];
		random_name(letters);
		strbuf_reset(&path);
		strbuf_addf(&path, SV_FMT "/." SV_FMT ".cwflow-%s", SV_ARG(dir),
			SV_ARG(name), letters);
		fd = open(path.buf, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			mode);
		if (fd < 0 && errno != EEXIST && errno != EINTR) {
			break;
		}
	}
	if (fd < 0) {
		int err = errno;
		strbuf_release(&path);
		*t = (struct tempfile){.fd = -1};
		errno = err;
		return -1;
	}
	*t = (struct tempfile){.fd = fd, .path = strbuf_detach(&path, NULL)};
	t->target = xstrdup(target);
	enlist(t);
	return 0;
}

int tempfile_commit(struct tempfile *t)
{
	int fd = t->fd;
	t->fd = -1;
	/* close() reports errors of delayed writes on network file systems */
	if (close(fd) < 0 || rename(t->path, t->target) < 0) {
		int err = errno;
		unlink(t->path);
		delist(t);
		errno = err;
		return -1;
	}
	delist(t);
	return 0;
}

void tempfile_drop(struct tempfile *t)
{
	if (!t->path) {
		return;
	}
	int err = errno;
	if (t->fd >= 0) {
		close(t->fd);
	}
	unlink(t->path);
	delist(t);
	errno = err;
}

int tempfile_unnamed(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0) {
		return fd;
	}
	struct strbuf path = STRBUF_INIT;
	strbuf_addf(&path, "%s/.cwflow-XXXXXX", dir);
	fd = mkostemp(path.buf, O_CLOEXEC);
	if (fd >= 0) {
		unlink(path.buf);
	}
	strbuf_release(&path);
	return fd >= 0 ? fd : open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}
