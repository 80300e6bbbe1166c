/* Programs that print a Workflowfile: run at load, without a shell, within limits. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/reader.h"
#include "sys/fs.h"
#include "sys/process.h"

#define TIME_MOST_NS INT64_C(60000000000)
enum { SIZE_MOST = 64 << 20, SHOWN_MOST = 2000 };

/* The program and its arguments; a program with a slash lies beside the file. */
static char **read_arguments(struct reader *r, const struct yaml_tree_node *node)
{
	struct node_list list;
	list_of(node, &list);
	char **argv = ARENA_ARRAY(r->arena, char *, list.n + 1);
	int rc = list.n ? 0
			: diag_error(r->sink, "CW-E013", node->span,
				  "`command` needs a program");
	for (uint32_t i = 0; i < list.n; i++) {
		struct strview text = SV("");
		rc |= constant(r, list.v[i], &text);
		if (rc == 0 && i == 0 && memchr(text.p, '/', text.n)) {
			const char *path = path_beside(r, text, list.v[i]->span);
			if (!path) {
				return NULL;
			}
			/* execve wants a slash in it */
			text = sv_from(strchr(path, '/')
					       ? path
					       : arena_printf(r->arena, "./%s", path));
		}
		argv[i] = arena_memdup0(r->arena, text.p, text.n);
	}
	return rc == 0 ? argv : NULL;
}

/* Runs it with what it writes to stderr going to the file `err_fd`. */
static int capture(char **argv, int err_fd, struct strbuf *out)
{
	struct process_capture c = {
		.argv = argv, .most = SIZE_MOST, .timeout_ns = TIME_MOST_NS};
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	fflush(stderr);
	if (saved >= 0) {
		dup2(err_fd, STDERR_FILENO);
	}
	int status = process_capture(&c, out);
	int err = errno;
	if (saved >= 0) {
		dup2(saved, STDERR_FILENO);
		close(saved);
	}
	errno = err;
	return status;
}

static void note_stderr(struct reader *r, int fd)
{
	char text[SHOWN_MOST];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	struct strview rest = {text, n > 0 ? (size_t)n : 0};
	while (rest.n) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t len = nl ? (size_t)(nl - rest.p) : rest.n;
		struct strbuf line = STRBUF_INIT;
		escape_for_terminal(&line, sv_sub(rest, 0, len));
		diag_note(r->sink, (struct span){0}, "it said: %s", line.buf);
		strbuf_release(&line);
		rest = sv_skip(rest, nl ? len + 1 : len);
	}
}

static int report(struct reader *r, const struct yaml_tree_node *node, const char *name,
	int status, int err_fd)
{
	int err = errno;
	if (status < 0 && err == ETIMEDOUT) {
		diag_error(r->sink, "CW-E038", node->span,
			"\"%s\" did not end within %d s", name,
			(int)(TIME_MOST_NS / 1000000000));
	} else if (status < 0 && err == EFBIG) {
		diag_error(r->sink, "CW-E038", node->span,
			"\"%s\" printed more than %d MB", name, SIZE_MOST >> 20);
	} else if (status < 0) {
		diag_error(r->sink, "CW-E038", node->span, "\"%s\" cannot be run: %s",
			name, strerror(err));
	} else if (WIFSIGNALED(status)) {
		diag_error(r->sink, "CW-E038", node->span, "\"%s\" was killed: %s", name,
			strsignal(WTERMSIG(status)));
	} else {
		diag_error(r->sink, "CW-E038", node->span,
			"\"%s\" failed with exit status %d", name, WEXITSTATUS(status));
	}
	note_stderr(r, err_fd);
	return -1;
}

int run_generator(struct reader *r, const struct yaml_tree_node *node,
	struct yaml_tree_node **ret_root, const char **ret_name)
{
	struct strbuf out = STRBUF_INIT;
	char **argv = read_arguments(r, node);
	if (!argv) {
		return -1;
	}
	int err_fd = memfd_create("stderr", MFD_CLOEXEC);
	int status = capture(argv, err_fd, &out);
	int rc = 0;
	if (status != 0) {
		rc = report(r, node, argv[0], status, err_fd);
	} else {
		*ret_name = arena_printf(r->arena, "output of %s", argv[0]);
		uint32_t source =
			source_add(r->sink->sources, *ret_name, strbuf_sv(&out));
		rc = yaml_parse(r->sink, r->arena, source, ret_root);
		if (rc != 0) {
			diag_note(r->sink, node->span, "this program printed it");
		}
	}
	if (err_fd >= 0) {
		close(err_fd);
	}
	strbuf_release(&out);
	return rc;
}
