/*
 * Any bytes as a text: its words by blocks must be those of a slow tokenizer written after
 * the rules, or both must find it to be no UTF-8; and the words counted add up.
 * rooms: text
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "text/count_table.h"
#include "text/tokens.h"
#include "text/unicode_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_blank(uint32_t cp)
{
	if (cp >= 0x80) {
		return unicode_is_space(cp);
	}
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x1c && cp <= 0x1f) ||
	       (cp && strchr(".,;:?$@^<>#%`!*-=()[]{}/\"'", (int)cp));
}

/* Appends a word in small letters and a blank. */
static void put_word(struct strbuf *out, struct strbuf *word)
{
	if (word->len) {
		char *room = xmalloc(UNICODE_LOWER_ROOM(word->len));
		strbuf_addsv(out, unicode_lower(strbuf_sv(word), room));
		strbuf_addch(out, ' ');
		free(room);
		strbuf_reset(word);
	}
}

/* The words, one code point at a time; false where the text is no UTF-8. */
static bool slow_words(const uint8_t *data, size_t size, struct strbuf *out)
{
	struct strbuf word = STRBUF_INIT;
	int len = 1;
	for (size_t i = 0; i < size && len > 0; i += (size_t)len) {
		uint32_t cp;
		len = utf8_decode(data + i, size - i, &cp);
		if (len <= 0) {
			break;
		}
		if (is_blank(cp)) {
			put_word(out, &word);
		} else if (cp >= 'A' && cp <= 'Z') {
			strbuf_addch(&word, (char)(cp | 0x20));
		} else {
			strbuf_add(&word, data + i, (size_t)len);
		}
	}
	put_word(out, &word);
	strbuf_release(&word);
	return len > 0;
}

/* The words as the tools read them, from a file in memory. */
static bool fast_words(int fd, struct strbuf *out)
{
	const struct tool tool = {.name = "fuzz", .quiet = true};
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct tokens text;
	cw_assert(tokens_open(&text, &tool, path) == 0);
	struct count_table table;
	count_table_init(&table, tokens_left(&text));
	struct token_batch batch;
	uint64_t words = 0;
	int r;
	while ((r = tokens_next(&text, &batch)) > 0) {
		count_table_add_batch(&table, &batch);
		words += batch.n;
		for (size_t i = 0; i < batch.n; i++) {
			strbuf_addsv(out, token_at(&batch, i));
			strbuf_addch(out, ' ');
		}
	}
	for (uint32_t i = 0; i < table.used; i++) {
		words -= count_table_at(&table, i).count;
	}
	cw_assert(words == 0);
	count_table_release(&table);
	tokens_release(&text);
	return r == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf fast = STRBUF_INIT;
	struct strbuf slow = STRBUF_INIT;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	cw_assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	bool good = slow_words(data, size, &slow);
	cw_assert(fast_words(fd, &fast) == good);
	if (good) {
		cw_assert(sv_eq(strbuf_sv(&fast), strbuf_sv(&slow)));
	}
	close(fd);
	strbuf_release(&fast);
	strbuf_release(&slow);
	return 0;
}
