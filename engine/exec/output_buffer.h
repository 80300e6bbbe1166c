/*
 * What a job prints: kept in memory while it is little, then in an unnamed file, and of
 * enormous outputs only the beginning and the end, with a line that says so.
 */
#ifndef CW_EXEC_OUTPUT_BUFFER_H
#define CW_EXEC_OUTPUT_BUFFER_H

enum {
	OUTPUT_IN_MEMORY = 64 * 1024,
	OUTPUT_TAIL = 64 * 1024,
	OUTPUT_IN_FILE = 16 * 1024 * 1024, /* of the beginning */
};

struct output_buffer {
	const char *dir; /* of the file; borrowed */
	char *mem;       /* OUTPUT_IN_MEMORY bytes; NULL until needed */
	char *tail;      /* ring of OUTPUT_TAIL bytes; NULL until needed */
	uint64_t size;   /* of all that was added */
	uint64_t kept;   /* of it in memory or in the file */
	int fd;          /* of the file, or -1 */
	bool full;       /* the file takes no more */
};

void output_init(struct output_buffer *o, const char *dir);
void output_release(struct output_buffer *o);

/* Empty again; the memory stays for the next job. */
void output_reset(struct output_buffer *o);

void output_add(struct output_buffer *o, const char *p, size_t n);

/* All has come: bytes now in memory (fd < 0) or in the file, with the remark. */
uint64_t output_finish(struct output_buffer *o);

#endif
