/*
 * What the engine and its warden say to each other about jobs: one message a packet of a
 * local socket. Short ones are in the packet, long ones in an unnamed file whose
 * descriptor goes with it.
 */
#ifndef CW_EXEC_JOB_MESSAGE_H
#define CW_EXEC_JOB_MESSAGE_H

#include "base/strbuf.h"
#include "exec/executor.h"
#include "sys/fs.h"

enum {
	MESSAGE_INLINE_MOST = 16 * 1024, /* bytes of a body in the packet */
	MESSAGE_PACKET_MOST = MESSAGE_INLINE_MOST + 512,
};

enum request_flag {
	REQUEST_AHEAD = 1,     /* begins when another ends */
	REQUEST_GIVES_WAY = 2, /* another may begin when it ends well, with its outputs */
	REQUEST_ANY_END = 4,   /* ... or however it ends */
};

/* Head of a request; the strings follow, each with its NUL: shell, prefix, text, or argv,
 * then stdin, stdout, stderr as far as given, then the pairs of the environment, then the
 * outputs of a job that gives way. */
struct request_head {
	uint32_t job, attempt;
	uint32_t kind; /* enum command_kind */
	uint32_t argc, env_count;
	uint32_t has_file; /* bits 0, 1, 2: stdin, stdout, stderr are given */
	uint32_t flags;    /* enum request_flag */
	uint32_t
		recalls; /* there were when it was sent ahead; one more: it never begins */
	uint32_t output_count;
	int64_t timeout_s, runtime_s, mem_mb; /* limits, 0: none */
	uint64_t body;                        /* bytes of the strings */
};

/* Head of a result; `output_bytes` of output follow, in the packet or in a file. */
struct result_head {
	uint32_t job, attempt;
	uint32_t outcome; /* enum job_outcome */
	int32_t code;
	uint32_t hint; /* enum job_hint */
	int64_t value, limit;
	uint32_t flags;    /* enum result_flag */
	uint32_t follower; /* the job that begins in its place */
	uint32_t output_bytes;
	uint64_t output_size;
	struct job_usage usage;
	struct fs_stat seen;
};

enum result_flag {
	RESULT_FOLLOWED = 1,
	RESULT_RECALLED = 2,
	RESULT_SEEN = 4, /* `seen` is what its one output is: a file */
};

enum job_hint {
	HINT_NONE,
	HINT_LONG_ARGUMENTS, /* a program was given too many */
	HINT_NO_SHELL,       /* the shell is not there */
	HINT_RUNTIME,        /* it ran longer than its runtime */
	HINT_MEMORY,         /* it held more memory than its mem_mb: `value` MB */
	HINT_STDIN,          /* a declared stdin, stdout, stderr cannot be opened */
};

enum control_kind { CONTROL_CANCEL, CONTROL_THREADS, CONTROL_END };

/* On the second socket, from the engine only. */
struct control {
	uint32_t kind;
	uint32_t job, attempt;
	uint32_t
		value; /* cancel: hard?; threads: how many; end: also end what jobs left? */
};

/* Appends the request for `spec` to `out` (head first). `recalls`: so many there were of
 * jobs sent ahead. */
void request_encode(const struct job_spec *spec, uint32_t recalls, struct strbuf *out);

/* A request taken apart: all pointers go into `body`, but the lists, which are in
 * `arena`. 0, or -1 where the bytes are no request. */
struct request {
	struct request_head head;
	const char *shell, *prefix, *text;
	char **argv;
	const char *file[3];
	char **env;
	char **outputs;
};
struct arena;
int request_decode(const struct request_head *head, char *body, struct arena *arena,
	struct request *ret);

/* Sends head and body as one packet, the body in a file where it is long or where `fd`
 * (>= 0, borrowed) is that file. `flags` of send(2). 0, or -1 with errno. */
int message_send(int socket, const void *head, size_t head_size, const void *body,
	size_t body_size, int fd, int flags);

/* Receives a packet into `buf`; *ret_fd is the descriptor that came with it, or -1.
 * Bytes, 0 at the end, or -1 with errno. */
ssize_t message_receive(int socket, void *buf, size_t size, int *ret_fd, int flags);

#endif
