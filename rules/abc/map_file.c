#include "abc/map_file.h"

#include <errno.h>

#include "base/xalloc.h"
#include "sys/fs.h"

/* Digest of the problem with either way of scheduling. */
static int problem_digest(
	const struct problem *p, bool tickets, char *ret, struct strbuf *err)
{
	struct fingerprint f;
	int status = fingerprint_init(&f, p, tickets, err);

	digest_text(f.text.buf, f.text.len, ret);
	fingerprint_release(&f);
	return status;
}

int generation_message(const struct problem *p, const struct gen_input *in,
	struct strbuf *out, struct strbuf *err)
{
	char digest[FINGERPRINT_SIZE];

	if (problem_digest(p, in->tickets, digest, err)) {
		return -1;
	}
	wire_put_text(out, digest);
	wire_put_u64(out, in->tickets);
	wire_put_u64(out, stream_selftest());
	gen_input_write(in, p, out);
	return 0;
}

int generation_message_check(const struct problem *p, const char *from,
	struct wire_reader *r, struct strbuf *err)
{
	char *theirs = wire_get_text(r), ours[FINGERPRINT_SIZE];
	bool tickets = wire_get_u64(r);
	uint64_t selftest = wire_get_u64(r);
	int status = problem_digest(p, tickets, ours, err);

	if (!status && (!theirs || strcmp(theirs, ours) != 0)) {
		status = fail(err,
			"%s is of another problem than %s: the file, its data or its "
			"simulators differ",
			from, p->path);
	} else if (!status && selftest != stream_selftest()) {
		status = fail(err,
			"this machine or build computes other numbers than the master's "
			"(self-test): results would differ");
	}
	free(theirs);
	return status;
}

int map_file_write(const char *path, const struct problem *p, const struct gen_input *in,
	struct strbuf *err)
{
	struct strbuf payload = STRBUF_INIT, file = STRBUF_INIT;
	int status = generation_message(p, in, &payload, err);

	wire_put_frame(&file, payload.buf, payload.len);
	if (!status && fs_write_atomic(path, file.buf, file.len, 0666)) {
		status = fail(err, "cannot write %s: %s", path, strerror(errno));
	}
	strbuf_release(&payload);
	strbuf_release(&file);
	return status;
}

int map_file_read(const char *path, const struct problem *p, struct strbuf *ret_begin,
	struct strbuf *err)
{
	struct strbuf bytes = STRBUF_INIT;
	struct wire_reader all, payload;
	int status;

	if (fs_read_file(path, SIZE_MAX / 2, &bytes)) {
		strbuf_release(&bytes);
		return fail(err, "cannot read %s: %s", path, strerror(errno));
	}
	all = (struct wire_reader){.p = bytes.buf, .n = bytes.len};
	if (wire_get_frame(&all, &payload)) {
		status = generation_message_check(p, path, &payload, err);
		strbuf_add(ret_begin, payload.p, payload.n);
	} else {
		status = fail(err, "%s does not describe a generation", path);
	}
	strbuf_release(&bytes);
	return status;
}

void hex_put(struct strbuf *out, struct strview bytes)
{
	static const char digits[] = "0123456789abcdef";

	strbuf_grow(out, 2 * bytes.n);
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		strbuf_addch(out, digits[c >> 4]);
		strbuf_addch(out, digits[c & 15]);
	}
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_get(struct strview text, struct strbuf *out)
{
	if (text.n % 2) {
		return -1;
	}
	for (size_t i = 0; i < text.n; i += 2) {
		int high = digit(text.p[i]), low = digit(text.p[i + 1]);

		if (high < 0 || low < 0) {
			return -1;
		}
		strbuf_addch(out, (char)(high << 4 | low));
	}
	return 0;
}
