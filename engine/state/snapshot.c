#include "state/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "state/state.h"
#include "sys/fs.h"

/* Parts begin at multiples of that, so that each can be mapped alone. */
enum { ALIGN = 4096, FORMAT = 3 };
enum { WAS_KILLED = 1, HAS_GAPS = 2 };

struct file_head {
	char magic[8];
	uint32_t format, sizes; /* of what the parts consist of, on this machine */
	uint64_t identity, number;
	uint32_t last_run, flags;
	uint64_t bytes[SNAPSHOT_PARTS], sum[SNAPSHOT_PARTS];
	uint64_t own_sum; /* with this as 0 */
};

static const char magic[8] = "CWSNAP\r\n";

static uint32_t sizes_here(void)
{
	uint32_t one = 1;
	unsigned char low;
	memcpy(&low, &one, 1);
	return (uint32_t)(sizeof(struct known_file) << 20 |
			  sizeof(struct known_job) << 8 | sizeof(struct seen_input) << 1 |
			  low);
}

static size_t aligned(uint64_t n)
{
	return (size_t)((n + ALIGN - 1) / ALIGN * ALIGN);
}

static int read_at(int fd, char *p, size_t n, uint64_t at)
{
	while (n) {
		ssize_t got = pread(fd, p, n, (off_t)at);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return -1;
		}
		p += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

static bool read_head(int fd, struct file_head *h)
{
	struct stat st;
	if (read_at(fd, (char *)h, sizeof(*h), 0) != 0 || fstat(fd, &st) != 0) {
		return false;
	}
	uint64_t sum = h->own_sum, end = ALIGN;
	h->own_sum = 0;
	if (memcmp(h->magic, magic, sizeof(magic)) != 0 || h->format != FORMAT ||
		h->sizes != sizes_here() || sum != hash64(h, sizeof(*h))) {
		return false;
	}
	for (int i = 0; i < SNAPSHOT_PARTS; i++) {
		if (h->bytes[i] > (uint64_t)st.st_size) {
			return false;
		}
		end += aligned(h->bytes[i]);
	}
	return end == (uint64_t)st.st_size;
}

/* The bytes of a part in memory of their own, with room behind them. */
static int load_part(struct snapshot_memory *m, int fd, uint64_t at, uint64_t bytes,
	uint64_t sum, bool copy)
{
	size_t n = aligned(bytes), more = aligned(bytes / 8 + (UINT64_C(1) << 20));
	char *p = mmap(NULL, n + more, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		return -1;
	}
	*m = (struct snapshot_memory){p, (size_t)bytes, n + more};
	if (copy) {
		if (read_at(fd, p, (size_t)bytes, at) != 0) {
			return -1;
		}
	} else if (n) {
		if (mmap(p, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
			    (off_t)at) == MAP_FAILED) {
			return -1;
		}
#ifdef MADV_POPULATE_READ
		madvise(p, n, MADV_POPULATE_READ);
#endif
	}
	return hash64(p, (size_t)bytes) == sum ? 0 : -1;
}

/* `parts`: a bit for each. */
static int load(struct snapshot *s, const char *path, bool copy, unsigned parts)
{
	struct file_head h;
	int rc = -1;
	*s = (struct snapshot){0};
	int fd = fs_open_regular(path, O_RDONLY, 0);
	if (fd >= 0 && read_head(fd, &h)) {
		uint64_t at = ALIGN;
		s->identity = h.identity;
		s->number = h.number;
		s->last_run = h.last_run;
		s->was_killed = h.flags & WAS_KILLED;
		s->gaps = h.flags & HAS_GAPS;
		rc = 0;
		for (int i = 0; i < SNAPSHOT_PARTS && rc == 0; i++) {
			if (parts >> i & 1) {
				rc = load_part(
					&s->part[i], fd, at, h.bytes[i], h.sum[i], copy);
			}
			at += aligned(h.bytes[i]);
		}
		s->bytes = at;
	}
	if (fd >= 0) {
		close(fd);
	}
	if (rc != 0) {
		snapshot_release(s);
	}
	return rc;
}

int snapshot_load(struct snapshot *s, const char *path, bool copy)
{
	return load(s, path, copy, ~0U);
}

int snapshot_load_paths(struct snapshot *s, const char *path, bool copy)
{
	return load(s, path, copy, 1U << SNAPSHOT_NUMBERS | 1U << SNAPSHOT_PATHS);
}

void snapshot_release(struct snapshot *s)
{
	for (int i = 0; i < SNAPSHOT_PARTS; i++) {
		if (s->part[i].p) {
			munmap(s->part[i].p, s->part[i].reserved);
			s->part[i].p = NULL;
		}
	}
}

/* `n` bytes and zeros up to the next part. */
static int write_part(int fd, const void *p, size_t n)
{
	static const char zeros[ALIGN];
	if (fs_write_all(fd, p, n) != 0) {
		return -1;
	}
	return fs_write_all(fd, zeros, aligned(n) - n);
}

int snapshot_save(
	struct snapshot *s, const char *path, const struct strview parts[SNAPSHOT_PARTS])
{
	struct file_head h = {.format = FORMAT,
		.sizes = sizes_here(),
		.identity = s->identity,
		.number = s->number,
		.last_run = s->last_run,
		.flags = (s->was_killed ? WAS_KILLED : 0u) | (s->gaps ? HAS_GAPS : 0u)};
	memcpy(h.magic, magic, sizeof(magic));
	s->bytes = ALIGN;
	for (int i = 0; i < SNAPSHOT_PARTS; i++) {
		h.bytes[i] = parts[i].n;
		h.sum[i] = hash64(parts[i].p, parts[i].n);
		s->bytes += aligned(parts[i].n);
	}
	h.own_sum = hash64(&h, sizeof(h));
	/* under the run's lock: one that a killed run left is written over */
	char *next = xasprintf("%s.new", path);
	int fd = fs_open_regular(next, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int rc = fd < 0 ? -1 : write_part(fd, &h, sizeof(h));
	for (int i = 0; i < SNAPSHOT_PARTS && rc == 0; i++) {
		rc = write_part(fd, parts[i].p, parts[i].n);
	}
	if (fd >= 0 && close(fd) != 0) {
		rc = -1;
	}
	rc = rc ? rc : rename(next, path);
	if (rc != 0 && fd >= 0) {
		int err = errno;
		unlink(next);
		errno = err;
	}
	free(next);
	return rc;
}
