#include "exec/job_message.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "sys/fs.h"

static void add_string(struct strbuf *out, const char *s)
{
	strbuf_add(out, s, strlen(s) + 1);
}

void request_encode(const struct job_spec *spec, uint32_t recalls, struct strbuf *out)
{
	size_t begin = out->len;
	struct request_head head = {
		.job = spec->job,
		.attempt = spec->attempt,
		.kind = spec->kind,
		.env_count = spec->env_count + 3,
		.timeout_s = spec->timeout_s,
		.runtime_s = spec->runtime_limit_s,
		.mem_mb = spec->mem_limit_mb,
		.recalls = recalls,
		.flags = (spec->ahead ? REQUEST_AHEAD : 0u) |
			 (spec->gives_way ? REQUEST_GIVES_WAY : 0u) |
			 (spec->any_end ? REQUEST_ANY_END : 0u),
		.output_count =
			spec->gives_way && !spec->any_end ? spec->output_count : 0,
	};
	strbuf_add(out, &head, sizeof(head));
	if (spec->kind == COMMAND_SHELL) {
		add_string(out, spec->shell);
		strbuf_addsv(out, spec->shell_prefix);
		strbuf_addch(out, '\0');
		strbuf_addsv(out, spec->text);
		strbuf_addch(out, '\0');
	} else {
		for (; spec->argv[head.argc]; head.argc++) {
			add_string(out, spec->argv[head.argc]);
		}
	}
	const char *const files[] = {
		spec->stdin_path, spec->stdout_path, spec->stderr_path};
	for (unsigned i = 0; i < 3; i++) {
		if (files[i]) {
			head.has_file |= 1u << i;
			add_string(out, files[i]);
		}
	}
	static const char *const thread_names[] = {
		"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"};
	for (size_t i = 0; i < CW_ARRAY_LEN(thread_names); i++) {
		strbuf_addstr(out, thread_names[i]);
		strbuf_addch(out, '=');
		strbuf_addu64(out, spec->threads ? spec->threads : 1);
		strbuf_addch(out, '\0');
	}
	for (uint32_t i = 0; i < spec->env_count; i++) {
		strbuf_addstr(out, spec->env[i].name);
		strbuf_addch(out, '=');
		add_string(out, spec->env[i].value);
	}
	for (uint32_t i = 0; i < head.output_count; i++) {
		add_string(out, spec->outputs[i].path);
	}
	head.body = out->len - begin - sizeof(head);
	memcpy(out->buf + begin, &head, sizeof(head));
}

/* The next string of the body, or NULL at its end. */
static char *take_string(char **at, const char *end)
{
	char *s = *at;
	char *nul = s < end ? memchr(s, '\0', (size_t)(end - s)) : NULL;
	if (!nul) {
		return NULL;
	}
	*at = nul + 1;
	return s;
}

int request_decode(const struct request_head *head, char *body, struct arena *arena,
	struct request *ret)
{
	char *at = body;
	const char *end = body + head->body;
	*ret = (struct request){.head = *head};
	if (head->argc > head->body || head->env_count > head->body ||
		head->output_count > head->body) {
		return -1;
	}
	if (head->kind == COMMAND_SHELL) {
		ret->shell = take_string(&at, end);
		ret->prefix = take_string(&at, end);
		ret->text = take_string(&at, end);
		if (!ret->text) {
			return -1;
		}
	}
	ret->argv = ARENA_ARRAY(arena, char *, head->argc + 1);
	for (uint32_t i = 0; i < head->argc; i++) {
		ret->argv[i] = take_string(&at, end);
	}
	for (unsigned i = 0; i < 3; i++) {
		if (head->has_file & 1u << i) {
			ret->file[i] = take_string(&at, end);
		}
	}
	ret->env = ARENA_ARRAY(arena, char *, head->env_count + 1);
	for (uint32_t i = 0; i < head->env_count; i++) {
		ret->env[i] = take_string(&at, end);
	}
	ret->outputs = ARENA_ARRAY(arena, char *, head->output_count + 1);
	for (uint32_t i = 0; i < head->output_count; i++) {
		ret->outputs[i] = take_string(&at, end);
	}
	return at == end ? 0 : -1;
}

/* The body as a file in memory: its descriptor, or -1. */
static int body_file(const void *body, size_t n)
{
	int fd = memfd_create("job", MFD_CLOEXEC);
	if (fd >= 0 && fs_write_all(fd, body, n) < 0) {
		int err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

int message_send(int socket, const void *head, size_t head_size, const void *body,
	size_t body_size, int fd, int flags)
{
	union {
		const void *in;
		void *out;
	} h = {head}, b = {body};
	struct iovec parts[2] = {{h.out, head_size}, {b.out, body_size}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	int own = -1;
	if (fd < 0 && body_size > MESSAGE_INLINE_MOST) {
		own = fd = body_file(body, body_size);
		if (fd < 0) {
			return -1;
		}
	}
	if (fd >= 0) {
		m.msg_iovlen = 1;
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	ssize_t n;
	do {
		n = sendmsg(socket, &m, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (own >= 0) {
		int err = errno;
		close(own);
		errno = err;
	}
	return n < 0 ? -1 : 0;
}

ssize_t message_receive(int socket, void *buf, size_t size, int *ret_fd, int flags)
{
	struct iovec part = {buf, size};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n;
	do {
		n = recvmsg(socket, &m, flags | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	*ret_fd = -1;
	if (n > 0 && m.msg_controllen) {
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
		}
	}
	return n;
}
