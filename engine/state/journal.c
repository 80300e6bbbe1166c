#include "state/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/fs.h"

struct head {
	uint32_t magic, length;
	uint64_t identity, number, sum;
};

enum { MAGIC = 0x4a57430a };

static uint64_t sum_of(struct head h, const char *payload)
{
	h.sum = hash64(payload, h.length);
	return hash64(&h, sizeof(h));
}

int journal_lock(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* where locks are not to be had, the run's lock alone has to do */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(fd);
		errno = EWOULDBLOCK;
		return -1;
	}
	return fd;
}

int journal_open(struct journal *j, int fd, uint64_t identity, uint64_t number)
{
	struct stat st;
	*j = (struct journal){.fd = fd, .identity = identity, .number = number};
	strbuf_init(&j->scratch);
	if (fstat(j->fd, &st) != 0) {
		return -1;
	}
	j->size = (uint64_t)st.st_size;
	return 0;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0) {
		close(j->fd);
		j->fd = -1;
	}
	strbuf_release(&j->scratch);
}

int journal_append(struct journal *j, struct strview payload)
{
	struct head h = {.magic = MAGIC,
		.length = (uint32_t)payload.n,
		.identity = j->identity,
		.number = j->number + 1};
	if (payload.n > UINT32_MAX) {
		errno = EFBIG;
		return -1;
	}
	h.sum = sum_of(h, payload.p);
	strbuf_reset(&j->scratch);
	strbuf_add(&j->scratch, &h, sizeof(h));
	strbuf_addsv(&j->scratch, payload);
	if (fs_write_all(j->fd, j->scratch.buf, j->scratch.len) != 0) {
		int err = errno;
		if (ftruncate(j->fd, (off_t)j->size) != 0) {
			err = errno;
		}
		errno = err;
		return -1;
	}
	j->size += j->scratch.len;
	j->number++;
	return 0;
}

int journal_clear(struct journal *j)
{
	if (ftruncate(j->fd, 0) != 0) {
		return -1;
	}
	j->size = 0;
	return 0;
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
