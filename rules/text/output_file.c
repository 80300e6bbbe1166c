#include "text/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { OUTPUT_BLOCK = 1 << 16 };

/* Prints what is wrong with the output by errno, and gives up. */
static int fail(struct output_file *o)
{
	tool_error(o->tool, "%s: %s", o->name, strerror(errno));
	output_file_abandon(o);
	return -1;
}

/* The folder of a path. Returns owned. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash) {
		return xstrdup(".");
	}
	return xmemdup0(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A temporary name beside the output, new at each attempt. Returns owned. */
static char *temp_name(const struct output_file *o, unsigned attempt)
{
	char *folder = folder_of(o->path);
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	char *temp = xasprintf("%s/.cwflow-%ld-%lx-%u.tmp", folder, (long)getpid(),
		(unsigned long)now.tv_nsec, attempt);
	free(folder);
	return temp;
}

/* Holds termination signals back, so that a named temporary file is not left behind. */
static void hold_signals(struct output_file *o)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXCPU);
	pthread_sigmask(SIG_BLOCK, &set, &o->signals);
	o->held = true;
}

/* Lets them through again: one that came meanwhile arrives now. */
static void release_signals(struct output_file *o)
{
	if (o->held) {
		o->held = false;
		pthread_sigmask(SIG_SETMASK, &o->signals, NULL);
	}
}

/* A named, private temporary file; for file systems without O_TMPFILE. */
static int open_named(struct output_file *o)
{
	hold_signals(o);
	for (unsigned attempt = 0; attempt < 100; attempt++) {
		char *temp = temp_name(o, attempt);
		o->fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (o->fd >= 0) {
			o->temp = temp;
			return 0;
		}
		free(temp);
		if (errno != EEXIST) {
			break;
		}
	}
	return -1;
}

/* The temporary file in the folder of the output: without a name, if it can be given one
 * later (which goes by /proc). */
static int open_temp(struct output_file *o)
{
	if (access("/proc/self/fd", X_OK)) {
		return open_named(o);
	}
	char *folder = folder_of(o->path);
	o->fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	free(folder);
	if (o->fd >= 0) {
		return 0;
	}
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT) {
		return open_named(o);
	}
	return -1;
}

int output_file_open(struct output_file *o, const struct tool *tool, const char *path)
{
	*o = (struct output_file){.tool = tool, .fd = -1, .data = STRBUF_INIT};
	strbuf_grow(&o->data, OUTPUT_BLOCK + OUTPUT_BLOCK / 2);
	bool is_stdout = strcmp(path, "-") == 0;
	o->name = xstrdup(is_stdout ? "standard output" : path);
	o->path = xstrdup(path);
	if (is_stdout) {
		o->fd = STDOUT_FILENO;
		o->direct = true;
		return 0;
	}
	struct stat st;
	bool there = stat(path, &st) == 0;
	if (there && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return fail(o);
	}
	if (there && !S_ISREG(st.st_mode)) {
		o->direct = true;
		o->fd = open(path, O_WRONLY | O_CLOEXEC);
		return o->fd < 0 ? fail(o) : 0;
	}
	char *real = there ? realpath(path, NULL) : NULL; /* behind symbolic links */
	if (real) {
		free(o->path);
		o->path = real;
	}
	return open_temp(o) ? fail(o) : 0;
}

/* Writes `data` out. */
static int flush_data(struct output_file *o)
{
	size_t done = 0;
	while (done < o->data.len) {
		ssize_t n = write(o->fd, o->data.buf + done, o->data.len - done);
		if (n < 0 && errno != EINTR) {
			return -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	strbuf_reset(&o->data);
	return 0;
}

int output_file_pump(struct output_file *o)
{
	if (o->data.len < OUTPUT_BLOCK) {
		return 0;
	}
	return flush_data(o) ? fail(o) : 0;
}

/* Gives a file without a name a temporary one, which rename() can move. */
static int name_temp(struct output_file *o)
{
	hold_signals(o);
	char *self = xasprintf("/proc/self/fd/%d", o->fd);
	int r = -1;
	for (unsigned attempt = 0; attempt < 100 && r; attempt++) {
		char *temp = temp_name(o, attempt);
		r = linkat(AT_FDCWD, self, AT_FDCWD, temp, AT_SYMLINK_FOLLOW);
		if (r == 0) {
			o->temp = temp;
			break;
		}
		free(temp);
		if (errno != EEXIST) {
			break;
		}
	}
	free(self);
	return r;
}

/* From the written temporary file to the file under its name. */
static int move_into_place(struct output_file *o)
{
	mode_t mask = umask(0);
	umask(mask);
	if (fchmod(o->fd, 0666 & ~mask) || (!o->temp && name_temp(o))) {
		return -1;
	}
	int fd = o->fd;
	o->fd = -1;
	if (close(fd) || rename(o->temp, o->path)) {
		return -1;
	}
	free(o->temp);
	o->temp = NULL;
	return 0;
}

int output_file_commit(struct output_file *o)
{
	if (flush_data(o) || (!o->direct && move_into_place(o))) {
		return fail(o);
	}
	if (o->direct && o->fd != STDOUT_FILENO) {
		int fd = o->fd;
		o->fd = -1;
		if (close(fd)) {
			return fail(o);
		}
	}
	output_file_abandon(o);
	return 0;
}

void output_file_abandon(struct output_file *o)
{
	if (o->fd >= 0 && o->fd != STDOUT_FILENO) {
		close(o->fd);
	}
	o->fd = -1;
	if (o->temp) {
		unlink(o->temp);
		free(o->temp);
		o->temp = NULL;
	}
	free(o->name);
	free(o->path);
	o->name = o->path = NULL;
	strbuf_release(&o->data);
	release_signals(o);
}

int output_file_write(const struct tool *tool, const char *path, const void *p, size_t n)
{
	struct output_file o;
	if (output_file_open(&o, tool, path)) {
		return -1;
	}
	strbuf_add(&o.data, p, n);
	return output_file_commit(&o);
}
