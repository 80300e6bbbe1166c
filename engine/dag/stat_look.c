#include "dag/stat_look.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dag/dag.h"
#include "sys/path.h"

struct open_folder {
	size_t len;
	int fd; /* -1: the folder is not there */
	char path[PATH_MAX];
};

static void leave(struct open_folder *o)
{
	if (o && o->fd >= 0) {
		close(o->fd);
	}
}

void folders_close(struct folders *f)
{
	for (int i = 0; i < FOLDERS_OPEN; i++) {
		leave(f->v[i]);
		free(f->v[i]);
		f->v[i] = NULL;
	}
}

static int enter(struct folders *f, struct strview dir)
{
	if (dir.n == 1 && dir.p[0] == '.') {
		return AT_FDCWD;
	}
	for (int i = 0; i < FOLDERS_OPEN; i++) {
		const struct open_folder *o = f->v[i];
		if (o && o->len == dir.n && memcmp(o->path, dir.p, dir.n) == 0) {
			return o->fd;
		}
	}
	unsigned at = f->next++ % FOLDERS_OPEN;
	leave(f->v[at]);
	struct open_folder *o = f->v[at] ? f->v[at] : xmalloc(sizeof(*o));
	f->v[at] = o;
	memcpy(o->path, dir.p, dir.n);
	o->path[dir.n] = '\0';
	o->len = dir.n;
	o->fd = open(o->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return o->fd;
}

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct stamp_seen stat_look(struct folders *f, struct strview path)
{
	struct stamp_seen seen = {.flags = FILE_KNOWN};
	struct stat st;
	int dir = path.n < PATH_MAX ? enter(f, path_dir(path)) : -1;
	const char *name = path_name(path).p;
	if (dir == -1 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		return seen;
	}
	if (S_ISLNK(st.st_mode)) {
		seen.flags |= FILE_LINKED;
		if (fstatat(dir, name, &st, 0) != 0) {
			return seen; /* a link to nowhere is no file */
		}
	}
	seen.flags |= FILE_EXISTS | (S_ISDIR(st.st_mode) ? FILE_FOLDER : 0);
	seen.mtime = ns_of(st.st_mtim);
	seen.size = st.st_size;
	return seen;
}
