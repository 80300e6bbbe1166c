#include "state/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/fs.h"

struct head {
	uint32_t magic, length;
	uint64_t identity, number, sum;
};

enum { MAGIC = 0x4a57430a };

/* Room is reserved by this much at least, later by as much again, at most the second. */
#define ROOM_LEAST (UINT64_C(64) << 10)
#define ROOM_STEP (UINT64_C(8) << 20)

static uint64_t sum_of(struct head h, const char *payload)
{
	h.sum = hash64(payload, h.length);
	return hash64(&h, sizeof(h));
}

int journal_lock(const char *path)
{
	int fd = fs_open_regular(path, O_RDWR | O_CREAT, 0600);
	/* where locks are not to be had, the run's lock alone has to do */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(fd);
		errno = EWOULDBLOCK;
		return -1;
	}
	return fd;
}

int journal_open(
	struct journal *j, int fd, uint64_t identity, uint64_t number, uint64_t size)
{
	struct stat st;
	*j = (struct journal){
		.fd = fd, .identity = identity, .number = number, .size = size};
	strbuf_init(&j->scratch);
	if (fstat(j->fd, &st) != 0) {
		return -1;
	}
	return (uint64_t)st.st_size == size ? 0 : ftruncate(j->fd, (off_t)size);
}

static void unmap(struct journal *j)
{
	if (j->map) {
		munmap(j->map, j->room);
		j->map = NULL;
	}
	j->room = 0;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0) {
		/* the zeros behind it; that they stay would do no harm */
		if (j->room && ftruncate(j->fd, (off_t)j->size) != 0) {
			errno = 0;
		}
		unmap(j);
		close(j->fd);
		j->fd = -1;
	}
	strbuf_release(&j->scratch);
}

/* Mapped memory, with its place on the disk, for `more` bytes behind the last. */
static bool make_room(struct journal *j, uint64_t more)
{
	uint64_t step = j->room < ROOM_STEP ? j->room : ROOM_STEP;
	uint64_t room = (j->room ? j->room : j->size) + (step ? step : ROOM_LEAST);
	void *p;
	if (room < j->size + more) {
		room = j->size + more;
	}
	room = (room + ROOM_LEAST - 1) / ROOM_LEAST * ROOM_LEAST;
	if (j->by_write ||
		fallocate(j->fd, 0, (off_t)j->room, (off_t)(room - j->room)) != 0) {
		return false;
	}
	p = j->map ? mremap(j->map, j->room, room, MREMAP_MAYMOVE)
		   : mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, j->fd, 0);
	if (p == MAP_FAILED) {
		return false;
	}
	j->map = p;
#ifdef MADV_POPULATE_WRITE
	if (j->room) { /* there is much to write: all pages at once, not one fault each */
		madvise(j->map + j->room, room - j->room, MADV_POPULATE_WRITE);
	}
#endif
	j->room = room;
	return true;
}

/* By one write; from then on the rest is written so, too. */
static int append_by_write(
	struct journal *j, const struct head *h, struct strview payload)
{
	if (!j->by_write) {
		unmap(j);
		j->by_write = true;
	}
	strbuf_reset(&j->scratch);
	strbuf_add(&j->scratch, h, sizeof(*h));
	strbuf_addsv(&j->scratch, payload);
	for (size_t done = 0; done < j->scratch.len;) {
		ssize_t n = pwrite(j->fd, j->scratch.buf + done, j->scratch.len - done,
			(off_t)(j->size + done));
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			int err = n < 0 ? errno : EIO;
			if (ftruncate(j->fd, (off_t)j->size) != 0) {
				err = errno;
			}
			errno = err;
			return -1;
		}
		done += (size_t)n;
	}
	return 0;
}

static int append(struct journal *j, uint64_t number, struct strview payload)
{
	struct head h = {.magic = MAGIC,
		.length = (uint32_t)payload.n,
		.identity = j->identity,
		.number = number};
	uint64_t size = sizeof(h) + payload.n;
	if (payload.n > UINT32_MAX) {
		errno = EFBIG;
		return -1;
	}
	h.sum = sum_of(h, payload.p);
	if (j->size + size <= j->room || make_room(j, size)) {
		memcpy(j->map + j->size, &h, sizeof(h));
		if (payload.n) {
			memcpy(j->map + j->size + sizeof(h), payload.p, payload.n);
		}
	} else if (append_by_write(j, &h, payload) != 0) {
		return -1;
	}
	j->size += size;
	j->number = number;
	return 0;
}

int journal_append(struct journal *j, struct strview payload)
{
	if (!j->size && append(j, j->number, SV("")) != 0) {
		return -1;
	}
	return append(j, j->number + 1, payload);
}

int journal_clear(struct journal *j)
{
	unmap(j);
	if (ftruncate(j->fd, 0) != 0) {
		return -1;
	}
	j->size = 0;
	return append(j, j->number, SV(""));
}

static int read_bytes(int fd, uint64_t from, size_t n, struct strbuf *out)
{
	strbuf_grow(out, n);
	while (n) {
		ssize_t got = pread(fd, out->buf + out->len, n, (off_t)from);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			errno = got < 0 ? errno : EIO;
			return -1;
		}
		strbuf_setlen(out, out->len + (size_t)got);
		from += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

int journal_read(int fd, uint64_t from, uint64_t end, uint64_t most, struct strbuf *out)
{
	size_t before = out->len;
	uint64_t left = from < end ? end - from : 0;
	if (left <= most) {
		return read_bytes(fd, from, (size_t)left, out);
	}
	for (;;) {
		size_t used = 0;
		struct head h;
		if (read_bytes(fd, from, (size_t)most, out) != 0) {
			return -1;
		}
		/* cut behind the last whole frame; all of them are */
		while (out->len - before - used >= sizeof(h)) {
			memcpy(&h, out->buf + before + used, sizeof(h));
			if (sizeof(h) + h.length > out->len - before - used) {
				break;
			}
			used += sizeof(h) + h.length;
		}
		strbuf_setlen(out, before + used);
		if (used) {
			return 0;
		}
		most = most * 2 < left ? most * 2 : left;
	}
}

bool journal_next(struct strview *bytes, struct frame *ret)
{
	struct head h;
	if (bytes->n < sizeof(h)) {
		return false;
	}
	memcpy(&h, bytes->p, sizeof(h));
	if (h.magic != MAGIC || h.length > bytes->n - sizeof(h) ||
		h.sum != sum_of(h, bytes->p + sizeof(h))) {
		return false;
	}
	*ret = (struct frame){h.identity, h.number, {bytes->p + sizeof(h), h.length}};
	*bytes = sv_skip(*bytes, sizeof(h) + h.length);
	return true;
}
