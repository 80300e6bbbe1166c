#include "abc/part_file.h"

#include <errno.h>

#include "base/xalloc.h"
#include "sys/fs.h"

static const char magic[] = "cwabc part 1";
enum { MOST_BYTES = 1 << 30 };

int part_write(const char *path, const struct part_head *head, const struct collector *c,
	struct strbuf *err)
{
	struct strbuf payload = STRBUF_INIT, file = STRBUF_INIT;
	struct block b = c->all_records;
	int status = 0;

	wire_put_text(&payload, magic);
	wire_put_text(&payload, head->digest);
	wire_put_u64(&payload, (uint64_t)head->t);
	wire_put_u64(&payload, head->first);
	wire_put_u64(&payload, head->end);
	wire_put_u64(&payload, head->ended);
	b.first = head->first;
	b.count = head->ended ? 0 : head->end - head->first;
	b.n_eval = c->n_eval;
	block_write(&b, &payload);
	wire_put_frame(&file, payload.buf, payload.len);
	if (fs_write_atomic(path, file.buf, file.len, 0666)) {
		status = fail(err, "cannot write %s: %s", path, strerror(errno));
	}
	strbuf_release(&payload);
	strbuf_release(&file);
	return status;
}

static int add_part(const char *path, struct wire_reader *r, const char *digest,
	int64_t t, struct collector *c, struct strbuf *err)
{
	char *word = wire_get_text(r), *theirs = NULL;
	struct strbuf why = STRBUF_INIT;
	struct block b;
	int status = 0;

	if (!word || strcmp(word, magic) != 0) {
		status = fail(err, "%s is no part of a generation", path);
		free(word);
		return status;
	}
	free(word);
	theirs = wire_get_text(r);
	if ((int64_t)wire_get_u64(r) != t) {
		status = fail(err, "%s is a part of another generation than %lld", path,
			(long long)t);
	} else if (!theirs || strcmp(theirs, digest) != 0) {
		status = fail(err,
			"%s is a part of another run: the problem, its data, a model or the "
			"generation before differs",
			path);
	}
	free(theirs);
	wire_get_u64(r);
	wire_get_u64(r);
	wire_get_u64(r);
	if (status) {
		return status;
	}
	if (block_read(&b, r, c->all_records.stride)) {
		return fail(err, "%s is damaged", path);
	}
	if (collector_add(c, &b, &why)) {
		status = fail(err, "%s: %s", path, why.buf);
	}
	block_release(&b);
	strbuf_release(&why);
	return status;
}

int part_read(const char *path, const char *digest, int64_t t, struct collector *c,
	struct strbuf *err)
{
	struct strbuf bytes = STRBUF_INIT;
	struct wire_reader all, payload;
	int status;

	if (fs_read_file(path, MOST_BYTES, &bytes)) {
		strbuf_release(&bytes);
		return fail(err, "cannot read %s: %s", path, strerror(errno));
	}
	all = (struct wire_reader){.p = bytes.buf, .n = bytes.len};
	if (wire_get_frame(&all, &payload)) {
		status = add_part(path, &payload, digest, t, c, err);
	} else {
		status = fail(err, "%s is no part of a generation, or damaged", path);
	}
	strbuf_release(&bytes);
	return status;
}
