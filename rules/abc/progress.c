#include "abc/progress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/fs.h"

enum { MOST_PENDING = 1048576, LOCK_TRIES = 20, LOCK_PAUSE_US = 20000 };

double monotonic_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

char *progress_path(const struct progress *p, const char *name)
{
	return xasprintf("%s/%s", p->dir, name);
}

/* A process that was just killed takes a moment to let go. */
static int take_lock(int fd)
{
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB); tries++) {
		if (errno != EWOULDBLOCK || tries == LOCK_TRIES) {
			return -1;
		}
		usleep(LOCK_PAUSE_US);
	}
	return 0;
}

/* Makes the folder and takes its lock. 1: it was another's, who has just removed it. */
static int open_lock(struct progress *p, const char *out, struct strbuf *err)
{
	struct stat st;
	char *lock;

	if (mkdir(p->dir, 0777) && errno != EEXIST) {
		return fail(
			err, "cannot make the folder %s: %s", p->dir, strerror(errno));
	}
	lock = progress_path(p, "lock");
	p->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	free(lock);
	if (p->lock < 0 && errno == ENOENT) {
		return 1;
	}
	if (p->lock < 0) {
		return fail(err, "cannot write in %s: %s", p->dir, strerror(errno));
	}
	if (take_lock(p->lock)) {
		return fail(err,
			"another process is making %s (it holds %s/lock); wait for it, or give "
			"another output",
			out, p->dir);
	}
	if (fstat(p->lock, &st) == 0 && st.st_nlink == 0) {
		close(p->lock);
		p->lock = -1;
		return 1;
	}
	return 0;
}

int progress_open(
	struct progress *p, const char *out, bool *ret_resumed, struct strbuf *err)
{
	int status;

	*p = (struct progress){.lock = -1, .log = -1, .flush_every = 0.05};
	strbuf_init(&p->pending);
	p->flushed = monotonic_seconds();
	p->dir = xasprintf("%s.part", out);
	if (ret_resumed) {
		*ret_resumed = access(p->dir, F_OK) == 0;
	}
	do {
		status = open_lock(p, out, err);
	} while (status > 0);
	return status;
}

void progress_close_child(struct progress *p)
{
	if (p->lock >= 0) {
		close(p->lock);
	}
	if (p->log >= 0) {
		close(p->log);
	}
	p->lock = p->log = -1;
	strbuf_reset(&p->pending);
}

static void forget_kept(struct progress *p)
{
	for (size_t i = 0; i < p->kept.n; i++) {
		free(p->kept.v[i].path);
		free(p->kept.v[i].log);
		strbuf_release(&p->kept.v[i].frame);
	}
	vec_clear(&p->kept);
}

/* Nothing is pending for the log under way, which ends. */
static void end_log(struct progress *p)
{
	if (p->log >= 0) {
		close(p->log);
	}
	p->log = -1;
	free(p->log_path);
	p->log_path = NULL;
	strbuf_reset(&p->pending);
	p->has_block = false;
}

/* Nothing is pending any more, and no log is under way. */
static void forget(struct progress *p)
{
	end_log(p);
	forget_kept(p);
}

/* Removes a folder that holds nothing but the lock, which is ours. */
static void remove_empty(const struct progress *p)
{
	DIR *d = p->lock >= 0 && !p->stays ? opendir(p->dir) : NULL;
	bool empty = d != NULL;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		empty = empty &&
			(strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
				strcmp(e->d_name, "lock") == 0);
	}
	if (empty) {
		unlinkat(dirfd(d), "lock", 0);
		rmdir(p->dir);
	}
	if (d) {
		closedir(d);
	}
}

void progress_close(struct progress *p)
{
	struct strbuf err = STRBUF_INIT;

	progress_flush(p, &err);
	forget(p);
	remove_empty(p);
	progress_close_child(p);
	vec_release(&p->kept);
	strbuf_release(&p->pending);
	strbuf_release(&err);
	free(p->dir);
	p->dir = NULL;
}

/* Our files in the folder: *.pop, *.log, *.tmp, run.db. */
void progress_clear(struct progress *p)
{
	DIR *d = opendir(p->dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);
		bool ours = n > 4 && (strcmp(e->d_name + n - 4, ".pop") == 0 ||
					     strcmp(e->d_name + n - 4, ".log") == 0 ||
					     strcmp(e->d_name + n - 4, ".tmp") == 0);
		if (ours || strcmp(e->d_name, "run.db") == 0) {
			unlinkat(dirfd(d), e->d_name, 0);
		}
	}
	if (d) {
		closedir(d);
	}
}

void progress_remove(struct progress *p)
{
	char *lock = progress_path(p, "lock");

	forget(p);
	progress_clear(p);
	unlink(lock);
	rmdir(p->dir);
	free(lock);
	progress_close(p);
}

static char *generation_path(const struct progress *p, int64_t t, const char *ending)
{
	return t < 0 ? xasprintf("%s/calibration.%s", p->dir, ending)
		     : xasprintf("%s/t%04lld.%s", p->dir, (long long)t, ending);
}

/* 1: loaded into a new place of `a`; 0: not there or damaged; -1: another problem's. */
static int load_one(struct progress *p, int64_t t, struct archive *a,
	const struct fingerprint *f, struct strbuf *err)
{
	char *path = generation_path(p, t, "pop"), digest[FINGERPRINT_SIZE];
	struct strbuf bytes = STRBUF_INIT;
	struct wire_reader all, payload;
	struct generation *g;
	int status = 0;

	if (fs_read_file(path, SIZE_MAX / 2, &bytes) == 0) {
		all = (struct wire_reader){.p = bytes.buf, .n = bytes.len};
		if (wire_get_frame(&all, &payload)) {
			g = archive_add(a);
			status = generation_read(g, a->problem, &payload) == 0 &&
				 g->pop.t == t;
			fingerprint_of(f, t, digest);
			if (!status || strcmp(digest, g->digest) != 0) {
				status = fail(err,
					"%s holds the beginning of another run: the problem, "
					"its data or a model changed since; remove the folder, "
					"or give --restart",
					p->dir);
				generation_release(g);
				a->gen.n--;
			}
		}
	}
	strbuf_release(&bytes);
	free(path);
	return status;
}

int progress_load(struct progress *p, struct archive *a, const struct fingerprint *f,
	struct strbuf *err)
{
	int status;

	if (!a->gen.n) {
		status = load_one(p, -1, a, f, err);
		if (status < 0) {
			return -1;
		}
	}
	do {
		int64_t t = a->gen.n ? vec_last(&a->gen).pop.t + 1 : 0;
		status = load_one(p, t, a, f, err);
	} while (status > 0);
	return status;
}

int progress_keep(struct progress *p, const struct generation *g,
	const struct problem *problem, struct strbuf *err)
{
	struct kept_generation kept = {.path = generation_path(p, g->pop.t, "pop")};
	struct strbuf bytes = STRBUF_INIT;

	strbuf_init(&kept.frame);
	generation_write(g, problem, &bytes);
	wire_put_frame(&kept.frame, bytes.buf, bytes.len);
	strbuf_release(&bytes);
	if (p->log_there) {
		kept.log = generation_path(p, g->pop.t, "log");
	}
	end_log(p);
	vec_push(&p->kept, kept);
	return progress_flush_due(p, err);
}

/* Adds the log's blocks to the collector; *ret_good: length of the sound part. */
static int replay(struct strbuf *bytes, const char *digest, struct collector *c,
	size_t *ret_good, struct strbuf *err)
{
	struct wire_reader all = {.p = bytes->buf, .n = bytes->len}, payload;
	bool first = true;
	int status = 0;

	*ret_good = 0;
	while (status == 0 && wire_get_frame(&all, &payload)) {
		struct block b;

		if (first) {
			char *theirs = wire_get_text(&payload);
			bool same = theirs && strcmp(theirs, digest) == 0;
			free(theirs);
			if (!same) {
				return fail(err,
					"the log is that of another run: the problem, its data "
					"or a model changed since; remove the folder, or give "
					"--restart");
			}
			first = false;
		} else if (block_read(&b, &payload, c->all_records.stride) == 0) {
			status = collector_add(c, &b, err);
			block_release(&b);
		}
		*ret_good = bytes->len - all.n;
	}
	return status;
}

int progress_begin(struct progress *p, int64_t t, const char *digest, struct collector *c,
	struct strbuf *err)
{
	struct strbuf bytes = STRBUF_INIT, head = STRBUF_INIT;
	int status = 0;

	strbuf_reset(&p->pending);
	p->has_block = false;
	free(p->log_path);
	p->log_path = generation_path(p, t, "log");
	p->log_length = 0;
	p->log_there = fs_read_file(p->log_path, SIZE_MAX / 2, &bytes) == 0;
	if (p->log_there) {
		status = replay(&bytes, digest, c, &p->log_length, err);
	}
	if (status == 0 && p->log_length == 0) {
		wire_put_text(&head, digest);
		wire_put_frame(&p->pending, head.buf, head.len);
	}
	collector_plan_gaps(c);
	strbuf_release(&bytes);
	strbuf_release(&head);
	return status;
}

/* Puts a finished generation in its place. */
static int write_kept(const struct kept_generation *kept, struct strbuf *err)
{
	char *temp = xasprintf("%s.tmp", kept->path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int status = 0;

	if (fd < 0 || fs_write_all(fd, kept->frame.buf, kept->frame.len) ||
		rename(temp, kept->path)) {
		status = fail(err, "cannot write %s: %s", kept->path, strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
	}
	if (!status && kept->log) {
		unlink(kept->log);
	}
	free(temp);
	return status;
}

static int write_log(struct progress *p, struct strbuf *err)
{
	if (p->log < 0) {
		p->log = open(
			p->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (p->log < 0 || ftruncate(p->log, (off_t)p->log_length)) {
			return fail(
				err, "cannot write %s: %s", p->log_path, strerror(errno));
		}
		p->log_there = true;
	}
	if (fs_write_all(p->log, p->pending.buf, p->pending.len)) {
		fail(err, "cannot write the log in %s: %s", p->dir, strerror(errno));
		/* What is torn would hide what follows. */
		if (ftruncate(p->log, (off_t)p->log_length)) {
			strbuf_addstr(err, ", nor cut it");
		}
		return -1;
	}
	p->log_length += p->pending.len;
	return 0;
}

int progress_flush(struct progress *p, struct strbuf *err)
{
	for (size_t i = 0; i < p->kept.n; i++) {
		if (write_kept(&p->kept.v[i], err)) {
			return -1;
		}
	}
	forget_kept(p);
	if (p->log_path && p->has_block) {
		if (write_log(p, err)) {
			return -1;
		}
		strbuf_reset(&p->pending);
		p->has_block = false;
	}
	p->flushed = monotonic_seconds();
	return 0;
}

int progress_flush_due(struct progress *p, struct strbuf *err)
{
	bool pending = p->has_block || p->kept.n;

	return pending && (p->pending.len > MOST_PENDING ||
				  monotonic_seconds() - p->flushed > p->flush_every)
		       ? progress_flush(p, err)
		       : 0;
}

int progress_log(struct progress *p, const struct block *b, struct strbuf *err)
{
	struct strbuf bytes = STRBUF_INIT;

	block_write(b, &bytes);
	wire_put_frame(&p->pending, bytes.buf, bytes.len);
	p->has_block = true;
	strbuf_release(&bytes);
	return progress_flush_due(p, err);
}
