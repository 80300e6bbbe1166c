#include "state/row.h"

#include <limits.h>

#define RUN(type, member)                                                                \
	{                                                                                \
		type, offsetof(struct row_run, member)                                   \
	}
#define FILE_(type, member)                                                              \
	{                                                                                \
		type, offsetof(struct row_file, member)                                  \
	}
#define JOB(type, member)                                                                \
	{                                                                                \
		type, offsetof(struct row_job, member)                                   \
	}
#define START(type, member)                                                              \
	{                                                                                \
		type, offsetof(struct row_start, member)                                 \
	}

static const struct field run_fields[] = {RUN(FIELD_U32, id), RUN(FIELD_I64, start_ns),
	RUN(FIELD_I64, end_ns), RUN(FIELD_I64, status), RUN(FIELD_TEXT, engine),
	RUN(FIELD_TEXT, host), RUN(FIELD_TEXT, user), RUN(FIELD_TEXT, arguments),
	RUN(FIELD_TEXT, workflow), RUN(FIELD_I64, pid), RUN(FIELD_TEXT, commit),
	RUN(FIELD_TEXT, remote), RUN(FIELD_I64, dirty), RUN(FIELD_TEXT, modules),
	{FIELD_END, 0}};

static const struct field file_fields[] = {FILE_(FIELD_U32, id), FILE_(FIELD_TEXT, path),
	FILE_(FIELD_I64, stamp.size), FILE_(FIELD_I64, stamp.mtime_ns),
	FILE_(FIELD_I64, dev), FILE_(FIELD_I64, ino), FILE_(FIELD_U32, content.kind),
	FILE_(FIELD_DIGEST, content.digest), FILE_(FIELD_U32, job), {FIELD_END, 0}};

static const struct field job_fields[] = {JOB(FIELD_U32, id), JOB(FIELD_U32, run),
	JOB(FIELD_U32, version), JOB(FIELD_I64, rule_version), JOB(FIELD_I64, code),
	JOB(FIELD_I64, params), JOB(FIELD_I64, software), JOB(FIELD_BYTES, inputs),
	JOB(FIELD_BYTES, outputs), JOB(FIELD_TEXT, rule), JOB(FIELD_TEXT, wildcards),
	JOB(FIELD_I64, start_ns), JOB(FIELD_I64, end_ns), JOB(FIELD_REAL, seconds),
	JOB(FIELD_REAL, user_s), JOB(FIELD_REAL, sys_s), JOB(FIELD_I64, max_rss_kb),
	JOB(FIELD_U32, attempt), JOB(FIELD_U32, threads), JOB(FIELD_TEXT, log),
	JOB(FIELD_TEXT, command), JOB(FIELD_TEXT, param_text), {FIELD_END, 0}};

static const struct field start_fields[] = {START(FIELD_U32, job), START(FIELD_U32, run),
	START(FIELD_I64, start_ns), START(FIELD_BYTES, paths), {FIELD_END, 0}};

static const struct field drop_fields[] = {
	{FIELD_U32, offsetof(struct row_drop, job)}, {FIELD_END, 0}};

#define SEAL(member)                                                                     \
	{                                                                                \
		FIELD_I64, offsetof(struct row_seal, member)                             \
	}

static const struct field seal_fields[] = {
	SEAL(size), SEAL(mtime_ns), SEAL(ino), SEAL(applied), {FIELD_END, 0}};

static const struct field forget_fields[] = {
	{FIELD_U32, offsetof(struct row_forget, id)}, {FIELD_END, 0}};

const struct field *row_fields(enum row_kind kind)
{
	static const struct field *const tables[ROW_KINDS] = {[ROW_RUN] = run_fields,
		[ROW_FILE] = file_fields,
		[ROW_JOB] = job_fields,
		[ROW_START] = start_fields,
		[ROW_DROP] = drop_fields,
		[ROW_FORGET_FILE] = forget_fields,
		[ROW_FORGET_JOB] = forget_fields,
		[ROW_SEAL] = seal_fields,
		[ROW_AGAIN] = job_fields};
	return tables[kind];
}

size_t row_field_size(enum field_type type)
{
	switch (type) {
	case FIELD_U32:
	case FIELD_TEXT:
	case FIELD_BYTES:
		return sizeof(uint32_t);
	case FIELD_I64:
	case FIELD_REAL:
		return sizeof(uint64_t);
	case FIELD_DIGEST:
		return sizeof(struct digest);
	case FIELD_END:
		break;
	}
	return 0;
}

/* No row has more bytes in fields of fixed size and lengths, nor more texts. A text of so
 * many bytes finds room where there is some for all the rest. */
enum { FIXED_MOST = 256, TEXTS_MOST = 10 };
enum { ROOM = (TEXTS_MOST + 1) * FIXED_MOST };

/* A text or blob behind its length. */
static char *put_text(struct strbuf *out, char *to, const struct strview *text)
{
	uint32_t n = (uint32_t)text->n;
	cw_assert(n == text->n);
	if (n > FIXED_MOST) {
		out->len = (size_t)(to - out->buf);
		strbuf_grow(out, (size_t)n + ROOM);
		to = out->buf + out->len;
	}
	memcpy(to, &n, sizeof(n));
	to += sizeof(n);
	if (n) {
		memcpy(to, text->p, n);
	}
	return to + n;
}

void row_encode(enum row_kind kind, const void *row, struct strbuf *out)
{
	strbuf_grow(out, ROOM);
	char *to = out->buf + out->len;
	*to++ = (char)('A' + (int)kind);
	for (const struct field *f = row_fields(kind); f->type != FIELD_END; f++) {
		const char *p = (const char *)row + f->at;
		struct strview text;
		switch (f->type) {
		case FIELD_U32:
			memcpy(to, p, sizeof(uint32_t));
			to += sizeof(uint32_t);
			break;
		case FIELD_I64:
		case FIELD_REAL:
			memcpy(to, p, sizeof(uint64_t));
			to += sizeof(uint64_t);
			break;
		case FIELD_DIGEST:
			memcpy(to, p, sizeof(struct digest));
			to += sizeof(struct digest);
			break;
		case FIELD_TEXT:
		case FIELD_BYTES:
			memcpy(&text, p, sizeof(text));
			to = put_text(out, to, &text);
			break;
		case FIELD_END:
			break;
		}
	}
	strbuf_setlen(out, (size_t)(to - out->buf));
}

/* Takes `n` bytes off the front; NULL where there are fewer. */
static const char *take(struct strview *bytes, size_t n)
{
	const char *p = bytes->p;
	if (bytes->n < n) {
		return NULL;
	}
	*bytes = sv_skip(*bytes, n);
	return p;
}

int row_decode_fields(
	struct strview *bytes, const struct field *f, unsigned n, union any_row *ret)
{
	for (; n && f->type != FIELD_END; f++, n--) {
		char *to = (char *)ret + f->at;
		const char *p = take(bytes, row_field_size(f->type));
		if (!p) {
			return -1;
		}
		if (f->type == FIELD_TEXT || f->type == FIELD_BYTES) {
			uint32_t length;
			memcpy(&length, p, sizeof(length));
			struct strview text = {take(bytes, length), length};
			if (!text.p) {
				return -1;
			}
			memcpy(to, &text, sizeof(text));
		} else {
			memcpy(to, p, row_field_size(f->type));
		}
	}
	return 0;
}

int row_decode(struct strview *bytes, enum row_kind *ret_kind, union any_row *ret)
{
	if (bytes->n == 0) {
		return 0;
	}
	int kind = *take(bytes, 1) - 'A';
	if (kind < 0 || kind >= ROW_KINDS) {
		return -1;
	}
	*ret_kind = (enum row_kind)kind;
	return row_decode_fields(bytes, row_fields(*ret_kind), UINT_MAX, ret) == 0 ? 1
										   : -1;
}

/* Behind a text; NULL where it is not whole, or there is none. */
static const char *pass_text(const char *p, const char *end)
{
	uint32_t n;
	if (!p || (size_t)(end - p) < sizeof(n)) {
		return NULL;
	}
	memcpy(&n, p, sizeof(n));
	p += sizeof(n);
	return (size_t)(end - p) < n ? NULL : p + n;
}

static const char *pass_bytes(const char *p, const char *end, size_t n)
{
	return !p || (size_t)(end - p) < n ? NULL : p + n;
}

bool row_pass(struct strview *bytes, enum row_kind *ret_kind, uint32_t *ret_id,
	uint32_t *ret_inputs)
{
	/* id; and what is before the inputs, between texts, behind them */
	enum { ID = 4, JOB_HEAD = 44, JOB_USAGE = 56, FILE_STATE = 56 };
	const char *p = bytes->p, *end = p + bytes->n;
	if (bytes->n < 1 + JOB_HEAD + sizeof(uint32_t)) {
		return false;
	}
	*ret_kind = (enum row_kind)(*p++ - 'A');
	memcpy(ret_id, p, sizeof(*ret_id));
	*ret_inputs = 0;
	if (*ret_kind == ROW_FILE) {
		p = pass_bytes(pass_text(p + ID, end), end, FILE_STATE);
	} else if (*ret_kind == ROW_JOB) {
		memcpy(ret_inputs, p + JOB_HEAD, sizeof(*ret_inputs));
		p += JOB_HEAD;
		for (int i = 0; i < 4; i++) { /* inputs, outputs, rule, wildcards */
			p = pass_text(p, end);
		}
		p = pass_bytes(p, end, JOB_USAGE);
		for (int i = 0; i < 3; i++) { /* log, command, param_text */
			p = pass_text(p, end);
		}
	} else {
		return false;
	}
	if (p) {
		*bytes = (struct strview){p, (size_t)(end - p)};
	}
	return p != NULL;
}
