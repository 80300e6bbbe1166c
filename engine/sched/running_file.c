#include "sched/running_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "sys/fs.h"

enum { PAGE = 4096 };

/*
 * A page: the length of the text behind it (0: no note), written last; then for each
 * output 'd' (a declared folder) or 'f', its path, NUL. A text too long for the page is a
 * file of its own, "running-SLOT".
 */
struct page {
	_Atomic uint32_t length;
	char text[PAGE - sizeof(uint32_t)];
};

static void file_name(struct strbuf *out, const char *state_dir)
{
	strbuf_addf(out, "%s/running", state_dir);
}

static void long_name(struct strbuf *out, const char *state_dir, uint32_t slot)
{
	strbuf_addf(out, "%s/running-%u", state_dir, slot);
}

void running_file_open(struct running_file *f, const char *state_dir, uint32_t slots)
{
	*f = (struct running_file){.state_dir = state_dir, .slots = slots, .fd = -1};
	struct strbuf path = STRBUF_INIT;
	file_name(&path, state_dir);
	size_t size = (size_t)slots * PAGE;
	f->fd = fs_open_regular(path.buf, O_RDWR | O_CREAT | O_TRUNC, 0600);
	strbuf_release(&path);
	if (f->fd < 0 || ftruncate(f->fd, (off_t)size) < 0) {
		return;
	}
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	f->map = p == MAP_FAILED ? NULL : p;
}

void running_file_close(struct running_file *f)
{
	struct strbuf path = STRBUF_INIT;
	if (f->map) {
		munmap(f->map, (size_t)f->slots * PAGE);
	}
	if (f->fd >= 0) {
		close(f->fd);
		file_name(&path, f->state_dir);
		unlink(path.buf);
	}
	strbuf_release(&path);
	*f = (struct running_file){.fd = -1};
}

/* The page of a slot, with its place on the disk (else a full one would end us by
 * SIGBUS); NULL where there is none. */
static struct page *page_of(struct running_file *f, uint32_t slot)
{
	if (!f->map || slot >= f->slots) {
		return NULL;
	}
	while (f->ready <= slot) {
		if (posix_fallocate(f->fd, (off_t)f->ready * PAGE, PAGE) != 0) {
			return NULL;
		}
		f->ready++;
	}
	return (struct page *)(void *)(f->map + (size_t)slot * PAGE);
}

static void add_outputs(struct strbuf *out, const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		const struct spec_file *o = &spec->outputs[i];
		if (!(o->flags & OUTPUT_RESUME)) {
			strbuf_addch(out, o->flags & OUTPUT_DIRECTORY ? 'd' : 'f');
			strbuf_add(out, o->path, strlen(o->path) + 1);
		}
	}
}

void running_file_note(struct running_file *f, uint32_t slot, const struct job_spec *spec)
{
	struct page *p = page_of(f, slot);
	size_t n = 0;
	for (uint32_t i = 0; i < spec->output_count; i++) {
		n += strlen(spec->outputs[i].path) + 2;
	}
	if (!p || n == 0) {
		return;
	}
	struct strbuf text = STRBUF_INIT;
	add_outputs(&text, spec);
	if (text.len <= sizeof(p->text)) {
		memcpy(p->text, text.buf, text.len);
		atomic_store(&p->length, (uint32_t)text.len);
	} else {
		struct strbuf path = STRBUF_INIT;
		long_name(&path, f->state_dir, slot);
		if (fs_write_atomic(path.buf, text.buf, text.len, 0600) == 0) {
			atomic_store(&p->length, UINT32_MAX);
		}
		strbuf_release(&path);
	}
	strbuf_release(&text);
}

void running_file_clear(struct running_file *f, uint32_t slot)
{
	if (!f->map || slot >= f->ready) {
		return;
	}
	struct page *p = page_of(f, slot);
	if (atomic_exchange(&p->length, 0) == UINT32_MAX) {
		struct strbuf path = STRBUF_INIT;
		long_name(&path, f->state_dir, slot);
		unlink(path.buf);
		strbuf_release(&path);
	}
}

/* Removes the outputs a note names. */
static void remove_outputs(struct strview text)
{
	while (text.n) {
		const char *path = text.p + 1;
		const char *end = memchr(text.p, '\0', text.n);
		struct fs_stat st;
		if (!end) {
			return;
		}
		if (end > path && fs_lstat(AT_FDCWD, path, &st) == 0) {
			if (st.kind == FS_FILE || st.kind == FS_LINK) {
				unlink(path);
			} else if (st.kind == FS_DIRECTORY && text.p[0] == 'd') {
				fs_remove_tree(AT_FDCWD, path);
			}
		}
		text = sv_skip(text, (size_t)(end - text.p) + 1);
	}
}

static void recover_long(const char *state_dir, uint32_t slot)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	long_name(&path, state_dir, slot);
	if (fs_read_regular(path.buf, SIZE_MAX / 2, &text) == 0) {
		remove_outputs(strbuf_sv(&text));
	}
	unlink(path.buf);
	strbuf_release(&path);
	strbuf_release(&text);
}

uint32_t running_file_recover(const char *state_dir)
{
	struct strbuf path = STRBUF_INIT;
	struct page *page = xmalloc(sizeof(*page));
	uint32_t count = 0;
	file_name(&path, state_dir);
	int fd = fs_open_regular(path.buf, O_RDONLY, 0);
	for (uint32_t slot = 0; fd >= 0; slot++) {
		ssize_t n = pread(fd, page, sizeof(*page), (off_t)slot * PAGE);
		if (n != (ssize_t)sizeof(*page)) {
			break;
		}
		uint32_t length = atomic_load(&page->length);
		if (length == UINT32_MAX) {
			recover_long(state_dir, slot);
		} else if (length && length <= sizeof(page->text)) {
			remove_outputs((struct strview){page->text, length});
		}
		count += length != 0;
	}
	if (fd >= 0) {
		close(fd);
		unlink(path.buf);
	}
	free(page);
	strbuf_release(&path);
	return count;
}
