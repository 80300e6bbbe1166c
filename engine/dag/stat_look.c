#include "dag/stat_look.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "dag/dag.h"
#include "sys/path.h"

/*
 * Where one name after the other is missing, a folder that is nearly empty is read instead:
 * what is not in it need not be asked for.
 */
enum { MISSES_BORNE = 16, LIST_BYTES = 32 * 1024 };
enum list_state { LIST_UNREAD, LIST_WHOLE, LIST_TOO_LONG };

struct open_folder {
	size_t len;
	int fd;          /* -1: the folder is not there */
	unsigned misses; /* in a row */
	enum list_state list;
	struct intern names; /* LIST_WHOLE: all there are */
	char path[PATH_MAX];
};

static void leave(struct open_folder *o)
{
	if (o) {
		if (o->fd >= 0) {
			close(o->fd);
		}
		intern_release(&o->names);
	}
}

/* Whether the folder is of a file system on which a name is there if and only if it is
 * listed, byte by byte: not where case is folded or folders appear when asked for. */
static bool lists_truly(int fd)
{
	struct statfs fs;
	unsigned flags = 0;
	if (fstatfs(fd, &fs) != 0) {
		return false;
	}
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
		return ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0 ||
		       !(flags & FS_CASEFOLD_FL);
	case BTRFS_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/* Takes the names in one call, and another that has to say that there are no more. */
static void read_list(struct open_folder *o)
{
	_Alignas(8) char bytes[LIST_BYTES];
	o->list = LIST_TOO_LONG;
	int fd = openat(o->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return;
	}
	ssize_t n = lists_truly(fd) ? getdents64(fd, bytes, sizeof(bytes)) : -1;
	char more[1024];
	if (n >= 0 && getdents64(fd, more, sizeof(more)) == 0) {
		o->list = LIST_WHOLE;
		for (ssize_t at = 0; at < n;) {
			uint16_t length;
			const char *entry = bytes + at;
			memcpy(&length, entry + offsetof(struct dirent64, d_reclen),
				sizeof(length));
			const char *name = entry + offsetof(struct dirent64, d_name);
			intern_put(&o->names, name, strlen(name));
			at += length;
		}
	}
	close(fd);
}

/* Whether the name is known to be missing. */
static bool is_missing(struct open_folder *o, struct strview name)
{
	if (o->list == LIST_UNREAD && o->misses >= MISSES_BORNE) {
		read_list(o);
	}
	return o->list == LIST_WHOLE &&
	       intern_find(&o->names, name.p, name.n) == INTERN_NONE;
}

void folders_close(struct folders *f)
{
	for (int i = 0; i < FOLDERS_OPEN; i++) {
		leave(f->v[i]);
		free(f->v[i]);
		f->v[i] = NULL;
	}
}

static struct open_folder *enter(struct folders *f, struct strview dir)
{
	for (int i = 0; i < FOLDERS_OPEN; i++) {
		struct open_folder *o = f->v[i];
		if (o && o->len == dir.n && memcmp(o->path, dir.p, dir.n) == 0) {
			return o;
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
	o->misses = 0;
	o->list = LIST_UNREAD;
	intern_init(&o->names);
	return o;
}

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct stamp_seen stat_look(struct folders *f, struct strview path)
{
	struct stamp_seen seen = {.flags = FILE_KNOWN};
	struct stat st;
	struct open_folder *o = path.n < PATH_MAX ? enter(f, path_dir(path)) : NULL;
	struct strview name = path_name(path);
	if (!o || o->fd < 0 || is_missing(o, name)) {
		return seen;
	}
	if (fstatat(o->fd, name.p, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		o->misses++;
		return seen;
	}
	o->misses = 0;
	if (S_ISLNK(st.st_mode)) {
		seen.flags |= FILE_LINKED;
		if (fstatat(o->fd, name.p, &st, 0) != 0) {
			return seen; /* a link to nowhere is no file */
		}
	}
	seen.flags |= FILE_EXISTS | (S_ISDIR(st.st_mode) ? FILE_FOLDER : 0);
	seen.mtime = ns_of(st.st_mtim);
	seen.size = st.st_size;
	return seen;
}
