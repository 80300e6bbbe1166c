#include "sys/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/mount.h"

/* What the text of a lock says. */
struct holder {
	char host[65], boot[64], since[32];
	long pid;
	unsigned long long start; /* of the process, in ticks since boot */
};

/* Ticks since boot at which `pid` started, 0 when there is no such process. */
static unsigned long long start_of(long pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	struct strbuf text = STRBUF_INIT;
	unsigned long long start = 0;
	if (fs_read_file(path, 4096, &text) == 0) {
		/* the name in parentheses may hold anything */
		char *p = strrchr(text.buf, ')');
		for (int field = 2; p && field < 22; field++) {
			p = strchr(p + 1, ' ');
		}
		if (p) {
			start = strtoull(p + 1, NULL, 10);
		}
	}
	strbuf_release(&text);
	return start;
}

/* Fills in what this process would write. */
static void describe_self(struct holder *h)
{
	*h = (struct holder){.pid = getpid(), .start = start_of(getpid())};
	struct utsname name;
	if (uname(&name) == 0) {
		snprintf(h->host, sizeof(h->host), "%.64s", name.nodename);
	}
	struct strbuf boot = STRBUF_INIT;
	if (fs_read_file("/proc/sys/kernel/random/boot_id", 60, &boot) == 0) {
		snprintf(h->boot, sizeof(h->boot), "%.*s", (int)strcspn(boot.buf, "\n"),
			boot.buf);
	}
	strbuf_release(&boot);
	time_t now = time(NULL);
	struct tm tm;
	if (localtime_r(&now, &tm)) {
		strftime(h->since, sizeof(h->since), "%Y-%m-%d %H:%M:%S", &tm);
	}
}

/* Reads the text of the lock; false where it is no such text. */
static bool read_holder(int fd, struct holder *h)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	if (n <= 0) {
		return false;
	}
	text[n] = '\0';
	*h = (struct holder){0};
	return sscanf(text,
		       "host %64[^\n]\npid %ld\nstart %llu\nboot %63[^\n]\nsince %31[^\n]",
		       h->host, &h->pid, &h->start, h->boot, h->since) == 5;
}

static int write_holder(int fd)
{
	struct holder h;
	describe_self(&h);
	char text[512];
	int n = snprintf(text, sizeof(text),
		"host %s\npid %ld\nstart %llu\nboot %s\nsince %s\n", h.host, h.pid,
		h.start, h.boot, h.since);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		return -1;
	}
	return 0;
}

/* Whether the process of the text may be alive: true for other hosts, who knows. */
static bool may_live(const struct holder *h)
{
	struct holder self;
	describe_self(&self);
	if (strcmp(h->host, self.host) != 0) {
		return true;
	}
	if (strcmp(h->boot, self.boot) != 0) {
		return false;
	}
	unsigned long long start = start_of(h->pid);
	return start != 0 && start == h->start;
}

static void say_who(int fd, struct strbuf *who)
{
	struct holder h;
	if (!who) {
		return;
	}
	if (read_holder(fd, &h)) {
		strbuf_addf(who, "pid %ld on %s since %s", h.pid, h.host, h.since);
	} else {
		strbuf_addstr(who, "another process");
	}
}

/* 0 locked, 1 held by another, 2 no locks on this file system, -1 errno. */
static int try_lock(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
		return 0;
	}
	if (errno == EAGAIN || errno == EACCES) {
		return 1;
	}
	bool no_locks = errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP ||
			errno == EINVAL;
	return no_locks ? 2 : -1;
}

/* Whether the text is of a run on another host, which a lock of ours says nothing about. */
static bool is_told(int fd)
{
	struct holder h, self;
	if (!read_holder(fd, &h)) {
		return false;
	}
	describe_self(&self);
	return strcmp(h.host, self.host) != 0 && mount_locks_stay_here(fd);
}

/* try_lock that waits while a dead run's helper ends its jobs, and that lets the text
 * decide where the kernel cannot. 0, 1 (2: by the text) or -1. */
static int lock_or_wait(int fd, int64_t wait_ns)
{
	int64_t end = clock_monotonic_ns(&clock_real) + wait_ns;
	for (;;) {
		int rc = try_lock(fd);
		struct holder h;
		bool known = rc > 0 && read_holder(fd, &h);
		if (rc == 2) {
			return known && may_live(&h) ? 2 : 0;
		}
		if (rc == 0) {
			return is_told(fd) ? 2 : 0;
		}
		if (rc != 1 || (known && may_live(&h)) ||
			clock_monotonic_ns(&clock_real) >= end) {
			return rc;
		}
		nanosleep(&(struct timespec){.tv_nsec = 10 * NS_PER_MS}, NULL);
	}
}

enum lock_result lockfile_take(
	struct lockfile *l, const char *path, int64_t wait_ns, struct strbuf *who)
{
	l->fd = -1;
	int fd = fs_open_regular(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0) {
		return LOCK_ERROR;
	}
	int rc = lock_or_wait(fd, wait_ns);
	if (rc > 0) {
		say_who(fd, who);
		close(fd);
		return rc == 1 ? LOCK_BUSY : LOCK_TOLD;
	}
	if (rc < 0 || write_holder(fd) < 0) {
		int err = errno;
		close(fd);
		errno = err;
		return LOCK_ERROR;
	}
	l->fd = fd;
	return LOCK_TAKEN;
}

void lockfile_release(struct lockfile *l)
{
	if (l->fd < 0) {
		return;
	}
	if (ftruncate(l->fd, 0) < 0) {
		/* the text is for messages only */
	}
	/* not by close alone: a helper may hold the file still */
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
	fcntl(l->fd, F_OFD_SETLK, &lock);
	close(l->fd);
	l->fd = -1;
}

bool lockfile_is_held(const char *path, struct strbuf *who)
{
	int fd = fs_open_regular(path, O_RDWR, 0);
	if (fd < 0) {
		return false;
	}
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	bool held;
	struct holder h;
	if (fcntl(fd, F_OFD_GETLK, &lock) == 0) {
		held = lock.l_type != F_UNLCK || is_told(fd);
	} else {
		held = read_holder(fd, &h) && may_live(&h);
	}
	if (held) {
		say_who(fd, who);
	}
	close(fd);
	return held;
}
