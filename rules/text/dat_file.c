#include "text/dat_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "text/number_text.h"
#include "text/unicode_text.h"

/* Decimal digits of `x` to `out`; the byte behind them. */
static char *put_uint(char *out, uint64_t x)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + x % 10);
		x /= 10;
	} while (x);
	memcpy(out, digits + at, sizeof(digits) - at);
	return out + (sizeof(digits) - at);
}

/* " count percentage\n", the same for equal counts. */
struct line_tail {
	char text[64];
	size_t n;
	uint64_t count;
};

static void set_tail(struct line_tail *tail, uint64_t count, uint64_t total)
{
	tail->text[0] = ' ';
	char *end = put_uint(tail->text + 1, count);
	*end++ = ' ';
	end += number_repr((double)count / (double)total * 100.0, end);
	*end++ = '\n';
	tail->n = (size_t)(end - tail->text);
	tail->count = count;
}

int dat_write(struct output_file *out, const struct count_table *table,
	const uint32_t *order, size_t n)
{
	uint64_t total = 0;
	for (size_t i = 0; i < n; i++) {
		total += count_table_at(table, order[i]).count;
	}
	struct line_tail tail = {.count = 0};
	for (size_t i = 0; i < n; i++) {
		struct word_count c = count_table_at(table, order[i]);
		if (c.count != tail.count) {
			set_tail(&tail, c.count, total);
		}
		strbuf_grow(&out->data, c.word.n + sizeof(tail.text));
		char *p = out->data.buf + out->data.len;
		memcpy(p, c.word.p, c.word.n);
		memcpy(p + c.word.n, tail.text, sizeof(tail.text));
		out->data.len += c.word.n + tail.n;
		out->data.buf[out->data.len] = '\0';
		if (output_file_pump(out)) {
			return -1;
		}
	}
	return 0;
}

/* The whole file, `pad` zero bytes behind it. Returns owned, or NULL (printed). */
static char *read_all(
	const struct tool *tool, const char *path, size_t pad, size_t *ret_n)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct strbuf text = STRBUF_INIT;
	ssize_t n = -1;
	while (fd >= 0) {
		strbuf_grow(&text, (size_t)1 << 16);
		n = read(fd, text.buf + text.len, text.cap - text.len - 1);
		if (n == 0 || (n < 0 && errno != EINTR)) {
			break;
		}
		strbuf_setlen(&text, text.len + (n > 0 ? (size_t)n : 0));
	}
	if (n < 0) {
		tool_error(tool, "%s: %s", is_stdin ? "standard input" : path,
			strerror(errno));
		strbuf_release(&text);
	}
	if (fd > STDIN_FILENO) {
		close(fd);
	}
	if (n < 0) {
		return NULL;
	}
	*ret_n = text.len;
	strbuf_grow(&text, pad);
	memset(text.buf + text.len, 0, pad);
	return strbuf_detach(&text, NULL);
}

/* Digits at `p`; the byte behind them. */
static const char *skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9') {
		p++;
	}
	return p;
}

/* A decimal number like "0.5", "12" or "1e-05" at `p`; the byte behind it, or `p`. */
static const char *skip_decimal(const char *p)
{
	const char *end = skip_digits(p);
	const char *digits = end;
	if (*end == '.') {
		end = skip_digits(end + 1);
	}
	if (digits == p && end <= p + 1) {
		return p;
	}
	if (*end == 'e' || *end == 'E') {
		const char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');
		const char *last = skip_digits(exponent);
		return last == exponent ? p : last;
	}
	return end;
}

/* A whole number at `p` to *ret; the byte behind it, or `p` where there is none or it is
 * larger than 64 bits. */
static const char *read_uint(const char *p, uint64_t *ret)
{
	uint64_t x = 0;
	const char *end = p;
	for (; *end >= '0' && *end <= '9'; end++) {
		if (__builtin_mul_overflow(x, 10, &x) ||
			__builtin_add_overflow(x, (uint64_t)(*end - '0'), &x)) {
			return p;
		}
	}
	*ret = x;
	return end;
}

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\r') {
		p++;
	}
	return p;
}

/* One line, which ends at a NUL. NULL if it is well, else what is wrong with it. */
static const char *parse_line(const char *line, size_t len, struct word_count *ret)
{
	const char *word_end = memchr(line, ' ', len);
	if (!word_end || word_end == line) {
		return "expected 'word count percentage'";
	}
	ret->word = (struct strview){line, (size_t)(word_end - line)};
	if (!utf8_valid(ret->word)) {
		return "the word is not valid UTF-8";
	}
	const char *count = skip_blanks(word_end);
	const char *end = read_uint(count, &ret->count);
	if (end == count || (*end && *end != ' ' && *end != '\t' && *end != '\r') ||
		ret->count == 0) {
		return "the count is not a whole number from 1 on";
	}
	const char *percentage = skip_blanks(end);
	end = skip_decimal(percentage);
	if (end == percentage || (*end && *end != ' ' && *end != '\t' && *end != '\r')) {
		return "the percentage is not a number";
	}
	return skip_blanks(end) == line + len ? NULL : "more than three fields";
}

/* Adds a count behind the others. */
static void push(struct dat *d, struct word_count c)
{
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 256;
		d->v = xreallocarray(d->v, d->cap, sizeof(*d->v));
	}
	d->v[d->n++] = c;
}

/* Puts counts that somebody wrote in another order in falling order, by merging. */
static void sort_counts(struct dat *d)
{
	struct word_count *from = d->v;
	struct word_count *to = xcalloc(d->n + 1, sizeof(*to));
	for (size_t width = 1; width < d->n; width *= 2) {
		for (size_t at = 0; at < d->n; at += 2 * width) {
			size_t mid = at + width < d->n ? at + width : d->n;
			size_t end = mid + width < d->n ? mid + width : d->n;
			for (size_t i = at, j = mid, k = at; k < end; k++) {
				bool left = i < mid &&
					    (j == end || from[i].count >= from[j].count);
				to[k] = left ? from[i++] : from[j++];
			}
		}
		struct word_count *swap = from;
		from = to;
		to = swap;
	}
	d->v = from;
	free(to);
}

int dat_read(struct dat *d, const struct tool *tool, const char *path)
{
	size_t n = 0;
	*d = (struct dat){.text = read_all(tool, path, COUNT_TABLE_READABLE, &n)};
	if (!d->text) {
		return -1;
	}
	bool sorted = true;
	unsigned long long number = 1;
	for (char *line = d->text; line < d->text + n; number++) {
		char *end = memchr(line, '\n', (size_t)(d->text + n - line));
		end = end ? end : d->text + n;
		*end = '\0';
		size_t len = (size_t)(end - line);
		if (len && *line != '#' && strspn(line, " \t\r") != len) {
			struct word_count c;
			const char *wrong = parse_line(line, len, &c);
			if (wrong) {
				tool_error(tool, "%s:%llu: %s", path, number, wrong);
				dat_release(d);
				return -1;
			}
			sorted = sorted && (!d->n || c.count <= d->v[d->n - 1].count);
			push(d, c);
		}
		line = end + 1;
	}
	if (!sorted) {
		sort_counts(d);
	}
	return 0;
}

void dat_release(struct dat *d)
{
	free(d->text);
	free(d->v);
	*d = (struct dat){0};
}

struct strview dat_book(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct strview name = sv_from(slash ? slash + 1 : path);
	if (sv_ends(name, SV(".dat"))) {
		name.n -= 4;
	}
	return name;
}
