#include "exec/warden.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "exec/descendants.h"
#include "exec/job_message.h"
#include "exec/job_runner.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/process.h"

extern char **environ;

enum {
	IDLE_MS = 1000, /* how often what jobs left behind is reaped */
	RETRY_MS = 10,  /* how often a cancel looks for a job that is not there yet */
	RETRIES = 200,
	STACK_SIZE = 512 * 1024,
};

/* A cancel whose job no slot has taken up yet (its request is on the way), or whose job
 * has ended already. */
struct late_cancel {
	struct control c;
	unsigned tries;
};

struct warden_main {
	struct warden_state state;
	uint32_t slot_count;
	int control;
	VEC(struct late_cancel) late;
};

/* Sends the signal of a cancel to its job; false where no slot runs it. */
static bool cancel(struct warden_main *m, const struct control *c)
{
	int signal = c->value ? SIGKILL : SIGTERM;
	bool found = false;
	pthread_mutex_lock(&m->state.lock);
	for (uint32_t i = 0; i < m->state.threads && !found; i++) {
		struct warden_slot *s = &m->state.slots[i];
		if (!s->busy || s->job != c->job || s->attempt != c->attempt) {
			continue;
		}
		found = true;
		s->cancel = signal;
		pid_t pid = atomic_load(&s->pid);
		if (pid > 0 && kill(-pid, signal) < 0) {
			kill(pid, signal);
		}
	}
	pthread_mutex_unlock(&m->state.lock);
	return found;
}

/* Starts threads until there are `wanted`. */
static void need_threads(struct warden_main *m, uint32_t wanted)
{
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while (m->state.threads < wanted && m->state.threads < m->slot_count) {
		struct runner_arg *arg = xmalloc(sizeof(*arg));
		*arg = (struct runner_arg){&m->state, m->state.threads};
		pthread_t thread;
		if (pthread_create(&thread, &attr, runner_main, arg) != 0) {
			free(arg);
			break;
		}
		pthread_mutex_lock(&m->state.lock);
		m->state.threads++;
		pthread_mutex_unlock(&m->state.lock);
	}
	pthread_attr_destroy(&attr);
	if (m->state.threads == 0) {
		_exit(1); /* nobody can run a job: the engine is told by the end of it all */
	}
}

static void retry_late(struct warden_main *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->late.n; i++) {
		struct late_cancel *l = &m->late.v[i];
		if (!cancel(m, &l->c) && ++l->tries < RETRIES) {
			m->late.v[kept++] = *l;
		}
	}
	m->late.n = kept;
}

/* Handles one message of the engine; false: it is the last. *ret_sweep: kill what is
 * left; *ret_orphaned: the engine ended without a word. */
static bool obey(struct warden_main *m, bool *ret_sweep, bool *ret_orphaned)
{
	struct control c;
	int fd;
	ssize_t n = message_receive(m->control, &c, sizeof(c), &fd, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN) {
		return true;
	}
	if (n != (ssize_t)sizeof(c)) {
		*ret_sweep = *ret_orphaned = true; /* the engine is gone */
		return false;
	}
	switch ((enum control_kind)c.kind) {
	case CONTROL_CANCEL:
		if (!cancel(m, &c)) {
			vec_push(&m->late, (struct late_cancel){c, 0});
		}
		return true;
	case CONTROL_THREADS:
		need_threads(m, c.value);
		return true;
	case CONTROL_END:
		break;
	}
	*ret_sweep = c.value != 0;
	return false;
}

/* Waits for adopted processes that have ended; never for jobs, which are the children of
 * other threads. */
static void reap_adopted(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WNOTHREAD) > 0) {
	}
}

/* The life of the warden; never returns. */
CW_NORETURN static void warden_main(struct warden_main *m)
{
	bool sweep = false, orphaned = false, more = true;
	while (more) {
		struct pollfd p = {m->control, POLLIN, 0};
		int n = poll(&p, 1, m->late.n ? RETRY_MS : IDLE_MS);
		if (n > 0) {
			more = obey(m, &sweep, &orphaned);
		} else {
			reap_adopted();
		}
		retry_late(m);
	}
	pthread_mutex_lock(&m->state.lock); /* nobody reaps from here on */
	for (uint32_t i = 0; i < m->state.threads; i++) {
		pid_t pid = atomic_load(&m->state.slots[i].pid);
		if (pid > 0 && m->state.slots[i].busy) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
		}
	}
	if (sweep) {
		descendants_kill();
	}
	if (orphaned && m->state.options->orphaned) {
		m->state.options->orphaned(m->state.options->orphaned_ctx);
	}
	_exit(0);
}

/* Room for the descriptors of all slots; jobs get the limit as it was. */
static void raise_limit(struct warden_main *m)
{
	struct rlimit *before = &m->state.files;
	if (getrlimit(RLIMIT_NOFILE, before) < 0) {
		*before = (struct rlimit){1024, 1024};
		return;
	}
	rlim_t wanted = 100 + (rlim_t)m->slot_count * 4;
	struct rlimit now = {
		wanted < before->rlim_max ? wanted : before->rlim_max, before->rlim_max};
	m->state.raised =
		before->rlim_cur < wanted && setrlimit(RLIMIT_NOFILE, &now) == 0;
}

/* Gives this process a name of its own, in ps and for whoever kills the engine by its
 * name: who does that wants the jobs ended, and this is what ends them. */
static void rename_self(void)
{
	static const char name[] = "job-warden";
	struct strbuf line = STRBUF_INIT;
	prctl(PR_SET_NAME, name);
	/* the command line is where the first argument stands */
	if (fs_read_file("/proc/self/cmdline", 1 << 20, &line) == 0 &&
		line.len > sizeof(name) &&
		memcmp(program_invocation_name, line.buf,
			strlen(program_invocation_name)) == 0) {
		memset(program_invocation_name, 0, line.len);
		memcpy(program_invocation_name, name, sizeof(name));
	}
	strbuf_release(&line);
}

/* In the child: becomes the warden. */
CW_NORETURN static void begin(
	struct warden *w, const struct warden_options *o, int jobs, int control)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid(); /* a Ctrl-C at the terminal is the engine's affair */
	rename_self();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	close(w->jobs);
	close(w->control);
	struct warden_main *m = xcalloc(1, sizeof(*m));
	m->slot_count = w->slot_count;
	m->control = control;
	m->state.options = o;
	m->state.jobs = jobs;
	m->state.shared = w->shared;
	m->state.slots = w->shared->slots;
	pthread_mutex_init(&m->state.lock, NULL);
	env_init(&m->state.env, environ, o->tools_dir);
	raise_limit(m);
	m->state.prepared = process_prepare();
	warden_main(m);
}

static size_t size_of_shared(uint32_t slots)
{
	return sizeof(struct warden_shared) + size_mul(slots, sizeof(struct warden_slot));
}

int warden_start(struct warden *w, const struct warden_options *o)
{
	int jobs[2] = {-1, -1}, control[2] = {-1, -1};
	*w = (struct warden){
		.pid = -1, .jobs = -1, .control = -1, .slot_count = o->slots};
	size_t size = size_of_shared(o->slots);
	void *shared = mmap(
		NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		return -1;
	}
	w->shared = shared;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, jobs) == 0 &&
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) == 0) {
		w->jobs = jobs[0];
		w->control = control[0];
		w->pid = process_fork();
		if (w->pid == 0) {
			begin(w, o, jobs[1], control[1]);
		}
	}
	int err = errno;
	if (w->pid > 0) {
		close(jobs[1]);
		close(control[1]);
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		if (jobs[i] >= 0) {
			close(jobs[i]);
		}
		if (control[i] >= 0) {
			close(control[i]);
		}
	}
	munmap(shared, size);
	errno = err;
	return -1;
}

static void release(struct warden *w)
{
	close(w->jobs);
	close(w->control);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	munmap(w->shared, size_of_shared(w->slot_count));
	*w = (struct warden){.pid = -1, .jobs = -1, .control = -1};
}

void warden_stop(struct warden *w, bool sweep)
{
	struct control c = {.kind = CONTROL_END, .value = sweep};
	message_send(w->control, &c, sizeof(c), NULL, 0, -1, 0);
	release(w);
}

void warden_bury(struct warden *w)
{
	kill(w->pid, SIGKILL);
	for (uint32_t i = 0; i < w->slot_count; i++) {
		pid_t pid = atomic_load(&w->shared->slots[i].pid);
		if (pid > 0 && kill(-pid, SIGKILL) < 0) {
			kill(pid, SIGKILL);
		}
	}
	release(w);
}
