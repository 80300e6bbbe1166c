#include "exec/cluster_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/clock.h"
#include "sys/loop.h"
#include "sys/process.h"
#include "sys/tempfile.h"

enum { TEXT_MOST = 16 * 1024 * 1024 };

struct cluster_command {
	struct loop *loop;
	void (*ended)(void *ctx, int status, struct strview out, struct strview err);
	void *ctx;
	pid_t pid;
	int out, err;
	bool outlives, timed_out;
	uint64_t child, timer;
};

/* All that was written to `fd`. */
static void read_back(int fd, struct strbuf *text)
{
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0) {
		return;
	}
	size_t size = st.st_size > TEXT_MOST ? TEXT_MOST : (size_t)st.st_size;
	strbuf_grow(text, size);
	ssize_t n = pread(fd, text->buf, size, 0);
	strbuf_setlen(text, n > 0 ? (size_t)n : 0);
}

static void release(struct cluster_command *c)
{
	loop_remove(c->loop, c->timer);
	if (c->out >= 0) {
		close(c->out);
	}
	if (c->err >= 0) {
		close(c->err);
	}
	free(c);
}

static void on_end(void *ctx, pid_t pid, int status, const struct rusage *usage)
{
	struct cluster_command *c = ctx;
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	(void)pid;
	(void)usage;
	c->child = 0;
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	read_back(c->out, &out);
	read_back(c->err, &err);
	void (*ended)(void *, int, struct strview, struct strview) = c->ended;
	void *to = c->ctx;
	code = c->timed_out ? -1 : code;
	release(c);
	ended(to, code, strbuf_sv(&out), strbuf_sv(&err));
	strbuf_release(&out);
	strbuf_release(&err);
}

static void on_timeout(void *ctx)
{
	struct cluster_command *c = ctx;
	c->timer = 0;
	c->timed_out = true;
	kill(-c->pid, SIGKILL);
}

static int start(struct cluster_command *c, const struct cluster_command_options *o)
{
	char sh[] = "sh", dash_c[] = "-c";
	char *text = xstrdup(o->text);
	char *argv[] = {sh, dash_c, text, NULL};
	struct child child;
	struct spawn s = {.path = "/bin/sh",
		.argv = argv,
		.envp = o->envp,
		.fd = {-1, c->out, c->err},
		.group = SPAWN_NEW_SESSION};
	int rc = process_spawn(&s, &child, NULL);
	int err = errno;
	free(text);
	if (rc == 0) {
		c->pid = child.pid;
		c->child = loop_add_child(o->loop, child.pid, child.pidfd, on_end, c);
		c->timer = loop_add_timer(o->loop,
			clock_monotonic_ns(&clock_real) + o->timeout_ns, on_timeout, c);
	}
	errno = err;
	return rc;
}

struct cluster_command *cluster_command_start(const struct cluster_command_options *o)
{
	struct cluster_command *c = xcalloc(1, sizeof(*c));
	*c = (struct cluster_command){
		.loop = o->loop, .ended = o->ended, .ctx = o->ctx, .out = -1, .err = -1};
	c->outlives = o->out_path != NULL;
	c->out = o->out_path
			 ? open(o->out_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
			 : tempfile_unnamed(o->spill_dir);
	c->err = c->out < 0 ? -1 : tempfile_unnamed(o->spill_dir);
	if (c->err < 0 || start(c, o) < 0) {
		int err = errno;
		release(c);
		errno = err;
		return NULL;
	}
	return c;
}

void cluster_command_free(struct cluster_command *c)
{
	if (!c) {
		return;
	}
	if (!c->outlives) {
		kill(-c->pid, SIGKILL);
	}
	loop_remove(c->loop, c->child);
	release(c);
}

/* What a job's environment says of its allocation: taken along, sbatch would believe that
 * the new job is to be like the one the engine runs in. */
static bool of_own_job(const char *var)
{
	static const char *const prefixes[] = {"SLURM_", "SBATCH_", "SRUN_", "SALLOC_",
		"SLURMD_", "PBS_JOB", "PBS_NODE", "PBS_TASK", "LSB_", "PMI_", "PMIX_",
		"OMPI_", "HYDI_", "SGE_TASK_"};
	static const char *const kept[] = {"SLURM_CONF=", "SLURM_CLUSTERS=",
		"SLURM_CONF_SERVER=", "LSB_SUB_", "SLURM_TIME_FORMAT="};
	for (size_t i = 0; i < CW_ARRAY_LEN(kept); i++) {
		if (strncmp(var, kept[i], strlen(kept[i])) == 0) {
			return false;
		}
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(prefixes); i++) {
		if (strncmp(var, prefixes[i], strlen(prefixes[i])) == 0) {
			return true;
		}
	}
	return false;
}

char **cluster_command_environment(char *const *from)
{
	static const char *const signs[] = {
		"SLURM_JOB_ID=", "PBS_JOBID=", "LSB_JOBID=", "JOB_ID="};
	bool inside = false;
	size_t n = 0;
	for (; from[n]; n++) {
		for (size_t i = 0; i < CW_ARRAY_LEN(signs); i++) {
			inside |= strncmp(from[n], signs[i], strlen(signs[i])) == 0;
		}
	}
	char **list = xcalloc(n + 1, sizeof(*list));
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		if (!inside || !of_own_job(from[i])) {
			list[k++] = from[i];
		}
	}
	return list;
}
