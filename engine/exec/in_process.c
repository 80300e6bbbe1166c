#include "exec/in_process.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "sys/fs.h"

enum { CAPTURED = -1, NOWHERE = -2 };

/* Where descriptors 1 and 2 of the command lead: a file, or one of the above. */
struct places {
	int fd[3];
	int opened[SIMPLE_MOST_OPENS]; /* to be closed */
	uint32_t count;
};

/* Opens one file; false where a shell should. */
static bool open_one(struct places *p, const struct spawn_open *o)
{
	struct fs_stat st;
	if (!o->path) {
		p->fd[o->fd] = p->fd[o->from];
		return true;
	}
	if (strcmp(o->path, "/dev/null") == 0) {
		p->fd[o->fd] = NOWHERE;
		return true;
	}
	if (fs_stat(AT_FDCWD, o->path, &st) < 0 ||
		(st.kind != FS_FILE && st.kind != FS_MISSING)) {
		return false;
	}
	int fd = open(o->path, o->flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	if (fd < 0) {
		return false;
	}
	p->opened[p->count++] = fd;
	p->fd[o->fd] = fd;
	return true;
}

/* The words with blanks between them, as echo says them. */
static bool say(const struct simple_command *c, int fd, struct output_buffer *output)
{
	struct strbuf line = STRBUF_INIT;
	for (uint32_t i = 1; i < c->argc; i++) {
		strbuf_addstr(&line, i > 1 ? " " : "");
		strbuf_addstr(&line, c->argv[i]);
	}
	strbuf_addch(&line, '\n');
	bool said = true;
	if (fd == CAPTURED) {
		output_add(output, line.buf, line.len);
	} else if (fd != NOWHERE) {
		said = fs_write_all(fd, line.buf, line.len) == 0;
	}
	strbuf_release(&line);
	return said;
}

bool in_process_run(const struct simple_command *c, struct output_buffer *output)
{
	struct places p = {.fd = {NOWHERE, CAPTURED, CAPTURED}};
	bool done = true;
	for (uint32_t i = 0; i < c->open_count && done; i++) {
		done = open_one(&p, &c->opens[i]);
	}
	if (done && c->kind == SIMPLE_ECHO) {
		done = say(c, p.fd[1], output);
	}
	for (uint32_t i = 0; i < p.count; i++) {
		done = close(p.opened[i]) == 0 && done;
	}
	return done;
}
