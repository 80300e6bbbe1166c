#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"

extern char **environ;

enum { CHILD_STACK = 64 * 1024 };
/* Smaller lists are not worth a call. */
enum { SPARE_LEAST = 1 << 20 };

/* ThreadSanitizer takes clone() for a fork, which it cannot stand with shared memory. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
int __clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
#define clone __clone
#endif

/* The child leaves its functions without returning, on a stack that the caller uses again:
 * AddressSanitizer must not mark anything there. */
#define IN_CHILD __attribute__((no_sanitize_address))

/* What the child reads and, sharing memory with its parent, writes. */
struct child_arg {
	const struct spawn *s;
	pid_t parent;
	int err;
	enum spawn_step step;
};

/* Puts s->fd into 0, 1 and 2, whatever their numbers are now. */
IN_CHILD static int place_fds(const struct spawn *s)
{
	int fd[3];
	for (int i = 0; i < 3; i++) {
		fd[i] = s->fd[i];
		if (fd[i] >= 0 && fd[i] < 3 && fd[i] != i) {
			/* would be overwritten before its turn */
			fd[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 3);
			if (fd[i] < 0) {
				return -1;
			}
		}
	}
	for (int i = s->prepared && fd[0] < 0 ? 1 : 0; i < 3; i++) {
		if (fd[i] == i) {
			if (fcntl(i, F_SETFD, 0) < 0) {
				return -1;
			}
			continue;
		}
		int from = fd[i];
		if (from < 0) {
			from = open("/dev/null", (i ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
			if (from < 0) {
				return -1;
			}
			if (from == i) {
				fcntl(i, F_SETFD, 0);
				continue;
			}
		}
		if (dup2(from, i) < 0) {
			return -1;
		}
	}
	return 0;
}

IN_CHILD static int open_files(const struct spawn *s)
{
	for (uint32_t i = 0; i < s->open_count; i++) {
		const struct spawn_open *o = &s->opens[i];
		int fd = o->from;
		if (o->path) {
			fd = open(o->path, o->flags, 0666);
			if (fd < 0) {
				return -1;
			}
		}
		if (fd != o->fd && dup2(fd, o->fd) < 0) {
			return -1;
		}
	}
	return 0;
}

/* The steps of a child up to its program; returns only when one failed. */
IN_CHILD static enum spawn_step become(const struct spawn *s, pid_t parent)
{
	if (s->death_signal) {
		prctl(PR_SET_PDEATHSIG, s->death_signal);
		if (getppid() != parent) {
			_exit(127); /* it died before it could be asked for */
		}
	}
	if (s->group == SPAWN_NEW_SESSION) {
		setsid();
	} else if (s->group == SPAWN_NEW_GROUP) {
		setpgid(0, 0);
	} else if (s->group == SPAWN_JOIN_GROUP) {
		setpgid(0, s->group_id);
	}
	if (s->cwd && chdir(s->cwd) < 0) {
		return SPAWN_CWD;
	}
	if (place_fds(s) < 0) {
		return SPAWN_FD;
	}
	if (open_files(s) < 0) {
		return SPAWN_OPEN;
	}
	if (s->files) {
		setrlimit(RLIMIT_NOFILE, s->files);
	}
	if (!s->prepared) {
		close_range(3, ~0u, 0);
		signal(SIGPIPE, SIG_DFL);
	}
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(s->path, s->argv, s->envp ? s->envp : environ);
	return SPAWN_EXEC;
}

IN_CHILD static int child_main(void *p)
{
	struct child_arg *arg = p;
	arg->step = become(arg->s, arg->parent);
	arg->err = errno;
	_exit(127);
}

int process_spawn(const struct spawn *s, struct child *ret, enum spawn_step *ret_step)
{
	struct child_arg arg = {.s = s, .parent = getpid()};
	char stack[CHILD_STACK] __attribute__((aligned(16)));
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD | (s->no_pidfd ? 0 : CLONE_PIDFD);
	sigset_t all, before;
	if (!s->prepared) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
	}
	int pidfd = -1;
	pid_t pid = clone(child_main, stack + sizeof(stack),
		s->pid ? flags | CLONE_CHILD_SETTID : flags, &arg, &pidfd, NULL, s->pid);
	int err = pid < 0 ? errno : arg.err;
	if (!s->prepared) {
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (err) {
		if (pid > 0) {
			while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
			}
			if (pidfd >= 0) {
				close(pidfd);
			}
		}
		if (ret_step) {
			*ret_step = pid < 0 ? SPAWN_CLONE : arg.step;
		}
		errno = err;
		return -1;
	}
	*ret = (struct child){pid, pidfd};
	return 0;
}

int process_pidfd(pid_t child)
{
	return (int)syscall(SYS_pidfd_open, child, 0);
}

bool process_prepare(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, 0) < 0 || fcntl(0, F_SETFD, 0) < 0 ||
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0) {
		return false;
	}
	if (fd > 0) {
		close(fd);
	}
	return signal(SIGPIPE, SIG_DFL) != SIG_ERR;
}

void process_own_descriptors(int keep)
{
#ifndef __SANITIZE_THREAD__ /* it takes them for those of all threads */
	if (unshare(CLONE_FILES) == 0) {
		if (keep > 3) {
			close_range(3, (unsigned)keep - 1, 0);
		}
		close_range((unsigned)keep + 1, ~0u, 0);
	}
#else
	(void)keep;
#endif
}

/* Whether `path` is a file that may be executed; else errno says why not. */
static bool is_program(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return false;
	}
	return access(path, X_OK) == 0;
}

int process_find(const char *name, const char *search, struct strbuf *out)
{
	size_t begin = out->len;
	if (strchr(name, '/')) {
		strbuf_addstr(out, name);
		return 0;
	}
	const char *at = search ? search : getenv("PATH");
	if (!at) {
		at = "/usr/local/bin:/usr/bin:/bin";
	}
	int err = ENOENT;
	while (*name) {
		size_t n = strcspn(at, ":");
		strbuf_add(out, n ? at : ".", n ? n : 1);
		strbuf_addch(out, '/');
		strbuf_addstr(out, name);
		if (is_program(out->buf + begin)) {
			return 0;
		}
		if (errno == EACCES) {
			err = EACCES;
		}
		strbuf_setlen(out, begin);
		if (!at[n]) {
			break;
		}
		at += n + 1;
	}
	errno = err;
	return -1;
}

/* Reads what comes until the program ends. 0, or -1 with errno. */
static int collect(const struct process_capture *c, int pipe_fd, int pidfd,
	int64_t end_ns, struct strbuf *out)
{
	size_t had = out->len;
	struct pollfd p[2] = {{pipe_fd, POLLIN, 0}, {pidfd, POLLIN, 0}};
	for (;;) {
		int wait_ms = -1;
		if (end_ns) {
			int64_t left = end_ns - clock_monotonic_ns(&clock_real);
			if (left <= 0) {
				errno = ETIMEDOUT;
				return -1;
			}
			wait_ms = left > 3600 * NS_PER_S ? 3600 * 1000
							 : (int)(left / NS_PER_MS) + 1;
		}
		if (poll(p, 2, wait_ms) < 0 && errno != EINTR) {
			return -1;
		}
		if (p[0].revents) {
			strbuf_grow(out, 4096);
			ssize_t n = read(pipe_fd, out->buf + out->len, 4096);
			if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
				p[0].fd = -1;
				p[0].revents = 0;
			} else if (n > 0) {
				strbuf_setlen(out, out->len + (size_t)n);
			}
			if (out->len - had > c->most) {
				errno = EFBIG;
				return -1;
			}
		} else if (p[1].revents) {
			return 0; /* ended, and nothing more to read now */
		}
	}
}

int process_capture(const struct process_capture *c, struct strbuf *out)
{
	struct strbuf path = STRBUF_INIT;
	int pipe_fd[2] = {-1, -1};
	struct child child = {0, -1};
	int rc = process_find(c->argv[0], NULL, &path);
	if (rc == 0) {
		rc = pipe2(pipe_fd, O_CLOEXEC);
	}
	if (rc == 0) {
		struct spawn s = {
			.path = path.buf,
			.argv = c->argv,
			.envp = c->envp,
			.cwd = c->cwd,
			.fd = {-1, pipe_fd[1], c->stderr_too ? pipe_fd[1] : 2},
			.group = SPAWN_NEW_GROUP,
		};
		rc = process_spawn(&s, &child, NULL);
	}
	if (rc == 0) {
		close(pipe_fd[1]);
		pipe_fd[1] = -1;
		int64_t end = 0;
		if (c->timeout_ns) {
			end = clock_monotonic_ns(&clock_real) + c->timeout_ns;
		}
		rc = collect(c, pipe_fd[0], child.pidfd, end, out);
	}
	int err = errno, status = 0;
	if (child.pid > 0) {
		if (rc < 0) {
			kill(-child.pid, SIGKILL);
		}
		while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
		}
		close(child.pidfd);
	}
	for (int i = 0; i < 2; i++) {
		if (pipe_fd[i] >= 0) {
			close(pipe_fd[i]);
		}
	}
	strbuf_release(&path);
	errno = err;
	return rc < 0 ? -1 : status;
}

pid_t process_fork(void)
{
	return fork();
}

void process_spare(void *p, size_t n, bool spare)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	size_t before = (page - (uintptr_t)p % page) % page;
	size_t whole = n > before ? (n - before) / page * page : 0;
	if (p && whole >= SPARE_LEAST) {
		int err = errno;
		madvise((char *)p + before, whole, spare ? MADV_DONTFORK : MADV_DOFORK);
		errno = err;
	}
}
