#include "abc/sampler_crew.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

int crew_init(struct crew *c, struct sampler *s, size_t n, struct strbuf *err)
{
	*c = (struct crew){.sampler = s, .n = n};
	c->v = xcalloc(n, sizeof(*c->v));
	c->watches = mmap(NULL, n * sizeof(*c->watches), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->watches == MAP_FAILED) {
		c->watches = NULL;
		return fail(err, "cannot map memory: %s", strerror(errno));
	}
	for (size_t i = 0; i < n; i++) {
		c->v[i].fd = -1;
		c->v[i].watch = &c->watches[i];
	}
	return 0;
}

void crew_release(struct crew *c)
{
	/* The idle ones see the hang-up and end their simulators in order. */
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].state == CREW_IDLE) {
			shutdown(c->v[i].fd, SHUT_RDWR);
		} else {
			crew_kill(c, i);
		}
	}
	for (size_t i = 0; i < c->n; i++) {
		crew_bury(c, i);
	}
	if (c->watches) {
		munmap(c->watches, c->n * sizeof(*c->watches));
	}
	free(c->v);
	*c = (struct crew){0};
}

/* The worker's side of the fork; does not come back. */
CW_NORETURN static void serve(struct crew *c, size_t i, int fd, pid_t master)
{
	int status = 1;

	/* A worker without its master is of no use, and its model's files would be. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == master) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_DFL);
		for (size_t k = 0; k < c->n; k++) {
			if (c->v[k].fd >= 0) {
				close(c->v[k].fd);
			}
		}
		if (c->sampler->progress) {
			progress_close_child(c->sampler->progress);
		}
		status = worker_serve(fd, c->sampler->problem, c->v[i].watch);
	}
	_exit(status);
}

int crew_start(struct crew *c, size_t i, struct strbuf *err)
{
	struct crew_member *m = &c->v[i];
	pid_t master = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		return fail(err, "cannot make a socket pair: %s", strerror(errno));
	}
	m->watch->id = SIM_NO_ID;
	if (c->sampler->be_alone) {
		c->sampler->be_alone(c->sampler->be_alone_arg);
	}
	m->pid = fork();
	if (m->pid < 0) {
		close(pair[0]);
		close(pair[1]);
		return fail(err, "cannot start a worker: %s", strerror(errno));
	}
	if (m->pid == 0) {
		close(pair[0]);
		serve(c, i, pair[1], master);
	}
	close(pair[1]);
	m->fd = pair[0];
	m->state = CREW_IDLE;
	m->begun = false;
	return 0;
}

int crew_bury(struct crew *c, size_t i)
{
	struct crew_member *m = &c->v[i];
	int status = 0;

	if (m->state == CREW_NONE) {
		return 0;
	}
	close(m->fd);
	m->fd = -1;
	while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (WIFSIGNALED(status)) {
		model_oneshot_clean(m->pid);
	}
	m->state = CREW_NONE;
	return status;
}

void crew_kill(struct crew *c, size_t i)
{
	if (c->v[i].state != CREW_NONE) {
		kill(c->v[i].pid, SIGKILL);
	}
}
