#include "state/failures.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/fs.h"

enum { MAGIC = 0x31465743, HEAD = 16, NUMBERS = 32, TEXTS = 6 };
enum { LONGEST_COMMAND = 4096, LONGEST_TEXT = 64 * 1024, LARGEST_FILE = 256 << 20 };

void failure_log_init(struct failure_log *log, const char *path, bool fresh)
{
	*log = (struct failure_log){.path = xstrdup(path), .fd = -1};
	strbuf_init(&log->entry);
	if (fresh) {
		unlink(path);
	}
}

void failure_log_release(struct failure_log *log)
{
	if (log->fd >= 0) {
		close(log->fd);
	}
	strbuf_release(&log->entry);
	free(log->path);
	*log = (struct failure_log){.fd = -1};
	strbuf_init(&log->entry);
}

struct strview failure_tail(struct strview text, unsigned lines, size_t most)
{
	size_t at = text.n;
	if (at && text.p[at - 1] == '\n') {
		at--;
	}
	while (at > 0 && text.n - at < most) {
		if (text.p[at - 1] == '\n' && --lines == 0) {
			break;
		}
		at--;
	}
	return sv_skip(text, at);
}

static void put_number(struct strbuf *sb, uint64_t x, size_t n)
{
	strbuf_add(sb, &x, n); /* in the order of this host, as all records */
}

static void put_text(struct strbuf *sb, struct strview s)
{
	size_t n = s.n < LONGEST_TEXT ? s.n : LONGEST_TEXT;
	put_number(sb, n, 4);
	strbuf_add(sb, s.p, n);
}

/* Numbers and texts of an entry, behind room for its head. */
static void encode(struct strbuf *sb, const struct failure *f, bool whole)
{
	static const char room[HEAD];
	struct strview command = f->command;
	uint64_t seconds;
	memcpy(&seconds, &f->seconds, sizeof(seconds));
	command.n = command.n < LONGEST_COMMAND ? command.n : LONGEST_COMMAND;
	strbuf_reset(sb);
	strbuf_add(sb, room, HEAD);
	put_number(sb, f->run, 4);
	put_number(sb, f->attempt, 4);
	put_number(sb, f->threads, 4);
	put_number(sb, f->again, 4);
	put_number(sb, (uint64_t)f->end_ns, 8);
	put_number(sb, seconds, 8);
	put_text(sb, f->rule);
	put_text(sb, f->wildcards);
	put_text(sb, f->reason);
	put_text(sb, whole ? command : SV(""));
	put_text(sb, f->log);
	put_text(sb, whole ? f->tail : SV(""));
}

void failure_log_put(struct failure_log *log, const struct failure *f)
{
	if (log->count >= FAILURES_MOST) {
		return;
	}
	if (log->fd < 0) {
		log->fd = fs_open_regular(log->path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	}
	encode(&log->entry, f, log->count < FAILURES_WHOLE);
	uint32_t head[2] = {MAGIC, (uint32_t)(log->entry.len - HEAD)};
	uint64_t sum = hash64(log->entry.buf + HEAD, head[1]);
	memcpy(log->entry.buf, head, sizeof(head));
	memcpy(log->entry.buf + sizeof(head), &sum, sizeof(sum));
	if (log->fd >= 0) {
		fs_write_all(log->fd, log->entry.buf, log->entry.len);
	}
	log->count++;
}

static uint32_t take_u32(struct strview *s)
{
	uint32_t x = 0;
	memcpy(&x, s->p, sizeof(x));
	*s = sv_skip(*s, sizeof(x));
	return x;
}

static bool take_text(struct strview *s, struct strview *ret)
{
	uint32_t n = s->n < 4 ? UINT32_MAX : take_u32(s);
	if (n > s->n) {
		return false;
	}
	*ret = sv_sub(*s, 0, n);
	*s = sv_skip(*s, n);
	return true;
}

static bool decode(struct strview s, struct failure *ret)
{
	struct strview *texts[TEXTS] = {&ret->rule, &ret->wildcards, &ret->reason,
		&ret->command, &ret->log, &ret->tail};
	if (s.n < NUMBERS) {
		return false;
	}
	ret->run = take_u32(&s);
	ret->attempt = take_u32(&s);
	ret->threads = take_u32(&s);
	ret->again = take_u32(&s) != 0;
	memcpy(&ret->end_ns, s.p, sizeof(ret->end_ns));
	memcpy(&ret->seconds, s.p + sizeof(ret->end_ns), sizeof(ret->seconds));
	s = sv_skip(s, sizeof(ret->end_ns) + sizeof(ret->seconds));
	for (size_t i = 0; i < TEXTS; i++) {
		if (!take_text(&s, texts[i])) {
			return false;
		}
	}
	return s.n == 0;
}

void failures_read(struct failures *f, const char *path)
{
	struct failure one;
	*f = (struct failures){.bytes = STRBUF_INIT};
	if (fs_read_regular(path, LARGEST_FILE, &f->bytes) != 0) {
		strbuf_reset(&f->bytes);
	}
	for (struct strview at = strbuf_sv(&f->bytes); at.n >= HEAD;) {
		uint32_t head[2];
		uint64_t sum;
		memcpy(head, at.p, sizeof(head));
		memcpy(&sum, at.p + sizeof(head), sizeof(sum));
		at = sv_skip(at, HEAD);
		if (head[0] != MAGIC || head[1] > at.n || hash64(at.p, head[1]) != sum ||
			!decode(sv_sub(at, 0, head[1]), &one)) {
			break;
		}
		vec_push(&f->list, one);
		at = sv_skip(at, head[1]);
	}
}

void failures_release(struct failures *f)
{
	strbuf_release(&f->bytes);
	vec_release(&f->list);
}
