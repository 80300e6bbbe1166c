/*
 * Files and folders. Paths are NUL-terminated bytes; relative ones start at `at`, a
 * descriptor of a folder or AT_FDCWD. All return 0, or -1 with errno, unless said.
 */
#ifndef CW_SYS_FS_H
#define CW_SYS_FS_H

#include "base/strbuf.h"

enum fs_kind { FS_MISSING, FS_FILE, FS_DIRECTORY, FS_LINK, FS_OTHER };

struct fs_stat {
	enum fs_kind kind; /* FS_LINK only where links are not followed, or dangle */
	uint32_t mode;     /* permission bits */
	uint64_t size;     /* bytes */
	int64_t mtime_ns;  /* CLOCK_REALTIME */
	uint64_t dev, ino;
};

/* What is at `path`, through links. A path that names nothing is no error: its kind is
 * FS_MISSING (also below something that is no folder); a link to nothing is FS_LINK. */
int fs_stat(int at, const char *path, struct fs_stat *ret);

/* The same of the link itself. */
int fs_lstat(int at, const char *path, struct fs_stat *ret);

/* Whether something is there, be it a dangling link; errors count as no. */
bool fs_exists(const char *path);

/* Opens (as open(2) does, close-on-exec) what is a regular file, or becomes one. EINVAL, or
 * ENXIO, where it is something else: a pipe is not waited for, a link not followed. */
int fs_open_regular(const char *path, int flags, unsigned mode);

/* Appends the whole file to `out`; EFBIG where it is larger than `most` bytes. A pipe is
 * read to its end. */
int fs_read_file(const char *path, size_t most, struct strbuf *out);

/* The same of a file of our own, by fs_open_regular. */
int fs_read_regular(const char *path, size_t most, struct strbuf *out);

/* Appends at most `most` bytes from the end, the begin of a regular file. */
int fs_read_tail(const char *path, size_t most, struct strbuf *out);
int fs_read_head(const char *path, size_t most, struct strbuf *out);

/* The file becomes these bytes in one step: whoever reads sees the old or the new ones.
 * `mode` as for open(2). */
int fs_write_atomic(const char *path, const void *p, size_t n, uint32_t mode);

/* All bytes to `fd`, however many calls it takes. */
int fs_write_all(int fd, const void *p, size_t n);

/* Makes the folder and those above it, mode 0777 less the umask; one that is there
 * already is fine. */
int fs_make_dirs(int at, const char *path);

/* Makes the folders above `path`; the same folder asked for again and again costs one
 * call. */
int fs_make_parents(int at, const char *path);

/* Removes what is at `path`, folders with all they hold; links are removed, never
 * followed. Nothing there is fine. Stops at the first error. Depth is limited by
 * memory only. */
int fs_remove_tree(int at, const char *path);

/* Whether `path` (or the nearest folder above it that exists) is on a file system whose
 * changes by other hosts show up late: NFS, Lustre, SMB, FUSE... */
bool fs_is_network(const char *path);

/* Reads through a folder, so that a network file system asks its server again. */
void fs_reread_folder(const char *path);

#endif
