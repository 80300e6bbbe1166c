#include "exec/output_buffer.h"

#include <unistd.h>

#include "base/xalloc.h"
#include "sys/fs.h"
#include "sys/tempfile.h"

void output_init(struct output_buffer *o, const char *dir)
{
	*o = (struct output_buffer){.dir = dir, .fd = -1};
}

void output_reset(struct output_buffer *o)
{
	if (o->fd >= 0) {
		close(o->fd);
	}
	o->fd = -1;
	o->size = o->kept = 0;
	o->full = false;
}

void output_release(struct output_buffer *o)
{
	output_reset(o);
	free(o->mem);
	free(o->tail);
	o->mem = o->tail = NULL;
}

/* Keeps the last bytes in a ring that starts where the kept part ends. */
static void add_to_tail(struct output_buffer *o, const char *p, size_t n)
{
	if (!o->tail) {
		o->tail = xmalloc(OUTPUT_TAIL);
	}
	if (n > OUTPUT_TAIL) {
		o->size += n - OUTPUT_TAIL;
		p += n - OUTPUT_TAIL;
		n = OUTPUT_TAIL;
	}
	while (n > 0) {
		size_t at = (size_t)((o->size - o->kept) % OUTPUT_TAIL);
		size_t k = OUTPUT_TAIL - at < n ? OUTPUT_TAIL - at : n;
		memcpy(o->tail + at, p, k);
		o->size += k;
		p += k;
		n -= k;
	}
}

/* Moves what is in memory into a file. */
static void open_file(struct output_buffer *o)
{
	o->fd = tempfile_unnamed(o->dir);
	if (o->fd < 0) {
		o->full = true;
		return;
	}
	if (fs_write_all(o->fd, o->mem, (size_t)o->kept) < 0) {
		close(o->fd);
		o->fd = -1;
		o->full = true;
	}
}

void output_add(struct output_buffer *o, const char *p, size_t n)
{
	if (!o->mem) {
		o->mem = xmalloc(OUTPUT_IN_MEMORY);
	}
	if (o->fd < 0 && !o->full) {
		if (o->kept + n <= OUTPUT_IN_MEMORY) {
			memcpy(o->mem + o->kept, p, n);
			o->kept += n;
			o->size += n;
			return;
		}
		open_file(o);
	}
	if (!o->full && o->kept + n <= OUTPUT_IN_FILE) {
		if (fs_write_all(o->fd, p, n) == 0) {
			o->kept += n;
			o->size += n;
			return;
		}
		/* a full disk: what is in the file before stays */
		if (ftruncate(o->fd, (off_t)o->kept) < 0) {
			o->kept = 0;
		}
	}
	o->full = true;
	add_to_tail(o, p, n);
}

/* Appends to where the kept bytes are; in memory, over their end if need be. */
static void append(struct output_buffer *o, const char *p, size_t n)
{
	if (o->fd >= 0) {
		if (pwrite(o->fd, p, n, (off_t)o->kept) == (ssize_t)n) {
			o->kept += n;
		}
		return;
	}
	if (o->kept + n <= OUTPUT_IN_MEMORY) {
		memcpy(o->mem + o->kept, p, n);
		o->kept += n;
	}
}

uint64_t output_finish(struct output_buffer *o)
{
	uint64_t rest = o->size - o->kept;
	if (rest == 0) {
		return o->kept;
	}
	uint64_t shown = rest < OUTPUT_TAIL ? rest : OUTPUT_TAIL;
	if (o->fd < 0) {
		/* no file could be had: half for the beginning, half for the end */
		if (o->kept > OUTPUT_IN_MEMORY / 2) {
			o->kept = OUTPUT_IN_MEMORY / 2;
		}
		uint64_t room = OUTPUT_IN_MEMORY - o->kept - 128;
		shown = shown < room ? shown : room;
	}
	size_t begin = (size_t)((rest - shown) % OUTPUT_TAIL);
	uint64_t left_out = o->size - o->kept - shown;
	if (left_out) {
		char remark[96];
		int n = snprintf(remark, sizeof(remark),
			"\n[... %llu bytes left out ...]\n",
			(unsigned long long)left_out);
		append(o, remark, (size_t)n);
	}
	size_t first = OUTPUT_TAIL - begin < shown ? OUTPUT_TAIL - begin : (size_t)shown;
	append(o, o->tail + begin, first);
	append(o, o->tail, (size_t)shown - first);
	return o->kept;
}
