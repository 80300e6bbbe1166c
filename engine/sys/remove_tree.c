#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "sys/fs.h"

/*
 * Folders from the one to remove down to the one being emptied. Only the lowest
 * OPEN_MOST are kept open, so that depth costs no descriptors; on the way back the
 * upper ones are opened again by "..", and refused if they are no longer the same.
 */
enum { OPEN_MOST = 32 };

struct level {
	char *name; /* in the folder above */
	DIR *dir;   /* NULL: closed for now */
	dev_t dev;
	ino_t ino;
};

struct walk {
	VEC(struct level) levels;
};

static int open_level(int fd, struct level *l)
{
	struct stat st;
	if (fd < 0) {
		return -1;
	}
	if (fstat(fd, &st) < 0 || !(l->dir = fdopendir(fd))) {
		int err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
}

/* Enters the folder `name` of the folder `at`. */
static int enter(struct walk *w, int at, const char *name)
{
	struct level l = {0};
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (open_level(fd, &l) < 0) {
		return -1;
	}
	l.name = xstrdup(name);
	vec_push(&w->levels, l);
	if (w->levels.n > OPEN_MOST) {
		struct level *up = &w->levels.v[w->levels.n - 1 - OPEN_MOST];
		if (up->dir) {
			closedir(up->dir);
			up->dir = NULL;
		}
	}
	return 0;
}

/* Opens the folder above the lowest again where it was closed. */
static int reopen_above(struct walk *w)
{
	struct level *low = &w->levels.v[w->levels.n - 1];
	struct level *up = low - 1;
	if (up->dir) {
		return 0;
	}
	struct level again = {.name = up->name};
	int fd = openat(dirfd(low->dir), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (open_level(fd, &again) < 0) {
		return -1;
	}
	if (again.dev != up->dev || again.ino != up->ino) {
		closedir(again.dir);
		errno = ESTALE;
		return -1;
	}
	*up = again;
	return 0;
}

/* Removes the entries of the lowest folder; 1 when it entered one of them. */
static int empty_lowest(struct walk *w)
{
	DIR *dir = vec_last(&w->levels).dir;
	for (;;) {
		errno = 0;
		struct dirent *e = readdir(dir);
		if (!e) {
			return errno ? -1 : 0;
		}
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
			continue;
		}
		if (e->d_type != DT_DIR) {
			if (unlinkat(dirfd(dir), e->d_name, 0) == 0 || errno == ENOENT) {
				continue;
			}
			if (errno != EISDIR && errno != EPERM) {
				return -1;
			}
			int err = errno;
			struct stat st;
			if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) <
					0 ||
				!S_ISDIR(st.st_mode)) {
				errno = err;
				return -1;
			}
		}
		if (unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR) == 0) {
			continue; /* it was empty */
		}
		return enter(w, dirfd(dir), e->d_name) < 0 ? -1 : 1;
	}
}

/* The lowest folder is empty: removes it from the one above, or from `at`. */
static int leave(struct walk *w, int at)
{
	if (w->levels.n > 1 && reopen_above(w) < 0) {
		return -1;
	}
	struct level low = vec_pop(&w->levels);
	closedir(low.dir);
	int from = w->levels.n ? dirfd(vec_last(&w->levels).dir) : at;
	int rc = unlinkat(from, low.name, AT_REMOVEDIR);
	if (rc < 0 && errno == ENOENT) {
		rc = 0;
	}
	free(low.name);
	return rc;
}

int fs_remove_tree(int at, const char *path)
{
	if (unlinkat(at, path, 0) == 0 || errno == ENOENT || errno == ENOTDIR) {
		return 0;
	}
	int err = errno;
	struct walk w = {0};
	int rc = enter(&w, at, path);
	if (rc < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		errno = err; /* a file that cannot be removed */
	}
	while (rc == 0 && w.levels.n) {
		rc = empty_lowest(&w);
		if (rc == 0) {
			rc = leave(&w, at);
		} else if (rc == 1) {
			rc = 0;
		}
	}
	err = errno;
	while (w.levels.n) {
		struct level l = vec_pop(&w.levels);
		if (l.dir) {
			closedir(l.dir);
		}
		free(l.name);
	}
	vec_release(&w.levels);
	errno = err;
	return rc;
}
