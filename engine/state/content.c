#include "state/content.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, READ_SMALL = 8192 };

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* One entry of a folder's tree; folders are worked off in the order of the list. */
struct entry {
	char *path; /* owned */
	size_t rel; /* where the part below the root begins */
	struct stat st;
};

struct tree {
	VEC(struct entry) entries;
	size_t next;
};

static void tree_release(struct tree *t)
{
	for (size_t i = 0; i < t->entries.n; i++) {
		free(t->entries.v[i].path);
	}
	vec_release(&t->entries);
}

/* Appends the entries of one folder; one that cannot be read is empty. */
static void read_folder(struct tree *t, size_t index)
{
	DIR *dir = opendir(t->entries.v[index].path);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		struct entry in = {.rel = t->entries.v[index].rel};
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
			fstatat(dirfd(dir), e->d_name, &in.st, AT_SYMLINK_NOFOLLOW) !=
				0) {
			continue;
		}
		in.path = xasprintf("%s/%s", t->entries.v[index].path, e->d_name);
		vec_push(&t->entries, in);
	}
	if (dir) {
		closedir(dir);
	}
}

/* All entries below `path`, itself first. */
static void tree_read(struct tree *t, const char *path, const struct stat *st)
{
	*t = (struct tree){0};
	vec_push(&t->entries,
		(struct entry){.path = xstrdup(path), .rel = strlen(path), .st = *st});
	for (size_t i = 0; i < t->entries.n; i++) {
		if (S_ISDIR(t->entries.v[i].st.st_mode)) {
			read_folder(t, i);
		}
	}
}

static struct stamp tree_stamp(const struct tree *t)
{
	struct stamp s = {0, 0};
	for (size_t i = 0; i < t->entries.n; i++) {
		const struct stat *st = &t->entries.v[i].st;
		int64_t mtime = ns_of(st->st_mtim);
		/* a count, so that an empty file more is seen where times are coarse */
		s.size += S_ISDIR(st->st_mode) ? 1 : st->st_size + 1;
		s.mtime_ns = mtime > s.mtime_ns ? mtime : s.mtime_ns;
	}
	return s;
}

static void take_stat(const char *path, const struct stat *st, struct known_file *ret)
{
	*ret = (struct known_file){.stamp = {st->st_size, ns_of(st->st_mtim)},
		.dev = st->st_dev,
		.ino = st->st_ino,
		.job = STATE_NONE};
	if (S_ISDIR(st->st_mode)) {
		struct tree t;
		tree_read(&t, path, st);
		ret->stamp = tree_stamp(&t);
		tree_release(&t);
	} else if (S_ISREG(st->st_mode) && !st->st_size) {
		ret->content = (struct content){hash128("", 0), CONTENT_BYTES};
	}
}

int content_look(const char *path, struct known_file *ret)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		return -1;
	}
	take_stat(path, &st, ret);
	return 0;
}

void content_from(const struct fs_stat *st, struct known_file *ret)
{
	*ret = (struct known_file){.stamp = {(int64_t)st->size, st->mtime_ns},
		.dev = st->dev,
		.ino = st->ino,
		.job = STATE_NONE};
	if (st->kind == FS_FILE && !st->size) {
		ret->content = (struct content){hash128("", 0), CONTENT_BYTES};
	}
}

int content_take(const char *path, int64_t most, struct known_file *ret)
{
	char small[READ_SMALL];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return content_look(path, ret);
	}
	int rc = fstat(fd, &st);
	if (rc == 0) {
		take_stat(path, &st, ret);
		/* who writes to it from now on gives it another stamp than this one */
		if (S_ISREG(st.st_mode) && st.st_size &&
			st.st_size < (off_t)sizeof(small) &&
			(!most || st.st_size <= most) &&
			read(fd, small, sizeof(small)) == st.st_size) {
			ret->content = (struct content){
				hash128(small, (size_t)st.st_size), CONTENT_BYTES};
		}
	}
	close(fd);
	return rc;
}

bool content_is_settled(const struct known_file *known, int64_t most)
{
	return known->content.kind != CONTENT_NONE &&
	       (known->content.kind != CONTENT_STAMP ||
		       (most && known->stamp.size > most));
}

struct content content_of_stamp(struct stamp stamp)
{
	return (struct content){
		{(uint64_t)stamp.size, (uint64_t)stamp.mtime_ns}, CONTENT_STAMP};
}

/* The digest of an open file of `size` bytes; -1 where reading failed or it is not so
 * long. */
static int digest_fd(int fd, int64_t size, struct digest *ret)
{
	char small[READ_SMALL];
	if (size <= (int64_t)sizeof(small)) {
		ssize_t n = read(fd, small, sizeof(small));
		*ret = hash128(small, n > 0 ? (size_t)n : 0);
		return n == size ? 0 : -1;
	}
	char *buf = xmalloc(READ_BYTES);
	struct hash_stream *h = hash_stream_new();
	int64_t total = 0;
	ssize_t n;
	while ((n = read(fd, buf, READ_BYTES)) > 0) {
		hash_stream_add(h, buf, (size_t)n);
		total += n;
	}
	*ret = hash_stream_digest(h);
	hash_stream_free(h);
	free(buf);
	return n == 0 && total == size ? 0 : -1;
}

static bool same(const struct stat *st, const struct known_file *known)
{
	return st->st_size == known->stamp.size &&
	       ns_of(st->st_mtim) == known->stamp.mtime_ns && st->st_ino == known->ino;
}

/* The bytes of a file that stays as `known` says. 1: it is a folder. */
static int read_file(const char *path, const struct known_file *known, struct digest *ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc = -1;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			rc = 1;
		} else if (S_ISREG(st.st_mode) && same(&st, known) &&
			   digest_fd(fd, st.st_size, ret) == 0 &&
			   (st.st_size <= READ_SMALL ||
				   (fstat(fd, &st) == 0 && same(&st, known)))) {
			rc = 0;
		}
	}
	if (fd >= 0) {
		close(fd);
	}
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return strcmp(x->path + x->rel, y->path + y->rel);
}

/* Names, kinds and bytes of a tree whose stamp is the known one. */
static int read_tree(const char *path, const struct known_file *known, struct digest *ret)
{
	struct tree t;
	struct stat st;
	if (stat(path, &st) != 0) {
		return -1;
	}
	tree_read(&t, path, &st);
	int rc = stamp_eq(tree_stamp(&t), known->stamp) ? 0 : -1;
	qsort(t.entries.v, t.entries.n, sizeof(*t.entries.v), by_path);
	struct hash_stream *h = hash_stream_new();
	for (size_t i = 0; i < t.entries.n && rc == 0; i++) {
		const struct entry *e = &t.entries.v[i];
		struct digest d = {0, 0};
		char target[4096];
		uint32_t kind = e->st.st_mode & S_IFMT;
		if (S_ISREG(e->st.st_mode)) {
			struct known_file file = {
				.stamp = {e->st.st_size, ns_of(e->st.st_mtim)},
				.ino = e->st.st_ino};
			rc = read_file(e->path, &file, &d) == 0 ? 0 : -1;
		} else if (S_ISLNK(e->st.st_mode)) {
			ssize_t n = readlink(e->path, target, sizeof(target));
			d = hash128(target, n > 0 ? (size_t)n : 0);
		}
		hash_stream_add(h, e->path + e->rel, strlen(e->path + e->rel) + 1);
		hash_stream_add(h, &kind, sizeof(kind));
		hash_stream_add(h, &d, sizeof(d));
	}
	*ret = hash_stream_digest(h);
	hash_stream_free(h);
	tree_release(&t);
	return rc;
}

void content_read(const char *path, int64_t most, struct known_file *known)
{
	struct digest d;
	if (known->content.kind == CONTENT_BYTES && !known->stamp.size) {
		return;
	}
	known->content = content_of_stamp(known->stamp);
	if (most && known->stamp.size > most) {
		return;
	}
	int rc = read_file(path, known, &d);
	if (rc == 0) {
		known->content = (struct content){d, CONTENT_BYTES};
	} else if (rc == 1 && read_tree(path, known, &d) == 0) {
		known->content = (struct content){d, CONTENT_TREE};
	}
}

void content_text(struct content c, struct strbuf *out)
{
	static const char *const names[] = {[CONTENT_NONE] = "unknown",
		[CONTENT_BYTES] = "xxh3",
		[CONTENT_TREE] = "tree",
		[CONTENT_GIT] = "git",
		[CONTENT_JOB] = "job",
		[CONTENT_STAMP] = "stamp"};
	if (c.kind >= CW_ARRAY_LEN(names) || c.kind == CONTENT_NONE) {
		strbuf_addstr(out, names[CONTENT_NONE]);
	} else if (c.kind == CONTENT_STAMP) {
		strbuf_addf(out, "size:%llu", (unsigned long long)c.digest.hi);
	} else {
		strbuf_addf(out, "%s:%016llx%016llx", names[c.kind],
			(unsigned long long)c.digest.hi, (unsigned long long)c.digest.lo);
	}
}
