#include "sys/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys/path.h"
#include "sys/tempfile.h"

static enum fs_kind kind_of(mode_t mode)
{
	if (S_ISREG(mode)) {
		return FS_FILE;
	}
	if (S_ISDIR(mode)) {
		return FS_DIRECTORY;
	}
	return S_ISLNK(mode) ? FS_LINK : FS_OTHER;
}

/* Fills *ret by fstatat; 1 where nothing is there. */
static int stat_with(int at, const char *path, int flags, struct fs_stat *ret)
{
	struct stat st;
	if (fstatat(at, path, &st, flags) < 0) {
		if (errno != ENOENT && errno != ENOTDIR) {
			return -1;
		}
		*ret = (struct fs_stat){.kind = FS_MISSING};
		return 1;
	}
	*ret = (struct fs_stat){
		.kind = kind_of(st.st_mode),
		.mode = st.st_mode & 07777,
		.size = (uint64_t)st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
	return 0;
}

int fs_lstat(int at, const char *path, struct fs_stat *ret)
{
	return stat_with(at, path, AT_SYMLINK_NOFOLLOW, ret) < 0 ? -1 : 0;
}

int fs_stat(int at, const char *path, struct fs_stat *ret)
{
	int found = stat_with(at, path, 0, ret);
	if (found != 1) {
		return found;
	}
	struct fs_stat link; /* does a link dangle? */
	if (stat_with(at, path, AT_SYMLINK_NOFOLLOW, &link) == 0) {
		*ret = link;
	}
	return 0;
}

bool fs_exists(const char *path)
{
	struct fs_stat st;
	return fs_lstat(AT_FDCWD, path, &st) == 0 && st.kind != FS_MISSING;
}

/* Appends what `fd` gives up to `most` bytes; 1 where there was more. */
static int read_some(int fd, size_t most, struct strbuf *out)
{
	size_t had = out->len;
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		uint64_t size = (uint64_t)st.st_size;
		strbuf_grow(out, (size < most ? (size_t)size : most) + 1);
	}
	for (;;) {
		strbuf_grow(out, 4096);
		size_t room = out->cap - out->len - 1;
		size_t left = most - (out->len - had);
		if (room > left + 1) {
			room = left + 1;
		}
		ssize_t n = read(fd, out->buf + out->len, room);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return (int)n;
		}
		if ((size_t)n > left) {
			strbuf_setlen(out, out->len + left);
			return 1;
		}
		strbuf_setlen(out, out->len + (size_t)n);
	}
}

int fs_open_regular(const char *path, int flags, unsigned mode)
{
	struct stat st;
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
		(mode_t)mode);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

static int read_whole(int fd, size_t most, struct strbuf *out)
{
	if (fd < 0) {
		return -1;
	}
	size_t had = out->len;
	int rc = read_some(fd, most, out);
	int err = rc > 0 ? EFBIG : errno;
	close(fd);
	if (rc != 0) {
		strbuf_setlen(out, had);
		errno = err;
		return -1;
	}
	return 0;
}

int fs_read_file(const char *path, size_t most, struct strbuf *out)
{
	return read_whole(open(path, O_RDONLY | O_CLOEXEC), most, out);
}

int fs_read_regular(const char *path, size_t most, struct strbuf *out)
{
	return read_whole(fs_open_regular(path, O_RDONLY, 0), most, out);
}

static int read_part(const char *path, size_t most, bool tail, struct strbuf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return -1;
	}
	struct stat st;
	int rc = fstat(fd, &st);
	if (rc == 0 && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		rc = -1;
	}
	if (rc == 0 && tail && (uint64_t)st.st_size > most) {
		rc = lseek(fd, st.st_size - (off_t)most, SEEK_SET) < 0 ? -1 : 0;
	}
	size_t had = out->len;
	if (rc == 0 && read_some(fd, most, out) < 0) {
		rc = -1;
		strbuf_setlen(out, had);
	}
	int err = errno;
	close(fd);
	errno = err;
	return rc;
}

int fs_read_tail(const char *path, size_t most, struct strbuf *out)
{
	return read_part(path, most, true, out);
}

int fs_read_head(const char *path, size_t most, struct strbuf *out)
{
	return read_part(path, most, false, out);
}

int fs_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;
	while (n > 0) {
		ssize_t k = write(fd, at, n);
		if (k < 0 && errno == EINTR) {
			continue;
		}
		if (k < 0) {
			return -1;
		}
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int fs_write_atomic(const char *path, const void *p, size_t n, uint32_t mode)
{
	struct tempfile t;
	if (tempfile_open(&t, path, mode) < 0) {
		return -1;
	}
	if (fs_write_all(t.fd, p, n) < 0) {
		tempfile_drop(&t);
		return -1;
	}
	return tempfile_commit(&t);
}

/* mkdir that is content with a folder (or a link to one) that is there. */
static int make_one(int at, const char *path)
{
	if (mkdirat(at, path, 0777) == 0) {
		return 0;
	}
	int err = errno;
	struct stat st;
	if ((err == EEXIST || err == EROFS || err == EACCES) &&
		fstatat(at, path, &st, 0) == 0) {
		if (S_ISDIR(st.st_mode)) {
			return 0;
		}
		err = ENOTDIR;
	}
	errno = err;
	return -1;
}

int fs_make_dirs(int at, const char *path)
{
	if (make_one(at, path) == 0) {
		return 0;
	}
	if (errno != ENOENT || !*path) {
		return -1;
	}
	struct strbuf part = STRBUF_INIT;
	strbuf_addstr(&part, path);
	int rc = 0;
	for (size_t i = 1; i <= part.len && rc == 0; i++) {
		if ((i == part.len || part.buf[i] == '/') && part.buf[i - 1] != '/') {
			char c = part.buf[i];
			part.buf[i] = '\0';
			rc = make_one(at, part.buf);
			part.buf[i] = c;
		}
	}
	int err = errno;
	strbuf_release(&part);
	errno = err;
	return rc;
}

int fs_make_parents(int at, const char *path)
{
	struct strview dir = path_dir(sv_from(path));
	if (sv_eq_str(dir, ".") || sv_eq_str(dir, "/")) {
		return 0;
	}
	struct strbuf name = STRBUF_INIT;
	strbuf_addsv(&name, dir);
	struct stat st;
	int rc = 0;
	if (fstatat(at, name.buf, &st, 0) < 0 || !S_ISDIR(st.st_mode)) {
		rc = fs_make_dirs(at, name.buf);
	}
	int err = errno;
	strbuf_release(&name);
	errno = err;
	return rc;
}

bool fs_is_network(const char *path)
{
	static const uint32_t remote[] = {
		0x6969,     /* NFS */
		0x517b,     /* SMB */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB2 */
		0x0bd00bd0, /* Lustre */
		0x65735546, /* FUSE: sshfs, gluster, s3 */
		0x47504653, /* GPFS */
		0x19830326, /* BeeGFS */
		0x00c36400, /* Ceph */
		0x73757245, /* Coda */
		0x5346414f, /* AFS */
		0x6b414653, /* kAFS */
		0x01021997, /* 9P */
		0x013661be, /* Panasas */
	};
	struct strbuf at = STRBUF_INIT;
	strbuf_addstr(&at, path);
	struct statfs st;
	int rc;
	while ((rc = statfs(at.buf, &st)) < 0 && (errno == ENOENT || errno == ENOTDIR) &&
		!sv_eq_str(strbuf_sv(&at), ".") && !sv_eq_str(strbuf_sv(&at), "/")) {
		struct strview dir = path_dir(strbuf_sv(&at));
		if (dir.p == at.buf) {
			strbuf_setlen(&at, dir.n);
		} else {
			strbuf_reset(&at);
			strbuf_addch(&at, '.');
		}
	}
	strbuf_release(&at);
	for (size_t i = 0; rc == 0 && i < CW_ARRAY_LEN(remote); i++) {
		if ((uint32_t)st.f_type == remote[i]) {
			return true;
		}
	}
	return false;
}

void fs_reread_folder(const char *path)
{
	DIR *dir = opendir(path);
	while (dir && readdir(dir)) {
	}
	if (dir) {
		closedir(dir);
	}
}
