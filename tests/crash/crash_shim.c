/*
 * Kills the process that it is preloaded into at its CRASH_AT-th call that changes a file:
 * write, rename, unlink, fsync and the like. Before the call, or in the middle of a write
 * where CRASH_HALF is set. Processes that this one starts are left alone.
 *
 * With CRASH_WRITES no place on the disk is to be had in advance, as on some file systems: what
 * would be written to mapped memory is written by calls then, each of which is a place.
 *
 * Without CRASH_AT it counts: the number goes to the file CRASH_COUNT at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long crash_at;
static int crash_half, crash_writes;
static pid_t victim;
static char count_path[4096];

static long number(const char *name)
{
	const char *text = getenv(name);
	return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	char pid[32];
	if (getenv("CRASH_PID")) {
		return; /* a child */
	}
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("CRASH_PID", pid, 1);
	victim = getpid();
	crash_at = number("CRASH_AT");
	crash_half = number("CRASH_HALF") != 0;
	crash_writes = number("CRASH_WRITES") != 0;
	const char *path = getenv("CRASH_COUNT");
	snprintf(count_path, sizeof(count_path), "%s", path ? path : "");
}

__attribute__((destructor)) static void end(void)
{
	if (victim != getpid() || !count_path[0]) {
		return;
	}
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", atomic_load(&calls));
	long fd = syscall(
		SYS_openat, AT_FDCWD, count_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (syscall(SYS_write, fd, text, (size_t)n) == n) {
		syscall(SYS_close, fd);
	}
}

/* Whether this call is the one. */
static int is_due(void)
{
	return victim && victim == getpid() && crash_at &&
	       atomic_fetch_add(&calls, 1) + 1 == crash_at;
}

static void tick(void)
{
	if (!crash_at && victim == getpid()) {
		atomic_fetch_add(&calls, 1);
	}
	if (is_due()) {
		syscall(SYS_kill, getpid(), SIGKILL);
		pause();
	}
}

/* The same for a write: perhaps half of it is done first. */
static void tick_write(int fd, const void *p, size_t n, off_t at)
{
	if (!crash_at && victim == getpid()) {
		atomic_fetch_add(&calls, 1);
	}
	if (is_due()) {
		if (crash_half && n > 1) {
			long got = at < 0 ? syscall(SYS_write, fd, p, n / 2)
					  : syscall(SYS_pwrite64, fd, p, n / 2, at);
			(void)got;
		}
		syscall(SYS_kill, getpid(), SIGKILL);
		pause();
	}
}

#define EXPORT __attribute__((visibility("default")))

EXPORT ssize_t write(int fd, const void *p, size_t n)
{
	tick_write(fd, p, n, -1);
	return syscall(SYS_write, fd, p, n);
}

EXPORT ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	tick_write(fd, p, n, at);
	return syscall(SYS_pwrite64, fd, p, n, at);
}

EXPORT ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	tick_write(fd, p, n, at);
	return syscall(SYS_pwrite64, fd, p, n, at);
}

EXPORT ssize_t writev(int fd, const struct iovec *v, int n)
{
	tick();
	return syscall(SYS_writev, fd, v, n);
}

EXPORT int rename(const char *from, const char *to)
{
	tick();
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int renameat(int a, const char *from, int b, const char *to)
{
	tick();
	return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}

EXPORT int unlink(const char *path)
{
	tick();
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

EXPORT int unlinkat(int at, const char *path, int flags)
{
	tick();
	return (int)syscall(SYS_unlinkat, at, path, flags);
}

EXPORT int rmdir(const char *path)
{
	tick();
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

EXPORT int mkdir(const char *path, mode_t mode)
{
	tick();
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

EXPORT int mkdirat(int at, const char *path, mode_t mode)
{
	tick();
	return (int)syscall(SYS_mkdirat, at, path, mode);
}

EXPORT int fsync(int fd)
{
	tick();
	return (int)syscall(SYS_fsync, fd);
}

EXPORT int fdatasync(int fd)
{
	tick();
	return (int)syscall(SYS_fdatasync, fd);
}

EXPORT int fallocate(int fd, int mode, off_t from, off_t size)
{
	if (crash_writes) {
		errno = EOPNOTSUPP;
		return -1;
	}
	tick();
	return (int)syscall(SYS_fallocate, fd, mode, from, size);
}

EXPORT int ftruncate(int fd, off_t size)
{
	tick();
	return (int)syscall(SYS_ftruncate, fd, size);
}

EXPORT int ftruncate64(int fd, off64_t size)
{
	tick();
	return (int)syscall(SYS_ftruncate, fd, size);
}
