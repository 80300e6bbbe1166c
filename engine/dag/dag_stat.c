/*
 * Stamps of files. Neighbours in the table of names mostly share a folder, so each thread
 * keeps the last folder open and asks relative to it; below a folder that is not there
 * nothing is asked at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dag/builder.h"
#include "sys/path.h"

enum { FILES_PER_THREAD = 20000, THREADS_MOST = 4 };

struct stat_range {
	struct dag *d;
	uint32_t from, to;
	enum stat_what what;
};

struct folder {
	char path[PATH_MAX];
	size_t len;
	int fd; /* AT_FDCWD for ".", -1: the folder is not there */
	bool open;
};

static void folder_close(struct folder *f)
{
	if (f->open && f->fd >= 0) {
		close(f->fd);
	}
	f->open = false;
}

static int folder_enter(struct folder *f, struct strview dir)
{
	if (dir.n == 1 && dir.p[0] == '.') {
		return AT_FDCWD;
	}
	if (f->open && f->len == dir.n && memcmp(f->path, dir.p, dir.n) == 0) {
		return f->fd;
	}
	folder_close(f);
	memcpy(f->path, dir.p, dir.n);
	f->path[dir.n] = '\0';
	f->len = dir.n;
	f->fd = open(f->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	f->open = true;
	return f->fd;
}

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void stat_one(struct dag *d, struct folder *folder, uint32_t file)
{
	struct strview path = dag_path(d, file);
	uint8_t *flags = &d->file_flags[file];
	*flags = (uint8_t)((*flags | FILE_KNOWN) & ~FILE_EXISTS);
	if (path.n >= PATH_MAX) {
		return;
	}
	int dir = folder_enter(folder, path_dir(path));
	if (dir == -1) {
		return;
	}
	struct stat st;
	/* names end in a NUL in the table */
	if (fstatat(dir, path_name(path).p, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		return;
	}
	if (S_ISLNK(st.st_mode)) {
		*flags |= FILE_LINKED;
		if (fstatat(dir, path_name(path).p, &st, 0) != 0) {
			return; /* a link to nowhere is no file */
		}
	}
	*flags |= FILE_EXISTS | (S_ISDIR(st.st_mode) ? FILE_FOLDER : 0);
	d->mtime[file] = ns_of(st.st_mtim);
	d->size[file] = st.st_size;
}

static bool is_asked(const struct dag *d, uint32_t file, enum stat_what what)
{
	uint8_t flags = d->file_flags[file];
	if (!(flags & FILE_NEEDED) || flags & FILE_KNOWN) {
		return false;
	}
	switch (what) {
	case STAT_SOURCES: /* whether they are there is all that matters as yet */
		return d->producer[file] == DAG_NONE && !(flags & FILE_EXISTS);
	case STAT_MADE:
		return d->producer[file] != DAG_NONE;
	case STAT_ASKED:
		return flags & FILE_ASKED;
	case STAT_ALL:
		break;
	}
	return true;
}

static void *stat_range(void *arg)
{
	struct stat_range *r = arg;
	struct folder folder = {.open = false};
	for (uint32_t f = r->from; f < r->to; f++) {
		if (is_asked(r->d, f, r->what)) {
			stat_one(r->d, &folder, f);
		}
	}
	folder_close(&folder);
	return NULL;
}

void stat_files(struct dag *d, enum stat_what what)
{
	uint32_t files = d->paths.count;
	if (d->stamp_cap < files) {
		/* the build, and what is read later, may bring new names between two looks */
		d->mtime = xreallocarray(d->mtime, files, sizeof(*d->mtime));
		if (d->size) {
			d->size = xreallocarray(d->size, files, sizeof(*d->size));
			memset(d->size + d->stamp_cap, 0,
				(files - d->stamp_cap) * sizeof(*d->size));
		} else {
			d->size = xcalloc(files, sizeof(*d->size));
		}
		d->stamp_cap = files;
	}
	uint32_t threads = files / FILES_PER_THREAD + 1;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	threads = threads > THREADS_MOST ? THREADS_MOST : threads;
	threads = cpus > 0 && threads > (uint32_t)cpus ? (uint32_t)cpus : threads;
	struct stat_range ranges[THREADS_MOST];
	pthread_t ids[THREADS_MOST];
	uint32_t started = 0;
	for (uint32_t t = 0; t < threads; t++) {
		uint32_t from = (uint32_t)((uint64_t)files * t / threads);
		uint32_t to = (uint32_t)((uint64_t)files * (t + 1) / threads);
		ranges[t] = (struct stat_range){d, from, to, what};
		if (t + 1 == threads || pthread_create(&ids[started], NULL, stat_range,
						&ranges[t]) != 0) {
			stat_range(&ranges[t]);
		} else {
			started++;
		}
	}
	for (uint32_t t = 0; t < started; t++) {
		pthread_join(ids[t], NULL);
	}
}

/* A folder where a file is declared, or the reverse, is not what the rule makes. */
static void forget_misfits(struct dag *d)
{
	for (uint32_t j = 0; j < d->job_count; j++) {
		const struct rule *rule = dag_rule(d, j);
		const uint32_t *files = dag_products(d, j);
		for (uint32_t k = 0; k < rule->output_count; k++) {
			uint8_t *flags = &d->file_flags[files[k]];
			bool folder = rule->products[k].flags & PRODUCT_DIRECTORY;
			if (*flags & FILE_KNOWN && *flags & FILE_EXISTS &&
				folder != ((*flags & FILE_FOLDER) != 0)) {
				*flags &= (uint8_t) ~(FILE_EXISTS | FILE_FOLDER);
			}
		}
	}
}

void dag_stat(struct dag *d)
{
	stat_files(d, STAT_ALL);
	forget_misfits(d);
}

void dag_stat_made(struct dag *d)
{
	stat_files(d, STAT_MADE);
	forget_misfits(d);
}

void dag_stat_asked(struct dag *d)
{
	stat_files(d, STAT_ASKED);
}
