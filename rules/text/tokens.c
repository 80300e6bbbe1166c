#include "text/tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "text/byte_class.h"
#include "text/unicode_text.h"

enum {
	BLOCK = 1 << 16,     /* bytes read at once: stays in the second-level cache */
	BLOCK_MAX = 1 << 30, /* longest word */
	EDGES_OVER = 64,     /* places for edges that put_edges writes too many */
	PAD = 2 *
	      BYTE_GROUP, /* blanks behind the text, and readable bytes behind words */
};

/* Buffers for a block of `cap` bytes; the text in them is kept. */
static void grow(struct tokens *t, size_t cap)
{
	size_t groups = cap / BYTE_GROUP + 1;
	t->cap = cap;
	t->buf = xreallocarray(t->buf, cap + PAD + UNICODE_LOWER_ROOM(cap) + PAD, 1);
	t->word = xreallocarray(t->word, groups, sizeof(*t->word));
	t->high = xreallocarray(t->high, groups, sizeof(*t->high));
	t->reached = xreallocarray(t->reached, groups + 1, sizeof(*t->reached));
	t->edges = xreallocarray(t->edges, cap + 2 + EDGES_OVER, sizeof(*t->edges));
}

/* Prints what errno says about the text. */
static int system_error(const struct tool *tool, const char *name)
{
	return tool_error(tool, "%s: %s", name, strerror(errno));
}

int tokens_open_part(struct tokens *t, const struct tool *tool, const char *path,
	uint64_t from, uint64_t to)
{
	bool is_stdin = strcmp(path, "-") == 0;
	*t = (struct tokens){.tool = tool, .name = is_stdin ? "standard input" : path};
	t->left = to - from;
	t->offset = from;
	t->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (t->fd < 0) {
		return system_error(tool, t->name);
	}
	t->seekable = !is_stdin && lseek(t->fd, (off_t)from, SEEK_SET) >= 0;
	if (from && !t->seekable) {
		system_error(tool, t->name);
		close(t->fd);
		return -1;
	}
	grow(t, BLOCK);
	return 0;
}

int tokens_open(struct tokens *t, const struct tool *tool, const char *path)
{
	return tokens_open_part(t, tool, path, 0, UINT64_MAX);
}

void tokens_release(struct tokens *t)
{
	if (t->fd > STDIN_FILENO) {
		close(t->fd);
	}
	free(t->buf);
	free(t->word);
	free(t->high);
	free(t->edges);
	free(t->reached);
	*t = (struct tokens){.fd = -1};
}

uint64_t tokens_left(const struct tokens *t)
{
	struct stat st;
	if (!t->seekable || fstat(t->fd, &st) || !S_ISREG(st.st_mode)) {
		return 0;
	}
	uint64_t size = (uint64_t)st.st_size;
	uint64_t at = t->offset + t->len;
	uint64_t file = size > at ? size - at : 0;
	return file < t->left ? file : t->left;
}

/* Line ends in `n` bytes. */
static uint64_t count_lines(const unsigned char *p, size_t n)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < n; i++) {
		lines += p[i] == '\n';
	}
	return lines;
}

/* Line ends of the text before its byte `to`, read again from the file. */
static uint64_t count_lines_again(const struct tokens *t, uint64_t to)
{
	unsigned char block[4096];
	uint64_t lines = 0;
	for (uint64_t at = 0; at < to;) {
		size_t want = to - at < sizeof(block) ? (size_t)(to - at) : sizeof(block);
		ssize_t n = pread(t->fd, block, want, (off_t)at);
		if (n <= 0) {
			break;
		}
		lines += count_lines(block, (size_t)n);
		at += (uint64_t)n;
	}
	return lines;
}

/* Prints that the text is no UTF-8 from buf[at] on. */
static int invalid(const struct tokens *t, size_t at)
{
	uint64_t byte = t->offset + at;
	uint64_t lines = t->seekable ? count_lines_again(t, byte)
				     : t->lines + count_lines(t->buf, at);
	return tool_error(t->tool, "%s:%llu: invalid UTF-8 at byte %llu (0x%02x)",
		t->name, (unsigned long long)lines + 1, (unsigned long long)byte,
		t->buf[at]);
}

/* Moves what the last batch left over to the front and fills the buffer up. */
static int refill(struct tokens *t)
{
	if (!t->seekable) {
		t->lines += count_lines(t->buf, t->done);
	}
	memmove(t->buf, t->buf + t->done, t->len - t->done);
	t->len -= t->done;
	t->offset += t->done;
	t->done = 0;
	while (t->len < t->cap && !t->eof) {
		size_t room = t->cap - t->len;
		size_t want = room < t->left ? room : (size_t)t->left;
		ssize_t n = want ? read(t->fd, t->buf + t->len, want) : 0;
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return system_error(t->tool, t->name);
		}
		t->eof = n == 0;
		t->len += (size_t)n;
		t->left -= (uint64_t)n;
	}
	memset(t->buf + t->len, ' ', PAD);
	return 0;
}

/* Makes the bits of `n` bytes at `at` those of blanks. */
static void blank_out(struct tokens *t, size_t at, int n)
{
	for (; n > 0; n--, at++) {
		t->word[at / BYTE_GROUP] &= ~((uint64_t)1 << at % BYTE_GROUP);
	}
}

/* Checks all that is not ASCII in the block and makes Unicode white space blank. A
 * sequence cut by the block's end waits for the next block. */
static int check_utf8(struct tokens *t)
{
	size_t at = 0; /* what lies before is done */
	for (size_t g = 0; g <= t->len / BYTE_GROUP; g++) {
		size_t start = g * BYTE_GROUP;
		uint64_t bits = t->high[g];
		if (at >= start + BYTE_GROUP) {
			continue;
		}
		if (at > start) {
			bits &= UINT64_MAX << (at - start);
		}
		while (bits) {
			at = start + (size_t)__builtin_ctzll(bits);
			uint32_t cp = 0;
			int len = utf8_decode(t->buf + at, t->len - at, &cp);
			if (len == UTF8_TRUNCATED && !t->eof) {
				return 0;
			}
			if (len <= 0) {
				return invalid(t, at);
			}
			if (unicode_is_space(cp)) {
				blank_out(t, at, len);
			}
			at += (size_t)len;
			if (at >= start + BYTE_GROUP) {
				break;
			}
			bits &= UINT64_MAX << (at - start);
		}
	}
	return 0;
}

/* The byte behind the last blank of the block: no word crosses it. At the end of the text
 * all of the block; 0 where the block is one unfinished word. */
static size_t last_cut(const struct tokens *t)
{
	if (t->eof) {
		return t->len;
	}
	for (size_t end = t->len; end > 0;) {
		size_t g = (end - 1) / BYTE_GROUP;
		size_t n = end - g * BYTE_GROUP; /* bits of the group that count */
		uint64_t blanks = ~t->word[g] & (UINT64_MAX >> (BYTE_GROUP - n));
		if (blanks) {
			return end - n + BYTE_GROUP - (size_t)__builtin_clzll(blanks);
		}
		end = g * BYTE_GROUP;
	}
	return 0;
}

/* Writes the places of the bits of `edges` behind `start` to `out`, eight at a time: what is
 * written beyond the last is overwritten by the next call. Their number. */
static inline size_t put_edges(uint32_t *out, uint32_t start, uint64_t edges)
{
	enum { AT_ONCE = 8 };
	size_t n = (size_t)__builtin_popcountll(edges);
	for (size_t done = 0; done < n; done += AT_ONCE) {
		for (size_t i = 0; i < AT_ONCE; i++) {
			/* bit 63 keeps ctz defined when the edges have run out */
			uint64_t last = (uint64_t)1 << 63;
			out[done + i] = start + (uint32_t)__builtin_ctzll(edges | last);
			edges &= edges - 1;
		}
	}
	return n;
}

/* Where words begin and end before byte `end`; the number of words. */
static inline __attribute__((always_inline)) size_t put_all_edges(
	struct tokens *t, size_t end)
{
	uint32_t *out = t->edges;
	uint64_t open = 0;
	for (size_t g = 0; g <= end / BYTE_GROUP; g++) {
		uint32_t start = (uint32_t)(g * BYTE_GROUP);
		uint64_t bits = t->word[g];
		if (end - start < BYTE_GROUP) {
			bits &= ((uint64_t)1 << (end - start)) - 1;
		}
		t->reached[g] = (uint32_t)(out - t->edges);
		out += put_edges(out, start, bits ^ (bits << 1 | open));
		open = bits >> (BYTE_GROUP - 1);
	}
	t->reached[end / BYTE_GROUP + 1] = (uint32_t)(out - t->edges);
	return (size_t)(out - t->edges) / 2;
}

#if defined(__x86_64__)
__attribute__((target("bmi,popcnt"))) static size_t find_edges_bmi(
	struct tokens *t, size_t end)
{
	return put_all_edges(t, end);
}
#endif

static size_t find_edges(struct tokens *t, size_t end)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
		return find_edges_bmi(t, end);
	}
#endif
	return put_all_edges(t, end);
}

/* Small letters for one word that is not plain ASCII. */
static void lower_word(struct tokens *t, uint32_t *edge)
{
	const char *p = (const char *)t->buf + edge[0];
	struct strview s = {p, edge[1] - edge[0]};
	s = unicode_lower(s, (char *)t->buf + t->lower);
	if (s.p != p) {
		edge[0] = (uint32_t)t->lower;
		t->lower += s.n;
		edge[1] = (uint32_t)t->lower;
	}
}

/* `bits` of the group that starts at `start` without those of bytes before `place`. */
static inline uint64_t bits_from(uint64_t bits, size_t start, size_t place)
{
	if (place <= start) {
		return bits;
	}
	return place - start < BYTE_GROUP ? bits & UINT64_MAX << (place - start) : 0;
}

/* Small letters for the words that are not plain ASCII: from one byte beyond ASCII to the
 * next, past the words that have them. */
static void lower_words(struct tokens *t, size_t n, size_t end)
{
	size_t i = 0;    /* words before are done */
	size_t done = 0; /* bytes before, too */
	t->lower = t->cap + PAD;
	for (size_t g = 0; g <= end / BYTE_GROUP; g++) {
		size_t start = g * BYTE_GROUP;
		uint64_t bits = bits_from(t->high[g], start, done);
		size_t first = t->reached[g] / 2;
		i = bits && first > i ? first : i;
		while (bits) {
			size_t place = start + (size_t)__builtin_ctzll(bits);
			while (i < n && t->edges[2 * i + 1] <= place) {
				i++;
			}
			bits &= bits - 1;
			if (i < n && t->edges[2 * i] <= place) { /* else it is a blank */
				done = t->edges[2 * i + 1];
				bits = bits_from(bits, start, done);
				lower_word(t, &t->edges[2 * i++]);
			}
		}
	}
}

int tokens_next(struct tokens *t, struct token_batch *ret)
{
	size_t cut;
	bool any_high;
	for (;;) {
		if (refill(t)) {
			return -1;
		}
		if (t->len == 0) {
			return 0;
		}
		any_high = byte_class_scan(
			t->buf, t->len / BYTE_GROUP + 1, t->word, t->high);
		if (any_high && check_utf8(t)) {
			return -1;
		}
		cut = last_cut(t);
		if (cut) {
			break;
		}
		if (t->cap >= BLOCK_MAX) {
			return tool_error(t->tool,
				"%s: a word longer than %d bytes at byte %llu", t->name,
				(int)BLOCK_MAX, (unsigned long long)t->offset);
		}
		grow(t, t->cap * 2);
	}
	size_t n = find_edges(t, cut);
	if (any_high) {
		lower_words(t, n, cut);
	}
	t->done = cut;
	*ret = (struct token_batch){(const char *)t->buf, t->edges, n};
	return 1;
}

/* The place behind the first ASCII blank at or after `at`; `size` if there is none. */
static uint64_t find_blank(int fd, uint64_t at, uint64_t size)
{
	char block[4096];
	for (;;) {
		ssize_t n = pread(fd, block, sizeof(block), (off_t)at);
		if (n <= 0) {
			return size;
		}
		for (ssize_t i = 0; i < n; i++) {
			if (block[i] == ' ' || block[i] == '\n') {
				return at + (uint64_t)i + 1;
			}
		}
		at += (uint64_t)n;
	}
}

int tokens_split(const struct tool *tool, const char *path, size_t n, uint64_t *cuts)
{
	struct stat st;
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	if (fd < 0 || fstat(fd, &st)) {
		system_error(tool, path);
		if (fd >= 0) {
			close(fd);
		}
		return -1;
	}
	bool whole = !S_ISREG(st.st_mode) || strcmp(path, "-") == 0;
	uint64_t size = (uint64_t)st.st_size;
	cuts[0] = 0;
	for (size_t i = 1; i < n; i++) {
		uint64_t at = size / n * i;
		cuts[i] = whole              ? UINT64_MAX
			  : at < cuts[i - 1] ? cuts[i - 1]
					     : find_blank(fd, at, size);
	}
	cuts[n] = UINT64_MAX;
	close(fd);
	return 0;
}
